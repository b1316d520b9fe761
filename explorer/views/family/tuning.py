"""Step 3: the policy changed towards reward − β · KL, update by update, with everything that is worth watching.

It knows the page's state, a tuning's steps and its result.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from explorer.figures import rlhf as figures
from explorer.lab.types import toy_language as toy
from explorer.lab.types.rlhf import EPISODES, TUNE, Run, TuneResult, TuneStep
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import t
from explorer.ui.markup import inline, verbatim
from explorer.ui.numbers import signed
from explorer.views.family import common, verdict
from explorer.views.family import running as live
from explorer.views.family.common import BETAS, METHODS, RATES, State

BESIDE = {"kl": 2, "entropy": 3, "length": 4}  # columns of the curves
NOTED = 0.05  # nats: log-ratios smaller than this are left plain


def draw(state: State, run: Run) -> None:
    page_parts.subtitle(t("family.tune.title"))
    page_parts.quiet(t("family.tune.sub"))
    _dials(state)
    found = live.result("tune", TUNE, run.tune, t("family.tune.training"), t("family.tune.start"), _steps)
    if found is None:
        return
    verdict.draw(found)
    _curves(found.curves, run.tune.updates, "family-tune")
    _sentences(found, state)
    _ratios(found)
    _distance(found)
    page_parts.steps([(t(f"family.tune.step{n}"), "") for n in (1, 2, 3, 4)])


def _dials(state: State) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for name, options, value in (("beta", BETAS, state.beta), ("rate", RATES, state.rate)):
            with st.container(width="content"):
                page_parts.quiet(t(f"family.tune.{name}"))
                widgets.choice(f"family-{name}", t(f"family.tune.{name}"), options, value, str, common.setter(name))
        with st.container(width="content"):
            page_parts.quiet(t("family.tune.method"))
            widgets.choice(
                "family-method", t("family.tune.method"), METHODS, state.method, str.upper, common.setter("method")
            )
    page_parts.quiet(t(f"family.method_note.{state.method}"))


def _curves(curves: np.ndarray, total: int, key: str) -> None:
    names = (t("family.tune.model"), t("family.tune.rule"), t("family.tune.update"))
    page_parts.plot(
        figures.rewards(curves[:, 0].tolist(), curves[:, 1].tolist(), names, total), f"{key}-reward",
        t("family.tune.caption", n=EPISODES),
        t("family.tune.alt", model=signed(curves[-1, 0]), rule=signed(curves[-1, 1])),
    )  # fmt: skip
    columns = st.columns(len(BESIDE))
    for name in ("kl", "entropy", "length"):
        at = BESIDE[name]
        with columns[at - 2]:
            page_parts.plot(
                figures.small(curves[:, at].tolist(), t(f"family.tune.{name}"), t("family.tune.update")),
                f"{key}-{name}", t(f"family.tune.{name}_note"),
                f"{t(f'family.tune.{name}')}: {curves[0, at]:.2f} → {curves[-1, at]:.2f}",
            )  # fmt: skip


def _steps(steps: Sequence[TuneStep]) -> None:
    """The run so far: rewards, numbers, the sentences as they are now, and the word that moved most."""
    now = steps[-1]
    names = (t("family.tune.model"), t("family.tune.rule"), t("family.tune.update"))
    fig = figures.rewards([one.reward for one in steps], [one.rule for one in steps], names, now.total)
    st.plotly_chart(fig, key=f"family-tune-{len(steps)}", config={"displayModeBar": False})
    page_parts.figures([
        (f"{now.kl:.1f}", t("family.tune.kl"), t("family.tune.kl_note")),
        (f"{now.entropy:.2f}", t("family.tune.entropy"), t("family.tune.entropy_note")),
        (f"{now.length:.1f}", t("family.tune.length"), t("family.tune.length_note")),
    ])  # fmt: skip
    page_parts.word_list([(verbatim(toy.WORDS[now.moved].text), signed(now.ratio))])
    _table([steps[0].shown, now.shown], [steps[0].step, now.step])


def _table(columns: Sequence[Sequence[Sequence[int]]], updates: Sequence[int]) -> None:
    head = (t("family.question"), *(t("family.tune.at", n=n) for n in updates))
    page_parts.table(head, [
        (verbatim(toy.WORDS[rows[0][0]].text), *(verbatim(toy.written(row[1:]) or "∎") for row in rows))
        for rows in zip(*columns, strict=True)
    ])  # fmt: skip


def _sentences(found: TuneResult, state: State) -> None:
    """Six answers before, and after as many updates as the dial says."""
    page_parts.subtitle(t("family.tune.sentences"))
    last = len(found.shown) - 1
    at = min(state.update, last)
    if last > 0:
        widgets.slider("family-update", t("family.tune.update"), 0, last, at,
                       lambda n: common.store().set(update=n), width=320)  # fmt: skip
    _table([found.shown[0].tolist(), found.shown[at].tolist()], [0, at])
    word = toy.WORDS[int(found.moved[at])].text
    page_parts.quiet(t("family.tune.moved", word=verbatim(word), ratio=signed(float(found.ratio[at])),
                       times=f"{np.exp(float(found.ratio[at])):.1f}"))  # fmt: skip


def _ratios(found: TuneResult) -> None:
    """π against π_ref, word by word, of the last answers."""
    page_parts.subtitle(t("family.tune.ratios"))
    body = ""
    for row, ratios in zip(found.shown[-1].tolist(), found.log_ratio.tolist(), strict=True):
        words = row[1:]
        shown = words[: words.index(toy.END) + 1] if toy.END in words else words
        cells = "".join(
            f'<span class="word" style="background:color-mix(in srgb, var(--{"model" if ratio > 0 else "removed"}) '
            f'{min(45.0, 12 * abs(ratio)) if abs(ratio) > NOTED else 0:.0f}%, transparent)">'
            f'{inline(verbatim(toy.WORDS[n].text))} <span class="quiet">{signed(ratio)}</span></span>'
            for n, ratio in zip(shown, ratios, strict=False)
        )
        body += f'<div class="words">{cells}</div>'
    page_parts.block(body)
    page_parts.quiet(t("family.tune.ratios_note"))


def _distance(found: TuneResult) -> None:
    """Reward against √KL, best-of-n beside it, and the two laws fitted to the true rule."""
    page_parts.subtitle(t("family.tune.distance"))
    run = np.column_stack([np.sqrt(np.maximum(found.curves[:, 2], 0)), found.curves[:, 0], found.curves[:, 1]])
    run = run[np.argsort(run[:, 0])]
    best = np.column_stack([np.sqrt(found.best_of[:, 0]), found.best_of[:, 1:]])
    names = tuple(t(f"family.tune.{name}") for name in ("rl_model", "rl_rule", "bon_model", "bon_rule"))
    page_parts.plot(
        figures.against_distance(run, best, names, (t("family.tune.root"), t("family.tune.reward"))),  # type: ignore[arg-type]
        "family-distance", t("family.tune.distance_caption", most=2 ** (len(best) - 1)),
        t("family.tune.distance_alt", bon=signed(best[-1, 2]), rl=signed(run[-1, 2])),
    )  # fmt: skip
    a, b = law(best[:, 0], best[:, 2], best_of=True)
    c, d = law(run[:, 0], run[:, 2], best_of=False)
    page_parts.quiet(t("family.tune.laws", a=signed(a), b=signed(b), c=signed(c), d=signed(d)))
    if len(run) > 2 and d <= 0:
        page_parts.quiet(t("family.tune.no_turn"))


def law(distance: np.ndarray, gold: np.ndarray, *, best_of: bool) -> tuple[float, float]:
    """(α, β) of Gao et al. 2022 (arXiv 2210.10760, eq. 1), least squares, the gain counted from where d is least.

    R(d) = d (α − β d) for best-of-n, d (α − β ln d) for reinforcement learning, d = √KL.
    """
    d = distance[1:]
    kept = d > 1e-6
    d, gain = d[kept], (gold[1:] - gold[0])[kept]
    if len(d) < 2:
        return 0.0, 0.0
    second = d**2 if best_of else d * np.log(d)
    found, *_ = np.linalg.lstsq(np.column_stack([d, -second]), gain, rcond=None)
    return float(found[0]), float(found[1])
