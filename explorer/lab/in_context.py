"""Chapter 8, 语境学习: what a causal model makes of a prompt with k examples in it, no weight being changed.

Every experiment takes a `Model` handle and frozen inputs (lab/types/in_context.py) and returns arrays in fp32. How
prompts are read lies in shots.py.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from itertools import permutations
from typing import TYPE_CHECKING

import numpy as np

from explorer.errors import Told
from explorer.lab import shots
from explorer.lab.decoding import Shelf, shared_beginning
from explorer.lab.experiment import implements
from explorer.lab.types.arrays import Floats
from explorer.lab.types.core import Progress
from explorer.lab.types.in_context import (
    ANSWERS,
    CURVE,
    EVERY_ORDER,
    FREE,
    KEPT,
    MOST_ANSWERS,
    OPEN,
    ORDERS,
    TABLE,
    AnswersInputs,
    AnswersResult,
    CurveResult,
    CurveStep,
    KeptInputs,
    KeptResult,
    OpenInputs,
    OpenResult,
    OrdersInputs,
    OrdersResult,
    Prompt,
    TableInputs,
    TableResult,
)

if TYPE_CHECKING:
    from torch import Tensor

    from explorer.models.network.model import Model

SHOTS_AT_ONCE = 4  # numbers of examples between two steps of a curve
ORDERS_AT_ONCE = 4
BLOCKS_AT_ONCE = 2


@implements(ANSWERS)
def answers(model: Model, inputs: AnswersInputs, shelf: Shelf | None = None) -> AnswersResult:
    """ln p of every candidate answer after the prompt, and after the same prompt with a query without content.

    Raises Told: answer_empty, answer_unknown, answers_many, text_empty, too_long, scores_broken.
    """
    prompt, dropped = _checked(model, inputs.prompt, inputs.answers)
    texts = _texts(model, prompt, inputs.answers)
    found = shots.read(model, texts, shots.keep(model, shelf, _main(model, prompt)))
    half = len(inputs.answers)
    return AnswersResult(
        ids=tuple(one.answer for one in texts[:half]),
        log_p=tuple(one.log_p for one in found.answers[:half]),
        free=tuple(one.log_p for one in found.answers[half:]),
        dropped=dropped,
        read=found.read,
        kept=found.kept,
        alone=found.alone,
    )


@implements(CURVE)
def curve(model: Model, inputs: AnswersInputs, shelf: Shelf | None = None) -> Iterator[CurveStep | CurveResult]:
    """The same for 0, 1, … all examples. What the prompts begin with in common is read once, before the first step.

    Raises Told: as `answers`.
    """
    prompt, dropped = _checked(model, inputs.prompt, inputs.answers)
    line = shots.keep(model, shelf, _main(model, prompt))
    count, half = len(prompt.rows) + 1, len(inputs.answers)
    rows: list[Floats] = []
    free: list[Floats] = []
    read, alone = 0 if line is None else len(line.ids), 0
    lengths = np.zeros(half, dtype=np.float32)
    for start in range(0, count, SHOTS_AT_ONCE):
        some = range(start, min(start + SHOTS_AT_ONCE, count))
        texts = [text for k in some for text in _texts(model, prompt.shots(k), inputs.answers)]
        found = shots.read(model, texts, line)
        sums = _sums(found).reshape(len(some), 2, half)
        lengths = np.array([len(one.answer) for one in texts[:half]], dtype=np.float32)
        rows += list(sums[:, 0])
        free += list(sums[:, 1])
        read, alone = read + found.read, alone + found.alone
        yield CurveStep(len(rows), count, np.stack(rows))
    yield CurveResult(np.stack(rows), np.stack(free), lengths, dropped, read, alone)


@implements(ORDERS)
def orders(model: Model, inputs: OrdersInputs) -> Iterator[Progress | OrdersResult]:
    """The answers under other orders of the same examples. Raises Told: as `answers`."""
    prompt, _ = _checked(model, inputs.prompt, inputs.answers)
    drawn, every = drawn_orders(len(prompt.rows), inputs.most, inputs.seed)
    half = len(inputs.answers)
    found: list[Floats] = []
    lengths = np.zeros(half, dtype=np.float32)
    yield Progress(0, len(drawn))
    for start in range(0, len(drawn), ORDERS_AT_ONCE):
        texts = []
        for order in drawn[start : start + ORDERS_AT_ONCE]:
            rows = tuple(prompt.rows[place] for place in order)
            texts += _texts(model, Prompt(prompt.line, rows, prompt.query, prompt.sign), inputs.answers)
        lengths = np.array([len(one.answer) for one in texts[:half]], dtype=np.float32)
        found += list(_sums(shots.read(model, texts)).reshape(-1, 2, half))
        yield Progress(len(found), len(drawn))
    table = np.stack(found)
    yield OrdersResult(drawn, table[:, 0], table[:, 1], lengths, every)


def drawn_orders(count: int, most: int, seed: int) -> tuple[tuple[tuple[int, ...], ...], bool]:
    """The orders of `count` examples that are tried, the one as written first; whether these are all there are."""
    if count <= EVERY_ORDER:
        return tuple(permutations(range(count))), True
    rng = np.random.default_rng(seed)
    found = dict.fromkeys([tuple(range(count))])
    while len(found) < most:
        found[tuple(rng.permutation(count).tolist())] = None
    return tuple(found), False


@implements(OPEN)
def open_answer(model: Model, inputs: OpenInputs) -> OpenResult:
    """Greedy continuation until the line ends. Raises Told: text_empty, too_long, scores_broken."""
    prompt, _ = shots.fitting(model, inputs.prompt, ())
    ids = shots.ids_of(model, prompt.text())
    if not ids:
        raise Told("text_empty")
    tensor, _mask = model.tensor_inputs([ids])
    scores, past = model.step(tensor)
    written: list[int] = []
    p: list[float] = []
    text = ""
    for _ in range(inputs.most):
        row = scores[0].double()
        if not bool(row.isfinite().any()):
            raise Told("scores_broken")
        token = int(row.argmax())
        longer = model.tokenizer.decode([*written, token])
        if token in model.stop_ids or "\n" in longer.lstrip(" "):
            return OpenResult(tuple(written), text.strip(), np.array(p, dtype=np.float32), ended=True)
        p.append(float(row.softmax(-1)[token]))
        written.append(token)
        text = longer
        tensor, _mask = model.tensor_inputs([[token]])
        scores, past = model.step(tensor, past)
    return OpenResult(tuple(written), text.strip(), np.array(p, dtype=np.float32), ended=False)


@implements(KEPT)
def kept(model: Model, inputs: KeptInputs) -> Iterator[Progress | KeptResult]:
    """A checksum of all weights, the answer after 0 … all examples, the checksum again. Raises Told: as `answers`."""
    prompt, _ = _checked(model, inputs.prompt, (inputs.answer,))
    yield Progress(0, 3)
    before, n_bytes, n_weights = checksum(model)
    yield Progress(1, 3)
    line = shots.keep(model, None, _main(model, prompt))
    texts = [shots.text(model, prompt.shots(k), inputs.answer) for k in range(len(prompt.rows) + 1)]
    log_p = _sums(shots.read(model, texts, line))
    yield Progress(2, 3)
    after, _, _ = checksum(model)
    yield KeptResult(before, after, n_bytes, n_weights, log_p)


def checksum(model: Model) -> tuple[str, int, int]:
    """`digest` of the loaded weights. Word vectors that are the head's matrix too count once."""
    from explorer.models.network.bodies import weights_of

    return digest(weights_of(model))


