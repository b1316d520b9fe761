"""What the tools of 填空 share: the page's state, the sentence as the model reads it, and what stands in it.

It knows the state and the tokenizer's answer; it runs no experiment and draws nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from explorer.content import examples
from explorer.engine import uses
from explorer.errors import Told
from explorer.lab.types.core import Tokens
from explorer.lab.types.masking import Edit
from explorer.ui import permission
from explorer.ui.carried import Carry
from explorer.ui.i18n import language
from explorer.ui.state import Store
from explorer.views import vocabulary
from explorer.views._shared import reader_text, typed
from explorer.views.masking import defaults
from explorer.views.masking.state import MAX_TOKENS, State

PRESETS = ("self", "typo", "blanks", "layers", "swap", "dice", "languages", "fails")


def store() -> Store[State]:
    from explorer.views.masking import covering  # which knows the state above

    return Store(State, "masking", carry=Carry(lambda state: (state.text, ""), covering.take))


def another_seed() -> None:
    """Draw anew, from the seed that is kept now: two quick clicks count twice."""
    store().change(lambda state: replace(state, seed=(state.seed + 1) % 10_000))


def model() -> uses.ModelInfo:
    """The model this chapter uses now."""
    return uses.for_page("masking", "", permission.policy())


def model_id() -> str:
    return model().id


@dataclass(frozen=True)
class Sentence:
    """A text the model can read, and which of its positions are covered.

    `typed` characters were written and `used` of them are read; `simplified` is True when 繁体 was read as 简体,
    `blanks` when a blank in everyday spelling (___, 【MASK】) was read as [MASK],
    `by_page` when the page has covered some of it by itself.
    """

    tokens: Tokens
    masks: tuple[int, ...]
    focus: int | None
    typed: int
    used: int
    simplified: bool
    blanks: bool = False
    by_page: bool = False


def read(state: State) -> Sentence:
    """The sentence of `state`, cut to what fits, with the covered positions that still exist.

    Where fewer are covered than the tool is about, and the reader has not left it so, the page covers by itself.
    Raises Told("text_empty") when there is nothing to read.
    """
    text, masks, focus = (state.text, state.masks, state.focus) if state.text else example("default", language())
    sentence = as_sentence(text, masks, focus)
    wanted = 2 if state.tool == "joint" else 1
    if state.bare or len(sentence.masks) >= wanted:
        return sentence
    first = defaults.alone(sentence.tokens)
    chosen = defaults.several(sentence.tokens, sentence.masks) if wanted == 2 else () if first is None else (first,)
    masks = tuple(sorted({*sentence.masks, *chosen}))
    shown = masks[-1] if sentence.focus is None and masks else sentence.focus
    return replace(sentence, masks=masks, focus=shown, by_page=True)


def as_sentence(text: str, masks: tuple[int, ...] = (), focus: int = 0) -> Sentence:
    """`text` as the model reads it. Raises Told: text_empty, text_unread."""
    if not text.strip():
        raise Told("text_empty")
    text, rewritten = typed.with_masks(text)
    tokens, simplified = reader_text.cut(model_id(), text, MAX_TOKENS)
    if all(tokens.special):
        raise Told("text_unread")
    blanks = (i for i in range(len(tokens)) if typed_mask(tokens, i))
    last = len(tokens) - 1
    covered = tuple(sorted({*blanks, *(m for m in masks if 0 < m < last)}))
    shown = focus if focus in covered else (covered[-1] if covered else None)
    return Sentence(tokens, covered, shown, len(text), len(tokens.text), simplified, rewritten)


def typed_mask(tokens: Tokens, position: int) -> bool:
    """Whether the reader wrote [MASK] there: the mask token with characters of the text behind it."""
    start, end = tokens.offsets[position]
    return tokens.ids[position] == mask_id() and end > start


def mask_id() -> int:
    return vocabulary.mask_id(model_id())


def edits(sentence: Sentence, state: State) -> tuple[Edit, ...]:
    """What the model gets at the covered positions: [MASK], a random other token, or the token itself."""
    if state.how == "keep":
        return tuple(Edit(p, mask_id()) for p in sentence.masks if typed_mask(sentence.tokens, p))
    if state.how == "random":
        return tuple(Edit(p, vocabulary.random_token(model_id(), state.seed, p)) for p in sentence.masks)
    return tuple(Edit(p, mask_id()) for p in sentence.masks)


def original_of(tokens: Tokens, position: int) -> int | None:
    """The id the reader wrote at `position`; None where a [MASK] was written."""
    return None if typed_mask(tokens, position) else tokens.ids[position]


plain = vocabulary.plain


def example(name: str, lang: str) -> tuple[str, tuple[int, ...], int]:
    """The example `name` in `lang`: text, covered positions, the one whose answer is shown."""
    entry = examples.entry("masking", name, lang)
    masks = tuple(entry.get("masks", ()))
    return entry["text"], masks, masks[-1] if masks else 0


def choose_preset(name: str) -> None:
    """Set the whole page to the preset `name` in the reader's language."""
    text, masks, focus = example(name, language())
    fields = examples.entry("masking", name, language()).get("state", {})
    fields = examples.as_fields(fields)
    store().put(State(text=text, masks=masks, focus=focus, **fields))


def vocabulary_url() -> str:
    """Where the browser fetches the token strings."""
    return vocabulary.url(model())


def vocabulary_index() -> dict[str, int]:
    """Token strings to ids."""
    return vocabulary.index(model_id())


def token_of(sentence: Sentence, word: str) -> int | None:
    """The one token that a typed word is at the focused blank; None where it is several, or unknown."""
    assert sentence.focus is not None
    return vocabulary.token_at(model_id(), sentence.tokens.text, sentence.tokens.offsets[sentence.focus], word)
