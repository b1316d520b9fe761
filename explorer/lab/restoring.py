"""Chapter 10, 还原: a broken text is read by an encoder and said again by a decoder, one token after the other.

Knows ids, scores and the two networks (explorer/models/network/denoiser.py). Torch is imported when an experiment runs.
What a sentinel stands for is a [MASK] to our decoder: it was taught to say whole texts, and never saw one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from explorer import numerics
from explorer.errors import Told
from explorer.lab.denoising import break_text
from explorer.lab.experiment import implements
from explorer.lab.types.breaking import HOLE, Broken
from explorer.lab.types.core import Progress
from explorer.lab.types.denoising import plain
from explorer.lab.types.head import head_of
from explorer.lab.types.restoring import (
    BEAMS,
    REGAIN,
    RESTORE,
    RegainInputs,
    RegainResult,
    RestoreInputs,
    RestoreResult,
    asked_for,
    came_back,
)

if TYPE_CHECKING:
    from torch import Tensor

    from explorer.models.network.denoiser import Restorer
    from explorer.models.network.model import Model

BEYOND = 12  # tokens that may be said more than were read
BATCH = 16


@implements(RESTORE)
def restore(model: Model, inputs: RestoreInputs) -> Iterator[Progress | RestoreResult]:
    """Yields Progress (a step is a token), then what was said with every step's distribution and attention.

    Raises Told: text_empty, too_long, too_short_to_break, breaks_to_nothing, token_outside; ModelUnavailable.
    """
    import torch

    from explorer.models.network.denoiser import restorer

    reader = restorer(model)
    tokens, broken = break_text(model.tokenizer, inputs.text, inputs.how)
    read, origins = _read(model, broken)
    if any(not 0 <= token < model.vocab_size for token in inputs.chosen):
        raise Told("token_outside", token_id=max(inputs.chosen), count=model.vocab_size)
    ids, seen = model.tensor_inputs([read])
    memory = reader.read(ids, seen)
    said = list(inputs.chosen)
    most = len(read) + BEYOND
    says = _beam if inputs.way == "beam" else _one_by_one
    for grown in says(reader, memory, seen, said, most, inputs):
        said = grown
        yield Progress(min(len(said), most), most)
    ended = bool(said) and said[-1] in reader.ends
    before = torch.tensor([[*reader.begin, *said[:-1]]], device=model.device)
    scores, cross = reader.looks(before, memory, seen)
    skipped = len(reader.begin) - 1  # steps that come before the first of ours
    rows, cross = scores[skipped:].float().cpu().numpy(), cross[:, :, skipped:]
    heads = [head_of(row) for row in rows]
    yield RestoreResult(
        tokens=tokens,
        broken=broken,
        read=read,
        origins=origins,
        said=tuple(said),
        ended=ended,
        text=_whole(reader, read, said),
        ids=np.stack([head.ids for head in heads]),
        logits=np.stack([head.logits for head in heads]),
        tails=np.stack([head.tail for head in heads]),
        whole=np.logaddexp.reduce(rows.astype(np.float64), axis=1),
        logit=rows[np.arange(len(said)), said].astype(np.float32),
        rank=np.array([numerics.rank(row, token) for row, token in zip(rows, said, strict=True)], dtype=np.int64),
        vocab_size=rows.shape[1],
        cross=cross.float().cpu().numpy(),
    )


@implements(REGAIN)
def regain(model: Model, inputs: RegainInputs) -> Iterator[Progress | RegainResult]:
    """Yields Progress (a step is a text), then how much came back.

    Raises Told: text_empty, too_long; ModelUnavailable.
    """
    from explorer.models.network.denoiser import restorer

    reader = restorer(model)
    asked: list[int] = []
    columns: dict[str, list[int]] = {"back": [], "copied": [], "filled": [], "told": []}
    skipped = 0
    broken: list[tuple[tuple[int, ...], Broken]] = []
    for number, text in enumerate(inputs.texts):
        try:
            tokens, one = break_text(model.tokenizer, text, replace(inputs.how, seed=inputs.how.seed + number))
        except Told as refused:
            if refused.key not in ("too_short_to_break", "breaks_to_nothing"):
                raise
            skipped += 1
            continue
        broken.append((plain(tokens), one))
    order = sorted(range(len(broken)), key=lambda n: len(broken[n][1].shown))
    for start in range(0, len(order), BATCH):
        rows = [broken[n] for n in order[start : start + BATCH]]
        read = [_read(model, one)[0] for _, one in rows]
        for (whole, one), ids, said in zip(rows, read, together(reader, read), strict=True):
            again = _whole(reader, ids, said)
            asked.append(len(asked_for(whole, one)))
            columns["back"].append(came_back(whole, one, again))
            columns["copied"].append(came_back(whole, one, one.shown))
            if inputs.blanks:
                columns["filled"].append(came_back(whole, one, _filled(model, one.shown)))
                columns["told"].append(came_back(whole, one, _filled(model, _opened(model, whole, one))))
        yield Progress(len(asked), len(broken))
    yield RegainResult(
        np.array(asked, dtype=np.int64), **{n: np.array(v, dtype=np.int64) for n, v in columns.items()}, skipped=skipped
    )


def together(reader: Restorer, rows: Sequence[Sequence[int]]) -> list[tuple[int, ...]]:
    """What is said of each of several texts that the encoder reads, the likeliest token each time, without the end."""
    import torch

    ids, seen = reader.model.tensor_inputs(rows)
    memory = reader.read(ids, seen)
    said = torch.tensor([reader.begin] * len(rows), device=ids.device)
    done = torch.zeros(len(rows), dtype=torch.bool, device=ids.device)
    ends = torch.tensor(sorted(reader.ends), device=ids.device)
    for _ in range(ids.shape[1] + BEYOND):
        best = reader.scores(said, memory, seen).argmax(-1)
        said = torch.cat([said, best[:, None]], dim=1)
        done |= torch.isin(best, ends)
        if bool(done.all()):
            break
    return [_until(row, reader.ends) for row in said[:, len(reader.begin) :].tolist()]


def _one_by_one(
    reader: Restorer, memory: Tensor, seen: Tensor, said: list[int], most: int, inputs: RestoreInputs
) -> Iterator[list[int]]:
    """The text as it grows, after every token."""
    import torch

    rng = np.random.default_rng(inputs.seed)
    while len(said) < most and not (said and said[-1] in reader.ends):
        scores = reader.scores(torch.tensor([[*reader.begin, *said]], device=memory.device), memory, seen)[0]
        row = scores.float().cpu().numpy()
        token = int(row.argmax()) if inputs.way == "greedy" else int(rng.choice(len(row), p=numerics.softmax(row)))
        said = [*said, token]
        yield said


def _beam(
    reader: Restorer, memory: Tensor, seen: Tensor, said: list[int], most: int, inputs: RestoreInputs
) -> Iterator[list[int]]:
    """The best text so far, after every token. Texts are compared by their mean log-probability a token."""
    import torch

    lines: list[tuple[float, list[int]]] = [(0.0, said)]
    finished: list[tuple[float, list[int]]] = []
    while lines and len(lines[0][1]) < most and len(finished) < BEAMS:
        texts = torch.tensor([[*reader.begin, *text] for _, text in lines], device=memory.device)
        wide = (memory.expand(len(lines), -1, -1), seen.expand(len(lines), -1))
        logs = torch.log_softmax(reader.scores(texts, *wide).float(), dim=-1)
        best = torch.topk(logs, BEAMS, dim=-1)
        grown = [
            (total + value, [*text, token])
            for (total, text), values, tokens in zip(lines, best.values.tolist(), best.indices.tolist(), strict=True)
            for value, token in zip(values, tokens, strict=True)
        ]
        grown.sort(key=lambda line: -line[0])
        finished += [line for line in grown[: 2 * BEAMS] if line[1][-1] in reader.ends]
        lines = [line for line in grown if line[1][-1] not in reader.ends][:BEAMS]
        yield _likeliest(finished or lines)
    yield _likeliest(finished or lines)


def _likeliest(lines: list[tuple[float, list[int]]]) -> list[int]:
    return max(lines, key=lambda line: line[0] / max(1, len(line[1])))[1]


def _read(model: Model, broken: Broken) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """What the encoder reads, with its special tokens, and where each token stood in the text."""
    names = model.tokenizer
    shown = tuple(_mark(model, -1 - token) if token < 0 else token for token in broken.shown)
    first = () if names.cls_id is None else (names.cls_id,)
    last = () if names.sep_id is None else (names.sep_id,)
    return (*first, *shown, *last), (*(HOLE for _ in first), *broken.origins, *(HOLE for _ in last))


def _mark(model: Model, number: int) -> int:
    """The id of a sentinel, or of [MASK] where there are none. Raises Told("too_many_holes")."""
    sentinels, mask = model.tokenizer.sentinel_ids, model.tokenizer.mask_id
    if not sentinels and mask is not None:
        return mask
    if number >= len(sentinels):
        raise Told("too_many_holes", count=len(sentinels))
    return sentinels[number]


def _whole(reader: Restorer, read: Sequence[int], said: Sequence[int]) -> tuple[int, ...]:
    """The text that was said; where only what stood in the holes is said, with this in them."""
    names = reader.model.tokenizer
    frame = {names.cls_id, names.sep_id, names.pad_id, *reader.ends}
    if not reader.says_holes:
        return tuple(token for token in said if token not in frame)
    marks = frozenset(names.sentinel_ids)
    fillings: dict[int, list[int]] = {}
    current: list[int] = []
    for token in said:
        if token in marks:
            current = fillings.setdefault(token, [])
        else:
            current.append(token)
    laid = (one for token in read for one in (fillings.get(token, []) if token in marks else [token]))
    return tuple(one for one in laid if one not in frame)


def _filled(model: Model, shown: Sequence[int]) -> tuple[int, ...]:
    """The broken text with the masked model's likeliest token in every hole."""
    mask = model.tokenizer.mask_id
    first, last = model.tokenizer.cls_id, model.tokenizer.sep_id
    row = [first, *shown, last]
    ids, seen = model.tensor_inputs([row])  # type: ignore[list-item]
    holes = [at for at, token in enumerate(row) if token == mask]
    if holes:
        states = model.hidden_states(ids, seen)[-1, 0, holes]
        for at, token in zip(holes, model.decode(model.transform(states)).argmax(-1).tolist(), strict=True):
            row[at] = token
    return tuple(row[1:-1])  # type: ignore[arg-type]


def _opened(model: Model, whole: Sequence[int], broken: Broken) -> tuple[int, ...]:
    """The text with a hole for every token that was taken away."""
    mask = model.tokenizer.mask_id
    hidden = frozenset(broken.hidden)
    return tuple(mask if at in hidden else token for at, token in enumerate(whole))  # type: ignore[misc]


def _until(row: Sequence[int], ends: frozenset[int]) -> tuple[int, ...]:
    at = next((n for n, token in enumerate(row) if token in ends), len(row))
    return tuple(row[:at])
