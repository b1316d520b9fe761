"""数据地图: every training sentence by how sure the model was of its label over the epochs, and how much that wavered.

It knows a run's result; five wrong labels can be planted, to be found by eye (Swayamdipta et al. 2020).
"""

from __future__ import annotations

import numpy as np

from explorer.figures import finetuning as figures
from explorer.lab.types.finetuning import owners
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import t
from explorer.ui.markup import verbatim
from explorer.ui.numbers import percent
from explorer.views.finetuning import common, planting
from explorer.views.finetuning.bench import Bench

LEAST_SURE = 20


def draw(bench: Bench) -> None:
    page_parts.section("finetuning.map")
    state = bench.state
    tokens = bench.inputs.shape == "tokens"
    if not tokens:
        widgets.toggle(
        "finetuning-planted", t("finetuning.map.plant", n=planting.PLANTED), state.planted,
        lambda on: common.store().set(planted=on, told=False), t("finetuning.map.plant_help"),
    )  # fmt: skip
    if bench.found is None:
        page_parts.quiet(t("finetuning.not_yet"))
        return
    train = bench.inputs.train
    owner = owners(train)
    # [epochs, sentences], of the first start: where words are judged, the mean of a sentence's
    p = np.stack([np.bincount(owner, one) for one in bench.found.taught_p[0]]) / np.bincount(owner)
    if len(p) < 2:
        page_parts.notice("finetuning.map.one_epoch")
        return
    wrong = np.zeros(len(train), bool)
    planted = state.planted and not tokens
    if planted:
        wrong[list(planting.planted_at(len(train)))] = True
        widgets.toggle("finetuning-told", t("finetuning.map.tell"), state.told, lambda on: common.store().set(told=on))
    told = planted and state.told
    confidence, variability = p.mean(axis=0), p.std(axis=0)
    page_parts.plot(
        figures.data_map(
            confidence, variability, (p > 0.5).mean(axis=0), [common.written(text) for text, _ in train],
            wrong if told else None, (t("finetuning.map.taught"), t("finetuning.map.planted")),
            t("finetuning.map.variability"), t("finetuning.map.confidence"),
        ),
        f"finetuning-map-{told}",
        t("finetuning.map.caption", n=len(train)),
        t("finetuning.map.alt", low=percent(float(confidence.min())), high=percent(float(confidence.max()))),
    )  # fmt: skip
    hardest = np.argsort(confidence, kind="stable")[:LEAST_SURE]
    if told:
        page_parts.notice(
            "finetuning.map.found", n=int(wrong[hardest].sum()), all=int(wrong.sum()), least=len(hardest),
            chance=f"{len(hardest) * wrong.sum() / len(train):.1f}",
        )  # fmt: skip
    page_parts.subtitle(t("finetuning.map.hardest", n=len(hardest)))
    rows = []
    for n in hardest.tolist():
        text, label = train[n]
        name = verbatim(bench.labels[label]) if isinstance(label, int) else "—"
        name += f" · {t('finetuning.map.planted')}" if told and wrong[n] else ""
        rows.append((verbatim(common.written(text)), name, percent(float(confidence[n]))))
    page_parts.table(
        (t("finetuning.sentence"), t("finetuning.map.label"), t("finetuning.map.confidence")), rows, numeric=(2,)
    )
    page_parts.honesty("finetuning.map.honesty")