def digest(weights: Mapping[str, Tensor]) -> tuple[str, int, int]:
    """SHA-256 of weights as they lie in memory, in the order of their names; their bytes and their number."""
    found, n_bytes, n_weights = hashlib.sha256(), 0, 0
    for name, one in sorted(weights.items()):
        array = one.detach().cpu().contiguous().numpy()
        found.update(name.encode())
        found.update(array.view(np.uint8).data if array.size else b"")
        n_bytes += array.nbytes
        n_weights += array.size
    return found.hexdigest(), n_bytes, n_weights


@implements(TABLE)
def table(model: Model, inputs: TableInputs) -> Iterator[Progress | TableResult]:
    """Every item asked with each number of examples. Raises Told: rows_few, and as `answers`."""
    most = max(inputs.shots)
    if len(inputs.items) < most + inputs.block:
        raise Told("rows_few", count=len(inputs.items), needed=most + inputs.block)
    rng = np.random.default_rng(inputs.seed)
    blocks = [range(at, min(at + inputs.block, len(inputs.items))) for at in range(0, len(inputs.items), inputs.block)]
    shape = (len(inputs.shots), len(inputs.items))
    log_p, right = np.zeros(shape, dtype=np.float32), np.zeros(shape, dtype=np.float32)
    yield Progress(0, len(blocks))
    for done in range(0, len(blocks), BLOCKS_AT_ONCE):
        texts, places = [], []
        for block in blocks[done : done + BLOCKS_AT_ONCE]:
            others = [n for n in range(len(inputs.items)) if n not in block]
            drawn = tuple(inputs.items[others[n]] for n in rng.permutation(len(others))[:most])
            for row, k in enumerate(inputs.shots):
                for n in block:
                    question, answer = inputs.items[n]
                    prompt = Prompt(inputs.line, drawn[:k], question, inputs.sign)
                    texts.append(shots.text(model, prompt, answer, end="\n"))
                    places.append((row, n))
        for place, one in zip(places, shots.read(model, texts).answers, strict=True):
            log_p[place] = one.log_p[:-1].sum(dtype=np.float64)  # the last is the end of the line
            right[place] = all(one.best)
        yield Progress(min(done + BLOCKS_AT_ONCE, len(blocks)), len(blocks))
    yield TableResult(log_p, right, inputs.block)


def _checked(model: Model, prompt: Prompt, candidates: Sequence[str]) -> tuple[Prompt, int]:
    if len(candidates) > MOST_ANSWERS:
        raise Told("answers_many", limit=MOST_ANSWERS, used=len(candidates))
    if not candidates:
        raise Told("answer_empty")
    return shots.fitting(model, prompt, candidates)


def _texts(model: Model, prompt: Prompt, candidates: Sequence[str]) -> list[shots.Text]:
    """The prompt with each answer, then the prompt whose query is empty of content with each."""
    free = Prompt(prompt.line, prompt.rows, FREE, prompt.sign)
    return [shots.text(model, one, answer) for one in (prompt, free) for answer in candidates]


def _main(model: Model, prompt: Prompt) -> tuple[int, ...]:
    """What all prompts of these examples begin with: the task line and the examples, without the query."""
    first, second = (
        shots.ids_of(model, Prompt(prompt.line, prompt.rows, query, prompt.sign).text()) for query in ("?", FREE)
    )
    return first[: shared_beginning(first, second)]


def _sums(found: shots.Read) -> Floats:
    return np.array([one.log_p.sum(dtype=np.float64) for one in found.answers], dtype=np.float32)
