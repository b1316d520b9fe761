"""What the tools of 跨语言 share: the page's state, the sentence as the model reads it, and what is known of the model.

It knows the state, the tokenizer's answer and the survey of the project's sentences; it draws nothing but progress.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from explorer.content import corpora, examples
from explorer.engine import get_engine, uses
from explorer.errors import Told
from explorer.lab.types.core import Tokens
from explorer.lab.types.languages import KIND, KINDS, MAX_TOKENS, SURVEY, SurveyInputs, SurveyResult
from explorer.ui import permission, widgets
from explorer.ui.carried import Carry
from explorer.ui.carried import Sentence as CarriedSentence
from explorer.ui.i18n import language, t
from explorer.ui.state import MAX_LINK, Store, limit
from explorer.views import arriving
from explorer.views._shared import reader_text

LANGUAGES = corpora.LANGUAGES
Tool = Literal["shift", "near", "map", "align", "words", "keep", "pos"]
PRESETS = ("town", "reverse", "paris", "kana", "beyond", "fails")
MIXED = 0.2  # share of a second language from which a sentence counts as mixed
Language = Literal["zh", "en", "ja", "fr", "de", "es"]
Source = Literal["auto", "zh", "en", "ja", "fr", "de", "es"]


@dataclass(frozen=True)
class State:
    """The whole page. An empty `text` stands for the page's own example in the reader's language."""

    text: str = limit("", longest=MAX_LINK)
    tool: Tool = "shift"
    source: Source = "auto"
    target: Language = "zh"
    layer: int = limit(-1, low=-1, high=100)
    alpha: float = limit(1.0, low=-1.0, high=3.0)
    method: Literal["pca", "umap"] = "pca"
    words: str = limit("", longest=400)
    guess: Literal["", "same", "any", "zh"] = ""
    train: tuple[str, ...] = limit(("en",), longest=6)
    centred: bool = False


@dataclass(frozen=True)
class Sentence:
    """A text the model can read and the language it is taken for; the model, and what it makes of all sentences.

    `typed` characters were written and `used` of them are read; `simplified` is True when 繁体 was read as 简体.
    `unsure`: nothing in it (digits, signs) says which language it is; `source` is then the first that may be.
    `mixed`: another language has a good share of it. `foreign`: most letters are of none of the six languages' scripts.
    """

    model: uses.ModelInfo
    n_layers: int
    survey: SurveyResult
    tokens: Tokens
    source: str
    typed: int
    used: int
    simplified: bool
    mixed: bool
    foreign: bool
    unsure: bool = False


def store() -> Store[State]:
    return Store(State, "languages", carry=Carry(lambda state: (state.text, ""), take))


def take(state: State, sentence: CarriedSentence) -> State:
    """The page with a sentence from another one: Chinese is led into English, everything else into Chinese."""
    arriving.readable(model(), sentence.text, MAX_TOKENS)
    if sum(map(_known_script, sentence.text)) * 2 < len(sentence.text):
        raise Told("carried_unreadable", model=model().name)
    chinese = any("\u3400" <= char <= "\u9fff" for char in sentence.text)
    return replace(state, text=sentence.text, source="auto", target="en" if chinese else "zh")


def model() -> uses.ModelInfo:
    """The model this chapter uses now."""
    return uses.for_page("languages", "", permission.policy())


def change(**changes: Any) -> None:
    """Change the page as it is kept now; what its example stands for is written out, so that it stays."""
    store().change(lambda state: replace(state, **{"text": text_of(state), "target": target_of(state)} | changes))


def text_of(state: State) -> str:
    return state.text or examples.entry("languages", "default", language())["text"]


def target_of(state: State) -> str:
    """A page that nobody has touched leads from its example's language to the other one."""
    return state.target if state.text else examples.entry("languages", "default", language())["target"]


def read(state: State) -> Sentence:
    """The sentence of `state`, cut to what fits. Raises Told("text_empty")."""
    text = text_of(state)
    if not text.strip():
        raise Told("text_empty")
    used = model()
    tokens, simplified = reader_text.cut(used.id, text, MAX_TOKENS)
    survey = widgets.result(SURVEY, used.id, SurveyInputs(corpora.digest()), t("languages.surveying"))
    kinds = survey.kinds[np.array(tokens.ids[1:-1], dtype=np.int64)]
    source, mixed = _language(kinds)
    letters = [char for char in tokens.text if char.isalpha()]
    foreign = sum(not _known_script(char) for char in letters) * 2 > len(letters)
    return Sentence(
        used,
        get_engine().facts(used.id).n_layers,
        survey,
        tokens,
        state.source if state.source != "auto" else source,
        len(text),
        len(tokens.text),
        simplified,
        mixed,
        foreign,
        not letters and state.source == "auto",
    )


def _language(kinds: np.ndarray) -> tuple[str, bool]:
    """The language most tokens speak for, and whether another speaks up as well. 汉字 beside kana are Japanese."""
    count = {name: int((kinds == number).sum()) for name, number in KIND.items()}
    han, kana = count["han"], count["kana"]
    votes = {lang: count[lang] for lang in ("en", "fr", "de", "es")}
    votes |= {"ja": kana + han, "zh": 0} if kana * 4 >= han and kana else {"zh": han, "ja": kana}
    total = sum(votes.values())
    if not total:
        return "en", False
    first, second = sorted(votes, key=lambda lang: -votes[lang])[:2]
    asian = sum(votes[lang] for lang in ("zh", "ja"))
    latin = total - asian
    return first, min(asian, latin) >= MIXED * total if {first, second} & {"zh", "ja"} else False


def _known_script(char: str) -> bool:
    return char < "\u0250" or "\u3040" <= char <= "\u30ff" or "\u3400" <= char <= "\u9fff" or char == "々"


def layer_of(state: State, last: int, best: int | None = None) -> int:
    """The reader's layer, up to the `last`; else the best one that is known, else the middle."""
    return min(state.layer, last) if state.layer >= 0 else best if best is not None else last // 2


def kind_names() -> list[str]:
    return [t(f"languages.kind.{name}") for name in KINDS]


def name_of(lang: str) -> str:
    return t(f"languages.name.{lang}")


def choose_preset(name: str) -> None:
    """Set the whole page to the preset `name` in the reader's language."""
    example = examples.entry("languages", name, language())
    store().put(State(text=example["text"], **example.get("state", {})))
