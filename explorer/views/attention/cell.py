"""一格怎么算: one weight of one head from q and k to the weighted v, with the numbers of the unmodified model."""

from __future__ import annotations

import math
import time

import numpy as np

from explorer.components.vector_strip import vector_strip
from explorer.engine import catalog
from explorer.lab.types.attention import CELL, CELLS, CellInputs, CellResult, LookInputs
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import t
from explorer.ui.numbers import percent, signed
from explorer.views.attention import common, snippets
from explorer.views.attention.common import State
from explorer.views.attention.scene import ALL_LAYERS_UP_TO, Scene, look

ROWS = 6
CLOSED = -1e30  # a bias below this lets nothing through


def draw(scene: Scene, state: State) -> None:
    import streamlit as st

    page_parts.section("attention.cell")
    state = common.effective(state)
    inputs = cell_inputs(scene, state)
    started = time.perf_counter()
    fetched = widgets.peek(CELL, scene.model_id, inputs) is not None
    result = _cell(scene, inputs, state)
    took = time.perf_counter() - started
    left, right = st.columns([1, 0.44], gap="large")
    with left:
        at = _key(result, state)
        _strips(result, inputs.query, at)
        _table(result, at)
        _value(result)
        if catalog.entry(scene.model_id).embedded:
            page_parts.computed(took, fetched=fetched, model=catalog.entry(scene.model_id))
    with right:
        page_parts.steps(
            [
                (t("attention.cell.step1"), t("attention.cell.step1_num", d=len(result.query))),
                (t("attention.cell.step2"), _scale(result)),
                (t("attention.cell.step3"), ""),
                (t("attention.cell.step4"), ""),
            ]
        )
        for remark in _remarks(result):
            page_parts.quiet(remark)
        page_parts.honesty("attention.cell.honesty")
    snippets.cell(scene, inputs.layer, inputs.head, inputs.query, at)


def _scale(result: CellResult) -> str:
    """The factor as the architecture has it: 1/√d, none (T5), or its own."""
    d = len(result.query)
    if abs(result.scale - 1) < 1e-6:
        return t("attention.cell.unscaled")
    factor = f"{result.scale:.4f}"
    if abs(result.scale - d**-0.5) < 1e-6:
        return t("attention.cell.root", d=d, scale=factor)
    return t("attention.cell.factor", scale=factor)


def _cell(scene: Scene, inputs: CellInputs, state: State) -> CellResult:
    """One cell: as it comes with the app, else cut from all cells of the text, which need one run for all heads."""
    found = widgets.peek(CELL, scene.model_id, inputs)
    if found is not None:
        return found
    whole = look(scene, state.layer)
    if max(len(whole.looking), len(whole.seen)) <= ALL_LAYERS_UP_TO:
        cells = widgets.run(CELLS, scene.model_id, LookInputs(inputs.sight)).result
        return cells.one(inputs.layer, inputs.head, inputs.query)
    alone = widgets.run(CELL, scene.model_id, inputs).result
    return alone


def cell_inputs(scene: Scene, state: State) -> CellInputs:
    """The head on the stage and the token pinned last (the first ordinary one where none is)."""
    result = look(scene, state.layer)
    n, (n_layers, n_heads) = len(result.looking), result.thumbs.shape[:2]
    pins = [pin for pin in state.pins if pin < n]
    query = pins[-1] if pins else min(1, n - 1)
    return CellInputs(scene.sight, min(state.layer, n_layers - 1), min(state.head, n_heads - 1), query)


def scores(result: CellResult) -> tuple[np.ndarray, np.ndarray]:
    """q · k for every token, and the same scaled and with the bias."""
    dots = result.key.astype(np.float64) @ result.query.astype(np.float64)
    return dots, dots * result.scale + result.bias


def _key(result: CellResult, state: State) -> int:
    """Which token's cell is taken apart: the reader's choice, or the one that gets most."""
    best = [int(j) for j in np.argsort(-result.weights)[:ROWS]]
    at = state.seen if 0 <= state.seen < len(result.weights) else best[0]
    options = tuple(str(j) for j in sorted({*best, at}))
    widgets.choice(
        "attention-key", t("attention.cell.which"), options, str(at),
        lambda j: f"{common.plain(result.seen.pieces[int(j)])}\u2009·\u2009{j}",
        lambda j: common.store().set(seen=int(j)),
    )  # fmt: skip
    return at


def _strips(result: CellResult, query: int, at: int) -> None:
    q, k = result.query, result.key[at]
    names = (common.plain(result.looking.pieces[query]), common.plain(result.seen.pieces[at]))
    vector_strip(
        [
            (t("attention.cell.q", token=names[0]), q),
            (t("attention.cell.k", token=names[1]), k),
            (t("attention.cell.product"), q * k),
        ],
        key="attention-qk", caption=t("attention.cell.qk_caption", dot=signed(float(scores(result)[0][at]), 3)),
        title=t("attention.cell.qk_title"),
    )  # fmt: skip


def _table(result: CellResult, at: int) -> None:
    dots, added = scores(result)
    closed = [int(j) for j in np.flatnonzero(result.bias < CLOSED)[:1]]
    rows = sorted({*np.argsort(-result.weights)[:ROWS].tolist(), at, *closed})
    open_ = result.bias > CLOSED
    shift = float(added[open_].max())
    total = float(np.exp(added[open_] - shift).sum())
    head = [t(f"attention.cell.{name}") for name in ("token", "dot", "scaled", "mask", "power", "weight")]
    body = []
    for j in rows:
        shut = result.bias[j] < CLOSED
        bias = "−∞" if shut else signed(float(result.bias[j]), 3)
        power = 0.0 if shut else math.exp(added[j] - shift)
        name = common.plain(result.seen.pieces[j]) + (" ←" if j == at else "")
        scaled = signed(float(dots[j]) * result.scale, 3)
        body.append((name, signed(float(dots[j]), 3), scaled, bias, f"{power:.4f}", percent(power / total)))
    page_parts.table(head, body, numeric=(1, 2, 3, 4, 5), answer=5)
    page_parts.quiet(t("attention.cell.softmax", shift=signed(shift, 3), total=f"{total:.4f}"))


def _value(result: CellResult) -> None:
    best = [int(j) for j in np.argsort(-result.weights)[:3]]
    rows = [
        (
            t("attention.cell.part", p=percent(float(result.weights[j])), token=common.plain(result.seen.pieces[j])),
            result.weights[j] * result.value[j],
        )
        for j in best
    ]
    vector_strip(
        [*rows, (t("attention.cell.output"), result.output)],
        key="attention-v",
        caption=t("attention.cell.v_caption"),
        title=t("attention.cell.v_title"),
    )


def _remarks(result: CellResult) -> list[str]:
    """What is particular about this architecture's attention."""
    out = []
    if result.n_kv_heads < result.n_heads:
        out.append(t("attention.cell.grouped", heads=result.n_heads, kv=result.n_kv_heads, at=result.kv_head + 1))
    if result.rotary:
        out.append(t("attention.cell.rotary"))
    if result.window:
        out.append(t("attention.cell.window", w=result.window))
    if np.any((result.bias != 0) & (result.bias > CLOSED)):
        out.append(t("attention.cell.bias"))
    return out
