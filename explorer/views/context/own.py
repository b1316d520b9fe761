"""自己的句子: lines of the reader's own, the word in them, labels by clicking or by clustering, CSV in and out.

It knows text, labels and files; the figure on the stage shows what comes of them.
"""

from __future__ import annotations

from functools import partial

import numpy as np
import streamlit as st

from explorer.lab.types.context import EmbedResult
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import t
from explorer.views.context import arrive, common, csv_files, drawing, stage
from explorer.views.context.common import MAX_LINES, Scene, State

MOST_BYTES = 5_000_000


def draw(scene: Scene | None, result: EmbedResult | None, state: State) -> None:
    """What a reader writes, the pictures that show what comes of it, and one more sentence that lands on the map."""
    page_parts.section("context.own")
    left, right = st.columns([1, 0.6], gap="large")
    with left:
        _lines(scene, state)
        _files(scene)
    with right:
        if scene is not None and result is not None and scene.own:
            _choose_among(scene, state)
            _propose(scene, result, state)
        page_parts.honesty("context.own.honesty")
    made = None if scene is None or result is None else (scene, result)
    stage.pictures(made, state)
    if made is not None:
        arrive.draw(*made, state)
        layer = max(1, min(state.layer, len(made[1].vectors) - 1))
        common.show_code("context_look", state.model, lines=common.spans(made[0].lines), layer=layer)


def _lines(scene: Scene | None, state: State) -> None:
    """The word and the lines; both are read together when a box is left."""
    text = state.text or ("" if scene is None else "\n".join(line.text for line in scene.lines))
    word = state.word or ("" if scene is None else scene.word)
    page_parts.quiet(t("context.own.word"))
    widgets.text_line(
        "context-word", t("context.own.word"), word, lambda new: _write(widgets.said("context-lines"), new),
        t("context.own.word"),
    )  # fmt: skip
    widgets.text_area(
        "context-lines", t("context.own.lines"), text, lambda new: _write(new, widgets.said("context-word")), 220
    )
    page_parts.quiet(t("context.own.limits", limit=MAX_LINES))
    if state.text:
        st.button(t("context.own.back"), key="context-back", type="tertiary", on_click=_back)


def _write(text: str, word: str) -> None:
    state = common.store().now()
    senses = state.senses if text == state.text else ()
    change = common.store().write if text != state.text else common.store().set
    change(text=text or " ", word=word or " ", senses=senses, pick=0)


def _back() -> None:
    common.store().set(text="", word="", senses=(), new="", nth=0, pick=0)


def _choose_among(scene: Scene, state: State) -> None:
    """Where the word stands twice in a line, which one is meant."""
    most = max(line.times for line in scene.lines)
    if most < 2:
        return
    page_parts.notice("context.own.twice", word=scene.word, n=sum(line.times > 1 for line in scene.lines))
    options = tuple(str(n) for n in range(most))
    widgets.choice(
        "context-nth", t("context.own.nth"), options, str(min(state.nth, most - 1)),
        lambda n: t("context.own.nth_one", n=int(n) + 1), lambda n: common.store().set(nth=int(n)),
    )  # fmt: skip


def _propose(scene: Scene, result: EmbedResult, state: State) -> None:
    """Groups that clustering finds at the layer on the stage, to be taken over or not."""
    page_parts.subsection("context.own.groups")
    if len(scene.lines) < 3:
        return
    layer = min(state.layer, len(result.vectors) - 1)
    none = True
    for kind in ("agglomerative", "kmeans"):
        labels, score = drawing.proposals(result, state.treatment, layer, kind)
        if not np.isfinite(score):
            continue
        none = False
        name = t(f"context.own.{kind}")
        st.button(
            t("context.own.take", name=name, k=max(labels) + 1, score=f"{score:.2f}"), key=f"context-take-{kind}",
            on_click=_take, args=(state.text, scene, labels),
        )  # fmt: skip
    if none:
        page_parts.quiet(t("context.own.no_groups"))
        return
    st.button(
        t("context.own.clear"), key="context-clear", type="tertiary", on_click=_take, args=(state.text, scene, ())
    )


def _take(drawn: str, scene: Scene, labels: tuple[int, ...]) -> None:
    """Labels for the lines that were `drawn`; lines that the reader has replaced meanwhile keep none of them."""
    if common.store().now().text != drawn:
        return
    common.store().set(text="\n".join(line.text for line in scene.lines), word=scene.word, senses=labels)


def _files(scene: Scene | None) -> None:
    with st.container(horizontal=True):
        if scene is not None:
            content = partial(csv_files.as_csv, scene)
            widgets.download("context-csv-save", t("context.own.save"), content, "open-sesame-sentences.csv")
        with st.popover(t("context.own.open")):
            page_parts.quiet(t("context.own.file", limit=MAX_LINES, mb=MOST_BYTES // 1_000_000))
            key = f"context-csv-{st.session_state.get('context-opened', 0)}"
            given = st.file_uploader(t("context.own.open"), type=["csv", "txt"], key=key, label_visibility="collapsed")
            if given is not None:
                _open(given.getvalue())


def _open(data: bytes) -> None:
    if len(data) > MOST_BYTES:
        page_parts.notice("context.own.too_large", "warn", mb=MOST_BYTES // 1_000_000)
        return
    found = csv_files.from_csv(data)
    if found is None or not found[0]:
        page_parts.notice("context.own.unreadable", "warn")
        return
    lines, word, senses = found
    state = common.store().now()
    common.store().set(
        text="\n".join(lines), word=word or state.word or common.read(common.in_use(state)).word, senses=senses
    )
    st.session_state["context-opened"] = st.session_state.get("context-opened", 0) + 1
    st.rerun()
