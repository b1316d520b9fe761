"""A training on this page: its result, or a button; what grows while it runs, and what is left of one that stopped.

It knows streams; what a step says, and how it is drawn, is each tool's own.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import streamlit as st

from explorer.errors import Cancelled
from explorer.lab.types.experiment import Experiment
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import t
from explorer.views._shared.growing import growing

Inputs = TypeVar("Inputs")
Result = TypeVar("Result")
Partial = TypeVar("Partial")
EVERY_S = 0.5  # between two pictures of a training that runs


@dataclass(frozen=True)
class Watched(Generic[Partial]):
    """How a training is watched: `kept` says what of its stream counts, `told` how far that is, `draw` draws it."""

    kept: Callable[[object], bool]
    told: Callable[[Sequence[Partial]], tuple[float, str]]
    draw: Callable[[Sequence[Partial], str], None]


def result(
    name: str,
    experiment: Experiment[Inputs, Result, Partial],
    model_id: str | None,
    inputs: Inputs,
    kind: type[Result],
    watched: Watched[Any],
) -> Result | None:
    """The result if it is there; else a button that runs it here.

    Where it was stopped, or the page was left in mid-run, what was done stays on the page.
    """
    found = widgets.peek(experiment, model_id, inputs)
    if found is not None:
        return found
    place = st.empty()
    if not place.button(t("beyond.train"), key=f"beyond-{name}-start", type="primary"):
        kept, left = st.session_state.get(_key(name), (None, ()))
        if kept == inputs and left:
            page_parts.notice("beyond.left_off", share=f"{watched.told(left)[0] * 100:.0f}")
            watched.draw(left, "left")
        return None
    place.empty()  # and what was left is not drawn beside what grows: a figure's key stands once in a run
    try:
        return _live(name, experiment, model_id, inputs, kind, watched)
    except Cancelled:
        widgets.draw_again()
    return None


def _live(
    name: str,
    experiment: Experiment[Inputs, Result, Partial],
    model_id: str | None,
    inputs: Inputs,
    kind: type[Result],
    watched: Watched[Any],
) -> Result | None:
    """Run it. Raises Cancelled when it was stopped."""
    seen: list[Any] = []
    found: Result | None = None
    drawn = 0.0
    stream = widgets.stream(experiment, model_id, inputs)
    with growing(stream) as run:
        run.tell(0.0, t("beyond.beginning"))
        for value in run.values:
            if isinstance(value, kind):
                found = value  # and to the end of the stream, where the engine keeps it
            elif watched.kept(value):
                seen.append(value)
                st.session_state[_key(name)] = (inputs, tuple(seen))
                run.tell(*watched.told(seen))
                if time.monotonic() - drawn > EVERY_S:
                    drawn = time.monotonic()
                    with run.shown.container():
                        watched.draw(seen, f"live-{len(seen)}")
    st.session_state.pop(_key(name), None)
    return found


def _key(name: str) -> str:
    return f"beyond-{name}-seen"
