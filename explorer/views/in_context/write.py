"""让它写下去: an open answer, the likeliest token each time until the line ends, marked by a rule on the screen."""

from __future__ import annotations

import unicodedata

import streamlit as st

from explorer.engine import get_engine
from explorer.lab.types.in_context import OPEN, OpenInputs, OpenResult
from explorer.ui import page_parts, permission, widgets
from explorer.ui.i18n import t
from explorer.ui.markup import verbatim
from explorer.ui.numbers import percent
from explorer.views.in_context.common import Scene, State
from explorer.views.vocabulary import spaced


def draw(scene: Scene, state: State) -> None:
    page_parts.section("in_context.write")
    if (state.text or state.line or state.rows) and not permission.free_generation():
        page_parts.notice("common.no_free_generation")
        return
    ks = sorted({0, 1, len(scene.prompt.rows)})
    body, side = st.columns([1, 0.44], gap="large")
    with body:
        rows = []
        for k in ks:
            found = widgets.run(OPEN, scene.model.id, OpenInputs(scene.prompt.shots(k))).result
            rows.append((str(k), *_row(found, scene)))
        head = tuple(t(f"in_context.write.{name}") for name in ("k", "text", "tokens", "mark"))
        page_parts.table(head, rows, (0,))
        page_parts.quiet(t("in_context.write.rule", answer=verbatim(scene.gold) if scene.gold else "—"))
    with side:
        page_parts.steps([(t(f"in_context.write.step{n}"), "") for n in (1, 2)])
        page_parts.honesty("in_context.write.honesty")


def same(written: str, answer: str) -> bool:
    """The rule: the same characters, whatever the case, the width and the blanks at both ends."""
    first, second = (unicodedata.normalize("NFKC", text).strip().casefold() for text in (written, answer))
    return first == second


def _row(found: OpenResult, scene: Scene) -> tuple[str, str, str]:
    words = get_engine().vocabulary(scene.model.id)
    pieces = " · ".join(
        f"{verbatim(spaced(words[token]))} {percent(float(p))}" for token, p in zip(found.ids, found.p, strict=True)
    )
    text = verbatim(found.text) if found.text else "—"
    if not found.ended:
        return text, pieces, t("in_context.write.endless")
    if not scene.gold:
        return text, pieces, t("in_context.write.nobody")
    return text, pieces, t("in_context.write.right" if same(found.text, scene.gold) else "in_context.write.wrong")
