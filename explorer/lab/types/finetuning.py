"""Inputs and results of chapter 9, 微调: a head and a body taught labelled sentences, from two or three starts at once.

S starts, N things judged of what is held out, C labels; labels are numbers from 0. What is judged is a sentence, or two
together, or every unit (a word, a 字) of a sentence.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from explorer.errors import Told
from explorer.lab.types.arrays import Floats, Ints
from explorer.lab.types.codec import wire
from explorer.lab.types.core import Progress
from explorer.lab.types.experiment import Experiment

Labelled = tuple[tuple[str, int], ...]
Marks = tuple[tuple[int, int, int], ...]  # start and end of a unit in its text, in characters, and its label
Tagged = tuple[tuple[str, Marks], ...]
Lessons = Labelled | Tagged
MOST_SENTENCES = 2000  # to train and to hold out, together
MOST_LABELS = 6  # of sentences; words have parts of speech, of which there are more
MOST_TAGS = 20
ALL = -1
RATE = 2e-4
STOPS = tuple(round(-0.5 + n / 6, 6) for n in range(13))  # α on the way from a start to its end, and beyond
HEAD_FASTER = 5.0  # the head is new and learns so many times as fast as the body


@wire("finetuning/inputs")
@dataclass(frozen=True)
class TuneInputs:
    """Teach `train`, look at `held_out` after every epoch; every start sees the same sentences in the same order.

    shape      "class": a text has a label; "pair": two texts, with a line feed between them, have one; "tokens": every
               unit of a text has one (`Tagged`): its score is the mean of those of its pieces
    starts     "pre-trained", "random", "re-embedded": see `explorer.learning.trainable`; pooling: "cls", "mean" or
               "middle" (of the token in the middle of the text)
    layers     the top so many layers are tuned, and the head; 0: the head alone
    kept_layers  of a pre-trained start: so many layers, from below, are the model's; those above are random (ALL: none)
    rate       of the body, at its highest; `head_rate` of the head. Both rise over the first tenth and fall to 0
    """

    train: Lessons
    held_out: Lessons
    shape: str = "class"
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
    """One start after `epoch` epochs (0: before the first): mean loss (nats) of what is judged in what is held out,
    p_true[N] of the right label and said[N], the likeliest."""

    start: int
    epoch: int
    loss: float
    p_true: Floats
    said: Ints


@wire("finetuning/result")
@dataclass(frozen=True)
class TuneResult:
    """The whole run.

    losses[S, steps]              training loss, step by step (nats), each before its step
    held_out_losses[S, epochs + 1], p_true[S, epochs + 1, N], said[S, epochs + 1, N]   of what is judged of the held-out
                                  sentences (`truths`), before the first epoch and after each
    taught_p[S, epochs, T]        of each right label in what is taught, in each epoch just before the step it is in
    moved[S, layers + 1]          ‖Δθ‖ / ‖θ₀‖ of the body's embeddings and of each layer, over the whole training
    kept[N]                       which of the inputs' held-out sentences these are: those that are taught too are not
    cut                           how many sentences, taught and held out, were longer than what is read of one
    seconds[S]                    of training steps alone
    """

    losses: Floats
    held_out_losses: Floats
    p_true: Floats
    said: Ints
    taught_p: Floats
    moved: Floats
    kept: Ints
    cut: int
    seconds: Floats


@wire("finetuning/use-inputs")
@dataclass(frozen=True)
class UseInputs:
    """Ask the head that `tune` gives (its first start alone) about a text, or about two with a line feed between."""

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


@wire("finetuning/tags-inputs")
@dataclass(frozen=True)
class TagsInputs:
    """Ask a head that labels units, as `tune` gives it, about a text; by "char" or by "word"."""

    tune: TuneInputs
    text: str
    by: str = "word"


@wire("finetuning/tags")
@dataclass(frozen=True)
class TagsResult:
    """p[U, C] of the labels of each unit of `text`; start[U], end[U] in it. It may have been cut to what is read."""

    text: str
    start: Ints
    end: Ints
    p: Floats


@wire("finetuning/find-inputs")
@dataclass(frozen=True)
class FindInputs:
    """Look for a rate for the first start of `tune`: so many steps, from `low` to `high`, each a little larger."""

    tune: TuneInputs
    steps: int = 40
    low: float = 1e-6
    high: float = 1e-1


@wire("finetuning/find")
@dataclass(frozen=True)
class FindResult:
    """rates[n] and losses[n] of the batch before each step; smooth[n]: their running mean; steepest: where that falls
    fastest per decade. blew_up: the loss went beyond BLOWN times its lowest, or was no number, and it ended there."""

    rates: Floats
    losses: Floats
    smooth: Floats
    steepest: int
    blew_up: bool


@wire("finetuning/line-inputs")
@dataclass(frozen=True)
class LineInputs:
    """Walk from where every start of `tune` begins to where it ends."""

    tune: TuneInputs


@wire("finetuning/line")
@dataclass(frozen=True)
class LineResult:
    """losses[S, len(STOPS)] (nats) of the first training sentences, one batch for all, at θ₀ + α (θ₁ − θ₀)."""

    losses: Floats


@wire("finetuning/keep-inputs")
@dataclass(frozen=True)
class KeepInputs:
    """Write down what the first start of `tune` becomes, with the names of its labels, and lay it under `name`."""

    tune: TuneInputs
    labels: tuple[str, ...]
    name: str


@wire("finetuning/kept")
@dataclass(frozen=True)
class KeptResult:
    """How many bytes the file has."""

    nbytes: int


@wire("finetuning/kept-inputs")
@dataclass(frozen=True)
class KeptInputs:
    """Ask the head that lies under `name` about a text (of words: by "char" or by "word")."""

    name: str
    text: str
    by: str = "word"


@wire("finetuning/bag-inputs")
@dataclass(frozen=True)
class BagInputs:
    """The same sentences for a baseline that counts words; units: the label each mostly had."""

    train: Lessons
    held_out: Lessons


@wire("finetuning/bag")
@dataclass(frozen=True)
class BagResult:
    """said[N]: the label that it gives whatever is judged of the held-out sentences."""

    said: Ints


BAG = Experiment[BagInputs, BagResult]("finetuning/bag", version=2, runs="here")
TUNE = Experiment[TuneInputs, TuneResult, TuneStep | TuneEpoch | Progress](
    "finetuning/tune", version=2, kind="stream", trains=True, uses_session_cache=True
)
USE = Experiment[UseInputs, UseResult, TuneStep | Progress](
    "finetuning/use", version=2, kind="stream", trains=True, uses_session_cache=True
)

TAGS = Experiment[TagsInputs, TagsResult, TuneStep | Progress](
    "finetuning/tags", version=1, kind="stream", trains=True, uses_session_cache=True
)

FIND = Experiment[FindInputs, FindResult, TuneStep | Progress](
    "finetuning/find", version=1, kind="stream", trains=True, uses_session_cache=False
)

LINE = Experiment[LineInputs, LineResult, TuneStep | Progress](
    "finetuning/line", version=1, kind="stream", trains=True, uses_session_cache=True
)

KEEP = Experiment[KeepInputs, KeptResult, TuneStep | Progress](
    "finetuning/keep", version=1, kind="stream", trains=True, uses_session_cache=True
)
USE_KEPT = Experiment[KeptInputs, UseResult]("finetuning/use-kept", version=1, kind="stream")
TAGS_KEPT = Experiment[KeptInputs, TagsResult]("finetuning/tags-kept", version=1, kind="stream")


def labels_of(label: int | Marks) -> tuple[int, ...]:
    """Of one sentence: its label, or those of its units."""
    return (label,) if isinstance(label, int) else tuple(one for _, _, one in label)


def truths(sentences: Lessons) -> Ints:
    """The label of everything that is judged, sentence after sentence."""
    pairs = cast("tuple[tuple[str, int | Marks], ...]", sentences)
    return np.array([one for _, label in pairs for one in labels_of(label)], dtype=np.int64)


def rights(found: TuneResult, held_out: Lessons) -> NDArray[np.bool_]:
    """right[S, N]: whether each start says the right label of each that was tested, at the end."""
    right: NDArray[np.bool_] = found.said[:, -1] == truths(held_out)[found.kept]
    return right


def owners(sentences: Lessons) -> Ints:
    """For everything that is judged the number of its sentence."""
    pairs = cast("tuple[tuple[str, int | Marks], ...]", sentences)
    return np.repeat(np.arange(len(pairs)), [len(labels_of(label)) for _, label in pairs])


def checked(inputs: TuneInputs) -> int:
    """How many labels there are. Raises Told: one_label, label_once (label), too_many_labels and
    too_many_sentences (limit, used)."""
    used = len(inputs.train) + len(inputs.held_out)
    if used > MOST_SENTENCES:
        raise Told("too_many_sentences", limit=MOST_SENTENCES, used=used)
    taught = truths(inputs.train).tolist()
    counts = Counter(taught)
    if len(counts) < 2:
        raise Told("one_label")
    classes = 1 + int(max(*taught, *truths(inputs.held_out).tolist()))
    most = MOST_TAGS if inputs.shape == "tokens" else MOST_LABELS
    if classes > most:
        raise Told("too_many_labels", limit=most, used=classes)
    if inputs.shape != "tokens":
        for label in range(classes):
            if counts[label] < 2:
                raise Told("label_once", label=label + 1)
    return classes
