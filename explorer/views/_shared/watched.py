"""A training that the page waits for: its result, or a button; what grows meanwhile; what is left of one stopped.

It knows streams and this session; what a step says, and how it is drawn, is each chapter's own.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

import streamlit as st

from explorer.errors import Cancelled
from explorer.lab.types.experiment import Experiment
from explorer.ui import widgets
from explorer.views._shared.growing import growing

Inputs = TypeVar("Inputs")
Result = TypeVar("Result")
Partial = TypeVar("Partial")


@dataclass(frozen=True)
class Watched(Generic[Partial]):
    """How a training is watched.

    ends   whether a value of the stream is the result; kept: whether it counts among the steps
    told   how far the steps so far are: share and words; beginning: the words before there is one ("": none)
    due    whether to draw again, from the number of steps and the seconds since the last time
    draw   the steps so far, with a key of their own
    left   what was done of a training that did not come to its end
    """

    ends: Callable[[object], bool]
    kept: Callable[[object], bool]
    told: Callable[[Sequence[Partial]], tuple[float, str]]
    due: Callable[[int, float], bool]
    draw: Callable[[Sequence[Partial], str], None]
    left: Callable[[Sequence[Partial]], None]
    beginning: str = ""


def result(
    key: str,
    button: str,
    experiment: Experiment[Inputs, Result, Any],
    model_id: str | None,
    inputs: Inputs,
    watched: Watched[Any],
) -> Result | None:
    """The result if it is there; else a button that runs it here.

    Where it was stopped, or the page was left in mid-run, what was done stays on the page.
    """
    found = widgets.peek(experiment, model_id, inputs)
    if found is not None:
        return found
    place = st.empty()
    if not place.button(button, key=f"{key}-start", type="primary"):
        kept, steps = st.session_state.get(_steps(key), (None, ()))
        if kept == inputs and steps:
            watched.left(steps)
        return None
    place.empty()  # and what was left is not drawn beside what grows: a figure's key stands once in a run
    try:
        return _live(key, experiment, model_id, inputs, watched)
    except Cancelled:
        widgets.draw_again()
    return None


def _live(
    key: str,
    experiment: Experiment[Inputs, Result, Any],
    model_id: str | None,
    inputs: Inputs,
    watched: Watched[Any],
) -> Result | None:
    """Run it. Raises Cancelled when it was stopped."""
    steps: list[Any] = []
    found: Result | None = None
    drawn = 0.0
    stream = widgets.stream(experiment, model_id, inputs)
    with growing(stream) as run:
        if watched.beginning:
            run.tell(0.0, watched.beginning)
        for value in run.values:
            if watched.ends(value):
                found = cast(Result, value)  # and to the end of the stream, where the engine keeps it
            elif watched.kept(value):
                steps.append(value)
                st.session_state[_steps(key)] = (inputs, tuple(steps))
                run.tell(*watched.told(steps))
                if watched.due(len(steps), time.monotonic() - drawn):
                    drawn = time.monotonic()
                    with run.shown.container():
                        watched.draw(steps, f"live-{len(steps)}")
    st.session_state.pop(_steps(key), None)
    return found


def _steps(key: str) -> str:
    return f"{key}-steps"
