"""The contest on the page: the button that starts it, its curves as they grow, stopped, found again, and done.

It knows a run by what was asked (explorer/engine/runs.py), so a reload, or another page and back, finds it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from explorer.engine.runs import Run, runs
from explorer.errors import Cancelled
from explorer.lab.types.contest import CONTEST, TASKS, ContestInputs, ContestResult, ContestStep, averaged
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import t

ASKED = "denoising:contest"
EVERY_S = 0.7  # between two pictures of a contest that runs
Curves = Callable[[Sequence[Sequence[float]], int, str], None]  # losses, updates in all, a key of their own


def result(inputs: ContestInputs, curves: Curves) -> ContestResult | None:
    """The result if it is there; else the button, or how the run that was asked this stands."""
    found = widgets.peek(CONTEST, None, inputs)
    asked = st.session_state.pop(ASKED, None)
    if found is not None:
        return found
    if asked == inputs:
        run: Run | None = runs().start(CONTEST, None, inputs, session=widgets.session())
    else:
        run = runs().find(CONTEST, None, inputs)
    if run is None or run.ended:
        st.button(
            t("denoising.contest.start"), key="denoising-contest-start", type="primary",
            on_click=lambda: st.session_state.__setitem__(ASKED, inputs),
        )  # fmt: skip
        if run is not None:
            _left(run, inputs, curves)
        return None
    st.button(t("common.cancel"), key="denoising-contest-stop", on_click=run.stop)
    st.fragment(_live, run_every=EVERY_S)(run, inputs, curves)
    return None


def _live(run: Run, inputs: ContestInputs, curves: Curves) -> None:
    """How it stands, drawn again every moment; the whole page once it is over."""
    if run.ended:
        st.rerun()
    steps = _steps(run)
    share = steps[-1].done / steps[-1].total if steps else 0.0
    st.progress(share, text=_told(steps, run))
    _curves(steps, inputs, curves, "live")


def _left(run: Run, inputs: ContestInputs, curves: Curves) -> None:
    """What there is of a run that did not come to its end, and why it did not."""
    steps = _steps(run)
    _curves(steps, inputs, curves, "left")
    if isinstance(run.error, Cancelled):
        page_parts.notice("denoising.contest.stopped", done=steps[-1].update if steps else 0, total=inputs.updates)
    elif run.error is not None:
        page_parts.error(run.error)


def _curves(steps: Sequence[ContestStep], inputs: ContestInputs, curves: Curves, key: str) -> None:
    losses = averaged([step.losses for step in steps if step.losses])
    if losses[0]:
        curves(losses, inputs.updates, key)


def _steps(run: Run) -> list[ContestStep]:
    return [step for step in run.so_far if isinstance(step, ContestStep)]


def _told(steps: Sequence[ContestStep], run: Run) -> str:
    if run.place:
        return t("common.waiting_to_train", position=run.place)
    if not steps or not steps[-1].done:
        return t("denoising.contest.beginning")
    last = steps[-1]
    if not last.losses:
        return t("denoising.contest.testing", task=t(f"denoising.contest.task.{TASKS[last.task]}"))
    left = run.seconds * (last.total - last.done) / last.done
    return t("denoising.contest.going", done=last.update, left=f"{left:.0f}")
