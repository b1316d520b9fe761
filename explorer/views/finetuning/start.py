"""两个起点: what a finished training says of each held-out sentence: accuracy, dots over the epochs, matrix, layers.

It knows a run's result and the sentences it was tested on; it trains nothing. Numbers are `scores.py`'s, wrong ones
`wrong.py`'s.
"""

from __future__ import annotations

from typing import cast

import numpy as np
import streamlit as st

from explorer.figures import finetuning as figures
from explorer.lab.types.finetuning import Lessons, TuneInputs, TuneResult, owners, truths
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import t
from explorer.views.finetuning import common, scores, wrong
from explorer.views.finetuning.bench import Bench


def draw(bench: Bench) -> None:
    page_parts.section("finetuning.start_tool")
    left, right = st.columns([1, 0.4], gap="large")
    with left:
        if bench.found is None:
            page_parts.quiet(t("finetuning.not_yet"))
            page_parts.figures(scores.to_beat(bench))
        else:
            _results(bench, bench.found)
    with right:
        first = t(f"finetuning.step1_{bench.inputs.shape}")
        page_parts.steps([(first, ""), *((t(f"finetuning.step{n}"), "") for n in (2, 3))])
        page_parts.honesty("finetuning.honesty")


def _results(bench: Bench, found: TuneResult) -> None:
    inputs, state = bench.inputs, bench.state
    tested = cast("Lessons", tuple(inputs.held_out[n] for n in found.kept))
    page_parts.figures(scores.cards(bench, found, tested))
    _told_of_sentences(inputs, found)
    looked = state.looked if state.looked in inputs.starts else inputs.starts[0]
    widgets.choice(
        "finetuning-looked", t("finetuning.looked"), inputs.starts, looked,
        lambda name: t(f"finetuning.start.{name}"), lambda name: common.store().set(looked=name),
    )  # fmt: skip
    at = inputs.starts.index(looked)
    _dots(found.p_true[at], found.said[at], tested, inputs.shape)
    wrong.draw(found.p_true[at, -1], found.said[at, -1], tested, bench.labels)
    _moved(found, inputs)


def _told_of_sentences(inputs: TuneInputs, found: TuneResult) -> None:
    """What was left out of the test, and what was cut."""
    both = len(inputs.held_out) - len(found.kept)
    if both:
        page_parts.notice("finetuning.both", n=both)
    if found.cut:
        page_parts.notice("finetuning.cut", n=found.cut)


def _dots(p_true: np.ndarray, said: np.ndarray, tested: Lessons, shape: str) -> None:
    """A dot a sentence; of one whose words are judged the mean of theirs, right where all are."""
    truth, owner = truths(tested), owners(tested)
    counts = np.bincount(owner)
    p = np.stack([np.bincount(owner, one) for one in p_true]) / counts
    right = np.stack([np.bincount(owner, one) for one in said == truth]) == counts
    of = "_tokens" if shape == "tokens" else ""
    page_parts.plot(
        figures.dots(
            p, right, [common.written(text) for text, _ in tested],
            (t(f"finetuning.right{of}"), t(f"finetuning.wrong{of}")), t("finetuning.epoch"), t("finetuning.p_true"),
        ),
        "finetuning-dots",
        t(f"finetuning.dots_caption{of}", n=len(tested)),
        t("finetuning.dots_alt", right=int(right[-1].sum()), n=len(tested)),
    )  # fmt: skip


def _moved(found: TuneResult, inputs: TuneInputs) -> None:
    page_parts.subtitle(t("finetuning.moved"))
    most = found.moved.argmax(axis=1)
    names = [t(f"finetuning.start.{start}") for start in inputs.starts]
    page_parts.plot(
        figures.moved(found.moved, names, t("finetuning.layer"), "‖Δθ‖ / ‖θ‖"),
        "finetuning-moved",
        t("finetuning.moved_caption"),
        "; ".join(f"{name}: {n}, {one[n]:.3f}" for name, one, n in zip(names, found.moved, most.tolist(), strict=True)),
    )
