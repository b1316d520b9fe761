"""为什么一个丢了、一个留下: the published figures on both tasks. Cited, not measured here."""

from __future__ import annotations

import streamlit as st

from explorer.ui import chrome
from explorer.ui.i18n import t
from explorer.views.pairs.common import State

# Lan et al. 2020 (ALBERT), table 5: accuracy on NSP and SOP, mean over SQuAD1.1, SQuAD2.0, MNLI, SST-2, RACE
ALBERT = (("none", "52.4", "53.3", "79.0"), ("nsp", "90.5", "52.0", "79.2"), ("sop", "78.9", "86.5", "80.1"))
# Liu et al. 2019 (RoBERTa), table 2: SQuAD 1.1 F1, MNLI-m, SST-2, RACE accuracy
ROBERTA = (
    ("segment_pair", "90.4", "84.0", "92.9", "64.2"),
    ("sentence_pair", "88.7", "82.9", "92.1", "63.0"),
    ("full", "90.4", "84.7", "92.5", "64.8"),
    ("doc", "90.6", "84.7", "92.7", "65.6"),
)
# Devlin et al. 2019 (BERT), table 5: MNLI-m, QNLI, MRPC, SST-2 accuracy, SQuAD F1
BERT = (("bert_with", "84.4", "88.4", "86.7", "92.7", "88.5"), ("bert_without", "83.9", "84.9", "86.5", "92.6", "87.9"))


def draw(state: State) -> None:
    chrome.section("pairs.why")
    body, side = st.columns([1, 0.44], gap="large")
    with body:
        _table("bert", ("MNLI-m", "QNLI", "MRPC", "SST-2", "SQuAD 1.1"), BERT)
        _table("roberta", ("SQuAD 1.1", "MNLI-m", "SST-2", "RACE"), ROBERTA)
        _table("albert", (t("pairs.why.on_nsp"), t("pairs.why.on_sop"), t("pairs.why.mean")), ALBERT)
        chrome.paragraphs(t("pairs.why.spanbert"), t("pairs.why.xlnet"))
    with side:
        chrome.steps([(t(f"pairs.why.step{n}"), "") for n in (1, 2, 3)])
        chrome.honesty("pairs.why.honesty")


def _table(paper: str, columns: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> None:
    chrome.subtitle(t(f"pairs.why.{paper}"))
    named = [(t(f"pairs.why.{row[0]}"), *row[1:]) for row in rows]
    chrome.table((t("pairs.why.trained"), *columns), named, tuple(range(1, len(columns) + 1)))
    chrome.quiet(t(f"pairs.why.{paper}_source"))
