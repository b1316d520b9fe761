"""哪种弄坏法最好: one small network taught each of five ways at one budget, and what each of the five can do then.

It knows the dials and a contest's result; how one is run and watched is `contesting.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import streamlit as st

from explorer.figures import contest as figures
from explorer.lab.types import toy_language as toy
from explorer.lab.types.contest import (
    BAND,
    CONTEST,
    ENTRANTS,
    EVERY,
    KINDS,
    PAIRS,
    TASKS,
    UNTAUGHT,
    ContestInputs,
    ContestResult,
    ahead,
    written,
)
from explorer.lab.types.pairs import interval
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import language, t
from explorer.ui.numbers import percent
from explorer.views.denoising import common, contesting
from explorer.views.denoising.common import UPDATES, Scene, State

BART = "Lewis et al. 2020, BART (arXiv 1910.13461)"


def draw(_: Scene, state: State) -> None:
    page_parts.section("denoising.contest")
    inputs = ContestInputs(int(state.updates), state.drawn)
    left, right = st.columns([1, 0.44], gap="large")
    with left:
        page_parts.quiet(t("denoising.contest.language", lines=_lines(state.drawn)))
        with st.container(horizontal=True, vertical_alignment="center"):
            widgets.choice(
                "denoising-updates", t("denoising.contest.updates"), UPDATES, state.updates,
                lambda n: t("denoising.contest.budget", n=n), common.setter("updates"),
            )  # fmt: skip
            st.button(
                t("denoising.contest.again", seed=state.drawn), key="denoising-contest-again", on_click=_again,
                help=t("denoising.contest.again_help"),
            )  # fmt: skip
        found = contesting.result(inputs, curves)
        if found is not None:
            curves(found.losses.tolist(), inputs.updates, "done")
            _cost(found)
    with right:
        page_parts.steps([(t(f"denoising.contest.step{n}"), "") for n in (1, 2, 3)])
        page_parts.honesty("denoising.contest.honesty")
    if found is not None:
        _tested(found, inputs)
        _shown(found)


def curves(losses: Sequence[Sequence[float]], total: int, key: str) -> None:
    """The five losses, as far as they are."""
    ends = ", ".join(f"{name} {one[-1]:.2f}" for name, one in zip(_names(KINDS), losses, strict=True) if one)
    page_parts.plot(
        figures.curves(
            losses, EVERY, total, _names(KINDS), (t("denoising.contest.x"), t("denoising.contest.y"))
        ),
        f"denoising-contest-{key}", t("denoising.contest.caption", n=EVERY), t("denoising.contest.alt", ends=ends),
    )  # fmt: skip


def _names(entrants: Sequence[str]) -> list[str]:
    return [t(f"denoising.contest.entrant.{entrant}") for entrant in entrants]


def _lines(seed: int) -> str:
    """Three sentences of the language as the reader reads it."""
    rows = toy.demonstrations(3, seed)
    return " / ".join(written(row[:-1], "zh" if language() == "zh" else "en") for row in rows)


def _again() -> None:
    common.store().change(lambda kept: replace(kept, drawn=(kept.drawn + 1) % 100))


def _cost(found: ContestResult) -> None:
    """What each way costs: words read and said, time, and the last loss."""
    rows = [
        (name, f"{found.read[n]:.1f}", f"{found.said[n]:.1f}", f"{1000 * found.seconds[n]:.0f} ms",
         f"{found.losses[n, -1]:.2f}")
        for n, name in enumerate(_names(KINDS))
    ]  # fmt: skip
    head = ("way", "read", "said", "alone", "last")
    page_parts.table(tuple(t(f"denoising.contest.{one}") for one in head), rows, (1, 2, 3, 4))
    page_parts.quiet(t("denoising.contest.cost_note", seconds=f"{found.took:.0f}"))


def _tested(found: ContestResult, inputs: ContestInputs) -> None:
    page_parts.subsection("denoising.contest.tasks")
    shares = found.right.mean(-1)
    ends = np.array([[interval(one) for one in row] for row in found.right]).transpose(0, 2, 1)
    band = _band(inputs)
    for column, (number, task) in zip(st.columns(3, gap="medium"), enumerate(TASKS), strict=True):
        told = ", ".join(f"{name} {percent(float(shares[number, n]))}" for n, name in enumerate(_names(ENTRANTS)))
        with column:
            page_parts.subtitle(t(f"denoising.contest.task.{task}"))
            page_parts.plot(
                figures.scores(
                    _names(ENTRANTS), shares[number], ends[number], band[:, number], float(found.majority[number]),
                    ENTRANTS.index(UNTAUGHT),
                ),
                f"denoising-contest-{task}", t(f"denoising.contest.asks.{task}"), told,
            )  # fmt: skip
    page_parts.quiet(t("denoising.contest.bars", n=found.right.shape[-1], seeds=len(band)))
    _verdict(band.mean(0) if len(band) else shares, len(band))


def _band(inputs: ContestInputs) -> np.ndarray:
    """[seeds, TASKS, ENTRANTS]: of the seeds that were run at this budget, as many as are there."""
    others = [widgets.peek(CONTEST, None, replace(inputs, seed=seed)) for seed in BAND]
    shares = [other.right.mean(-1) for other in others if other is not None]
    return np.array(shares).reshape(-1, len(TASKS), len(ENTRANTS))


def _verdict(shares: np.ndarray, seeds: int) -> None:
    """What came first in each task, and whether the order is the published one."""
    best = [(task, int(shares[number, : len(KINDS)].argmax())) for number, task in enumerate(TASKS)]
    firsts = t("common.list_comma").join(
        t("denoising.contest.first", task=t(f"denoising.contest.task.{task}"), way=_names(KINDS)[at])
        for task, at in best
    )
    n = ahead(shares)
    agrees = "agrees" if n == len(PAIRS) else "partly" if n > len(PAIRS) / 2 else "differs"
    told = t(f"denoising.contest.{agrees}", n=n, all=len(PAIRS))
    page_parts.notice("denoising.contest.verdict", seeds=max(seeds, 1), firsts=firsts, told=told, source=BART)


def _shown(found: ContestResult) -> None:
    """One sentence, as each of the five shows it."""
    page_parts.subtitle(t("denoising.contest.example"))
    lang: toy.Lang = "zh" if language() == "zh" else "en"
    rows = [(t("denoising.contest.whole"), written(found.example, lang))]
    rows += [(name, written(row, lang)) for name, row in zip(_names(KINDS), found.shown, strict=True)]
    page_parts.table((t("denoising.contest.way"), t("denoising.contest.reads")), rows)
