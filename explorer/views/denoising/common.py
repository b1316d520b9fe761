"""What the tools of 还原 share: the page's state, and the sentence as the model reads it, whole and broken.

It knows the state, the tokenizer's answer and how the text is broken; it draws nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from explorer.content import examples
from explorer.engine import uses
from explorer.lab.types.breaking import Breakage, Broken
from explorer.lab.types.denoising import BREAK, MAX_TOKENS, BreakInputs, of_tokens
from explorer.ui import permission, widgets
from explorer.ui.carried import Carry, Sentence
from explorer.ui.i18n import language
from explorer.ui.state import MAX_LINK, Store, limit
from explorer.views import arriving, vocabulary
from explorer.views._shared import reader_text
from explorer.views._shared.reader_text import ReaderText

Tool = Literal["breaking", "restore", "see", "papers", "contest"]
Way = Literal["greedy", "beam", "sample"]
Kind = Literal["mask", "delete", "permute", "rotate", "infill", "mass", "sentinels"]
Bart = Literal["squad", "mnli", "eli5", "xsum", "convai2", "cnndm"]
T5 = Literal["glue", "cnndm", "squad", "sglue", "ende", "enfr", "enro"]
Updates = Literal["100", "300"]
WAYS: tuple[Way, ...] = ("greedy", "beam", "sample")
SAY_HOLES = ("t5", "mt5")  # families without [MASK], that say what stood at each sentinel
UPDATES: tuple[Updates, ...] = ("100", "300")
PRESETS = ("question", "mended", "nothing_left", "backwards", "short_target")


@dataclass(frozen=True)
class State:
    """The whole page. An empty `text` stands for the page's own example in the reader's language.

    kind, rate, span, pieces, seed   how the text is broken (lab/types/breaking.py); rate in per cent
    way, chosen    how the decoder chooses; tokens the reader has put in place of its own
    step, layer, head   the token that is looked at; whose attention (from 1; 0: the mean of all)
    updates, drawn   of the contest: updates of each network; the seed
    place           which token of broken text and target looks, on 谁看得见谁 (−1: the middle of the target)
    bart, t5        which column of the papers' tables is drawn
    """

    text: str = limit("", longest=MAX_LINK)
    tool: Tool = "breaking"
    kind: Kind = "infill"
    rate: int = limit(30, low=5, high=90)
    span: int = limit(3, low=1, high=8)
    pieces: int = limit(3, low=2, high=6)
    seed: int = limit(0, low=0, high=999)
    way: Way = "greedy"
    chosen: tuple[int, ...] = limit((), longest=80)
    step: int = limit(0, low=0, high=99)
    layer: int = limit(0, low=0, high=12)
    head: int = limit(0, low=0, high=16)
    updates: Updates = "300"
    drawn: int = limit(0, low=0, high=99)
    place: int = limit(-1, low=-1, high=2 * MAX_TOKENS)
    bart: Bart = "squad"
    t5: T5 = "glue"


@dataclass(frozen=True)
class Scene:
    """What is on the stage: the model that reads, and the text, whole and cut to what fits."""

    model: uses.ModelInfo
    text: ReaderText


def store() -> Store[State]:
    return Store(State, "denoising", carry=Carry(lambda state: (state.text, ""), take))


def setter(name: str) -> Callable[[object], None]:
    """What a widget calls with the new value of the state's field `name`."""
    return lambda value: store().set(**{name: value})


def breaks(name: str) -> Callable[[object], None]:
    """The same for what the broken text depends on: what the reader has put into its restoring goes."""
    return lambda value: store().set(**{name: value}, chosen=(), step=0)


def take(state: State, sentence: Sentence) -> State:
    """The page with the sentence a reader brings from another one. Raises Told: carried_long, carried_unreadable."""
    arriving.readable(model(), sentence.text, MAX_TOKENS)
    return replace(state, text=sentence.text, chosen=(), step=0)


def model() -> uses.ModelInfo:
    """The model this chapter uses now; to be asked once a run."""
    return uses.for_page("denoising", "", permission.policy())


def text_of(state: State) -> str:
    return state.text or str(examples.entry("denoising", "default", language())["text"])


def read(state: State) -> Scene:
    """The sentence of `state`, cut to what fits. Raises Told("text_empty")."""
    used = model()
    return Scene(used, reader_text.read(used.id, text_of(state), MAX_TOKENS))


def breakage(state: State, kind: str = "") -> Breakage:
    """How the page breaks its text; `kind` in place of the one that is chosen."""
    return Breakage(kind or state.kind, state.rate / 100, float(state.span), state.pieces, state.seed)


def taught(kind: Kind, model: uses.ModelInfo) -> str:
    """The way of breaking that comes nearest to what the model was taught."""
    if model.family in SAY_HOLES:
        return "sentinels"
    return {"mass": "mask", "sentinels": "infill"}.get(kind, kind)


def broken(scene: Scene, how: Breakage) -> Broken:
    """Raises Told: too_short_to_break, breaks_to_nothing."""
    return widgets.run(BREAK, None, to_break(scene, how)).result


def to_break(scene: Scene, how: Breakage) -> BreakInputs:
    mask = None if scene.model.family in SAY_HOLES else vocabulary.mask_id(scene.model.id)
    return of_tokens(scene.text.tokens, mask, how)


def choose_preset(name: str) -> None:
    """Set the whole page to the preset `name` in the reader's language."""
    store().put(State(**examples.entry("denoising", name, language())))
