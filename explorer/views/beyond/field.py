"""更大的地图: families of self-supervision: what is hidden, what is guessed, when and by whom; speech's ten tasks.

It knows what was published; nothing on this tool is computed.
"""

from __future__ import annotations

import streamlit as st

from explorer.figures import collapse as figures
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import t
from explorer.views.beyond import common
from explorer.views.beyond.common import KINDS, State

METHODS = {  # year of first publication, and where
    "gpt": ("predict", "GPT", 2018, "Radford et al. 2018"),
    "bert": ("predict", "BERT", 2018, "Devlin et al., arXiv 1810.04805"),
    "cpc": ("contrast", "CPC", 2018, "van den Oord et al., arXiv 1807.03748"),
    "simclr": ("contrast", "SimCLR", 2020, "Chen et al., arXiv 2002.05709"),
    "byol": ("no_negatives", "BYOL", 2020, "Grill et al., arXiv 2006.07733"),
    "simsiam": ("no_negatives", "SimSiam", 2020, "Chen & He, arXiv 2011.10566"),
    "apc": ("speech", "APC", 2019, "Chung et al. 2019"),
    "wav2vec": ("speech", "wav2vec 2.0", 2020, "Baevski et al. 2020"),
    "hubert": ("speech", "HuBERT", 2021, "Hsu et al., arXiv 2106.07447"),
}
SUPERB = {
    "content": ("phonemes", "speech", "keywords", "query"),
    "speaker": ("identification", "verification", "diarization"),
    "meaning": ("intent", "slots"),
    "tone": ("emotion",),
}
FIGURES = {  # as printed: what, and where
    "simclr": ("76.5 %", "Chen et al. 2020, arXiv 2002.05709"),
    "simclr_few": ("85.8 %", "Chen et al. 2020, arXiv 2002.05709"),
    "simsiam": ("67.7 %", "Chen & He 2021, arXiv 2011.10566"),
}


def draw(state: State) -> None:
    page_parts.section("beyond.field")
    widgets.choice(
        "beyond-kind", t("beyond.field.which"), KINDS, state.kind, lambda name: t(f"beyond.kind.{name}"),
        common.setter("kind"),
    )  # fmt: skip
    page_parts.paragraphs(t(f"beyond.kind_line.{state.kind}"))
    page_parts.table(
        tuple(t(f"beyond.field.head_{part}") for part in ("method", "hidden", "guessed", "year", "source")),
        [
            (name, t(f"beyond.hidden.{method}"), t(f"beyond.guessed.{method}"), str(year), source)
            for method, (kind, name, year, source) in METHODS.items()
            if kind == state.kind
        ],
        numeric=(3,),
    )
    rows = [(name, float(year), t(f"beyond.kind.{kind}")) for kind, name, year, _ in METHODS.values()]
    page_parts.plot(
        figures.years(rows, t(f"beyond.kind.{state.kind}"), t("beyond.field.head_year")), "beyond-years",
        t("beyond.field.caption"), ", ".join(f"{name} {year}" for _, name, year, _ in METHODS.values()),
    )  # fmt: skip
    left, right = st.columns([1, 0.6], gap="large")
    with left:
        page_parts.subtitle(t("beyond.field.superb"))
        page_parts.table(
            (t("beyond.field.group"), t("beyond.field.tasks")),
            [
                (t(f"beyond.group.{group}"), t("common.list_comma").join(t(f"beyond.superb.{task}") for task in tasks))
                for group, tasks in SUPERB.items()
            ],
        )
        page_parts.quiet(t("beyond.field.superb_source"))
    with right:
        page_parts.subtitle(t("beyond.field.numbers"))
        page_parts.figures([
            (number, t(f"beyond.number.{figure}"), source) for figure, (number, source) in FIGURES.items()
        ])  # fmt: skip
    page_parts.honesty("beyond.field.honesty")
