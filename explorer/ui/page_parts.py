"""Parts every page is built from: question, explanation in steps, honesty box, notices, code, waiting, errors.

Every page is built from these, so that pages look alike and say the same thing the same way. It knows words
and HTML, and no experiment.
"""

from __future__ import annotations

import html
import math
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer import palette
from explorer.engine import catalog
from explorer.errors import Cancelled, Told
from explorer.ui import i18n, snippets
from explorer.ui.i18n import t
from explorer.ui.markup import bare, inline, plain, render, verbatim
from explorer.ui.numbers import thousands

_LEAST_EM = 7.5  # of a column of a table that has longer texts


def question(chapter: str) -> None:
    """The one question of a page and the sentence below it."""
    lang = _lang()
    st.html(
        f'<h1 class="question" lang="{lang}">{inline(t(f"{chapter}.title"))}</h1>'
        f'<p class="question-sub" lang="{lang}">{inline(t(f"{chapter}.sub"))}</p>'
    )


def section(key: str, **values: object) -> None:
    """The question of one tool: `key`.title, and `key`.sub below it."""
    lang = _lang()
    st.html(
        f'<h2 class="section" lang="{lang}">{inline(t(key + ".title", **values))}</h2>'
        f'<p class="section-sub" lang="{lang}">{inline(t(key + ".sub", **values))}</p>'
    )


def subsection(key: str, **values: object) -> None:
    """A smaller question inside a tool: `key`.title and `key`.sub."""
    subtitle(t(key + ".title", **values))
    quiet(t(key + ".sub", **values))


def subtitle(text: str) -> None:
    st.html(f'<h3 class="subtitle" lang="{_lang()}">{inline(text)}</h3>')


def quiet(text: str) -> None:
    """A line in small grey type."""
    st.html(f'<p class="quiet" lang="{_lang()}">{inline(text)}</p>')


def keys(text: str) -> None:
    """What keys do, in small grey type; where there is no keyboard it is not said."""
    st.html(f'<p class="quiet keys" lang="{_lang()}">{inline(text)}</p>')


def block(body: str) -> None:
    """HTML made by a view from `inline` pieces and our own tags."""
    st.html(f'<div class="prose" lang="{_lang()}">{body}</div>')


def table(
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    numeric: Sequence[int] = (),
    answer: int | None = None,
    shares: Sequence[Sequence[float | None]] = (),
) -> None:
    """A plain table; the columns in `numeric` are set to the right.

    Where it is wider than the page it scrolls, with a shade at the edge behind which there is more; the column `answer`
    (the one that the table is about) stays in sight. No column is pressed together until its words break into letters.

    shares   for each cell of `rows` a share in 0…1, or None: the larger, the deeper blue lies behind it (one hue, so
             that the order is seen by everybody; the number stands there as well)
    """

    def cell(tag: str, column: int, piece: str, style: str = "") -> str:
        kinds = " ".join(name for name, on in (("n", column in numeric), ("answer", column == answer)) if on)
        attribute = f' class="{kinds}"' if kinds else ""
        styled = f' style="{style}"' if style else ""
        return f"<{tag}{attribute}{styled}>{piece}</{tag}>"

    def least(column: int) -> str:
        widest = max(_width(row[column]) for row in (top, *body))
        return f"min-width: calc({min(widest, _LEAST_EM):.1f}em + .7rem)"  # which is the space beside it

    blank: Sequence[float | None] = [None] * len(head)
    shades = shares or [blank] * len(rows)
    top, *body = ([inline(text) for text in row] for row in (head, *rows))
    names = "".join(cell("th", n, piece, least(n)) for n, piece in enumerate(top))
    lines = "".join(
        "<tr>"
        + "".join(cell("td", n, piece, _shade(share)) for n, (piece, share) in enumerate(zip(row, shade, strict=True)))
        + "</tr>"
        for row, shade in zip(body, shades, strict=True)
    )
    rows_html = f'<table class="plain-table"><tr>{names}</tr>{lines}</table>'
    name = html.escape(t("common.scrolls"))
    st.html(f'<div class="scroll-x" tabindex="0" role="region" aria-label="{name}" lang="{_lang()}">{rows_html}</div>')


def _shade(share: float | None) -> str:
    return "" if share is None else f"background-color: color-mix(in srgb, var(--model) {45 * share:.0f}%, transparent)"


def _width(piece: str) -> float:
    """About how wide a piece of HTML is, in em."""
    return sum(1.0 if unicodedata.east_asian_width(sign) in "WF" else 0.55 for sign in bare(piece))


def figures(cards: Sequence[tuple[str, str, str]]) -> None:
    """Large numbers: (number, what it is, how it comes about)."""
    body = "".join(
        f'<div class="figure"><b>{inline(number)}</b>{inline(name)}<br><span>{inline(note)}</span></div>'
        for number, name, note in cards
    )
    st.html(f'<div class="figures" lang="{_lang()}">{body}</div>')


def lead(words: str) -> None:
    """The first fact of a page, in one sentence."""
    st.html(f'<p class="lead" lang="{_lang()}">{inline(words)}</p>')


