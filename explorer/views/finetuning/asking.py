"""A question that may have to teach a head again first: its progress, a stop button, and the answer.

It knows streams of steps; not what is asked.
"""

from __future__ import annotations

from typing import Any, TypeVar, cast

import streamlit as st

from explorer.errors import Cancelled
from explorer.lab.types.core import Progress
from explorer.lab.types.experiment import Experiment
from explorer.lab.types.finetuning import TuneStep
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import t
from explorer.views.finetuning import common

Inputs = TypeVar("Inputs")
Result = TypeVar("Result")


def answered(experiment: Experiment[Inputs, Result, TuneStep | Progress], asked: Inputs) -> Result | None:
    """The answer; None where the reader stopped it, which is said."""
    place, result = st.empty(), None
    stream = widgets.stream(experiment, common.model().id, asked)
    try:
        with widgets.stoppable(cast(Any, stream), place) as (stop, values):
            bar = None
            for value in values:
                if not isinstance(value, TuneStep | Progress):
                    result = value
                    continue
                if bar is None:
                    with place.container(horizontal=True, vertical_alignment="center"):
                        bar = st.empty()
                        stop.button()
                if isinstance(value, TuneStep):
                    words = t("finetuning.use.teaching", done=value.step, all=value.steps)
                    bar.progress(value.step / value.steps, text=words)
                else:
                    words = t("finetuning.use.reading", done=value.done, all=value.total)
                    bar.progress(value.done / value.total, text=words)
    except Cancelled:
        page_parts.notice("errors.cancelled")
    place.empty()
    return cast("Result | None", result)
