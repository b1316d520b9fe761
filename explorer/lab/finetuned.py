"""A head that was taught is asked about a text: what it says, of each word where it tells words, and with each covered.

Takes what `finetuning.tune` left on the session's shelf, or learns it anew. Torch is imported when an experiment runs.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from explorer import numerics
from explorer.errors import Told
from explorer.lab.decoding import Shelf
from explorer.lab.experiment import implements
from explorer.lab.finetuning import (
    MAX_TOKENS,
    ROWS,
    Learning,
    beginning,
    fitting,
    kept_as,
    lesson,
    of_units,
    read,
)
from explorer.lab.reading import mask_id_of
from explorer.lab.tagging import word_spans
from explorer.lab.types.core import Progress, Tokens
from explorer.lab.types.finetuning import (
    TAGS,
    USE,
    TagsInputs,
    TagsResult,
    TuneInputs,
    TuneStep,
    UseInputs,
    UseResult,
    checked,
)

if TYPE_CHECKING:
    from explorer.learning.trainable import Trainable
    from explorer.models.network.model import Model


@implements(USE)
def use(model: Model, inputs: UseInputs, shelf: Shelf | None = None) -> Iterator[TuneStep | Progress | UseResult]:
    """The labels' probabilities for a text, whole and with one token after the other covered (occlusion: Zeiler &
    Fergus 2014, with the mask token in place of the grey square). Of two texts each may be what carries the answer.

    Where the shelf has lost the head, a `TuneStep` comes for each step by which it is learnt again.
    Raises Told("text_empty") and what `tune` raises.
    """
    encoded(model, inputs.text, inputs.tune.shape)
    learner = yield from learnt(model, inputs.tune, shelf)
    yield from covered(model, learner, inputs.tune.shape, inputs.text)


@implements(TAGS)
def tags(model: Model, inputs: TagsInputs, shelf: Shelf | None = None) -> Iterator[TuneStep | Progress | TagsResult]:
    """The labels' probabilities for every 字 or word of a text (Chinese words as jieba cuts them).

    Raises Told("text_empty") and what `tune` raises.
    """
    encoded(model, inputs.text, "tokens")
    learner = yield from learnt(model, inputs.tune, shelf)
    yield labelled(model, learner, inputs.text, inputs.by)


def covered(model: Model, learner: Trainable, shape: str, text: str) -> Iterator[Progress | UseResult]:
    """What a head says of the whole text, and with one token after the other covered."""
    import torch

    tokens = encoded(model, text, shape)
    kept = fitting(tokens, min(MAX_TOKENS[shape], model.max_positions))
    ordinary = [n for n, at in enumerate(kept) if not tokens.special[at]]
    whole = [tokens.ids[at] for at in kept]
    mask = mask_id_of(model)
    rows = [whole, *([*whole[:at], mask, *whole[at + 1 :]] for at in ordinary)]
    types = torch.tensor([[tokens.type_ids[at] for at in kept]], device=model.device)
    said = []
    for first in range(0, len(rows), ROWS):
        part = rows[first : first + ROWS]
        with torch.inference_mode():
            said.append(learner(*model.tensor_inputs(part), types.expand(len(part), -1)).float().cpu().numpy())
        yield Progress(min(first + ROWS, len(rows)), len(rows))
    p = numerics.softmax(np.concatenate(said)).astype(np.float32)
    spans = np.array([tokens.offsets[kept[n]] for n in ordinary], dtype=np.int64).reshape(-1, 2)
    yield UseResult(tokens.text, p[0], spans[:, 0], spans[:, 1], p[1:])


def labelled(model: Model, learner: Trainable, text: str, by: str) -> TagsResult:
    """What a head says of every unit of the text."""
    import torch

    if by == "word":
        spans = [(start, end) for _, start, end in word_spans(encoded(model, text, "tokens"))]
    else:
        spans = [(at, at + 1) for at, char in enumerate(text) if not char.isspace()]
    row = lesson(model, text, tuple((start, end, 0) for start, end in spans), "tokens")
    inside = [bool(pieces) for pieces in row.pieces or ()]
    with torch.inference_mode():
        scores = of_units(learner(*model.tensor_inputs([list(row.ids)])), [row]).float().cpu().numpy()[inside]
    edges = np.array([span for span, read_too in zip(spans, inside, strict=True) if read_too]).reshape(-1, 2)
    return TagsResult(text, edges[:, 0], edges[:, 1], numerics.softmax(scores).astype(np.float32))


def learnt(
    model: Model, inputs: TuneInputs, shelf: Shelf | None, number: int = 0
) -> Generator[TuneStep | Progress, None, Trainable]:
    """What the `number`-th start becomes: from the shelf, or learnt again."""
    alone = replace(inputs, starts=(inputs.starts[number],))
    state = None if shelf is None else shelf.get(kept_as(model, alone))
    if state is None:
        checked(inputs)
        learning = Learning(model, alone, alone.starts[0], read(model, inputs.train, inputs.shape))
        yield from learning.read_below()
        for at in range(1, learning.steps + 1):
            step = learning.step()
            yield TuneStep(number, at, learning.steps, step.loss, step.seconds)
        if shelf is not None:
            learning.keep(shelf)
        return learning.learner.requires_grad_(False)
    learner = beginning(model, inputs, alone.starts[0])
    learner.load_state_dict(state, strict=False)
    return learner.requires_grad_(False)


def encoded(model: Model, text: str, shape: str) -> Tokens:
    first, _, second = text.partition("\n")
    tokens = model.tokenizer.encode(first, second) if shape == "pair" else model.tokenizer.encode(text)
    if not text.strip() or (shape == "pair" and not (first.strip() and second.strip())) or all(tokens.special):
        raise Told("text_empty")
    return tokens
