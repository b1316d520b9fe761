"""What the tools of 语境 share: the page's state, and which word in which sentences is on the stage.

It knows the state, the example sets and where a word stands in a line; it runs no experiment and draws nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Literal

from explorer.content import examples
from explorer.engine import catalog, get_engine, uses
from explorer.errors import Told
from explorer.lab.types.context import EmbedInputs, Occurrence
from explorer.lab.types.core import MAX_TOKENS
from explorer.ui import page_parts, permission
from explorer.ui.carried import Carry
from explorer.ui.i18n import language
from explorer.ui.state import MAX_LINK, Store, limit
from explorer.views._shared import typed
from explorer.views.context import words

MAX_LINES = 500
MAX_SWAPS = 8
SETS = tuple(examples.load("context")["sets"])
Tool = Literal["look", "own", "swap", "cross", "static", "things", "cbow"]
PRESETS = ("neighbours", "hit", "cross", "order", "river", "map", "cbow", "fails")


@dataclass(frozen=True)
class State:
    """The whole page. `text` are the reader's own lines, `word` the word looked at in them; "" stands for `chosen`."""

    chosen: str = limit("", longest=16)
    tool: Tool = "look"
    layer: int = limit(8, low=0, high=100)
    method: Literal["pca", "umap", "tsne"] = "pca"
    treatment: Literal["raw", "centred", "top"] = "centred"
    text: str = limit("", longest=MAX_LINK)
    word: str = limit("", longest=40)
    nth: int = limit(0, low=0, high=20)
    senses: tuple[int, ...] = limit((), low=-1, high=5, longest=MAX_LINES)
    new: str = limit("", longest=400)
    pick: int = limit(0, low=0, high=MAX_LINES)
    swaps: tuple[str, ...] = limit((), longest=MAX_SWAPS)
    first: str = limit("", longest=400)
    second: str = limit("", longest=400)
    a: str = limit("", longest=400)
    b: str = limit("", longest=400)
    orders: str = limit("", longest=600)
    model: str = limit("", longest=80)
    passage: str = limit("", longest=MAX_LINK)


@dataclass(frozen=True)
class Line:
    """One sentence with the word in it (start…end), its sense (-1: none), and how often the word stands there."""

    text: str
    start: int
    end: int
    sense: int
    times: int = 1


@dataclass(frozen=True)
class Scene:
    """What is on the stage. `skipped` lines lack the word, `long` ones have too many tokens, `dropped` are beyond
    what fits; `own` tells the reader's sentences from a set of ours; `simplified`: 繁体 was read as 简体."""

    word: str
    lines: tuple[Line, ...]
    senses: tuple[str, ...]
    own: bool
    skipped: tuple[str, ...] = ()
    long: int = 0
    dropped: int = 0
    simplified: bool = False

    def inputs(self, *more: Occurrence) -> EmbedInputs:
        return EmbedInputs((*(Occurrence(line.text, line.start, line.end) for line in self.lines), *more))


def store() -> Store[State]:
    from explorer.views.context import brought  # which knows the state above

    return Store(State, "context", carry=Carry(brought.give, brought.take))


def in_use(state: State) -> State:
    """The page with the model that is really used: the reader's if it may be and is there, else the chapter's.

    Asked once a run, by the stage; everything below takes the model from the state it is handed.
    """
    return replace(state, model=uses.for_page("context", state.model, permission.policy()).id)


def show_code(name: str, model: str, **values: Any) -> None:
    """The snippet `name` for the chosen model; none for decoders, whose last state is another one in the library."""
    info = catalog.entry(model)
    if info.kind != "causal":
        page_parts.show_code(name, of=info, **values)


def spans(items: Iterable[Occurrence | Line]) -> list[tuple[str, int, int]]:
    """(sentence, start, end) of each, as the snippets take them."""
    return [(item.text, item.start, item.end) for item in items]


def set_name(state: State) -> str:
    """The set on the stage: the lecture's experiment, or one like it in English, unless another was chosen."""
    chosen: str = state.chosen if state.chosen in SETS else examples.entry("context", "default", language())["chosen"]
    return chosen


def read(state: State) -> Scene:
    """The sentences of a state that is `in_use`. Raises Told: text_empty, word_empty, word_missing."""
    return own(state) if state.text else preset(set_name(state), language())


@lru_cache(maxsize=64)
def preset(name: str, lang: str) -> Scene:
    """A set of ours with its labels."""
    table = examples.load("context")["sets"][name]
    lines = []
    for sense, entry in enumerate(table["senses"].values()):
        for text in entry["lines"]:
            at = text.index(table["word"])
            lines.append(Line(text, at, at + len(table["word"]), sense))
    return Scene(table["word"], tuple(lines), tuple(entry[lang] for entry in table["senses"].values()), own=False)


def own(state: State) -> Scene:
    """The reader's lines that hold the word, of a state that is `in_use`.

    Raises Told: text_empty, word_empty, word_missing.
    """
    if not state.text.strip():
        raise Told("text_empty")
    if not state.word.strip():
        raise Told("word_empty")
    return _own(state.text, state.word.strip(), state.nth, state.senses, state.model)


@lru_cache(maxsize=64)
def _own(text: str, word: str, nth: int, senses: tuple[int, ...], model: str) -> Scene:
    lines, skipped, long, engine = [], [], 0, get_engine()
    simplified = engine.simplify(model, word)[1]
    written = [line.strip() for line in typed.lines(text) if line.strip()]
    for number, line in enumerate(written[:MAX_LINES]):
        places = words.occurrences(model, line, word)
        if not places:
            skipped.append(line)
            continue
        here = places[min(nth, len(places) - 1)]
        if len(line) > 24 * MAX_TOKENS or len(engine.tokens(model, here.text)) > MAX_TOKENS:
            long += 1
            continue
        simplified = simplified or here.text != line
        sense = senses[number] if number < len(senses) else -1
        lines.append(Line(here.text, here.start, here.end, sense, len(places)))
    if not lines:
        raise Told("word_missing", word=word)
    names = tuple("ABCDEF"[: max(2, *(line.sense + 1 for line in lines))])
    shown = engine.simplify(model, word)[0]
    return Scene(shown, tuple(lines), names, True, tuple(skipped), long, len(written[MAX_LINES:]), simplified)


def choose_set(name: str) -> None:
    store().set(chosen=name, text="", senses=(), new="", swaps=(), pick=0, nth=0, first="", second="", a="", b="")


def choose_preset(name: str) -> None:
    """Set the whole page to the preset `name` in the reader's language."""
    fields = examples.entry("context", name, language())["state"]
    store().put(replace(State(), **examples.as_fields(fields)))
