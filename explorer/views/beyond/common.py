"""What the tools of 文字之外 share: the page's state, and what is trained for it.

It knows the state, sequences and sentences; it runs nothing and draws nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from explorer.content import dna, nonsense, three_starts
from explorer.engine import catalog
from explorer.lab.types.collapse import CollapseInputs
from explorer.lab.types.finetuning import TuneInputs
from explorer.ui.i18n import t
from explorer.ui.state import MAX_LINK, Store, limit

Tool = Literal["collapse", "dna", "nonsense", "field"]
Amount = Literal["50", "100", "200", "400", "800"]
Width = Literal["30", "60"]
Layers = Literal["4", "8", "12"]
Pooling = Literal["middle", "mean", "cls"]
Kind = Literal["predict", "contrast", "no_negatives", "speech"]
AMOUNTS: tuple[Amount, ...] = ("50", "100", "200", "400", "800")
WIDTHS: tuple[Width, ...] = ("30", "60")
LAYERS: tuple[Layers, ...] = ("4", "8", "12")
POOLINGS: tuple[Pooling, ...] = ("middle", "mean", "cls")
KINDS: tuple[Kind, ...] = ("predict", "contrast", "no_negatives", "speech")
SOURCES: tuple[Literal["splice", "own"], ...] = ("splice", "own")
SWITCHES = ("stop_gradient", "predictor", "average", "negatives")
PRESETS = ("falls", "pushed", "other_words", "made_up")
LOOKS = 30  # at the points of a whole training, beside the one before its first step


@dataclass(frozen=True)
class State:
    """The whole page.

    stop_gradient … negatives, seed   of the collapse; look: at which of its pictures (0: before the first step)
    source, own, amount, width        which sequences, the reader's own, how many teach, how many letters are read
    drawn, words   the words for A, T, C and G: drawn so often; written by the reader (none: those that were drawn)
    layers, epochs                    so many layers from above are tuned; how often the sequences are gone through
    pooling                           which vector of a sequence the head reads
    way, sentence                     what is done to sentences; one of the reader's own
    kind                              of the families on the map, the one that is looked at
    """

    tool: Tool = "collapse"
    stop_gradient: bool = True
    predictor: bool = True
    average: bool = False
    negatives: bool = False
    seed: int = limit(0, low=0, high=99)
    look: int = limit(LOOKS, low=0, high=LOOKS)
    source: Literal["splice", "own"] = "splice"
    own: str = limit("", longest=MAX_LINK)
    amount: Amount = "100"
    width: Width = "30"
    drawn: int = limit(0, low=0, high=999)
    words: tuple[str, ...] = limit((), longest=4)
    layers: Layers = "4"
    epochs: int = limit(10, low=1, high=20)
    pooling: Pooling = "middle"
    way: nonsense.Way = "swapped"
    sentence: str = limit("", longest=400)
    kind: Kind = "predict"


@dataclass(frozen=True)
class Lesson:
    """Sequences as letters, with the names of their labels, and the training that they stand for."""

    labels: tuple[str, ...]
    train: dna.Sequences
    held_out: dna.Sequences
    inputs: TuneInputs


def store() -> Store[State]:
    return Store(State, "beyond")


def setter(name: str) -> Callable[[object], None]:
    """What a widget calls with the new value of the state's field `name`."""
    return lambda value: store().set(**{name: value})


def model() -> catalog.ModelInfo:
    return catalog.default("masked")


def collapse(state: State) -> CollapseInputs:
    return CollapseInputs(state.stop_gradient, state.predictor, state.average, state.negatives, seed=state.seed)


def words(state: State, lang: str) -> tuple[str, ...]:
    """The words for A, T, C and G: the reader's own where there are four, else those that were drawn."""
    return state.words if len(state.words) == len(dna.LETTERS) else dna.first_words(lang, state.drawn)


def lesson(state: State, lang: str) -> Lesson:
    """The sequences that `state` stands for. Raises Told, as `dna.parsed` does."""
    if state.source == "own":
        own = dna.parsed(state.own)
        labels, train, held_out = own.labels, own.train, own.held_out
    else:
        labels = tuple(t(f"beyond.label.{label}") for label in dna.LABELS)
        train, held_out = dna.parts(int(state.amount), int(state.width))
    spelt = words(state, lang)
    inputs = three_starts.sequences(
        train, held_out, spelt, layers=int(state.layers), epochs=state.epochs, pooling=state.pooling
    )
    return Lesson(labels, train, held_out, inputs)


def sentences(state: State, way: nonsense.Way, lang: str) -> TuneInputs:
    """The training on sentences that were changed in this way."""
    return three_starts.sentences(way, lang, layers=int(state.layers))


def choose_preset(name: str) -> None:
    """Set the whole page."""
    changes = {
        "falls": State(stop_gradient=False),
        "pushed": State(stop_gradient=False, predictor=False, negatives=True),
        "other_words": State(tool="dna", drawn=1),
        "made_up": State(tool="nonsense", way="made_up"),
    }
    store().put(changes[name])
