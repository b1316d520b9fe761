"""A question that may have to teach a head again first: its progress, a stop button, and the answer.

It knows streams of steps; not what is asked.
"""

from __future__ import annotations

from typing import TypeVar, cast

from explorer.errors import Cancelled
from explorer.lab.types.core import Progress
from explorer.lab.types.experiment import Experiment
from explorer.lab.types.finetuning import TuneStep
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import t
from explorer.views._shared.growing import growing
from explorer.views.finetuning import common

Inputs = TypeVar("Inputs")
Result = TypeVar("Result")


def answered(experiment: Experiment[Inputs, Result, TuneStep | Progress], asked: Inputs) -> Result | None:
    """The answer; None where the reader stopped it, which is said."""
    result: Result | None = None
    stream = widgets.stream(experiment, common.model().id, asked)
    try:
        with growing(stream) as run:
            for value in run.values:
                if isinstance(value, TuneStep):
                    words = t("finetuning.use.teaching", done=value.step, all=value.steps)
                    run.tell(value.step / value.steps, words)
                elif isinstance(value, Progress):
                    words = t("finetuning.use.reading", done=value.done, all=value.total)
                    run.tell(value.done / value.total, words)
                else:
                    result = cast("Result", value)
    except Cancelled:
        page_parts.notice("errors.cancelled")
    return result
