"""The training lottery of BERT: 15 % of the tokens are drawn; 80 % of these are covered, 10 % swapped, 10 % kept.

Devlin et al. 2019, section 3.1 and appendix A.1; whole words: Cui et al. 2019 (Chinese BERT-wwm). Pure NumPy: of the
model only the tokenizer is used, no weights and no torch. jieba is loaded the first time Chinese words are asked for.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

import numpy as np

from explorer.content import chinese_words
from explorer.errors import Told
from explorer.lab.experiment import implements
from explorer.lab.reading import ordinary_ids_of
from explorer.lab.types.arrays import Ints
from explorer.lab.types.core import MAX_TOKENS, Tokens
from explorer.lab.types.lottery import KINDS, ROLL, TALLY, LotteryInputs, LotteryResult, LotteryTally

if TYPE_CHECKING:
    from explorer.models.network.tokenizer import TextTokenizer


ROLLS = 1000


class HasTokenizer(Protocol):
    """A `Model`, or anything else that carries its tokenizer."""

    @property
    def tokenizer(self) -> TextTokenizer: ...


@implements(ROLL)
def roll(model: HasTokenizer, inputs: LotteryInputs) -> LotteryResult:
    """One drawing on the reader's text; the same seed draws the same.

    Raises Told: text_empty, too_long.
    """
    tokens = model.tokenizer.encode(inputs.text)
    if all(tokens.special):
        raise Told("text_empty")
    if len(tokens) > MAX_TOKENS:
        raise Told("too_long", limit=MAX_TOKENS, used=len(tokens))
    words = word_numbers(tokens) if inputs.unit == "word" else _each_its_own(tokens)
    mask_id = model.tokenizer.mask_id
    assert mask_id is not None, "a masked language model has a mask token"
    return draw(tokens, words, mask_id, ordinary_ids_of(model.tokenizer), inputs)


@implements(TALLY)
def tally(model: HasTokenizer, inputs: LotteryInputs) -> LotteryTally:
    """`ROLLS` drawings with seeds from `inputs.seed` on: the counts come close to the expectation.

    Raises Told: text_empty, too_long.
    """
    first = roll(model, inputs)
    ordinary = ordinary_ids_of(model.tokenizer)
    mask_id = model.tokenizer.mask_id
    assert mask_id is not None, "a masked language model has a mask token"
    totals = np.zeros(len(KINDS))
    for seed in range(inputs.seed, inputs.seed + ROLLS):
        totals += draw(first.tokens, first.words, mask_id, ordinary, replace(inputs, seed=seed)).counts
    mask, random, keep = (totals / ROLLS).tolist()
    return LotteryTally(ROLLS, (mask, random, keep))


def draw(tokens: Tokens, words: Ints, mask_id: int, ordinary: Ints, inputs: LotteryInputs) -> LotteryResult:
    """Draws words (or tokens, where each is a word of its own) in random order until the budget is reached.

    The budget is max(1, round(rate · tokens)), special tokens not counted. A word that would overshoot it is passed
    over, as in BERT's own code; if all would, the shortest is taken, so that something is always drawn. Each drawn
    token then falls to mask / random / keep on its own. A random token comes from the whole vocabulary but the
    special tokens, whatever the language of the text: in six-language vocabularies it is mostly of another one.
    """
    rng = np.random.default_rng(inputs.seed)
    n_ordinary = sum(not special for special in tokens.special)
    budget = max(1, round(inputs.rate * n_ordinary))
    groups = [np.flatnonzero(words == number) for number in np.unique(words[words >= 0])]
    drawn: list[int] = []
    for group in rng.permutation(len(groups)):
        if len(drawn) + len(groups[group]) <= budget:
            drawn += groups[group].tolist()
    positions = np.array(sorted(drawn or min(groups, key=len).tolist()), dtype=np.int64)

    fate = rng.choice(len(KINDS), size=len(positions), p=np.array(inputs.split) / sum(inputs.split))
    ids = np.array(tokens.ids, dtype=np.int64)[positions]
    ids[fate == 0] = mask_id
    ids[fate == 1] = rng.choice(ordinary, size=int((fate == 1).sum()))
    counts = np.bincount(fate, minlength=len(KINDS)).tolist()
    mask, random, keep = (budget * share / sum(inputs.split) for share in inputs.split)
    return LotteryResult(
        tokens=tokens,
        words=words,
        n_ordinary=n_ordinary,
        budget=budget,
        positions=positions,
        kinds=tuple(KINDS[kind] for kind in fate),
        ids=ids,
        counts=(counts[0], counts[1], counts[2]),
        expected=(mask, random, keep),
    )


def word_numbers(tokens: Tokens) -> Ints:
    """words[tokens]: Chinese words as jieba cuts them, else the tokenizer's words; −1 for special tokens.

    Texts with kana are left to the tokenizer: jieba knows Chinese only.
    """
    words = np.array(tokens.words, dtype=np.int64)
    if not any("\u4e00" <= char <= "\u9fff" for char in tokens.text) or any(
        "\u3040" <= char <= "\u30ff" for char in tokens.text
    ):
        return words
    starts, begin = np.zeros(len(tokens.text) + 1, dtype=np.int64), 0
    for number, piece in enumerate(chinese_words.cut(tokens.text)):
        starts[begin : begin + len(piece)] = number
        begin += len(piece)
    # A token that jieba would cut (a word piece of a long Latin word never is) goes with its first character.
    merged: dict[tuple[int, int], int] = {}
    for position, (start, end) in enumerate(tokens.offsets):
        if words[position] >= 0:
            chinese = all("\u4e00" <= char <= "\u9fff" for char in tokens.text[start:end])
            key = (0, int(starts[start])) if chinese else (1, tokens.words[position])
            words[position] = merged.setdefault(key, len(merged))
    return words


def _each_its_own(tokens: Tokens) -> Ints:
    ordinary = ~np.array(tokens.special)
    return np.where(ordinary, np.cumsum(ordinary) - 1, -1).astype(np.int64)
