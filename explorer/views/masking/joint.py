"""几个空: several blanks filled independently, left to right, and surest first, side by side."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from explorer.engine import get_engine
from explorer.lab.types.masking import JOINT, JointInputs, JointOrder, JointResult
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import listed, t
from explorer.ui.markup import inline, verbatim
from explorer.ui.numbers import percent, signed
from explorer.views._shared.page import Snippet
from explorer.views.masking import common, covering
from explorer.views.masking.common import Sentence
from explorer.views.masking.state import State


def draw(sentence: Sentence, _: State) -> Snippet | None:
    page_parts.section("masking.joint")
    if len(sentence.masks) < 2:
        page_parts.notice("masking.joint.need")
        st.button(t("masking.joint.cover_two"), key="masking-two", type="primary", on_click=covering.other_two)
        return None
    inputs = JointInputs(sentence.tokens.text, sentence.masks)
    vocabulary = get_engine().vocabulary(sentence.model.id)
    result = widgets.run(JOINT, sentence.model.id, inputs).result
    left, right = st.columns([1, 0.44], gap="large")
    with left:
        _places(sentence)
        best = max(order.log_p_chain for order in result.orders)
        for order in result.orders:
            _order(result, order, order.log_p_chain >= best - 1e-6, vocabulary)
        page_parts.quiet(t("masking.joint.caption"))
    with right:
        page_parts.steps([(t(f"masking.joint.step{n}"), "") for n in (1, 2, 3)])
        page_parts.honesty("masking.joint.honesty")
    return Snippet("masking_joint", sentence.model, text=sentence.tokens.text, positions=list(sentence.masks))


def _places(sentence: Sentence) -> None:
    """Which are blank; where the page chose them it says so, and others are one tap away."""
    words = listed(verbatim(sentence.tokens.surface(position)) for position in sentence.masks)
    with st.container(horizontal=True, vertical_alignment="center"):
        page_parts.quiet(t("masking.joint.covered" if sentence.by_page else "masking.joint.blanks", words=words))
        st.button(t("masking.joint.others"), key="masking-others", on_click=covering.other_two)


def _order(result: JointResult, order: JointOrder, best: bool, vocabulary: Sequence[str]) -> None:
    """One way to fill: the sentence it makes, the steps in their order, and its score."""
    step = {
        p: (n, common.plain(vocabulary[i]), chance)
        for n, (p, i, chance) in enumerate(zip(order.positions, order.ids, order.p, strict=True), 1)
    }
    independent = order.name == "independent"
    cells = []
    for position, piece in enumerate(result.tokens.pieces):
        if result.tokens.special[position] and position not in step:
            continue
        if position in step:
            n, word, _ = step[position]
            number = "" if independent else f"<sub>{n}</sub>"
            cells.append(f'<span class="filled">{inline(word)}{number}</span>')
        else:
            gap = " " if _space_before(result, position) else ""
            cells.append(gap + inline(result.tokens.surface(position) or piece))
    steps = "　".join(inline(_step(independent, n, word, p)) for n, word, p in sorted(step.values()))
    crown = f' <span class="badge">{inline(t("masking.joint.best"))}</span>' if best else ""
    page_parts.block(
        f'<div class="figure"><span>{inline(t(f"masking.joint.{order.name}"))}{crown}</span>'
        f'<div class="sentence">{"".join(cells)}</div><span>{steps}</span><br>'
        f'<span class="quiet">{inline(t("masking.joint.chain", logp=signed(order.log_p_chain)))}</span></div>'
    )


def _step(independent: bool, n: int, word: str, p: float) -> str:
    if independent:
        return t("masking.joint.alone", word=word, p=percent(p))
    return t("masking.joint.order", n=n, word=word, p=percent(p))


def _space_before(result: JointResult, position: int) -> bool:
    """Whether the reader's text has a space before this token."""
    start = result.tokens.offsets[position][0]
    return start > 0 and result.tokens.text[start - 1].isspace()
