"""Four small exhibits: kinds of learning, the Sesame Street family, one head for every task, why pre-train."""

from __future__ import annotations

import html
import math
from typing import Any

from explorer.content import examples
from explorer.engine import catalog, get_engine
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import language, t
from explorer.ui.markup import inline
from explorer.ui.numbers import parameters
from explorer.views.home.common import store

KINDS = ("supervised", "unsupervised", "semi", "reinforcement", "self")
DECADES = (7.5, 12.5)
CLASSES = {"sentiment": 2, "nli": 3, "pos": 17}


def kinds() -> None:
    """Who gives the answer, kind by kind."""
    page_parts.section("home.kinds")
    head = tuple(t(f"home.kinds.head_{name}") for name in ("kind", "given", "answer", "example"))
    rows = [
        (f"**{t(f'home.kinds.{kind}')}**", *(t(f"home.kinds.{kind}_{part}") for part in ("given", "answer", "example")))
        for kind in KINDS
    ]
    page_parts.table(head, rows)
    page_parts.paragraphs(t("home.kinds.name"), t("home.kinds.semi_debate"))


def family() -> None:
    """Names, dates, sizes on a logarithmic axis, sources: a table, so that the page waits for no chart library."""
    page_parts.section("home.family")
    names = ("name", "when", "size", "type", "target", "source")
    head = "".join(f"<th>{inline(t(f'home.family.head_{name}'))}</th>" for name in names)
    rows = "".join(_family_row(model) for model in examples.load("home")["family"])
    page_parts.block(
        f'<div class="scroll-x" tabindex="0" role="figure" aria-label="{html.escape(t("home.family.alt"))}">'
        f'<table class="plain-table family"><tr>{head}</tr>{rows}</table></div>'
    )
    page_parts.quiet(t("home.family.figure"))
    page_parts.quiet(t("home.family.legend_note"))
    page_parts.honesty("home.family.honesty")


def _family_row(model: dict[str, Any]) -> str:
    """One model; its size as a dot on an axis from 10^7.5 to 10^12.5 and in words."""
    size = ""
    if "size" in model:
        place = (math.log10(model["size"]) - DECADES[0]) / (DECADES[1] - DECADES[0])
        written = parameters(model["size"], language())
        size = f'<div class="axis"><i style="left: {place:.1%}"></i></div><span>{written}</span>'
    cells = (inline(model["name"]), inline(model["date"]), f'<div class="sized">{size or "–"}</div>')
    words = (t(f"home.family.type_{model['build']}"), t(f"home.family.target_{model['target']}"), model["source"])
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in (*cells, *map(inline, words))) + "</tr>"


def classes() -> None:
    """One head for every task: hidden × classes."""
    page_parts.section("home.classes")
    state = store().get()
    facts = get_engine().facts(catalog.default("masked").id)
    widgets.choice(
        "home-classes", t("home.classes.pick"), (*CLASSES, "vocabulary"), state.classes,
        lambda name: t(f"home.classes.{name}"), lambda name: store().set(classes=name),
    )  # fmt: skip
    n = CLASSES.get(state.classes, facts.vocab_size)
    page_parts.head_card(facts.d_model, n)
    page_parts.quiet(t("home.classes.note", hidden=facts.d_model))
    page_parts.honesty("home.classes.honesty")


def why() -> None:
    """Labels are expensive, one body serves many tasks."""
    page_parts.section("home.why")
    page_parts.steps([(t(f"home.why.step{n}"), "") for n in (1, 2, 3)])
    page_parts.honesty("home.why.honesty")
