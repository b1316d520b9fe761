"""What the tools of 句对 share: the page's state, the pair, the sentence from elsewhere, the judged arrangements.

It knows the state, the examples and the engine; it draws nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from explorer import numerics
from explorer.content import examples, sentences
from explorer.engine import get_engine, uses
from explorer.engine.base import Answer
from explorer.errors import Told
from explorer.lab.types.arrays import Floats
from explorer.lab.types.pairs import JUDGE, MAX_TOKENS, HeadResult, JudgeInputs, JudgeResult, Pair
from explorer.ui import permission, widgets
from explorer.ui.carried import Carry, Sentence
from explorer.ui.i18n import language
from explorer.ui.state import MAX_LINK, Store, limit
from explorer.views import arriving

Tool = Literal["judge", "road", "lesson", "measure", "why"]
PRESETS = ("story", "topic", "cause", "same", "lesson", "fooled")
ARRANGEMENTS = ("kept", "swapped", "random")
Arrangement = Literal["kept", "swapped", "random"]
Head = Literal["next", "order"]
Say = Literal["yes", "no", "open"]
# Whether "yes" is right, an arrangement each: for "is it the next one?" and for "is the order right?", which a sentence
# from elsewhere has no answer to.
TRUTH: dict[Head, tuple[bool | None, ...]] = {"next": (True, False, False), "order": (True, False, None)}


@dataclass(frozen=True)
class State:
    """The whole page. Empty texts stand for the page's own example in the reader's language.

    hide, said   predict, then reveal: what the reader says to each arrangement
    """

    a: str = limit("", longest=MAX_LINK)
    b: str = limit("", longest=MAX_LINK)
    tool: Tool = "judge"
    seed: int = limit(0, low=0, high=9999)
    arrangement: Arrangement = "kept"
    head: Head = "next"
    hide: bool = False
    said: tuple[Say, ...] = limit((), longest=3)


def store() -> Store[State]:
    return Store(State, "pairs", carry=Carry(give, take))


def give(state: State) -> Pair:
    """The reader's sentences; one that still stands in the page's own example is none."""
    ours = examples.entry("pairs", "default", language())
    return (state.b, "") if state.a == ours["a"] else (state.a, state.b)


def take(state: State, sentence: Sentence) -> State:
    """The page with a sentence from another one as A. B is its second, or what follows in it, or what stands there."""
    a, b = sentence.text, sentence.second
    if not b and len(parts := sentences.sentences(a)) > 1:
        a, b = parts[0], " ".join(parts[1:]) if a.isascii() else "".join(parts[1:])
    b = b or pair_of(state)[1]
    arriving.readable(model(), a, MAX_TOKENS, b)
    return replace(state, a=a, b=b)


def another_seed() -> None:
    """Draw anew, from the seed that is kept now: two quick clicks count twice."""
    store().change(lambda state: replace(state, seed=(state.seed + 1) % 10_000, said=()))


def model() -> uses.ModelInfo:
    """The model this chapter uses now; asked once a run, the stage hands it down."""
    return uses.for_page("pairs", "", permission.policy())


def pair_of(state: State) -> Pair:
    """The reader's pair, as written; the example's where nothing has been written."""
    if not state.a and not state.b:
        example = examples.entry("pairs", "default", language())
        return example["a"], example["b"]
    return state.a, state.b


def elsewhere(state: State) -> str:
    """A sentence drawn (by the seed) from the page's own list, never one of the reader's."""
    a, b = pair_of(state)
    others = [line for line in examples.entry("pairs", "elsewhere", language())["lines"] if line not in (a, b)]
    return str(others[int(np.random.default_rng(state.seed).integers(len(others)))])


def require(state: State, model: str) -> Pair:
    """The pair as the model reads it, checked. Raises Told: text_empty, second_empty, too_long."""
    (a, _), (b, _) = (get_engine().simplify(model, text) for text in pair_of(state))
    if not a.strip():
        raise Told("text_empty")
    if not b.strip():
        raise Told("second_empty")
    used = len(get_engine().tokens(model, a, b))
    if used > MAX_TOKENS:
        raise Told("too_long", limit=MAX_TOKENS, used=used)
    return a, b


def simplified(state: State, model: str) -> bool:
    """Whether 繁体 is read as 简体 in either sentence."""
    return any(get_engine().simplify(model, text)[1] for text in pair_of(state))


def arrangements(state: State, model: str) -> tuple[Pair, ...]:
    """The pair kept, swapped, and with a second sentence from elsewhere."""
    a, b = require(state, model)
    return (a, b), (b, a), (a, elsewhere(state))


def heads(found: JudgeResult) -> list[tuple[Head, HeadResult]]:
    """The heads that the model has, each with its answers."""
    both: tuple[tuple[Head, HeadResult | None], ...] = (("next", found.next), ("order", found.order))
    return [(name, result) for name, result in both if result is not None]


def judge(pairs: tuple[Pair, ...], model: str) -> Answer[JudgeResult]:
    """Both heads on all three arrangements."""
    return widgets.run(JUDGE, model, JudgeInputs(pairs))


def truth(head: Head, pairs: tuple[Pair, ...]) -> tuple[bool | None, ...]:
    """Whether "yes" is right to each arrangement; None where there is no right answer (a sentence and itself)."""
    same = pairs[0][0] == pairs[0][1]
    return (None, None, TRUTH[head][2]) if same else TRUTH[head]


def p_yes(scores: Floats) -> list[float]:
    """P(yes) of scores[n, 2]."""
    return [float(p) for p in numerics.softmax(scores)[:, 0]]


def choose_preset(name: str) -> None:
    """Set the whole page to the preset `name` in the reader's language."""
    store().put(State(**examples.entry("pairs", name, language())))
