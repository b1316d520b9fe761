"""A training on this page: how often it is drawn while it runs, and what is left of one that was stopped.

What a step says, and how it is drawn, is each tool's own.
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
Partial = TypeVar("Partial")
EVERY_S = 0.5  # between two pictures of a training that runs


def result(
    name: str,
    experiment: Experiment[Inputs, Result, Any],
    model_id: str | None,
    inputs: Inputs,
    kind: type[Result],
    steps: tuple[type, ...],
    told: Callable[[Sequence[Partial]], tuple[float, str]],
    draw: Callable[[Sequence[Partial], str], None],
) -> Result | None:
    """The result, of `kind`, if it is there; else a button that runs it here; what counts of its stream are `steps`."""

    def left(seen: Sequence[Partial]) -> None:
        page_parts.notice("beyond.left_off", share=f"{told(seen)[0] * 100:.0f}")
        draw(seen, "left")

    how = watched.Watched[Partial](
        ends=lambda value: isinstance(value, kind), kept=lambda value: isinstance(value, steps), told=told,
        due=lambda _, seconds: seconds > EVERY_S, draw=draw, left=left, beginning=t("beyond.beginning"),
    )  # fmt: skip
    return watched.result(f"beyond-{name}", t("beyond.train"), experiment, model_id, inputs, how)
