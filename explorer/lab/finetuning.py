"""Chapter 9, 微调: one head on one body, taught labels of sentences, pairs or words, pre-trained and random.

Takes a `Model` handle and frozen inputs; the learning itself is `explorer/learning`. Knows no page. Torch is imported
when an experiment runs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, cast

import numpy as np

from explorer import numerics
from explorer.errors import Told
from explorer.lab.decoding import Shelf
from explorer.lab.experiment import implements
from explorer.lab.reading import pieces_in
from explorer.lab.types.arrays import Floats
from explorer.lab.types.core import Progress, Tokens
from explorer.lab.types.finetuning import (
    ALL,
    TUNE,
    Lessons,
    Marks,
    TuneEpoch,
    TuneInputs,
    TuneResult,
    TuneStep,
    checked,
    labels_of,
    truths,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

    from explorer.learning.heads import Pooling
    from explorer.learning.loop import Step
    from explorer.learning.trainable import Start, Trainable, Tune
    from explorer.models.network.model import Model

MAX_TOKENS = {"class": 64, "pair": 128, "tokens": 64}  # of a sentence (of two) that is taught; what is longer is cut
ROWS = 32  # held-out sentences read at once
WARM_UP = 0.1
DECAY = 0.01
CLIP = 1.0


@implements(TUNE)
def tune(
    model: Model, inputs: TuneInputs, shelf: Shelf | None = None
) -> Iterator[TuneStep | TuneEpoch | Progress | TuneResult]:
    """Every start takes a step in turn, and after each epoch reads the held-out sentences; last, the whole run.

    While they are read a `Progress` comes for every few of them. A held-out sentence that is taught too is left out.
    What every start has become is put on the shelf, for `use`. Devlin et al. 2019, §3.2 and A.3: a new head, all
    tuned together at a small rate; Howard & Ruder 2018, §3.2, on a faster head.

    Raises Told: one_label, label_once (label), too_many_labels (limit, used), too_many_sentences (limit, used),
    nothing_held_out, layer_outside (layer, count), training_diverged (step).
    """
    checked(inputs)
    taught = {text for text, _ in inputs.train}
    kept = [n for n, (text, _) in enumerate(inputs.held_out) if text not in taught]
    if not kept:
        raise Told("nothing_held_out")
    held_out = cast("Lessons", tuple(inputs.held_out[n] for n in kept))
    lessons, tests = read(model, inputs.train, inputs.shape), read(model, held_out, inputs.shape)
    truth = truths(held_out)
    learnings = [Learning(model, inputs, start, lessons, tests) for start in inputs.starts]
    for learning in learnings:
        yield from learning.read_below()
    seen: list[list[TuneEpoch]] = [[] for _ in learnings]
    steps, per_epoch = learnings[0].steps, learnings[0].per_epoch
    for number in range(steps + 1):
        if number:
            for start, learning in enumerate(learnings):
                step = learning.step()
                yield TuneStep(start, number, steps, step.loss, step.seconds)
        if number % per_epoch == 0:
            for start, learning in enumerate(learnings):
                p = yield from learning.look()
                p_true: Floats = p[np.arange(len(truth)), truth]
                loss = float(-np.log(np.maximum(p_true, 1e-12)).mean())
                seen[start].append(TuneEpoch(start, number // per_epoch, loss, p_true, p.argmax(axis=-1)))
                yield seen[start][-1]
    moved = np.stack([learning.moved() for learning in learnings])
    if shelf is not None:
        for learning in learnings:
            learning.keep(shelf)
    yield TuneResult(
        losses=np.array([learning.losses for learning in learnings], dtype=np.float32),
        held_out_losses=np.array([[one.loss for one in epochs] for epochs in seen], dtype=np.float32),
        p_true=np.array([[one.p_true for one in epochs] for epochs in seen], dtype=np.float32),
        said=np.array([[one.said for one in epochs] for epochs in seen], dtype=np.int64),
        taught_p=np.stack([learning.taught_p for learning in learnings]),
        moved=moved,
        kept=np.array(kept, dtype=np.int64),
        cut=sum(one.cut for one in (*lessons, *tests)),
        seconds=np.array([learning.seconds for learning in learnings], dtype=np.float32),
    )


@dataclass(frozen=True)
class Lesson:
    """A sentence, or two, as the model reads it, its labels, and whether it was longer than that.

    pieces  of each unit that has a label: the places of its tokens, none where it was cut off; None: one label for all
    """

    ids: tuple[int, ...]
    type_ids: tuple[int, ...]
    labels: tuple[int, ...]
    pieces: tuple[tuple[int, ...], ...] | None
    cut: bool


class Learning:
    """One start on its way: a copy of the body with a head on it, which takes a step when it is asked to.

    What the layers that stand still make of the sentences is computed once and kept. `rates` (of the body, of the head,
    by the step) and `epochs` stand in for those of the inputs.
    """

    def __init__(
        self,
        model: Model,
        inputs: TuneInputs,
        start: str,
        lessons: Sequence[Lesson],
        tests: Sequence[Lesson] = (),
        *,
        rates: tuple[Callable[[int], float], Callable[[int], float]] | None = None,
        epochs: int | None = None,
    ) -> None:
        import torch

        from explorer.learning.loop import fit, shuffled

        self._model, self._inputs, self._start = model, inputs, start
        self.learner = self.new()
        self._rows = (*lessons, *tests)
        self._taught = len(lessons)
        edges = np.cumsum([0, *(len(one.labels) for one in lessons)]).tolist()
        self._judged = [range(*edge) for edge in pairwise(edges)]
        self._below: list[Tensor] = []
        self.per_epoch = -(-len(lessons) // inputs.batch)
        epochs = epochs or inputs.epochs
        self.steps = self.per_epoch * epochs
        self.losses: list[float] = []
        self.seconds = 0.0
        self.taught_p = np.zeros((epochs, edges[-1]), dtype=np.float32)
        order = shuffled(len(lessons), inputs.batch, epochs, torch.Generator().manual_seed(inputs.seed))
        rates = rates or (slope(inputs.rate, self.steps), slope(inputs.head_rate, self.steps))
        groups = self.learner.groups(rates[0], head_rate=rates[1], decay=DECAY)
        self._run = fit(groups, (row.tolist() for row in order), self._loss, clip=CLIP)

    def read_below(self) -> Iterator[Progress]:
        """Let all sentences through the layers that stand still, once; a `Progress` for every few of them."""
        if not self.learner.has_memory:
            return
        for first in range(0, len(self._rows), ROWS):
            part = self._rows[first : first + ROWS]
            ids, mask, type_ids = self._tensors(part)
            states = self.learner.below(ids, mask, type_ids)
            self._below += [states[n, : len(one.ids)] for n, one in enumerate(part)]
            yield Progress(len(self._below), len(self._rows))

    def look(self) -> Generator[Progress, None, Floats]:
        """p[N, C] of what is judged of the sentences that are held out, as it stands; those of a length are read
        together."""
        import torch

        numbers = sorted(range(self._taught, len(self._rows)), key=lambda n: len(self._rows[n].ids))
        edges = np.cumsum([0, *(len(one.labels) for one in self._rows[self._taught :])])
        found = np.zeros((edges[-1], checked(self._inputs)), np.float32)
        for first in range(0, len(numbers), ROWS):
            part = numbers[first : first + ROWS]
            places = [at for n in part for at in range(edges[n - self._taught], edges[n - self._taught + 1])]
            with torch.no_grad():
                found[places] = self._scores(part).float().cpu().numpy()
            yield Progress(min(first + ROWS, len(numbers)), len(numbers))
        p: Floats = numerics.softmax(found).astype(np.float32)
        return p

    def step(self) -> Step:
        """The next one. Raises Told("training_diverged", step)."""
        step = next(self._run)
        self.losses.append(step.loss)
        self.seconds += step.seconds
        return step

    def moved(self) -> Floats:
        """‖Δθ‖ / ‖θ₀‖ of the embeddings and of each layer: how far each is from where it started."""
        from explorer.models.network import bodies

        count = bodies.n_layers_with_weights(self._model)
        squares = np.zeros((2, count + 1))
        before = dict(self.new().body.named_parameters())
        for name, weights in self.learner.body.named_parameters():
            level = min(bodies.layer_of(self._model, name), count - 1) + 1
            squares[:, level] += (
                float((weights.detach() - before[name].detach()).square().sum()),
                float(before[name].detach().square().sum()),
            )
        moved: Floats = np.sqrt(squares[0] / np.maximum(squares[1], 1e-30)).astype(np.float32)
        return moved

    def keep(self, shelf: Shelf) -> None:
        """What was learnt, for as long as there is room."""
        state = tuned(self.learner)
        nbytes = sum(weights.numel() * weights.element_size() for weights in state.values())
        shelf.put(kept_as(self._model, replace(self._inputs, starts=(self._start,))), state, nbytes)

    def new(self) -> Trainable:
        """What it starts from."""
        return beginning(self._model, self._inputs, self._start)

    def _tensors(self, rows: Sequence[Lesson]) -> tuple[Tensor, Tensor, Tensor | None]:
        """ids[B, L], mask[B, L]; of pairs, which of the two a token is of."""
        ids, mask = self._model.tensor_inputs([list(one.ids) for one in rows])
        return ids, mask, segments(rows, ids) if self._inputs.shape == "pair" else None

    def _scores(self, numbers: list[int]) -> Tensor:
        """scores[N, C] of what is judged of some sentences."""
        import torch

        rows = [self._rows[n] for n in numbers]
        ids, mask, type_ids = self._tensors(rows)
        if not self._below:
            return of_units(self.learner(ids, mask, type_ids), rows)
        states = torch.nn.utils.rnn.pad_sequence([self._below[n] for n in numbers], True)
        return of_units(self.learner.above(states, mask), rows)

    def _loss(self, numbers: list[int]) -> Tensor:
        import torch

        scores = self._scores(numbers)
        labels = torch.tensor([one for n in numbers for one in self._rows[n].labels], device=scores.device)
        told = scores.detach().softmax(-1)[range(len(labels)), labels].cpu().numpy()
        self.taught_p[len(self.losses) // self.per_epoch, [at for n in numbers for at in self._judged[n]]] = told
        return torch.nn.functional.cross_entropy(scores, labels)


def beginning(model: Model, inputs: TuneInputs, start: str, classes: int | None = None) -> Trainable:
    """A start, before its first step."""
    from explorer.learning.heads import Head, SequenceHead, TokenHead
    from explorer.learning.trainable import trainable

    labels = checked(inputs) if classes is None else classes

    def head() -> Head:
        if inputs.shape == "tokens":
            return TokenHead(model.d_model, labels)
        return SequenceHead(model.d_model, labels, cast("Pooling", inputs.pooling))

    chosen: Tune = inputs.layers or "head"
    return trainable(
        model,
        head,
        start=cast("Start", start),
        kept_layers=None if inputs.kept_layers == ALL else inputs.kept_layers,
        tune=chosen,
        seed=inputs.seed,
    )


def tuned(learner: Trainable) -> dict[str, Tensor]:
    """The weights that learn, by name: all that a training changes."""
    return {name: weights.detach() for name, weights in learner.named_parameters() if weights.requires_grad}


def of_units(scores: Tensor, rows: Sequence[Lesson]) -> Tensor:
    """scores[B, C] as they are; of scores[B, L, C] of tokens the mean over each unit's pieces, [units, C].

    The head is linear: the mean of the scores is the score of the mean vector (as in `lab/tagging`).
    """
    if scores.dim() == 2:
        return scores
    import torch

    units = [(n, at) for n, row in enumerate(rows) for at in (row.pieces or ())]
    places = [(n, at, unit) for unit, (n, inside) in enumerate(units) for at in inside]
    row, at, unit = torch.tensor(places, device=scores.device).reshape(-1, 3).unbind(1)
    sums = scores.new_zeros(len(units), scores.shape[-1]).index_add(0, unit, scores[row, at])
    counts = torch.tensor([max(1, len(inside)) for _, inside in units], device=scores.device)
    return sums / counts[:, None]


def segments(rows: Sequence[Lesson], like: Tensor) -> Tensor:
    """type_ids[B, L]: 0 for the first text and the padding, 1 for the second."""
    import torch

    width = like.shape[1]
    return torch.tensor([[*one.type_ids, *[0] * (width - len(one.ids))] for one in rows], device=like.device)


def kept_as(model: Model, inputs: TuneInputs) -> str:
    """The name on the shelf of what the first start becomes: what is held out and what runs beside it don't matter."""
    alone = replace(inputs, starts=inputs.starts[:1], held_out=())
    return f"tuned/{model.revision}/{hashlib.sha256(repr(alone).encode('utf-8', 'surrogatepass')).hexdigest()}"


