"""Four small exhibits: kinds of learning, the Sesame Street family, one head for every task, why pre-train."""

from __future__ import annotations

import streamlit as st

from explorer import examples
from explorer.engine import catalog, get_engine
from explorer.ui import chrome, widgets
from explorer.ui.i18n import t
from explorer.ui.numbers import thousands
from explorer.views.home.common import store

KINDS = ("supervised", "unsupervised", "semi", "reinforcement", "self")
BUILDS = ("lstm", "encoder", "decoder", "both", "sparse", "moe")
CLASSES = {"sentiment": 2, "nli": 3, "pos": 17}


def kinds() -> None:
    """Who gives the answer, kind by kind."""
    chrome.section("home.kinds")
    head = tuple(t(f"home.kinds.head_{name}") for name in ("kind", "given", "answer", "example"))
    rows = [
        (f"**{t(f'home.kinds.{kind}')}**", *(t(f"home.kinds.{kind}_{part}") for part in ("given", "answer", "example")))
        for kind in KINDS
    ]
    chrome.table(head, rows)
    chrome.paragraphs(t("home.kinds.name"), t("home.kinds.semi_debate"))


def family() -> None:
    """Names, dates and sizes, each with its source."""
    from explorer.figures.timeline import Milestone, sizes

    chrome.section("home.family")
    models = examples.load("home")["family"]
    builds = [(build, t(f"home.family.type_{build}")) for build in BUILDS]
    sized = [Milestone(m["name"], m["date"], m["size"], m["build"]) for m in models if "size" in m]
    fig = sizes(sized, builds, t("home.family.x"))
    chrome.plot(fig, "home-family", t("home.family.figure"), t("home.family.alt"))
    with st.expander(t("common.data")):
        head = tuple(t(f"home.family.head_{name}") for name in ("name", "when", "size", "type", "target", "source"))
        rows = [
            (
                m["name"],
                m["date"],
                _size(m["size"]) if "size" in m else "–",
                t(f"home.family.type_{m['build']}"),
                t(f"home.family.target_{m['target']}"),
                m["source"],
            )
            for m in models
        ]
        chrome.table(head, rows, numeric=(2,))
    chrome.quiet(t("home.family.legend_note"))
    chrome.honesty("home.family.honesty")


def classes() -> None:
    """One head for every task: hidden × classes."""
    chrome.section("home.classes")
    state = store().get()
    facts = get_engine().facts(catalog.default("masked").id)
    widgets.choice(
        "home-classes", t("home.classes.pick"), (*CLASSES, "vocabulary"), state.classes,
        lambda name: t(f"home.classes.{name}"), lambda name: store().set(classes=name),
    )  # fmt: skip
    n = CLASSES.get(state.classes, facts.vocab_size)
    chrome.head_card(facts.d_model, n)
    chrome.quiet(t("home.classes.note", hidden=facts.d_model))
    chrome.honesty("home.classes.honesty")


def why() -> None:
    """Labels are dear, one body serves many tasks."""
    chrome.section("home.why")
    chrome.steps([(t(f"home.why.step{n}"), "") for n in (1, 2, 3)])
    chrome.honesty("home.why.honesty")


def _size(weights: float) -> str:
    for unit, name in ((1e12, " T"), (1e9, " B"), (1e6, " M")):
        if weights >= unit:
            return f"{weights / unit:.3g}{name}"
    return thousands(weights)
