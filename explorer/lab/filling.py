"""Several blanks at once, and whole words: a masked model asked for more than one token.

BERT predicts each blank on its own (it does not model the blanks' joint probability); these experiments show what
that costs and how filling step by step mends it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from explorer.errors import Told
from explorer.lab.experiment import implements
from explorer.lab.reading import after_edits, edited, encode, mask_id_of, ordinary_ids, require_position
from explorer.lab.types.arrays import Floats
from explorer.lab.types.masking import JOINT, WORD, JointInputs, JointOrder, JointResult, WordInputs, WordResult
from explorer.lab.types.word_in_place import pieces_at

if TYPE_CHECKING:
    from explorer.models.network.model import Model

MAX_BLANKS = 16  # filled step by step, each needs forward passes of its own
MAX_PIECES = 16  # of one word


@implements(JOINT)
def joint(model: Model, inputs: JointInputs) -> JointResult:
    """Fills all blanks in three orders: "independent", "left_to_right", "best_first".

    independent: every blank gets its likeliest token while all others are still covered. left_to_right and
    best_first fill one blank at a time, the latter always the one the model is surest of, and look again.

    Raises Told: text_empty, too_long, position_outside, too_many_blanks.
    """
    tokens = encode(model, inputs.text)
    masks = tuple(sorted(set(inputs.masks)))
    if len(masks) > MAX_BLANKS:
        raise Told("too_many_blanks", limit=MAX_BLANKS, used=len(masks))
    for position in masks:
        require_position(tokens, position)
    covered = edited(tokens.ids, dict.fromkeys(masks, mask_id_of(model)))
    orders = tuple(
        _order(model, covered, masks, name, steps)
        for name, steps in (
            ("independent", _independent(model, covered, masks)),
            ("left_to_right", _stepwise(model, covered, masks, best_first=False)),
            ("best_first", _stepwise(model, covered, masks, best_first=True)),
        )
    )
    return JointResult(tokens, masks, orders)


@implements(WORD)
def word(model: Model, inputs: WordInputs) -> WordResult:
    """Scores a word in place of the token at `position`, by the chain rule where it is several pieces.

    The token makes room for as many [MASK]s as the word has pieces; piece i is read with the pieces before it
    filled in and those after it still covered. All steps run as one batch, since the pieces are known beforehand.

    Raises Told: text_empty, too_long, position_outside, token_outside, word_empty, word_too_long.
    """
    tokens = encode(model, inputs.text)
    require_position(tokens, inputs.position)
    pieces, ids = pieces_at(model.tokenizer.encode, tokens.text, tokens.offsets[inputs.position], inputs.word)
    if not ids:
        raise Told("word_empty")
    if len(ids) > MAX_PIECES:
        raise Told("word_too_long", limit=MAX_PIECES, used=len(ids))
    row = after_edits(model, tokens, inputs.edits)
    opened = row[: inputs.position] + [mask_id_of(model)] * len(ids) + row[inputs.position + 1 :]
    if len(opened) > model.max_positions:
        raise Told("too_long", limit=model.max_positions, used=len(opened))
    log_p = _chain(model, opened, range(inputs.position, inputs.position + len(ids)), ids)
    scores = log_p[np.arange(len(ids)), ids]
    return WordResult(
        word=inputs.word,
        pieces=pieces,
        ids=ids,
        p=tuple(np.exp(scores).tolist()),
        log_p=float(scores.sum()),
        rank=int((log_p[0] > scores[0]).sum()) + 1 if len(ids) == 1 else 0,
        unknown=model.tokenizer.unk_id in ids,
    )


_Steps = list[tuple[int, int, float]]  # position, token chosen, its log-probability when chosen


def _independent(model: Model, covered: list[int], masks: Sequence[int]) -> _Steps:
    log_p = _log_p(model, [covered], [masks])[0]
    best = (log_p + _text_only(model)).argmax(axis=1)
    return [(at, int(token), float(row[token])) for at, token, row in zip(masks, best, log_p, strict=True)]


def _stepwise(model: Model, covered: list[int], masks: Sequence[int], *, best_first: bool) -> _Steps:
    row, left, steps = list(covered), list(masks), []
    while left:
        log_p = _log_p(model, [row], [left if best_first else left[:1]])[0]
        blank, token = np.unravel_index(int((log_p + _text_only(model)).argmax()), log_p.shape)
        position = left.pop(int(blank))
        row[position] = int(token)
        steps.append((position, int(token), float(log_p[blank, token])))
    return steps


def _text_only(model: Model) -> Floats:
    """0 for tokens that stand for text, −inf for [UNK], [CLS] and their like, which fill no blank: [V]."""
    barred = np.full(model.vocab_size, -np.inf, dtype=np.float32)
    barred[ordinary_ids(model)] = 0
    return barred


def _order(model: Model, covered: list[int], masks: Sequence[int], name: str, steps: _Steps) -> JointOrder:
    chosen = {position: token for position, token, _ in steps}
    chain = _chain(model, covered, masks, [chosen[position] for position in masks])
    chain_log_p = sum(float(row[chosen[position]]) for position, row in zip(masks, chain, strict=True))
    return JointOrder(
        name=name,
        positions=tuple(position for position, _, _ in steps),
        ids=tuple(token for _, token, _ in steps),
        p=tuple(float(np.exp(log_p)) for _, _, log_p in steps),
        log_p=sum(log_p for _, _, log_p in steps),
        log_p_chain=chain_log_p,
    )


def _chain(model: Model, covered: list[int], positions: Sequence[int], ids: Sequence[int]) -> Floats:
    """log P[n, V] at each position, those before it filled with `ids`, those after it still covered."""
    if not positions:
        return np.zeros((0, model.vocab_size), dtype=np.float32)
    filled = [edited(covered, dict(zip(positions[:step], ids[:step], strict=True))) for step in range(len(positions))]
    return _log_p(model, filled, [[position] for position in positions])[:, 0]


def _log_p(model: Model, rows: Sequence[Sequence[int]], positions: Sequence[Sequence[int]]) -> Floats:
    """log P[rows, n, V] at n positions of each row."""
    import torch

    if not positions[0]:
        return np.zeros((len(rows), 0, model.vocab_size), dtype=np.float32)
    ids, mask = model.tensor_inputs(rows)
    hidden = model.last_hidden_at(ids, torch.tensor([list(p) for p in positions], device=model.device), mask)
    log_p: Floats = model.decode(model.transform(hidden)).log_softmax(dim=-1).cpu().numpy()
    return log_p
