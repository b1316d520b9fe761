"""Four small exhibits: kinds of learning, the Sesame Street family, one head for every task, why pre-train."""

from __future__ import annotations

import html
import math
from typing import Any

from explorer import numerics
from explorer.content import examples
from explorer.engine import catalog, get_engine
from explorer.errors import Told
from explorer.lab.types.masking import FILL
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import language, t
from explorer.ui.markup import inline, verbatim
from explorer.ui.numbers import parameters, percent, thousands
from explorer.views.home import common
from explorer.views.home.common import State, store

KINDS = ("supervised", "unsupervised", "semi", "reinforcement", "self")
DECADES = (7.5, 12.5)
YEARS = (2017.8, 2021.6)
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
    _growth()
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


def _growth() -> None:
    """Time across, size up (logarithmic): a dot a model, in the page's own marks."""
    models = [model for model in examples.load("home")["family"] if "size" in model]
    low, high = DECADES
    dots = []
    places = [(_year(one["date"]), (math.log10(one["size"]) - low) / (high - low)) for one in models]
    for n, (model, (x, y)) in enumerate(zip(models, places, strict=True)):
        crowded = any(0 <= x2 - x < 0.15 and abs(y2 - y) < 0.06 for x2, y2 in places[n + 1 :])
        side = " left" if x > 0.75 or crowded else ""
        dots.append(
            f'<i class="dot{side}" style="left: {x:.1%}; bottom: {y:.1%}"><span>{inline(model["name"])}</span></i>'
        )
    lines = "".join(
        f'<b style="bottom: {(n - low) / (high - low):.1%}"><span>{parameters(10.0**n, language())}</span></b>'
        for n in range(8, 13)
    )
    years = "".join(f'<em style="left: {_year(f"{year}-01"):.1%}">{year}</em>' for year in (2018, 2019, 2020, 2021))
    inside = lines + "".join(dots) + years
    alt = html.escape(t("home.family.alt"))
    page_parts.block(f'<div class="growth" role="img" aria-label="{alt}">{inside}</div>')
    page_parts.quiet(t("home.family.growth"))


def _year(date: str) -> float:
    """Where a month ("2019-09") stands between the first and the last year shown, 0…1."""
    year, month = map(int, date.split("-"))
    return (year + (month - 1) / 12 - YEARS[0]) / (YEARS[1] - YEARS[0])


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
    _own_word(state, facts.vocab_size, facts.d_model)
    page_parts.honesty("home.classes.honesty")


def _own_word(state: State, vocab_size: int, hidden_size: int) -> None:
    """A hidden word of the reader's sentence as one of the classes; what the model gave it, if it was asked above."""
    try:
        tokens = common.read(common.text_of(state))
    except Told:  # nothing to read: the stage has said so
        return
    hidden = common.hide(tokens, state)
    result = widgets.peek(FILL, catalog.default("masked").id, common.asked(tokens, hidden))
    word, number = verbatim(tokens.surface(hidden[0])), thousands(tokens.ids[hidden[0]])
    values = {"word": word, "id": number, "classes": thousands(vocab_size), "hidden": hidden_size}
    if result is None:
        page_parts.quiet(t("home.classes.own", **values))
        return
    p = numerics.probability(result.logits[0], int(result.original[0]))
    page_parts.quiet(t("home.classes.own_p", **values, p=percent(p)))


def why() -> None:
    """Labels are expensive, one body serves many tasks."""
    page_parts.section("home.why")
    page_parts.steps([(t(f"home.why.step{n}"), "") for n in (1, 2, 3)])
    page_parts.honesty("home.why.honesty")
