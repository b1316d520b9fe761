"""A step of RLHF while it runs: progress, a stop button, what is drawn meanwhile; and what is left of one that stopped.

Knows streams whose partial results say `step` and `total`. What a step shows of itself is that step's own business.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar, cast

import streamlit as st

from explorer.errors import Cancelled
from explorer.lab.types.experiment import Experiment
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import t
from explorer.views._shared.growing import growing

Inputs = TypeVar("Inputs")
Result = TypeVar("Result")
Step = TypeVar("Step")
EVERY = 3  # steps between two drawings


def result(
    name: str,
    experiment: Experiment[Inputs, Result, Step],
    inputs: Inputs,
    words: str,
    button: str,
    draw: Callable[[Sequence[Step]], None],
) -> Result | None:
    """The result if it is there; else a button that runs it here, with what `draw` makes of the steps so far.

    Where it was stopped, or the page was left in mid-run, the steps that were done stay on the page.
    """
    found = widgets.peek(experiment, None, inputs)
    if found is not None:
        return found
    place = st.empty()
    if not place.button(button, key=f"family-{name}-start", type="primary"):
        if left := _left_off(name, inputs):
            step = cast(Any, left[-1])
            page_parts.notice("family.run.left_off", done=step.step, total=step.total)
            draw(left)
        return None
    place.empty()  # and what was left is not drawn beside what grows: a figure's key stands once in a run
    try:
        return _live(name, experiment, inputs, words, draw)
    except Cancelled:
        widgets.draw_again()
    return None


def _live(
    name: str,
    experiment: Experiment[Inputs, Result, Step],
    inputs: Inputs,
    words: str,
    draw: Callable[[Sequence[Step]], None],
) -> Result | None:
    """Run it. Raises Cancelled when it was stopped."""
    steps: list[Step] = []
    found: Result | None = None
    stream = widgets.stream(experiment, None, inputs)
    with growing(stream) as run:
        for value in run.values:
            if not hasattr(value, "total"):
                found = cast(Result, value)  # and to the end of the stream, where the engine keeps it
                continue
            step = cast(Any, value)
            steps.append(step)
            st.session_state[_key(name)] = (inputs, tuple(steps))
            run.tell(step.step / step.total, f"{words} · {t('common.progress', done=step.step, total=step.total)}")
            if len(steps) % EVERY == 1:
                with run.shown.container():
                    draw(steps)
    st.session_state.pop(_key(name), None)
    return found


def _left_off(name: str, inputs: object) -> Sequence[Any]:
    """The steps of a run of these inputs that did not come to its end in this session."""
    kept, steps = st.session_state.get(_key(name), (None, ()))
    return cast(Sequence[Any], steps) if kept == inputs else ()


def _key(name: str) -> str:
    return f"family-{name}-steps"
