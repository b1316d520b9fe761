"""关掉几个头: the prediction with and without the heads chosen on the stage, and every head off alone."""

from __future__ import annotations

import numpy as np
import streamlit as st

from explorer.components.compare import Series, compare
from explorer.components.token_strip import Chip, StripChange, token_strip
from explorer.engine import catalog, get_engine
from explorer.errors import Told
from explorer.lab.types.attention import INFLUENCE, OFF, OffInputs
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import listed, t
from explorer.ui.numbers import percent
from explorer.views.attention import beside, common, snippets
from explorer.views.attention.common import State
from explorer.views.attention.scene import Scene, chosen
from explorer.views.vocabulary import apart, labels

NAMED = 5


def draw(scene: Scene, state: State) -> None:
    page_parts.section("attention.off")
    state = common.effective(state)
    if scene.kind not in ("masked", "causal") or scene.sight.pair:
        raise Told("no_answer", model=catalog.entry(scene.model_id).name)
    left, right = st.columns([1, 0.44], gap="large")
    with left:
        position = _position(scene, state) if scene.kind == "masked" else -1
        asked = OffInputs(scene.sight.text, position)
        _two(scene, state, asked)
        _all(scene, asked)
    with right:
        page_parts.steps([(t(f"attention.off.step{n}"), "") for n in (1, 2, 3)])
        page_parts.honesty("attention.off.honesty")
    snippets.off(scene, position, list(_there(scene, state)))


def _there(scene: Scene, state: State) -> tuple[tuple[int, int], ...]:
    """The heads on the stage that this model has."""
    facts = get_engine().facts(scene.model_id)
    return tuple(pair for pair in chosen(state) if pair[0] < facts.n_layers and pair[1] < facts.n_heads)


def _position(scene: Scene, state: State) -> int:
    """The blank, picked on a strip of its own; the one in the middle, and the page says so, where none was."""
    ordinary = [n for n, special in enumerate(scene.tokens.special) if not special]
    position = state.blank if state.blank in ordinary else ordinary[len(ordinary) // 2]
    chips = [
        Chip(piece, id_, *span, "", "special" if special else "token", word)
        for piece, id_, span, special, word in zip(
            scene.tokens.pieces, scene.tokens.ids, scene.tokens.offsets, scene.tokens.special, scene.tokens.words,
            strict=True,
        )
    ]  # fmt: skip
    if position != state.blank:
        page_parts.quiet(t("attention.off.middle", token=common.plain(scene.tokens.pieces[position])))
    token_strip(
        chips, key="attention-blank", focus=position, mode="pick",
        title=t("attention.off.blank"), caption=t("attention.off.blank"), on_change=_pick,
    )  # fmt: skip
    return position


def _pick(change: StripChange) -> None:
    if change.focus is not None:
        common.change(blank=change.focus)


def _two(scene: Scene, state: State, asked: OffInputs) -> None:
    off = _there(scene, state)
    result = widgets.run(OFF, scene.model_id, OffInputs(asked.text, asked.position, off)).result
    original = None if result.original < 0 else result.original
    names = listed(f"{layer + 1}–{head + 1}" for layer, head in off[:8])
    marks = apart(scene.model_id) if scene.kind == "masked" else ()  # a text that goes on may end with a mark
    compare(
        [
            Series(t("attention.off.whole"), result.logits[0], original, apart=marks),
            Series(t("attention.off.without", heads=names), result.logits[1], original, "b", apart=marks),
        ],
        key="attention-off", vocabulary=labels(scene.model_id),
        title=t("attention.off.figure"),
        caption=t("attention.off.caption"),
    )  # fmt: skip


def _all(scene: Scene, asked: OffInputs) -> None:
    """Every head off alone, once the reader asks for it."""
    page_parts.subsection("attention.influence")
    known = widgets.peek(INFLUENCE, scene.model_id, asked) is not None
    if not known and not st.button(t("common.run"), key="attention-influence"):
        return
    found = widgets.result(INFLUENCE, scene.model_id, asked, t("attention.influence.running"))
    vocabulary = get_engine().vocabulary(scene.model_id)
    beside.draw(scene, asked.position, found.kl)
    rows = []
    for code in np.argsort(-found.kl, axis=None)[:NAMED]:
        layer, head = divmod(int(code), found.kl.shape[1])
        guess = f"{common.plain(vocabulary[int(found.top[layer, head])])} {percent(float(found.p_top[layer, head]))}"
        rows.append((f"{layer + 1}–{head + 1}", f"{float(found.kl[layer, head]):.4f}", guess))
    page_parts.table(
        [t(f"attention.influence.{name}") for name in ("which", "kl", "guess")], rows, numeric=(1,), answer=1
    )
    changed = int((found.top != found.untouched).sum())
    page_parts.quiet(
        t("attention.influence.changed", n=changed, all=found.top.size, word=common.plain(vocabulary[found.untouched]))
    )
