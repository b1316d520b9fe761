"""Chapter 2, 填空: what a masked language model gives at a covered position, and why it is covered at all.

Every experiment takes a `Model` handle and frozen inputs (lab/types/masking.py) and returns arrays in fp32.
Torch is imported when an experiment runs, not before. The other experiments of the chapter live beside this file and
are found under this name too: the scan of all positions (scanning.py, heads.py), several blanks and whole words
(filling.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from explorer import numerics
from explorer.errors import Told
from explorer.lab.experiment import implements
from explorer.lab.filling import joint, word
from explorer.lab.heads import heads, whole, words
from explorer.lab.reading import after_edits, edited, encode, mask_id_of, ordinary_ids, require_position
from explorer.lab.scanning import scan
from explorer.lab.types.arrays import Floats, Ints
from explorer.lab.types.core import Progress
from explorer.lab.types.masking import (
    AVERAGE,
    FILL,
    LENS,
    TREAT,
    AverageInputs,
    AverageResult,
    FillInputs,
    FillResult,
    LensInputs,
    LensResult,
    TreatInputs,
    TreatResult,
)

if TYPE_CHECKING:
    from explorer.models.network.model import Model

__all__ = ["average", "fill", "heads", "joint", "lens", "scan", "treat", "whole", "word", "words"]

FILL_ROWS = 16  # texts of several readers in one forward pass


@implements(FILL)
def fill(model: Model, requests: Sequence[FillInputs]) -> list[FillResult]:
    """The prediction at the asked positions, texts of several readers padded to one batch.

    Raises Told: text_empty, too_long, position_outside, token_outside.
    """
    prepared = [_prepare(model, inputs) for inputs in requests]
    results: list[FillResult] = []
    for start in range(0, len(prepared), FILL_ROWS):
        results += _fill(model, prepared[start : start + FILL_ROWS])
    return results


@implements(TREAT)
def treat(model: Model, inputs: TreatInputs) -> TreatResult:
    """One position seen, covered, and replaced by random other tokens, in one batch.

    The random tokens are drawn evenly from the vocabulary without special and unused tokens, as in training
    (Devlin et al. 2019, appendix A.1), so most of them belong to other languages than the text.

    Raises Told: text_empty, too_long, position_outside.
    """
    tokens = encode(model, inputs.text)
    require_position(tokens, inputs.position)
    original = tokens.ids[inputs.position]
    rng = np.random.default_rng(inputs.seed)
    drawn = _others(ordinary_ids(model), original, inputs.n_random, rng)
    stand_ins = [original, mask_id_of(model), *drawn.tolist()]
    rows = [edited(tokens.ids, {inputs.position: token}) for token in stand_ins]
    logits = _logits_at(model, rows, [inputs.position] * len(rows))
    return TreatResult(tokens, inputs.position, original, drawn, logits)


@implements(AVERAGE)
def average(model: Model, inputs: AverageInputs) -> Iterator[Progress | AverageResult]:
    """The three treatments at drawn positions of many texts; yields Progress (a step is a text), then the result.

    Each drawn position is seen as it is, covered, and replaced by one random other token.

    Raises Told: text_empty, too_long.
    """
    encoded = [encode(model, text) for text in inputs.texts]
    if not encoded:
        raise Told("text_empty")
    rng = np.random.default_rng(inputs.seed)
    ordinary = ordinary_ids(model)
    answers: list[Floats] = []  # per text: [positions, 4]: P visible, P masked, P random, 1 if random's first is right
    for done, tokens in enumerate(encoded, start=1):
        open_positions = [at for at, special in enumerate(tokens.special) if not special]
        drawn = rng.permutation(open_positions)[: inputs.per_text].tolist()
        rows, positions = [], []
        for at in drawn:
            other = int(_others(ordinary, tokens.ids[at], 1, rng)[0])
            rows += [edited(tokens.ids, {at: token}) for token in (tokens.ids[at], mask_id_of(model), other)]
            positions += [at] * 3
        p = numerics.softmax(_logits_at(model, rows, positions)).reshape(len(drawn), 3, -1)
        original = np.array([tokens.ids[at] for at in drawn])
        p_original = p[np.arange(len(drawn)), :, original]
        right = p[:, 2].argmax(axis=1) == original
        answers.append(np.column_stack([p_original, right]).astype(np.float32))
        yield Progress(done, len(encoded))
    visible, masked, random, found = np.concatenate(answers).T.copy()
    yield AverageResult(len(encoded), visible, masked, random, found)


@implements(LENS)
def lens(model: Model, inputs: LensInputs) -> LensResult:
    """The head read at every layer for one position (logit lens; nostalgebraist 2020).

    The head was trained on the last layer only: what it says of lower ones shows a direction, not a belief.

    Raises Told: text_empty, too_long, position_outside, token_outside.
    """
    tokens = encode(model, inputs.text)
    require_position(tokens, inputs.position)
    row = after_edits(model, tokens, inputs.edits)
    ids, mask = model.tensor_inputs([row])
    states = model.hidden_states(ids, mask)[:, 0, inputs.position]
    logits = model.decode(model.transform(states))
    return LensResult(tokens, inputs.position, tokens.ids[inputs.position], logits.cpu().numpy())


def _prepare(model: Model, inputs: FillInputs) -> tuple[Any, FillInputs, list[int]]:
    tokens = encode(model, inputs.text)
    for position in inputs.read:
        require_position(tokens, position)
    row = after_edits(model, tokens, inputs.edits)
    return tokens, inputs, row


def _fill(model: Model, prepared: Sequence[tuple[Any, FillInputs, list[int]]]) -> list[FillResult]:
    import torch

    ids, mask = model.tensor_inputs([row for _, _, row in prepared])
    most = max(1, *(len(inputs.read) for _, inputs, _ in prepared))
    # Rows that read fewer positions than the others read position 0 as well; it is thrown away below.
    wanted = torch.tensor([[*inputs.read, *[0] * (most - len(inputs.read))] for _, inputs, _ in prepared])
    hidden = model.last_hidden_at(ids, wanted.to(model.device), mask)
    results = []
    for (tokens, inputs, _), vectors in zip(prepared, hidden, strict=True):
        read = vectors[: len(inputs.read)]
        transformed = model.transform(read)
        results.append(
            FillResult(
                tokens=tokens,
                read=inputs.read,
                original=np.array([tokens.ids[position] for position in inputs.read], dtype=np.int64),
                hidden=read.cpu().numpy(),
                transformed=transformed.cpu().numpy(),
                logits=model.decode(transformed).cpu().numpy(),
                precision="fp32",
            )
        )
    return results


def _logits_at(model: Model, rows: Sequence[Sequence[int]], positions: Sequence[int]) -> Floats:
    """logits[rows, V] at one position of each row, in fp32."""
    import torch

    ids, mask = model.tensor_inputs(rows)
    hidden = model.last_hidden_at(ids, torch.tensor(positions, device=model.device), mask)
    logits: Floats = model.decode(model.transform(hidden)).cpu().numpy()
    return logits


def _others(ordinary: Ints, original: int, count: int, rng: np.random.Generator) -> Ints:
    """`count` different tokens drawn from `ordinary`, none of them `original`."""
    candidates = ordinary[ordinary != original]
    return rng.choice(candidates, size=min(count, len(candidates)), replace=False).astype(np.int64)
