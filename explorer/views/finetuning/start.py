"""两个起点: what a finished training says of each held-out sentence: accuracy, dots over the epochs, matrix, layers.

It knows a run's result and the sentences it was tested on; it trains nothing.
"""

from __future__ import annotations

import numpy as np
import streamlit as st

from explorer.figures import finetuning as figures
from explorer.lab.types.finetuning import BAG, BagInputs, Labelled, TuneInputs, TuneResult
from explorer.lab.types.pairs import interval
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import t
from explorer.ui.markup import literal, verbatim
from explorer.ui.numbers import percent
from explorer.views.finetuning import common
from explorer.views.finetuning.common import Bench

CELL = "finetuning-cell"
LISTED = 10


def draw(bench: Bench) -> None:
    page_parts.section("finetuning.start_tool")
    left, right = st.columns([1, 0.4], gap="large")
    with left:
        if bench.found is None:
            page_parts.quiet(t("finetuning.not_yet"))
            _to_beat(bench.inputs)
        else:
            _results(bench, bench.found)
    with right:
        page_parts.steps([(t(f"finetuning.step{n}"), "") for n in (1, 2, 3)])
        page_parts.honesty("finetuning.honesty")


def _results(bench: Bench, found: TuneResult) -> None:
    inputs, state = bench.inputs, bench.state
    tested = [inputs.held_out[n] for n in found.kept]
    truth = np.array([label for _, label in tested])
    texts = [text for text, _ in tested]
    said = found.p.argmax(axis=-1)  # [S, epochs + 1, N]
    page_parts.figures([
        *(_accuracy(start, said[n, -1] == truth) for n, start in enumerate(inputs.starts)),
        *_baselines(inputs.train, tuple(tested)),
    ])  # fmt: skip
    _told_of_sentences(inputs, found)
    looked = state.looked if state.looked in inputs.starts else inputs.starts[0]
    widgets.choice(
        "finetuning-looked", t("finetuning.looked"), inputs.starts, looked,
        lambda name: t(f"finetuning.start.{name}"), lambda name: common.store().set(looked=name),
    )  # fmt: skip
    at = inputs.starts.index(looked)
    _dots(found.p[at], said[at], truth, texts)
    _matrix(found.p[at, -1], said[at, -1], truth, texts, bench.labels)
    _moved(found, inputs)


def _to_beat(inputs: TuneInputs) -> None:
    """What needs no training, before there is one."""
    taught = {text for text, _ in inputs.train}
    tested = tuple(one for one in inputs.held_out if one[0] not in taught)
    if tested:
        page_parts.figures(_baselines(inputs.train, tested))


def _baselines(train: Labelled, tested: Labelled) -> list[tuple[str, str, str]]:
    truth = np.array([label for _, label in tested])
    bag = widgets.run(BAG, None, BagInputs(train, tested)).result.said == truth
    most = float(np.bincount(truth).max() / len(truth))
    return [
        (percent(float(bag.mean())), t("finetuning.bag"), t("finetuning.bag_note")),
        (percent(most), t("finetuning.majority"), t("finetuning.majority_note")),
    ]


def _told_of_sentences(inputs: TuneInputs, found: TuneResult) -> None:
    """What was left out of the test, and what was cut."""
    both = len(inputs.held_out) - len(found.kept)
    if both:
        page_parts.notice("finetuning.both", n=both)
    if found.cut:
        page_parts.notice("finetuning.cut", n=found.cut)


def _accuracy(start: str, right: np.ndarray) -> tuple[str, str, str]:
    low, high = interval(right)
    note = t("finetuning.accuracy_note", n=len(right), low=percent(low), high=percent(high))
    return percent(float(right.mean())), t(f"finetuning.start.{start}"), note


def _dots(p: np.ndarray, said: np.ndarray, truth: np.ndarray, texts: list[str]) -> None:
    right = said == truth
    names = (t("finetuning.right"), t("finetuning.wrong"))
    page_parts.plot(
        figures.dots(
            p[:, np.arange(len(truth)), truth], right, texts, names, t("finetuning.epoch"), t("finetuning.p_true")
        ),
        "finetuning-dots",
        t("finetuning.dots_caption", n=len(truth)),
        t("finetuning.dots_alt", right=int(right[-1].sum()), n=len(truth)),
    )


def _matrix(p: np.ndarray, said: np.ndarray, truth: np.ndarray, texts: list[str], names: tuple[str, ...]) -> None:
    """True label by said label; a cell opens its sentences, the least sure of their true label first."""
    count = len(names)
    cells = np.array([[((truth == row) & (said == column)).sum() for column in range(count)] for row in range(count)])
    page_parts.subtitle(t("finetuning.matrix"))
    page_parts.table(
        (t("finetuning.matrix_head"), *map(verbatim, names)),
        [(verbatim(name), *map(str, row)) for name, row in zip(names, cells.tolist(), strict=True)],
        numeric=range(1, count + 1),
        shares=[(None, *(float(n) / len(truth) for n in row)) for row in cells],
    )
    options = [f"{row}{column}" for row in range(count) for column in range(count) if cells[row, column]]
    default = next((one for one in options if one[0] != one[1]), options[0])
    chosen = st.session_state.get(CELL, default)
    chosen = chosen if chosen in options else default
    page_parts.quiet(t("finetuning.open_cell"))
    widgets.choice(
        "finetuning-open", t("finetuning.matrix"), options, chosen,
        lambda one: t("finetuning.cell", true=literal(names[int(one[0])]), said=literal(names[int(one[1])])),
        lambda one: st.session_state.__setitem__(CELL, one),
    )  # fmt: skip
    row, column = map(int, chosen)
    there = np.flatnonzero((truth == row) & (said == column))
    there = there[np.argsort(p[there, row])]
    _listed([(verbatim(texts[n]), percent(float(p[n, row]))) for n in there])


def _listed(rows: list[tuple[str, str]]) -> None:
    """The first few sentences at once, the others on request."""
    head = (t("finetuning.sentence"), t("finetuning.p_true"))
    page_parts.table(head, rows[:LISTED], numeric=(1,))
    if rows[LISTED:]:
        with st.expander(t("finetuning.others", n=len(rows) - LISTED)):
            page_parts.table(head, rows[LISTED:], numeric=(1,))


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
