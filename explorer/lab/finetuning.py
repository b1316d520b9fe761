"""Chapter 9, 微调: one head on one body, taught labelled sentences, from pre-trained weights and from random ones.

Takes a `Model` handle and frozen inputs; the learning itself is `explorer/learning`. Knows no page. Torch is imported
when an experiment runs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

import numpy as np

from explorer import numerics
from explorer.errors import Told
from explorer.lab.decoding import Shelf
from explorer.lab.experiment import implements
from explorer.lab.types.arrays import Floats
from explorer.lab.types.core import Progress
from explorer.lab.types.finetuning import (
    ALL,
    TUNE,
    Labelled,
    TuneEpoch,
    TuneInputs,
    TuneResult,
    TuneStep,
    checked,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

    from explorer.learning.heads import Pooling
    from explorer.learning.loop import Step
    from explorer.learning.trainable import Start, Trainable, Tune
    from explorer.models.network.model import Model

MAX_TOKENS = 64  # of a sentence that is taught; what is longer is cut
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
    What the first start has become is put on the shelf, for `use`. Devlin et al. 2019, §3.2 and A.3: a new head, all
    tuned together at a small rate; Howard & Ruder 2018, §3.2, on a faster head.

    Raises Told: one_label, label_once (label), too_many_labels (limit, used), too_many_sentences (limit, used),
    nothing_held_out, layer_outside (layer, count), training_diverged (step).
    """
    checked(inputs)
    taught = {text for text, _ in inputs.train}
    kept = [n for n, (text, _) in enumerate(inputs.held_out) if text not in taught]
    if not kept:
        raise Told("nothing_held_out")
    held_out = tuple(inputs.held_out[n] for n in kept)
    lessons, tests = read(model, inputs.train), read(model, held_out)
    truth = np.array([label for _, label in held_out])
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
                loss = -np.log(np.maximum(p[np.arange(len(truth)), truth], 1e-12)).mean()
                seen[start].append(TuneEpoch(start, number // per_epoch, float(loss), p))
                yield seen[start][-1]
    moved = np.stack([learning.moved() for learning in learnings])
    if shelf is not None:
        learnings[0].keep(shelf)
    yield TuneResult(
        losses=np.array([learning.losses for learning in learnings], dtype=np.float32),
        held_out_losses=np.array([[one.loss for one in epochs] for epochs in seen], dtype=np.float32),
        p=np.array([[one.p for one in epochs] for epochs in seen], dtype=np.float32),
        taught_p=np.stack([learning.taught_p for learning in learnings]),
        moved=moved,
        kept=np.array(kept, dtype=np.int64),
        cut=sum(one.cut for one in (*lessons, *tests)),
        seconds=np.array([learning.seconds for learning in learnings], dtype=np.float32),
    )


@dataclass(frozen=True)
class Lesson:
    """A sentence as the model reads it, its label, and whether it was longer than that."""

    ids: tuple[int, ...]
    label: int
    cut: bool


class Learning:
    """One start on its way: a copy of the body with a head on it, which takes a step when it is asked to.

    What the layers that stand still make of the sentences is computed once and kept.
    """

    def __init__(
        self, model: Model, inputs: TuneInputs, start: str, lessons: Sequence[Lesson], tests: Sequence[Lesson] = ()
    ) -> None:
        import torch

        from explorer.learning.loop import fit, shuffled

        self._model, self._inputs, self._start = model, inputs, start
        self.learner = self._new()
        self._rows = (*lessons, *tests)
        self._taught = len(lessons)
        self._below: list[Tensor] = []
        self.per_epoch = -(-len(lessons) // inputs.batch)
        self.steps = self.per_epoch * inputs.epochs
        self.losses: list[float] = []
        self.seconds = 0.0
        self.taught_p = np.zeros((inputs.epochs, len(lessons)), dtype=np.float32)
        order = shuffled(len(lessons), inputs.batch, inputs.epochs, torch.Generator().manual_seed(inputs.seed))
        rates = slope(inputs.rate, self.steps), slope(inputs.head_rate, self.steps)
        groups = self.learner.groups(rates[0], head_rate=rates[1], decay=DECAY)
        self._run = fit(groups, (row.tolist() for row in order), self._loss, clip=CLIP)

    def read_below(self) -> Iterator[Progress]:
        """Let all sentences through the layers that stand still, once; a `Progress` for every few of them."""
        if not self.learner.has_memory:
            return
        for first in range(0, len(self._rows), ROWS):
            part = self._rows[first : first + ROWS]
            ids, mask = self._model.tensor_inputs([list(one.ids) for one in part])
            states = self.learner.below(ids, mask)
            self._below += [states[n, : len(one.ids)] for n, one in enumerate(part)]
            yield Progress(len(self._below), len(self._rows))

    def look(self) -> Generator[Progress, None, Floats]:
        """p[N, C] of the sentences that are held out, as it stands; those of a length are read together."""
        import torch

        numbers = sorted(range(self._taught, len(self._rows)), key=lambda n: len(self._rows[n].ids))
        found = np.zeros((len(numbers), checked(self._inputs)), np.float32)
        for first in range(0, len(numbers), ROWS):
            part = numbers[first : first + ROWS]
            with torch.no_grad():
                found[[n - self._taught for n in part]] = self._scores(part).float().cpu().numpy()
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
        before = dict(self._new().body.named_parameters())
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
        learner = self.learner.requires_grad_(False)
        for weights in learner.parameters():
            weights.grad = None
        nbytes = sum(weights.numel() * weights.element_size() for weights in learner.parameters())
        shelf.put(kept_as(self._model, self._inputs), learner, nbytes)

    def _new(self) -> Trainable:
        from explorer.learning.heads import SequenceHead
        from explorer.learning.trainable import trainable

        inputs = self._inputs
        classes, pooling = checked(inputs), cast("Pooling", inputs.pooling)
        tuned: Tune = inputs.layers or "head"
        return trainable(
            self._model,
            lambda: SequenceHead(self._model.d_model, classes, pooling),
            start=cast("Start", self._start),
            kept_layers=None if inputs.kept_layers == ALL else inputs.kept_layers,
            tune=tuned,
            seed=inputs.seed,
        )

    def _scores(self, numbers: list[int]) -> Tensor:
        """scores[B, C] of some sentences."""
        import torch

        rows = [self._rows[n] for n in numbers]
        ids, mask = self._model.tensor_inputs([list(one.ids) for one in rows])
        if not self._below:
            return self.learner(ids, mask)  # type: ignore[no-any-return]
        return self.learner.above(torch.nn.utils.rnn.pad_sequence([self._below[n] for n in numbers], True), mask)

    def _loss(self, numbers: list[int]) -> Tensor:
        import torch

        scores = self._scores(numbers)
        labels = torch.tensor([self._rows[n].label for n in numbers], device=scores.device)
        told = scores.detach().softmax(-1)[range(len(numbers)), labels].cpu().numpy()
        self.taught_p[len(self.losses) // self.per_epoch, numbers] = told
        return self.learner.head.loss(scores, labels)


def kept_as(model: Model, inputs: TuneInputs) -> str:
    """The name on the shelf of what the first start becomes: what is held out and what runs beside it don't matter."""
    alone = replace(inputs, starts=inputs.starts[:1], held_out=())
    return f"tuned/{model.revision}/{hashlib.sha256(repr(alone).encode('utf-8', 'surrogatepass')).hexdigest()}"


def slope(highest: float, steps: int) -> Callable[[int], float]:
    """A rate that rises over the first tenth of the steps and falls to 0 after the last."""
    warm = max(1, round(WARM_UP * steps))
    return lambda step: highest * min(step / warm, (steps + 1 - step) / (steps + 1 - warm))


def read(model: Model, sentences: Labelled) -> list[Lesson]:
    """Each as tokens, cut to MAX_TOKENS where it is longer."""
    most = min(MAX_TOKENS, model.max_positions)
    found = []
    for text, label in sentences:
        ids = tuple(model.tokenizer.encode(text).ids)
        found.append(Lesson(ids if len(ids) <= most else (*ids[: most - 1], ids[-1]), label, len(ids) > most))
    return found
