"""Inputs and results of chapter 9, 微调: a head and a body taught labelled sentences, from two or three starts at once.

S starts, N held-out sentences, C labels; labels are numbers from 0.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from explorer.errors import Told
from explorer.lab.types.arrays import Floats, Ints
from explorer.lab.types.codec import wire
from explorer.lab.types.core import Progress
from explorer.lab.types.experiment import Experiment

Labelled = tuple[tuple[str, int], ...]
MOST_SENTENCES = 2000  # to train and to hold out, together
MOST_LABELS = 6
ALL = -1
RATE = 2e-4
HEAD_FASTER = 5.0  # the head is new and learns so many times as fast as the body


@wire("finetuning/inputs")
@dataclass(frozen=True)
class TuneInputs:
    """Teach `train`, look at `held_out` after every epoch; every start sees the same sentences in the same order.

    starts     "pre-trained", "random", "re-embedded": see `explorer.learning.trainable`; pooling: "cls" or "mean"
    layers     the top so many layers are tuned, and the head; 0: the head alone
    kept_layers  of a pre-trained start: so many layers, from below, are the model's; those above are random (ALL: none)
    rate       of the body, at its highest; `head_rate` of the head. Both rise over the first tenth and fall to 0
    """

    train: Labelled
    held_out: Labelled
    starts: tuple[str, ...] = ("pre-trained", "random")
    pooling: str = "mean"
    layers: int = 12
    kept_layers: int = ALL
    rate: float = RATE
    head_rate: float = RATE * HEAD_FASTER
    epochs: int = 5
    batch: int = 16
    seed: int = 0


@wire("finetuning/step")
@dataclass(frozen=True)
class TuneStep:
    """One step of one start (a number in `starts`): the training loss of its batch before the step (nats)."""

    start: int
    step: int
    steps: int
    loss: float
    seconds: float


@wire("finetuning/epoch")
@dataclass(frozen=True)
class TuneEpoch:
    """One start after `epoch` epochs (0: before the first): loss (nats) and p[N, C] of the held-out sentences."""

    start: int
    epoch: int
    loss: float
    p: Floats


@wire("finetuning/result")
@dataclass(frozen=True)
class TuneResult:
    """The whole run.

    losses[S, steps]              training loss, step by step (nats), each before its step
    held_out_losses[S, epochs + 1], p[S, epochs + 1, N, C]   of the held-out sentences, before the first epoch and after
                                  each
    taught_p[S, epochs, T]        of each training sentence's own label, in each epoch just before the step it is in
    moved[S, layers + 1]          ‖Δθ‖ / ‖θ₀‖ of the body's embeddings and of each layer, over the whole training
    kept[N]                       which of the inputs' held-out sentences these are: those that are taught too are not
    cut                           how many sentences, taught and held out, were longer than what is read of one
    seconds[S]                    of training steps alone
    """

    losses: Floats
    held_out_losses: Floats
    p: Floats
    taught_p: Floats
    moved: Floats
    kept: Ints
    cut: int
    seconds: Floats


@wire("finetuning/use-inputs")
@dataclass(frozen=True)
class UseInputs:
    """Ask the head that `tune` gives (its first start alone) about a text."""

    tune: TuneInputs
    text: str


@wire("finetuning/use")
@dataclass(frozen=True)
class UseResult:
    """p[C] of a text's labels; p_without[L, C] with one token after the other covered by the mask (no special ones).

    start[L], end[L]: where each token stands in `text`, which may have been cut to what the model reads.
    """

    text: str
    p: Floats
    start: Ints
    end: Ints
    p_without: Floats


@wire("finetuning/bag-inputs")
@dataclass(frozen=True)
class BagInputs:
    """The same sentences for a baseline that counts words."""

    train: Labelled
    held_out: Labelled


@wire("finetuning/bag")
@dataclass(frozen=True)
class BagResult:
    """said[N]: the label that it gives each held-out sentence."""

    said: Ints


BAG = Experiment[BagInputs, BagResult]("finetuning/bag", version=1, runs="here")
TUNE = Experiment[TuneInputs, TuneResult, TuneStep | TuneEpoch | Progress](
    "finetuning/tune", version=1, kind="stream", trains=True, uses_session_cache=True
)
USE = Experiment[UseInputs, UseResult, TuneStep | Progress](
    "finetuning/use", version=1, kind="stream", trains=True, uses_session_cache=True
)


def checked(inputs: TuneInputs) -> int:
    """How many labels there are. Raises Told: one_label, label_once (label), too_many_labels and
    too_many_sentences (limit, used)."""
    used = len(inputs.train) + len(inputs.held_out)
    if used > MOST_SENTENCES:
        raise Told("too_many_sentences", limit=MOST_SENTENCES, used=used)
    counts = Counter(label for _, label in inputs.train)
    if len(counts) < 2:
        raise Told("one_label")
    classes = 1 + max(label for _, label in (*inputs.train, *inputs.held_out))
    if classes > MOST_LABELS:
        raise Told("too_many_labels", limit=MOST_LABELS, used=classes)
    for label in range(classes):
        if counts[label] < 2:
            raise Told("label_once", label=label + 1)
    return classes
