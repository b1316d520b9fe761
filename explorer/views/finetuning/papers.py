"""论文里的曲线: what was published on the two starts, on how many layers are tuned, and on which vectors a head reads.

It knows numbers that others have measured, each with its source; nothing on this tool is computed here.
"""

from __future__ import annotations

import streamlit as st

from explorer.figures import finetuning as figures
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import t
from explorer.views.finetuning.bench import Bench

EPOCHS = (0, 1, 2, 4, 6, 8, 10, 12, 16, 20)
TASKS = ("MNLI", "RTE", "MRPC", "SST-2")
# Training loss, read off the figure by eye, ± .02: Hao, Dong, Wei & Xu 2019 (EMNLP, arXiv 1908.05620).
HAO = {
    "MNLI": (
        (0.69, 0.155, 0.09, 0.01, 0, 0, 0, 0, 0, 0),
        (0.69, 0.555, 0.47, 0.345, 0.28, 0.235, 0.175, 0.13, 0.085, 0.085),
    ),
    "RTE": (
        (0.69, 0.58, 0.17, 0.03, 0.025, 0.025, 0.025, 0.025, 0.025, 0.025),
        (0.69, 0.69, 0.69, 0.70, 0.69, 0.78, 0.53, 0.335, 0.205, 0.13),
    ),
    "MRPC": (
        (0.69, 0.50, 0.17, 0.03, 0.02, 0.02, 0.02, 0.02, 0.02, 0.02),
        (0.69, 0.575, 0.55, 0.465, 0.32, 0.255, 0.085, 0.065, 0.035, 0.03),
    ),
    "SST-2": (
        (0.69, 0.075, 0.025, 0.005, 0, 0, 0, 0, 0, 0),
        (0.69, 0.275, 0.19, 0.148, 0.10, 0.075, 0.07, 0.06, 0.05, 0.04),
    ),
}
# F1 on the development set of CoNLL-2003, entities: Devlin et al. 2019, table 7, BERT base.
BERT = (
    ("tuned", "96.4"), ("embeddings", "91.0"), ("second_to_last", "95.6"), ("last", "94.9"), ("sum4", "95.9"),
    ("concat4", "96.1"), ("sum12", "95.5"),
)  # fmt: skip
TASK = "finetuning-task"


def draw(bench: Bench) -> None:
    page_parts.section("finetuning.papers")
    left, right = st.columns([1, 0.6], gap="large")
    with left:
        task = st.session_state.get(TASK, "RTE")
        widgets.choice(
            "finetuning-papers-task", t("finetuning.papers.task"), TASKS, task, lambda name: name,
            lambda name: st.session_state.__setitem__(TASK, name),
        )  # fmt: skip
        tuned, scratch = HAO[task]
        page_parts.plot(
            figures.published(
                [(t("finetuning.start.pre-trained"), tuned, True), (t("finetuning.start.random"), scratch, False)],
                EPOCHS, t("finetuning.papers.epochs"), t("finetuning.training_loss"),
            ),
            f"finetuning-hao-{task}",
            t("finetuning.papers.hao"),
            t("finetuning.papers.hao_alt", task=task, tuned=f"{tuned[1]:.2f}", scratch=f"{scratch[1]:.2f}"),
        )  # fmt: skip
    with right:
        page_parts.subtitle(t("finetuning.papers.elsa_title"))
        page_parts.figures([
            ("64 %", t("finetuning.papers.elsa_head"), t("finetuning.papers.elsa_note")),
            ("90 %", t("finetuning.papers.elsa_layers"), t("finetuning.papers.elsa_note")),
        ])  # fmt: skip
        page_parts.subtitle(t("finetuning.papers.bert_title"))
        page_parts.table(
            (t("finetuning.papers.bert_what"), "F1"),
            [(t(f"finetuning.papers.bert_{name}"), f1) for name, f1 in BERT],
            numeric=(1,),
        )
        page_parts.quiet(t("finetuning.papers.bert_source"))
    page_parts.honesty("finetuning.papers.honesty")
