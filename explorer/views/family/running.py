"""A step of RLHF while it runs: how far it is said to be, and what is left of one that was stopped.

Knows streams whose partial results say `step` and `total`. What a step shows of itself is that step's own business.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from explorer.lab.types.experiment import Experiment
from explorer.ui import page_parts
from explorer.ui.i18n import t
from explorer.views._shared import watched

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
    """The result if it is there; else a button that runs it here, with what `draw` makes of the steps so far."""

    def told(steps: Sequence[Any]) -> tuple[float, str]:
        last = steps[-1]
        return last.step / last.total, f"{words} · {t('common.progress', done=last.step, total=last.total)}"

    def left(steps: Sequence[Any]) -> None:
        page_parts.notice("family.run.left_off", done=steps[-1].step, total=steps[-1].total)
        draw(steps)

    how = watched.Watched[Any](
        ends=lambda value: not hasattr(value, "total"), kept=lambda _: True, told=told,
        due=lambda n, _: n % EVERY == 1, draw=lambda steps, _: draw(steps), left=left,
    )  # fmt: skip
    return watched.result(f"family-{name}", button, experiment, None, inputs, how)
