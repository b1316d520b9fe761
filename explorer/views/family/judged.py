"""Whose preference is it? Two panels, two policies, each judged by both.

It knows finished tunings and the panels' rules; nothing is computed here but scores of sentences.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from explorer.lab.types import toy_language as toy
from explorer.lab.types.arrays import Ids
from explorer.lab.types.rlhf import TUNE
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import t
from explorer.ui.markup import verbatim
from explorer.ui.numbers import percent
from explorer.views.family import common
from explorer.views.family.common import Panel, State

SHOWN = 3


def draw(state: State) -> None:
    page_parts.subtitle(t("family.judged.title"))
    tastes = {panel: found for panel in common.PANELS if (found := common.taste(state, panel)) is not None}
    answers: dict[Panel, Ids] = {}
    for panel in tastes:
        run = common.run_for(state, panel)
        result = None if run is None else widgets.peek(TUNE, None, run.tune)
        if result is not None:
            answers[panel] = result.answers
    if len(answers) < 2:
        missing = [t(f"family.panel.{panel}") for panel in common.PANELS if panel not in answers]
        page_parts.quiet(t("family.judged.missing", panels=t("common.list_comma").join(missing)))
        return
    ran = list(answers)
    head = (t("family.judged.by"), *(t("family.judged.policy", name=t(f"family.panel.{panel}")) for panel in ran))
    rows, shares = [], []
    for judge in ran:
        weights = tastes[judge][0]
        won = [
            float(np.mean([wins(answers[own], answers[other], weights) for other in ran if other != own]))
            for own in ran
        ]
        rows.append((t(f"family.panel.{judge}"), *(percent(share) for share in won)))
        shares.append([None, *won])
    page_parts.table(head, rows, numeric=range(1, len(ran) + 1), shares=shares)
    page_parts.quiet(t("family.judged.note", n=len(answers[ran[0]])))
    lang = common.lang()
    at = [n for n, row in enumerate(answers[ran[0]].tolist()) if toy.WORDS[row[0]].lang == lang][:SHOWN]
    page_parts.table(
        (t("family.question"), *head[1:]),
        [
            (verbatim(toy.WORDS[int(answers[ran[0]][n, 0])].text),
             *(verbatim(toy.written(answers[panel][n, 1:].tolist()) or "∎") for panel in ran))
            for n in at
        ],
    )  # fmt: skip


def wins(own: Ids, other: Ids, weights: tuple[float, ...]) -> float:
    """How often a rule prefers the answers `own`, a draw counting half; both to the same questions."""
    a, b = (np.array(_scores(rows.tobytes(), rows.shape[1], weights)) for rows in (own, other))
    return float(np.mean((a > b) + 0.5 * (a == b)))


@lru_cache(maxsize=64)
def _scores(rows: bytes, width: int, weights: tuple[float, ...]) -> tuple[float, ...]:
    table = np.frombuffer(rows, dtype=np.int32).reshape(-1, width).tolist()
    return tuple(toy.score(weights, row[0], row[1:]) for row in table)
