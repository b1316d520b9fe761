"""Special tokens of a model: which stand apart from the text, which one begins a text and which ones end it.

Knows the tokenizer's own list, config.json and generation_config.json; none of the three is right in every model.
Imports no torch.
"""

from __future__ import annotations

import json
from functools import lru_cache

from explorer.errors import ModelUnavailable
from explorer.lab.types.core import Specials
from explorer.models.catalog.catalog import ModelInfo
from explorer.models.network import tokenizer
from explorer.models.network.model_files import CONFIG_LIMIT, config, damaged, read_capped

# Names under which families end a text or a turn of talk; they end one only where they are special tokens.
ENDS = ("</s>", "<eos>", "<|endoftext|>", "<|im_end|>", "<|eot_id|>", "<|end_of_text|>", "<end_of_turn>", "[SEP]")


@lru_cache(maxsize=32)
def of_model(info: ModelInfo) -> Specials:
    """The special tokens of a model.

    Ends are those that the config, generation_config.json or the tokenizer's own names give, as far as the model has
    such a token: Chinese GPTs with BERT's vocabulary carry GPT-2's 50256 in their config and end a text with [SEP].
    Raises ModelUnavailable: model_missing, model_damaged.
    """
    cut, settings = tokenizer.for_model(info), config(info)
    words, size = cut.vocabulary(), int(settings["vocab_size"])
    named = {number for number in cut.special_ids if words[number] in ENDS}
    told = {*_numbers(settings.get("eos_token_id")), *_numbers(_generation_config(info).get("eos_token_id"))}
    begin = cut.cls_id if cut.cls_id is not None else cut.sep_id
    ends = {number for number in (named | told) if 0 <= number < min(size, len(words))}
    return Specials(tuple(sorted({*cut.special_ids, *ends})), begin, tuple(sorted(ends)))


def _numbers(value: object) -> list[int]:
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, int)]


def _generation_config(info: ModelInfo) -> dict[str, object]:
    path = info.folder / "generation_config.json"
    if not path.exists():
        return {}
    try:
        found = json.loads(read_capped(info, path, CONFIG_LIMIT))
    except (ValueError, RecursionError) as error:
        raise damaged(info, path, str(error)) from error
    if not isinstance(found, dict):
        raise damaged(info, path, "not a JSON object")
    return found


def require(info: ModelInfo) -> None:
    """Opens every small file that a chapter will read, so that a broken one is told at once.

    Raises ModelUnavailable: model_missing, model_damaged, and what kind of file stands in its place.
    """
    of_model(info)
    if not tokenizer.for_model(info).vocabulary():
        raise ModelUnavailable("model_damaged", model=info.name, path=str(info.folder), reason="no tokens")
