"""The stage of 注意力: model and text, all heads, the large one; and the choice of tool.

It knows the attention view and the page's state; what is computed beyond the weights is each tool's own business.
"""

from __future__ import annotations

from functools import partial
from typing import get_args

import numpy as np
import streamlit as st

from explorer.components.attention_view import View, as_bytes, attention_view
from explorer.engine import catalog, uses
from explorer.errors import Told
from explorer.lab.types.attention import MAX_TOKENS, LookResult
from explorer.ui import page_parts, permission, sidebar, widgets
from explorer.ui.i18n import t
from explorer.ui.numbers import percent
from explorer.views._shared import typed
from explorer.views._shared.page import choose_tool
from explorer.views.attention import common, downloads
from explorer.views.attention import scene as scenes
from explorer.views.attention.common import State
from explorer.views.attention.habits import ENOUGH, NAMES, Habit
from explorer.views.attention.scene import Scene

KEY = "attention-view"


def draw() -> tuple[Scene, State] | None:
    """Draw the stage; scene and state for the tool, or None when there is nothing to read (said on the page)."""
    state = common.effective(common.store().get())
    model = common.model(state)
    sidebar.follow("attention", model.id)
    scene, result, chosen = None, None, state
    habits: tuple[Habit, ...] = ()
    with st.container(key="stage-attention"):
        try:
            scene = scenes.read(state, model)
            result = scenes.look(scene, state.layer)
            chosen, habits = scenes.headed(state, result)
            _view(scene, chosen, result)
        except Told as problem:
            page_parts.error(problem)
            scene = None
    with st.container():  # one place each, whatever stands there: what follows keeps its own
        if scene is not None and result is not None:
            _habits(state, chosen, habits, result)
            state = chosen
    with st.container():
        _lines(state, model)
    _controls(state, model, result)
    if scene is not None:
        _remarks(scene)
    choose_tool("attention", common.store(), state.tool)
    return None if scene is None else (scene, state)


def _view(scene: Scene, state: State, result: LookResult) -> None:
    shown = scenes.view(state, result)
    facts = t("attention.caption", layers=result.thumbs.shape[0], heads=result.thumbs.shape[1])
    if any(result.window):
        facts += t("attention.caption_window", w=max(result.window))
    first = scene.sight.text if scene.sight.pair and scene.sight.part == "self" else ""
    attention_view(
        scenes.marks(result.looking, first), scenes.marks(result.seen, first), as_bytes(result.weights),
        np.mean(scenes.held(shown, result), axis=0, dtype=np.float32),
        key=KEY, view=shown, held=result.layer,
        thumbs=result.thumbs if result.layer >= 0 else None, on_view=_changed, caption=facts,
        title=scene.tokens.text[:60],
    )  # fmt: skip


def _habits(asked: State, state: State, habits: tuple[Habit, ...], result: LookResult) -> None:
    """Why this head: the rule, what it found in this text, and the heads of the other habits to go to."""
    if not habits:
        return
    at = {habit.name: habit for habit in habits}
    here = "" if state.heads else next((n for n, h in at.items() if (h.layer, h.head) == (state.layer, state.head)), "")
    numbers = {name: {"layer": habit.layer + 1, "head": habit.head + 1} for name, habit in at.items()}
    words = {name: t(f"attention.habits.{name}", **numbers[name]) for name in NAMES if name in at}
    words |= {} if here else {"": t("attention.habits.own")}

    def choose(name: str) -> None:
        if name:
            common.change(layer=at[name].layer, head=at[name].head, pins=(at[name].token,), heads=())

    widgets.choice(
        "attention-habit", t("attention.habits.label"), tuple(words), here, words.__getitem__,
        choose,
    )  # fmt: skip
    if not here:
        return
    n, share = result.weights.shape[0] * result.weights.shape[1], percent(at[here].share)
    why = [t(f"attention.habits.{name}_why", **numbers[name], n=n, share=share) for name in NAMES if name == here]
    page_parts.quiet(why[0] + (" " + t("attention.habits.rule", enough=percent(ENOUGH)) if asked.layer < 0 else ""))


def _changed(view: View) -> None:
    common.change(
        layer=view.layer, head=view.head, heads=tuple(layer * 100 + head for layer, head in view.heads),
        pins=view.pins, layout=view.layout, mass=round(view.mass, 2), special=view.special, diagonal=view.diagonal,
        block=view.block,
    )  # fmt: skip


def _lines(state: State, model: catalog.ModelInfo) -> None:
    """The text, the second text, and what a seq2seq model's decoder has written."""
    widgets.text_line(
        "attention-text", t("attention.input"), state.text, lambda text: common.change(text=text or " ", pins=()),
        t("attention.placeholder"),
    )  # fmt: skip
    if state.paired:
        widgets.text_line(
            "attention-pair", t("attention.second"), state.pair, lambda text: common.change(pair=text, pins=()),
            t("attention.second"),
        )  # fmt: skip
    if model.kind == "seq2seq":
        widgets.choice(
            "attention-part", t("attention.part_label"), get_args(common.Part), state.part,
            lambda part: t(f"attention.part.{part}"), lambda part: common.change(part=part, pins=()),
        )  # fmt: skip
        if state.part != "self":
            widgets.text_line(
                "attention-target", t("attention.target"), state.target,
                lambda text: common.change(target=text, pins=()), t("attention.target"),
            )  # fmt: skip


def _controls(state: State, model: catalog.ModelInfo, result: LookResult | None) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="attention-controls"):
        infos = {info.id: info for info in uses.offered("attention", permission.policy())}
        widgets.choice(
            "attention-model", t("attention.model"), tuple(infos), model.id,
            lambda id_: infos[id_].name, lambda id_: common.change(model=id_, heads=()),
        )  # fmt: skip
        widgets.toggle(
            "attention-paired", t("attention.paired"), state.paired,
            lambda on: common.change(paired=on, pins=(), block="all"), t("attention.paired_help"),
        )  # fmt: skip
        if result is None:
            return
        shown = scenes.view(state, result)
        widgets.download(
            "attention-npz", t("attention.npz"), partial(downloads.npz, result), "open-sesame-attention.npz",
            help=t("attention.npz_help"), kind="tertiary",
        )  # fmt: skip
        widgets.download(
            "attention-csv", t("attention.csv"), partial(downloads.table, result, shown, t("attention.csv_columns")),
            "open-sesame-attention.csv", help=t("attention.csv_help", limit=downloads.CSV_UP_TO), kind="tertiary",
        )  # fmt: skip


def _remarks(scene: Scene) -> None:
    if scene.used < scene.typed:
        page_parts.notice("attention.cut", "warn", limit=MAX_TOKENS, typed=scene.typed, used=scene.used)
    if scene.simplified:
        page_parts.notice("attention.simplified")
    if any(scene.tokens.unknown):
        page_parts.notice("attention.unknown")
    typed.remarks(scene.model_id, scene.tokens.text)
