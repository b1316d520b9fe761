"""What the tools of 课堂 share: the page's state and its presets. It draws nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from explorer.ui.state import Store, limit

Tool = Literal["room", "quiz", "mistakes", "plans", "papers", "glossary"]
Paper = Literal["sheet", "statement"]
PRESETS = ("first", "quiz", "mistake")
MOST_QUESTIONS = 24


@dataclass(frozen=True)
class State:
    """The whole page.

    chapter  whose quiz is open ("" for the first); said: the option chosen for each of its questions (−1: none yet)
    card     which card with a mistake; shown: whether its mistake stands there
    lesson   which lesson plan is open ("" for the first); paper: what is to be printed
    own      the teacher's own sentence on a worksheet
    find     what is looked for in the glossary
    """

    tool: Tool = "room"
    chapter: str = limit("", longest=24)
    said: tuple[int, ...] = limit((), low=-1, high=9, longest=MOST_QUESTIONS)
    card: int = limit(1, low=1, high=200)
    shown: bool = False
    lesson: str = limit("", longest=24)
    paper: Paper = "sheet"
    own: str = limit("", longest=120)
    find: str = limit("", longest=40)


def store() -> Store[State]:
    return Store(State, "classroom")


def choose_preset(name: str) -> None:
    """The first lesson; a quiz; a card."""
    states = {
        "first": State(tool="plans"),
        "quiz": State(tool="quiz", chapter="masking"),
        "mistake": State(tool="mistakes", card=2),
    }
    store().put(states[name])


def say(n: int, option: int) -> None:
    """The reader chooses `option` for question `n`."""

    def change(state: State) -> State:
        said = [*state.said, *[-1] * (n + 1 - len(state.said))]
        said[n] = option
        return replace(state, said=tuple(said))

    store().change(change)
