"""Every position of a text covered in turn, all in one batch: what the model gives the covered token each time.

Where the processor is fast in bf16, the network's body runs in it, and two kinds of position are run again in fp32:
close calls (the "photo finish"), so that the five likeliest tokens and their order are those of fp32, and those whose
probabilities are undecided enough for bf16's error to show (`MOST_OFF`). The head is always fp32.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING

import numpy as np

from explorer.errors import Told
from explorer.lab.experiment import implements
from explorer.lab.reading import edited, encode, mask_id_of
from explorer.lab.types.core import Progress, Tokens
from explorer.lab.types.masking import SCAN, ScanInputs, ScanResult

if TYPE_CHECKING:
    from torch import Tensor

    from explorer.models.network.model import Model

TOP = 5
# Nats between two neighbours among the first six below which bf16's order is not trusted. On the embedded model the
# error of such a gap has a standard deviation of 0.012 and was never seen to turn an order at more than 0.02.
PHOTO_FINISH = 0.03
# bf16 moves a gap by at most GAP_ERROR nats (seen: .084), and so a probability p by p(1 − p) · GAP_ERROR. Where that
# could be more than MOST_OFF, the position is run again.
GAP_ERROR, MOST_OFF = 0.1, 0.01
# Tokens of one forward pass: 16 rows (32 in bf16) of 32 tokens were the fastest measured on two cores. Longer texts get
# fewer rows a pass, so that a step stays short: a reader who turns to another text waits for one step.
TOKENS_FP32, TOKENS_BF16 = 512, 1024


@implements(SCAN)
def scan(model: Model, inputs: ScanInputs) -> Iterator[Progress | ScanResult]:
    """P, rank and surprisal of each token when it is covered, and the five likeliest there.

    Yields Progress (a step is a position), then the result. Positions of special tokens, and of [MASK]s that the
    reader typed, are left out. Raises Told: text_empty, too_long.
    """
    tokens, positions, ids, where = each_covered(model, inputs.text)
    original = ids.new_tensor([tokens.ids[at] for at in positions])
    fast = inputs.precision == "bf16" or (inputs.precision == "auto" and model.fast_pays)

    answers: list[_Answers] = []
    for rows in chunks(range(len(positions)), rows_a_pass(tokens, TOKENS_BF16 if fast else TOKENS_FP32)):
        answers.append(_answers(model, ids, where, original, rows, in_bf16=fast))
        yield Progress(rows[-1] + 1, len(positions))
    found = [np.concatenate(column) for column in zip(*answers, strict=True)]

    if fast and inputs.precision == "auto":
        top_p, gap = found[-2:]
        undecided = (top_p * (1 - top_p)).max(axis=1) * GAP_ERROR > MOST_OFF
        for rows in chunks(np.flatnonzero((gap < PHOTO_FINISH) | undecided).tolist(), rows_a_pass(tokens)):
            for column, again in zip(found, _answers(model, ids, where, original, rows, in_bf16=False), strict=True):
                column[rows] = again
            yield Progress(len(positions), len(positions))

    log_p, rank, top_ids, top_p, _ = found
    yield ScanResult(
        tokens=tokens,
        positions=np.array(positions, dtype=np.int64),
        original=original.cpu().numpy(),
        p_original=np.exp(log_p),
        rank=rank,
        surprisal=-log_p,
        top_ids=top_ids,
        top_p=top_p,
        precision="bf16" if fast else "fp32",
    )


# log P of the covered token, its rank, ids and P of the five likeliest, smallest gap among the first six
_Answers = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def _answers(
    model: Model, ids: Tensor, where: Tensor, original: Tensor, rows: Sequence[int], *, in_bf16: bool
) -> _Answers:
    import torch

    precision: AbstractContextManager[None] = model.in_bf16() if in_bf16 else nullcontext()
    with precision:
        hidden = model.last_hidden_at(ids[rows], where[rows])
    logits = model.decode(model.transform(hidden))
    with torch.inference_mode():
        scores = logits.gather(1, original[rows, None])
        log_sum = logits.logsumexp(dim=1, keepdim=True)
        first = logits.topk(min(TOP + 1, logits.shape[1]), dim=1)
        gaps = (first.values[:, :-1] - first.values[:, 1:]).amin(dim=1)
        columns = (
            (scores - log_sum)[:, 0],
            (logits > scores).sum(dim=1) + 1,
            first.indices[:, :TOP],
            (first.values[:, :TOP] - log_sum).exp(),
            gaps,
        )
        log_p, rank, top_ids, top_p, gap = (column.cpu().numpy() for column in columns)
    return log_p, rank, top_ids, top_p, gap


def each_covered(model: Model, text: str) -> tuple[Tokens, list[int], Tensor, Tensor]:
    """The tokens, the n positions that can be covered, ids[n, tokens] with one of them covered a row, and positions[n].

    Special tokens, and [MASK]s that the reader typed, are left out. Raises Told: text_empty, too_long.
    """
    import torch

    tokens = encode(model, text)
    mask_id = mask_id_of(model)
    positions = [
        at for at, (special, token) in enumerate(zip(tokens.special, tokens.ids, strict=True))
        if not special and token != mask_id
    ]  # fmt: skip
    if not positions:
        raise Told("text_empty")
    ids, _ = model.tensor_inputs([edited(tokens.ids, {at: mask_id}) for at in positions])
    return tokens, positions, ids, torch.tensor(positions, device=model.device)


def rows_a_pass(tokens: Tokens, tokens_a_pass: int = TOKENS_FP32) -> int:
    """How many rows of `tokens` one forward pass takes."""
    return min(max(1, tokens_a_pass // len(tokens)), tokens_a_pass // 32)


def chunks(rows: Sequence[int], size: int) -> Iterator[list[int]]:
    """`rows` in turn, `size` at a time."""
    for start in range(0, len(rows), size):
        yield list(rows[start : start + size])
