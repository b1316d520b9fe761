"""A training on the page: the button that starts it, its curves as they grow, held up, stopped, found again, and done.

It knows a run by what was asked (explorer/engine/runs.py), so another page and back, or a reload, finds it. What
came of it sentence by sentence is the tools' business.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import streamlit as st

from explorer.engine.base import Progress
from explorer.engine.runs import Run, runs
from explorer.errors import Cancelled
from explorer.figures import finetuning as figures
from explorer.lab.types.finetuning import TUNE, TuneEpoch, TuneInputs, TuneStep
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import language, t
from explorer.ui.numbers import thousands
from explorer.views.finetuning import common
from explorer.views.finetuning.bench import Bench

ASKED = "finetuning:training"
EVERY_S = 0.7  # between two pictures of a training that runs


@dataclass
class Seen:
    """What a training has told so far: losses of every start, held-out losses by epoch, sentences read just now."""

    losses: list[list[float]]
    held_out: list[list[float]]
    reading: Progress | None = None
    steps: int = 0

    @classmethod
    def of(cls, run: Run, inputs: TuneInputs) -> Seen:
        seen = cls([[] for _ in inputs.starts], [[] for _ in inputs.starts])
        for value in run.so_far:
            seen.reading = value if isinstance(value, Progress) else None
            if isinstance(value, TuneEpoch):
                seen.held_out[value.start].append(value.loss)
            elif isinstance(value, TuneStep):
                seen.losses[value.start].append(value.loss)
                seen.steps = value.steps
        return seen

    @property
    def done(self) -> int:
        return len(self.losses[-1])


def draw(bench: Bench) -> None:
    """The finished curves; or those of a run that is held up or has ended, with what can be done; or the button."""
    run = _run(bench)
    if bench.found is not None:
        with bench.place:
            _chart(bench.found.losses.tolist(), bench.found.held_out_losses.tolist(), bench.inputs, "done")
        return
    ended = run is None or run.ended  # looked at once: one that ends while this is drawn is drawn anew by `_live`
    with bench.top.container(horizontal=True):
        if run is None or ended:
            st.button(
                t("finetuning.train"), key="finetuning-train", type="primary",
                on_click=lambda: st.session_state.__setitem__(ASKED, bench.inputs),
            )  # fmt: skip
        else:
            _buttons(run)
    if run is not None:
        with bench.place:
            if ended or run.held:
                _so_far(run, bench.inputs)
            else:
                st.fragment(_live, run_every=EVERY_S)(run, bench.inputs)


def below(bench: Bench) -> None:
    """What is said of finished curves, and how to train again."""
    if bench.found is not None:
        _again(bench, bench.found.seconds.sum(), runs().find(TUNE, common.model().id, bench.inputs))


def _live(run: Run, inputs: TuneInputs) -> None:
    """How the training stands, drawn again every moment; the whole page once it is over."""
    if run.ended:
        st.rerun()
    seen = Seen.of(run, inputs)
    st.progress(seen.done / max(seen.steps, 1), text=_told(seen, inputs, run))
    if seen.done:
        _chart(seen.losses, seen.held_out, inputs, "live")


def _run(bench: Bench) -> Run | None:
    """The run that was asked this; a press that nobody has answered starts it."""
    asked = st.session_state.pop(ASKED, None)
    if asked == bench.inputs and bench.found is None:
        return runs().start(TUNE, common.model().id, bench.inputs, session=widgets.session())
    return runs().find(TUNE, common.model().id, bench.inputs)


def _buttons(run: Run) -> None:
    if run.held:
        st.button(t("finetuning.go_on"), key="finetuning-go-on", type="primary", on_click=run.go_on)
    else:
        st.button(t("finetuning.hold"), key="finetuning-hold", on_click=run.hold)
    st.button(t("finetuning.stop"), key="finetuning-stop", on_click=run.stop)


def _again(bench: Bench, seconds: float, run: Run | None) -> None:
    """Where these curves come from; and a press that trains the same with another seed, here and now."""
    st.button(
        t("finetuning.again"), key="finetuning-again", type="primary", help=t("finetuning.again_help"),
        on_click=lambda: _next_seed(bench),
    )  # fmt: skip
    if run is None and bench.inputs == common.inputs(common.opened(bench.state.task), language()):
        page_parts.quiet(t("finetuning.beforehand", seed=bench.state.seed))
    else:
        page_parts.quiet(t("finetuning.here", seed=bench.state.seed, seconds=f"{seconds:.0f}"))


def _next_seed(bench: Bench) -> None:
    """The next seed with which nobody has trained this yet."""
    seed = next(
        seed for seed in (*range(bench.state.seed + 1, 100), *range(100))
        if seed == bench.state.seed or widgets.peek(TUNE, common.model().id, replace(bench.inputs, seed=seed)) is None
    )  # fmt: skip
    common.store().set(seed=seed)
    st.session_state[ASKED] = replace(bench.inputs, seed=seed)


def _so_far(run: Run, inputs: TuneInputs) -> None:
    """The curve of a run that takes no further step now, and why."""
    seen = Seen.of(run, inputs)
    if seen.done:
        _chart(seen.losses, seen.held_out, inputs, "so-far")
    if isinstance(run.error, Cancelled):
        page_parts.notice("finetuning.stopped", done=seen.done)
    elif run.held:
        page_parts.quiet(t("finetuning.held"))
    elif run.error is not None:
        page_parts.error(run.error)


def _told(seen: Seen, inputs: TuneInputs, run: Run) -> str:
    if run.place:
        return t("common.waiting_to_train", position=run.place)
    if not seen.done and seen.reading is not None:
        return t("finetuning.reading", done=seen.reading.done, all=seen.reading.total)
    if not seen.done:
        return t("finetuning.beginning")
    total = len(inputs.train) * inputs.epochs
    return t(
        "finetuning.going",
        seen=thousands(min(seen.done * inputs.batch, total)),
        all=thousands(total),
        left=f"{run.seconds * (seen.steps - seen.done) / seen.done:.0f}",
    )


def _chart(
    losses: Sequence[Sequence[float]], held_out: Sequence[Sequence[float]], inputs: TuneInputs, key: str
) -> None:
    names = [t(f"finetuning.start.{start}") for start in inputs.starts]
    steps = -(-len(inputs.train) // inputs.batch) * inputs.epochs
    ends = ", ".join(f"{name} {one[-1]:.2f}" for name, one in zip(names, losses, strict=True) if one)
    page_parts.plot(
        figures.growing(
            losses, held_out, steps, inputs.epochs, names, t("finetuning.training_loss"), t("finetuning.held_out"),
            t("finetuning.x"), t("finetuning.y"),
        ),
        f"finetuning-curve-{key}",
        t("finetuning.caption"),
        t("finetuning.alt", ends=ends),
    )  # fmt: skip