def head_card(hidden: int, classes: int) -> None:
    """The card that returns in every chapter: an output head is hidden × classes, guessing costs ln classes."""
    number = t("common.hidden_classes", hidden=hidden, classes=thousands(classes), n=thousands(hidden * classes))
    note = t("common.hidden_classes_note", classes=thousands(classes), line=f"{math.log(classes):.2f}")
    figures([(f"{thousands(hidden * classes)}", number, note)])


def paragraphs(*texts: str) -> None:
    """Running text, a paragraph each."""
    st.html(render("\n\n".join(texts)))


def word_list(items: Sequence[tuple[str, str]]) -> None:
    """Words with a number each, in one line."""
    body = "".join(
        f'<span class="word">{inline(word)} <span class="quiet">{inline(number)}</span></span>'
        for word, number in items
    )
    st.html(f'<div class="words" lang="{_lang()}">{body}</div>')


def plot(fig: Any, key: str, caption: str, alt: str) -> None:
    """A Plotly figure with its caption and its text alternative."""
    ink = (palette.DARK if st.context.theme.type == "dark" else palette.LIGHT)["ink"]
    fig.update_layout(font_color=ink, legend_font_color=ink, meta={"name": plain(caption)})
    fig.update_xaxes(tickfont_color=ink, title_font_color=ink)
    fig.update_yaxes(tickfont_color=ink, title_font_color=ink)
    config = {"displaylogo": False, "displayModeBar": False}
    st.plotly_chart(fig, key=key, config=config, alt=alt)
    st.html(f'<p class="caption" lang="{_lang()}">{inline(caption)}</p>')


def computed(seconds: float, *, fetched: bool, model: catalog.ModelInfo | None = None) -> None:
    """Which model made what is on the screen (the embedded masked one if none is named), and whether it ran just now
    or the result was there already."""
    words = t(
        "common.precomputed" if fetched else "common.computed",
        model=(model or catalog.default("masked")).name,
        ms=f"{seconds * 1000:.0f}",
    )
    quiet(words)


def steps(items: Sequence[tuple[str, str]], strips: Mapping[int, NDArray[np.float32]] | None = None) -> None:
    """The explanation in numbered steps: (sentence, number line); `strips` draws a vector below some of them."""

    def one(n: int, text: str, note: str) -> str:
        strip = _strip(strips[n]) if strips and n in strips else ""
        number = f'<span class="num">{inline(note)}</span>' if note else ""
        return f'<div class="step"><b>{n + 1}</b><div>{inline(text)}{strip}{number}</div></div>'

    rows = "".join(one(n, text, note) for n, (text, note) in enumerate(items))
    st.html(f'<div class="steps" lang="{_lang()}">{rows}</div>')


def _strip(vector: NDArray[np.float32]) -> str:
    """A vector as a row of coloured stripes: blue above zero, vermilion below, paler towards zero."""
    scale = float(np.percentile(np.abs(vector), 97)) or 1.0
    stripes = []
    for n, value in enumerate(vector[:50], 1):
        shade = round(min(abs(float(value)) / scale, 1.0) * 9)
        # Each begins at the left end, which means where the one before it ended.
        colour = f"var(--{'up' if value >= 0 else 'down'}{shade})" if shade else "transparent"
        stripes.append(f"{colour} 0 {2 * n}%")
    gradient = f"linear-gradient(90deg,{','.join(stripes)})"
    return f'<div class="vector" aria-hidden="true" style="background-image:{gradient}"></div>'


def honesty(key: str, **values: object) -> None:
    """What this does not show."""
    lang = _lang()
    st.html(
        f'<div class="honest" lang="{lang}" role="note"><b class="title">{html.escape(t("common.honesty"))}</b>'
        f"{render(t(key, **values))}</div>"
    )


def notice(key: str, tone: str = "", /, **values: object) -> None:
    """A message to the reader; `tone` is "", "warn" or "good"."""
    role = "alert" if tone == "warn" else "status"
    shielded = {name: verbatim(value) if isinstance(value, str) else value for name, value in values.items()}
    st.html(f'<div class="notice {tone}" role="{role}">{render(t(key, **shielded))}</div>')


def error(problem: Told) -> None:
    """What happened, why, and the one next step."""
    notice(f"errors.{problem.key}", "warn", **problem.values)


def guarded(draw: Callable[[], None]) -> None:
    """Draw, and where the engine refuses, say why instead."""
    try:
        draw()
    except Cancelled:
        notice("errors.cancelled")
    except Told as problem:
        error(problem)


def show_code(
    name: str, model: catalog.ModelInfo | None = None, *, of: catalog.ModelInfo | None = None, **values: object
) -> None:
    """The lines of plain transformers that compute what is on the screen, with the reader's own inputs.

    Drawn when opened: the browser's highlighter weighs 1.5 MB, and a page that nobody opens it on need not wait for it.
    Lines that open up a network's parts are written for BERT's; with another `model` the page says so instead. `of` is
    a model whose folder the lines name, whatever they open up.
    """
    box = st.expander(t("common.code"), key=f"code-{name}", on_change="rerun")
    if not box.open:
        return
    if model is not None and model.family != "bert" and "Bert" in snippets.template(name):
        with box:
            quiet(t("common.code_bert", family=model.family))
    else:
        box.code(snippets.code(name, of or model, **values), language="python")


def _lang() -> str:
    return i18n.HTML_LANG[i18n.language()]
