"""Chapter 3, 句对: two sentences in, yes or no out, from the next-sentence head and the sentence-order head.

Knows tokens, arrays and the two heads (explorer/models/network/pair_heads.py); knows no page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from explorer import numerics
from explorer.errors import Told
from explorer.lab.experiment import implements
from explorer.lab.lottery import draw
from explorer.lab.reading import mask_id_of, ordinary_ids, pair_tensors
from explorer.lab.types.core import Progress, Tokens
from explorer.lab.types.lottery import LotteryInputs
from explorer.lab.types.pairs import (
    JUDGE,
    LESSON,
    MAX_TOKENS,
    MEASURE,
    HeadResult,
    JudgeInputs,
    JudgeResult,
    LessonInputs,
    LessonResult,
    MeasureInputs,
    MeasureResult,
    Pair,
)

if TYPE_CHECKING:
    from torch import Tensor

    from explorer.models.network.model import Model
    from explorer.models.network.pair_heads import PairHead

MAX_PAIRS = 8  # asked about at once: two questions of four endings each, say
BATCH = 12
_WORDS = re.compile(r"[\u3400-\u9fff\u3040-\u30ff]|[^\W_\u3400-\u9fff\u3040-\u30ff]+")


@implements(JUDGE)
def judge(model: Model, inputs: JudgeInputs) -> JudgeResult:
    """What both heads say of every pair, with the vectors they say it from.

    Raises Told: text_empty, second_empty, too_long; ModelUnavailable: pair_head_missing.
    """
    from explorer.models.network import pair_heads as heads

    tokens = tuple(encode(model, pair) for pair in inputs.pairs[:MAX_PAIRS])
    states, mask, types = _states(model, tokens)
    order = _order_head(model)
    return JudgeResult(
        tokens,
        _read(heads.next_head(model), states, mask, types),
        None if order is None else _read(order, states, mask, types),
    )


@implements(LESSON)
def lesson(model: Model, inputs: LessonInputs) -> LessonResult:
    """One of BERT's training examples on the reader's sentences: half the pairs random, 15 % of the tokens drawn.

    Raises Told: text_empty, second_empty, too_long.
    """
    import torch

    from explorer.models.network import pair_heads as heads

    rng = np.random.default_rng((inputs.seed, 0))
    random = bool(rng.integers(0, 2))
    tokens = encode(model, (inputs.first, inputs.other if random else inputs.second))
    words = np.where(np.array(tokens.special), -1, np.cumsum(~np.array(tokens.special)) - 1).astype(np.int64)
    drawn = draw(
        tokens, words, mask_id_of(model), ordinary_ids(model), LotteryInputs(tokens.text, inputs.rate, seed=inputs.seed)
    )
    shown = list(tokens.ids)
    for position, token in zip(drawn.positions, drawn.ids, strict=True):
        shown[int(position)] = int(token)
    ids, mask = model.tensor_inputs([shown])
    types = torch.tensor([tokens.type_ids], device=model.device)
    states = model.hidden_states(ids, mask, types)
    at = [int(position) for position in drawn.positions]
    scores = model.decode(model.transform(states[-1, 0, at])).cpu().numpy()
    p = numerics.softmax(scores)
    losses = -np.log(np.maximum(p[np.arange(len(at)), [tokens.ids[i] for i in at]], 1e-30))
    pair = _read(heads.next_head(model), states, mask, types)
    p_next = float(numerics.softmax(pair.scores)[0, 0])
    return LessonResult(
        tokens=tokens,
        random=random,
        shown=tuple(shown),
        positions=tuple(at),
        kinds=drawn.kinds,
        word_losses=losses.astype(np.float32),
        guesses=tuple(int(i) for i in scores.argmax(axis=1)),
        p_next=p_next,
        next_loss=float(-np.log(max(1 - p_next if random else p_next, 1e-30))),
    )


@implements(MEASURE)
def measure(model: Model, inputs: MeasureInputs) -> Iterator[Progress | MeasureResult]:
    """Every pair kept, swapped, and with another pair's second sentence; yields Progress (a step is a pair).

    Raises Told: text_empty, second_empty, too_long, too_few_pairs.
    """
    from explorer.models.network import pair_heads as heads

    rng = np.random.default_rng(inputs.seed)
    asked: list[Pair] = []
    for group in inputs.groups:
        count = len(group)
        if count < 2:
            raise Told("too_few_pairs", count=count)
        shift = rng.integers(1, count, size=count)
        for n, (first, second) in enumerate(group):
            asked += [(first, second), (second, first), (first, group[(n + int(shift[n])) % count][1])]
    count = len(asked) // 3
    if not count:
        raise Told("too_few_pairs", count=0)
    next_head, order_head = heads.next_head(model), _order_head(model)
    p_next, p_order = np.full(len(asked), 0.5), np.full(len(asked), 0.5)
    encoded = [encode(model, pair) for pair in asked]
    by_length = np.argsort([len(tokens) for tokens in encoded], kind="stable")
    for start in range(0, len(asked), BATCH):
        chosen = by_length[start : start + BATCH]
        states, mask, types = _states(model, [encoded[i] for i in chosen])
        p_next[chosen] = numerics.softmax(_read(next_head, states, mask, types).scores)[:, 0]
        if order_head is not None:
            p_order[chosen] = numerics.softmax(_read(order_head, states, mask, types).scores)[:, 0]
        yield Progress(min(start + BATCH, len(asked)) // 3, count)
    overlaps = np.array([overlap(first, second) for first, second in asked])
    columns = [column.reshape(count, 3).astype(np.float32) for column in (p_next, p_order, overlaps)]
    yield MeasureResult(columns[0], columns[1], columns[2], has_order=order_head is not None)


def encode(model: Model, pair: Pair) -> Tokens:
    """[CLS] A [SEP] B [SEP]. Raises Told: no_separators, text_empty, second_empty, too_long."""
    first, second = pair
    if model.tokenizer.cls_id is None or model.tokenizer.sep_id is None:
        raise Told("no_separators", model=model.info.name)
    if not first.strip():
        raise Told("text_empty")
    if not second.strip():
        raise Told("second_empty")
    tokens = model.tokenizer.encode(first, second)
    limit = min(MAX_TOKENS, model.max_positions)
    if len(tokens) > limit:
        raise Told("too_long", limit=limit, used=len(tokens))
    return tokens


def overlap(first: str, second: str) -> float:
    """Share of words (汉字 and kana one by one, others whole, in lower case) that both sentences have (Jaccard)."""
    a, b = (set(_WORDS.findall(text.lower())) for text in (first, second))
    return len(a & b) / len(a | b) if a | b else 0.0


def _order_head(model: Model) -> PairHead | None:
    from explorer.errors import ModelUnavailable
    from explorer.models.network import pair_heads as heads

    try:
        return heads.order_head(model)
    except ModelUnavailable as error:
        if error.key == "pair_head_missing":
            return None
        raise


def _states(model: Model, encoded: Sequence[Tokens]) -> tuple[Tensor, Tensor, Tensor]:
    """states[layers + 1, B, L, d], mask[B, L] and types[B, L] of pairs."""
    ids, mask, types = pair_tensors(model, encoded)
    return model.hidden_states(ids, mask, types), mask, types


def _read(head: PairHead, states: Tensor, mask: Tensor, types: Tensor) -> HeadResult:
    import torch

    with torch.inference_mode():
        found = head(states[head.reads].float(), mask, types)
    vector, pooled, scores = (one.cpu().numpy() for one in found)
    weight, bias = (one.detach().cpu().numpy() for one in (head.decide.weight, head.decide.bias))
    return HeadResult(vector, pooled, weight, bias, scores, head.reads, len(head.layers))