def slope(highest: float, steps: int) -> Callable[[int], float]:
    """A rate that rises over the first tenth of the steps and falls to 0 after the last."""
    warm = max(1, round(WARM_UP * steps))
    return lambda step: highest * min(step / warm, (steps + 1 - step) / (steps + 1 - warm))


def read(model: Model, sentences: Lessons, shape: str = "class") -> list[Lesson]:
    """Each as tokens, cut where it is longer than MAX_TOKENS: at its end; of two texts, the longer first."""
    return [lesson(model, text, label, shape) for text, label in sentences]


def lesson(model: Model, text: str, label: int | Marks, shape: str) -> Lesson:
    first, _, second = text.partition("\n")
    tokens = model.tokenizer.encode(first, second) if shape == "pair" else model.tokenizer.encode(text)
    kept = fitting(tokens, min(MAX_TOKENS[shape], model.max_positions))
    pieces = None
    if not isinstance(label, int):
        offsets = [tokens.offsets[at] for at in kept]
        pieces = tuple(pieces_in(offsets, start, end) for start, end, _ in label)
    return Lesson(
        tuple(tokens.ids[at] for at in kept),
        tuple(tokens.type_ids[at] for at in kept),
        labels_of(label),
        pieces,
        len(kept) < len(tokens),
    )


def fitting(tokens: Tokens, most: int) -> list[int]:
    """The places that are read: special tokens all, of the others as many as fit."""
    kept = list(range(len(tokens)))
    while len(kept) > most:
        parts = [[at for at in kept if not tokens.special[at] and tokens.type_ids[at] == part] for part in (0, 1)]
        kept.remove(max(parts, key=len)[-1])
    return kept
