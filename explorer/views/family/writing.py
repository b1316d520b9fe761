"""What a causal model writes after a prompt, token by token before one's eyes; with a stop button.

It knows prompts as token ids. What they ask for is each tool's own business.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from explorer.engine import catalog, get_engine
from explorer.errors import Cancelled
from explorer.lab.types.generation import WRITE, Settings, WriteInputs, WriteResult, Written
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import t
from explorer.ui.markup import verbatim
from explorer.views._shared.growing import growing
from explorer.views.generation import marks

GREEDY = Settings(temperature=0.0)


def model() -> catalog.ModelInfo:
    """The model that writes: it has read much and been told nothing."""
    return catalog.default("causal")


def prompt(text: str, n: int, settings: Settings = GREEDY, seed: int = 0) -> WriteInputs:
    """`n` tokens after this text."""
    return WriteInputs(get_engine().tokens(model().id, text).ids, n, settings, seed)


def texts(name: str, asked: Sequence[WriteInputs], button: str, by: str = "") -> list[WriteResult] | None:
    """What the model `by` ("": the built-in one) writes after each prompt; a button while that is not known. A text
    that was finished is kept."""
    by = by or model().id
    found = [widgets.peek(WRITE, by, one) for one in asked]
    place = st.empty()
    if None in found and not place.button(button, key=f"family-{name}-write", type="primary"):
        return None
    place.empty()
    total, done = sum(one.n for one in asked), 0
    try:
        for n, one in enumerate(asked):
            found[n] = found[n] or _live(by, one, done, total)
            done += one.n
    except Cancelled:
        widgets.draw_again()
    return [one for one in found if one is not None]


def _live(by: str, inputs: WriteInputs, done: int, total: int) -> WriteResult | None:
    """One text as it grows. Raises Cancelled when it was stopped."""
    result, ids = None, []
    stream = widgets.stream(WRITE, by, inputs)
    with growing(stream) as run:
        for value in run.values:
            if isinstance(value, WriteResult):
                result = value
            elif isinstance(value, Written):
                ids.append(value.token_id)
                run.tell((done + len(ids)) / total, t("common.progress", done=done + len(ids), total=total))
                with run.shown:
                    page_parts.quiet(verbatim(marks.said(by, ids)))
    return result


def said(found: WriteResult, by: str = "") -> str:
    """The text that was written by the model `by` ("": the built-in one)."""
    return marks.said(by or model().id, [one.token_id for one in found.written])


def mean_p(found: WriteResult) -> float:
    """The geometric mean of what the model gave each token that it wrote."""
    return float(np.exp(np.mean([np.log(max(one.p_model, 1e-30)) for one in found.written])))


def vocabulary_size() -> int:
    """How many classes the model chooses from at every step."""
    return len(get_engine().vocabulary(model().id))
