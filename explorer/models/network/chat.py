"""Chat template: how a question is put to a model that was taught to follow instructions.

Knows where a template lies (chat_template.jinja, tokenizer_config.json, the metadata of a GGUF file) and what the
`transformers` library hands to it. A template is somebody's program and runs in Jinja's sandbox; the reader's question
is data: a name of a special token in it stays letters. Imports neither torch nor transformers, which takes seconds.
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from functools import lru_cache

from jinja2.exceptions import TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from explorer.models.catalog.catalog import ModelInfo
from explorer.models.network import tokenizer
from explorer.models.network.model_files import CONFIG_LIMIT, damaged, header, read_capped

TEMPLATE = "chat_template.jinja"
FOLLOWS = re.compile(r"(?i)instruct|chat|[-_ ]it\b")  # base models bring a template too, and were not taught by it
_QUESTION = "\ue000"  # stands for the question in what the template makes: in no text, and in no template


def follows(info: ModelInfo) -> bool:
    """Whether a causal model was taught to follow instructions, by its name, and says how it is spoken to."""
    return (
        info.kind == "causal" and bool(FOLLOWS.search(info.id) or FOLLOWS.search(info.name)) and bool(_template(info))
    )


@lru_cache(maxsize=256)
def asked(info: ModelInfo, question: str) -> tuple[int, ...]:
    """The ids of a conversation in which `question` is asked, up to where the answer begins; () without a template.

    Raises ModelUnavailable: model_missing, model_damaged.
    """
    template = _template(info)
    if not template:
        return ()
    cut = tokenizer.for_model(info)
    special = {cut.vocabulary()[number]: number for number in cut.special_ids}
    names = "|".join(map(re.escape, sorted(special, key=len, reverse=True)))
    ids: list[int] = []
    for place, frame in enumerate(_rendered(info, template).split(_QUESTION)):
        if place:
            ids += cut.pieces_of(question)[1]
        for part in re.split(f"({names})", frame) if names else [frame]:
            ids += [special[part]] if part in special else cut.pieces_of(part)[1]
    return tuple(ids)


def _rendered(info: ModelInfo, template: str) -> str:
    cut = tokenizer.for_model(info)
    marks = {
        name: cut.vocabulary()[number]
        for name, number in (("bos_token", cut.cls_id), ("eos_token", cut.sep_id))
        if number is not None
    }
    talk = [{"role": "user", "content": _QUESTION}]
    language = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols"]
    )
    language.globals |= {"raise_exception": _refuse, "strftime_now": lambda form: datetime.now().strftime(form)}
    try:
        found = language.from_string(template).render(messages=talk, add_generation_prompt=True, **marks)
    except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError, AttributeError) as error:
        raise damaged(info, info.folder / TEMPLATE, str(error)) from error
    if _QUESTION not in found:
        raise damaged(info, info.folder / TEMPLATE, "the question is not in it")
    return found


def _refuse(why: str) -> None:
    raise TemplateError(why)


def _template(info: ModelInfo) -> str:
    """The model's chat template, "" where it has none."""
    for name in (TEMPLATE, "tokenizer_config.json"):
        path = info.folder / name
        if path.is_file():
            text = read_capped(info, path, CONFIG_LIMIT)
            found = text if name == TEMPLATE else _of_settings(text)
            if found:
                return found
    return _of_gguf(info) if info.weights_file.suffix == ".gguf" and info.weights_file.is_file() else ""


@lru_cache(maxsize=32)
def _of_gguf(info: ModelInfo) -> str:
    """Among the metadata, which take a quarter of a second to read: once a file."""
    return header(info).chat_template


def _of_settings(text: str) -> str:
    """In tokenizer_config.json: one template, or a list of named ones, of which "default" is meant."""
    try:
        found = json.loads(text).get("chat_template")
    except (ValueError, AttributeError):
        return ""
    if isinstance(found, list):
        found = next((one.get("template") for one in found if one.get("name") == "default"), "")
    return found if isinstance(found, str) else ""
