"""自己的句子: lines of the reader's own, the word in them, labels by clicking or by clustering, CSV in and out.

It knows text, labels and files; the figure on the stage shows what comes of them.
"""

from __future__ import annotations

import csv
import io
from functools import partial

import numpy as np
import streamlit as st

from explorer.lab.types.context import EmbedResult
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import t
from explorer.views.context import arrive, common, drawing, stage
from explorer.views.context.common import MAX_LINES, Scene, State

MOST_BYTES = 5_000_000
ENCODINGS = ("utf-8-sig", "gb18030")


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
        common.show_code("context_look", lines=common.spans(made[0].lines), layer=layer)


def _lines(scene: Scene | None, state: State) -> None:
    """The word and the lines; both are read together when a box is left."""
    text = state.text or ("" if scene is None else "\n".join(line.text for line in scene.lines))
    word = state.word or ("" if scene is None else scene.word)
    page_parts.quiet(t("context.own.word"))
    widgets.text_line(
        "context-word", t("context.own.word"), word, lambda new: _write(st.session_state["context-lines"], new),
        t("context.own.word"),
    )  # fmt: skip
    st.session_state["context-lines"] = text
    st.text_area(
        t("context.own.lines"), key="context-lines", height=220,
        on_change=lambda: _write(st.session_state["context-lines"], st.session_state["context-word"]),
    )  # fmt: skip
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
    for kind in ("agglomerative", "kmeans"):
        labels, score = drawing.proposals(result, state.treatment, layer, kind)
        if not np.isfinite(score):
            page_parts.quiet(t("context.own.no_groups"))
            return
        name = t(f"context.own.{kind}")
        st.button(
            t("context.own.take", name=name, k=max(labels) + 1, score=f"{score:.2f}"), key=f"context-take-{kind}",
            on_click=_take, args=(state.text, scene, labels),
        )  # fmt: skip
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
            content = partial(as_csv, scene)
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
    found = from_csv(data)
    if found is None or not found[0]:
        page_parts.notice("context.own.unreadable", "warn")
        return
    lines, word, senses = found
    state = common.store().now()
    common.store().set(text="\n".join(lines), word=word or state.word or common.read(state).word, senses=senses)
    st.session_state["context-opened"] = st.session_state.get("context-opened", 0) + 1
    st.rerun()


def as_csv(scene: Scene) -> bytes:
    """sentence, word, sense; with a mark at the head by which spreadsheets know UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("sentence", "word", "sense"))
    for line in scene.lines:
        safe = "'" + line.text if line.text[:1] in "=+-@" else line.text  # a spreadsheet would run it as a formula
        writer.writerow((safe, scene.word, scene.senses[line.sense] if line.sense >= 0 else ""))
    return out.getvalue().encode("utf-8-sig")


def from_csv(data: bytes) -> tuple[list[str], str, tuple[int, ...]] | None:
    """(lines, word or "", senses) of a CSV or of plain lines in UTF-8 or GBK; None for what is neither.

    The first column holds sentences; a second the word, a third the sense, where the first row says so.
    """
    text = None
    for encoding in ENCODINGS:
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    if text is None or "\0" in text:
        return None
    try:
        rows = [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text)) if any(c.strip() for c in row)]
    except csv.Error:
        return None
    if rows and [cell.lower() for cell in rows[0][:1]] == ["sentence"]:
        rows = rows[1:]
        word = next((row[1] for row in rows if len(row) > 1 and row[1]), "")
        kinds: dict[str, int] = {}
        named = [row[2] if len(row) > 2 else "" for row in rows]
        senses = [kinds.setdefault(name, len(kinds)) if name.lower() not in ("", "nan") else -1 for name in named]
        return [row[0].removeprefix("'") for row in rows], word, tuple(sense if sense < 6 else -1 for sense in senses)
    return [line.strip() for line in text.splitlines() if line.strip()], "", ()
