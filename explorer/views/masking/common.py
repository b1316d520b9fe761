"""What the tools of 填空 share: the page's state, the sentence as the model reads it, and what stands in it.

It knows the state and the tokenizer's answer; it runs no experiment and draws nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from explorer.content import examples
from explorer.engine import uses
from explorer.engine.base import Answer
from explorer.errors import Told
from explorer.lab.types.core import MAX_TOKENS, Tokens
from explorer.lab.types.masking import Edit, HeadsResult
from explorer.ui import permission
from explorer.ui.carried import Carry
from explorer.ui.i18n import language
from explorer.ui.state import Store
from explorer.views import vocabulary
from explorer.views._shared import reader_text, typed
from explorer.views._shared.page import Snippet
from explorer.views.masking import defaults
from explorer.views.masking.state import State

PRESETS = ("self", "typo", "blanks", "layers", "swap", "dice", "languages", "fails")


def store() -> Store[State]:
    from explorer.views.masking import covering  # which knows the state above

    return Store(State, "masking", carry=Carry(lambda state: (state.text, ""), covering.take))


def another_seed() -> None:
    """Draw anew, from the seed that is kept now: two quick clicks count twice."""
    store().change(lambda state: replace(state, seed=(state.seed + 1) % 10_000))


def model() -> uses.ModelInfo:
    """The model this chapter uses now; to be asked once a run, the sentence has it."""
    return uses.for_page("masking", "", permission.policy())


@dataclass(frozen=True)
class Sentence:
    """A text as its `model` reads it, which positions are covered, and what stands there: all that a tool asks with.

    `edits` are what the model gets at the covered positions, `watched` the words that are looked at with their token at
    the focused blank (None: several, or unknown), `everywhere` the answers at all positions if they are there already.
    `typed` characters were written and `used` of them are read; `simplified` is True when 繁体 was read as 简体,
    `blanks` when a blank in everyday spelling (___, 【MASK】) was read as [MASK],
    `by_page` when the page has covered some of it by itself.
    """

    model: uses.ModelInfo
    tokens: Tokens
    masks: tuple[int, ...]
    focus: int | None
    typed: int
    used: int
    simplified: bool
    blanks: bool = False
    by_page: bool = False
    edits: tuple[Edit, ...] = ()
    watched: Mapping[str, int | None] = field(default_factory=dict)
    everywhere: Answer[HeadsResult] | None = None

    @property
    def mask(self) -> int:
        """The id of [MASK]."""
        return vocabulary.mask_id(self.model.id)

    def typed_mask(self, position: int) -> bool:
        """Whether the reader wrote [MASK] there."""
        return typed_mask(self.tokens, position, self.mask)

    def original(self, position: int | None) -> int | None:
        """The id the reader wrote at `position`; None where a [MASK] was written, or nothing is covered."""
        return None if position is None or self.typed_mask(position) else self.tokens.ids[position]

    def names(self) -> Sequence[str]:
        """All tokens by id as tables name them; an unknown one at the focused blank stays as it was typed."""
        known = vocabulary.labels(self.model.id)
        if self.focus is None or not self.tokens.unknown[self.focus]:
            return known
        id = self.tokens.ids[self.focus]
        return (*known[:id], self.tokens.surface(self.focus), *known[id + 1 :])

    def token_of(self, word: str) -> int | None:
        """The one token that a typed word is at the focused blank; None where it is several, or unknown."""
        assert self.focus is not None
        return vocabulary.token_at(self.model.id, self.tokens.text, self.tokens.offsets[self.focus], word)


def read(state: State) -> Sentence:
    """The sentence of `state`, cut to what fits, with the covered positions that still exist.

    Where fewer are covered than the tool is about, and the reader has not left it so, the page covers by itself.
    Raises Told("text_empty") when there is nothing to read.
    """
    text, masks, focus = (state.text, state.masks, state.focus) if state.text else example("default", language())
    sentence = _covered(as_sentence(model(), text, masks, focus), state)
    watched = {word: sentence.token_of(word) for word in state.watch} if sentence.focus is not None else {}
    return replace(sentence, edits=edits(sentence, state), watched=watched)


def _covered(sentence: Sentence, state: State) -> Sentence:
    """With what the page covers by itself."""
    wanted = 2 if state.tool == "joint" else 1
    if state.bare or len(sentence.masks) >= wanted:
        return sentence
    first = defaults.alone(sentence.tokens)
    chosen = defaults.several(sentence.tokens, sentence.masks) if wanted == 2 else () if first is None else (first,)
    masks = tuple(sorted({*sentence.masks, *chosen}))
    shown = masks[-1] if sentence.focus is None and masks else sentence.focus
    return replace(sentence, masks=masks, focus=shown, by_page=True)


def as_sentence(model: uses.ModelInfo, text: str, masks: tuple[int, ...] = (), focus: int = 0) -> Sentence:
    """`text` as `model` reads it, cut to what fits. Raises Told: text_empty, text_unread."""
    if not text.strip():
        raise Told("text_empty")
    text, rewritten = typed.with_masks(text)
    tokens, simplified = reader_text.cut(model.id, text, MAX_TOKENS)
    if all(tokens.special):
        raise Told("text_unread")
    mask = vocabulary.mask_id(model.id)
    blanks = (i for i in range(len(tokens)) if typed_mask(tokens, i, mask))
    last = len(tokens) - 1
    covered = tuple(sorted({*blanks, *(m for m in masks if 0 < m < last)}))
    shown = focus if focus in covered else (covered[-1] if covered else None)
    return Sentence(model, tokens, covered, shown, len(text), len(tokens.text), simplified, rewritten)


def typed_mask(tokens: Tokens, position: int, mask: int) -> bool:
    """Whether the reader wrote [MASK] there: the mask token with characters of the text behind it."""
    start, end = tokens.offsets[position]
    return tokens.ids[position] == mask and end > start


def edits(sentence: Sentence, state: State) -> tuple[Edit, ...]:
    """What the model gets at the covered positions: [MASK], a random other token, or the token itself."""
    if state.how == "keep":
        return tuple(Edit(p, sentence.mask) for p in sentence.masks if sentence.typed_mask(p))
    if state.how == "random":
        return tuple(Edit(p, vocabulary.random_token(sentence.model.id, state.seed, p)) for p in sentence.masks)
    return tuple(Edit(p, sentence.mask) for p in sentence.masks)


plain = vocabulary.plain


def example(name: str, lang: str) -> tuple[str, tuple[int, ...], int]:
    """The example `name` in `lang`: text, covered positions, the one whose answer is shown."""
    entry = examples.entry("masking", name, lang)
    masks = tuple(entry.get("masks", ()))
    return entry["text"], masks, masks[-1] if masks else 0


def snippet(name: str, sentence: Sentence) -> Snippet:
    """The snippet of a tool that reads the focused blank after the edits."""
    return Snippet(
        name, sentence.model, text=sentence.tokens.text, look=sentence.focus,
        positions=[edit.position for edit in sentence.edits], replacements=[edit.token_id for edit in sentence.edits],
    )  # fmt: skip


def choose_preset(name: str) -> None:
    """Set the whole page to the preset `name` in the reader's language."""
    text, masks, focus = example(name, language())
    fields = examples.entry("masking", name, language()).get("state", {})
    fields = examples.as_fields(fields)
    store().put(State(text=text, masks=masks, focus=focus, **fields))
