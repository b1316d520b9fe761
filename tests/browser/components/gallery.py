"""The gallery: every component of ours with fixed inputs, for looking at and for the browser tests.

Start it from the repository's root: streamlit run tests/browser/components/gallery.py
?lang=en switches the language, ?only=NAME shows one component, ?large=1 uses the teacher's type size.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))

import streamlit as st
from streamlit.runtime import get_instance

from explorer.components import labels
from explorer.components.attention_view import Mark, View, as_bytes, attention_view
from explorer.components.compare import Series, compare
from explorer.components.distribution import Dials, Extra, Watch, distribution, one_answer
from explorer.components.export_bar import export_bar
from explorer.components.layers_map import layers_map
from explorer.components.scatter_ab import scatter_ab
from explorer.components.token_strip import StripChange, token_strip
from explorer.components.vector_strip import vector_strip
from tests.browser.components import gallery_data as data

st.set_page_config(page_title="gallery", layout="wide")
lang = st.query_params.get("lang", "zh")
only = st.query_params.get("only")
labels.ask(lambda key: data.labels(lang)[key.removeprefix("components.")], lambda: lang)
state = st.session_state
if st.query_params.get("large"):
    st.html("<style>html{font-size:135% !important}</style>")

vocab_url = get_instance().media_file_mgr.add(data.vocabulary_json(), "application/json", "gallery.vocabulary")


def section(name: str) -> bool:
    return only in (None, name)


if section("strip"):
    st.subheader("token_strip")
    state.setdefault("covered", (6,))
    state.setdefault("focus", 6)
    state.setdefault("events", 0)

    def cover(change: StripChange) -> None:
        state.covered, state.focus = change.covered, change.focus
        state.events += 1

    token_strip(
        data.chips_zh(state.covered),
        key="strip",
        focus=state.focus,
        on_change=cover,
        tint=10.42,
        caption="图注 · caption",
    )
    st.text(f"covered={list(state.covered)} focus={state.focus} events={state.events}")

if section("mixed"):
    token_strip(data.chips_mixed(), key="mixed", focus=4)
    secret = [replace(chip, covered="mask") if chip.original in set("很好") else chip for chip in data.chips_zh()]
    token_strip(secret, key="secret", focus=6, reveal=False)

if section("pick"):
    state.setdefault("picked", 3)

    def pick(change: StripChange) -> None:
        state.picked = change.focus

    token_strip(
        data.chips_zh(()),
        key="pick",
        focus=state.picked,
        on_change=pick,
        mode="pick",
    )
    st.text(f"picked={state.picked}")

if section("distribution"):
    st.subheader("distribution")
    state.setdefault("seed", 0)
    state.setdefault("dials", None)
    if st.button("other scores"):
        state.seed += 1

    def turned(dials: Dials) -> None:
        state.dials = dials

    def asked(watch: Watch) -> None:
        before = state.dials or Dials(1.0, 5, ())
        state.dials = replace(before, watch=watch.watch)

    logits = data.scores(state.seed, "好快多大高冷" if state.seed % 2 == 0 else "热冷妙久好")
    dials = state.dials or Dials(1.0, 5, ())
    distribution(
        one_answer(logits, 0, data.ID["好"], [data.ID[word] for word in dials.watch if word in data.ID]),
        key="bars",
        position=0,
        word_of=data.WORDS.__getitem__,
        vocab_url=vocab_url,
        whole=logits if state.get("whole") else None,
        on_whole=lambda: state.update(whole=True),
        temperature=dials.temperature,
        show=dials.show,
        watch=dials.watch,
        extra=[Extra(word, 0.0123, " + ".join(word)) for word in dials.watch if word not in data.ID],
        on_dials=turned,
        on_watch=asked,
        caption="图注 · caption",
    )
    st.text(f"dials={dials}")

if section("odd"):
    logits = data.scores(3, "今天气很我们")
    distribution(
        one_answer(logits, 0, data.ID["<script>alert(1)</script>"], [data.ID["=SUM(A1)"], data.ID["**bold**"]]),
        key="odd",
        position=0,
        word_of=data.WORDS.__getitem__,
        vocab_url=vocab_url,
        whole=logits if state.get("whole") else None,
        on_whole=lambda: state.update(whole=True),
        temperature=0.8,
        show=6,
        watch=["=SUM(A1)", "**bold**"],
    )

if section("hide"):
    logits = data.scores(5)
    distribution(
        one_answer(logits, 0, data.ID["美"], ()),
        key="hide",
        position=0,
        word_of=data.WORDS.__getitem__,
        vocab_url=vocab_url,
        hide=True,
    )

if section("compare"):
    st.subheader("compare")
    compare(
        [
            Series("看得见", data.scores(11, "好快"), data.ID["好"]),
            Series("[MASK]", data.scores(12, "快多好大"), data.ID["好"]),
            Series("<b>B</b>", data.scores(13, "热冷妙"), data.ID["好"], tone="b", note="16 ×"),
        ],
        key="compare",
        vocabulary=data.WORDS,
        caption="图注 · caption",
    )

if section("vector"):
    st.subheader("vector_strip")
    vector_strip(
        [("h", data.vector(1)), ("z", data.vector(2, 64))],
        key="vectors",
        caption="图注 · caption",
    )

if section("scatter"):
    st.subheader("scatter_ab")
    scatter_ab(
        *data.pair(),
        key="scatter",
        vocabulary=data.WORDS,
        vocabulary_url=vocab_url,
        originals=(data.ID["好"], data.ID["冷"]),
        caption="图注 · caption",
    )

if section("attention"):
    st.subheader("attention_view")
    marks, heads = data.looking(lang)
    attention_view(
        [Mark(*mark) for mark in marks],
        [Mark(*mark) for mark in marks],
        as_bytes(heads),
        heads[1, 2],
        key="attention",
        view=View(layer=1, head=2, pins=(2,)),
        caption="图注 · caption",
    )
if section("layers"):
    st.subheader("layers_map")
    state.setdefault("said", [])
    layers_map(
        data.sentences(),
        data.layers(),
        key="layers",
        senses=["河", "钱"],
        layer=2,
        relabel=True,
        caption="图注 · caption",
        on_change=state.said.append,
    )
    st.text(f"said={len(state.said)}")

if section("plotly"):
    plain = {"type": "bar", "x": ["a", "=b"], "y": [1, 2]}
    st.plotly_chart({"data": [plain], "layout": {"title": {"text": "plotly"}}})

if only == "switch" and not st.button("take away"):
    logits = data.scores(9)
    distribution(
        one_answer(logits, 0, None, ()),
        key="bars-gone",
        position=0,
        word_of=data.WORDS.__getitem__,
        vocab_url=vocab_url,
    )

export_bar(key="export", name="gallery")
