"""The stage of 语境: sentences and scrubber, what to do with them; heat-map, map and curves of one word; which word.

It knows the scene and the figure; the tools below it are their own business.
"""

from __future__ import annotations

import streamlit as st

from explorer.content import examples
from explorer.engine import catalog, get_engine, uses
from explorer.errors import Told
from explorer.lab.types.context import EMBED, EmbedInputs, EmbedResult
from explorer.lab.types.core import MAX_TOKENS
from explorer.ui import page_parts, permission, sidebar, widgets
from explorer.ui.i18n import t
from explorer.ui.markup import verbatim
from explorer.views._shared import typed
from explorer.views._shared.page import choose_tool
from explorer.views.context import common, drawing
from explorer.views.context.common import SETS, Scene, State

NAMED = 3  # lines quoted when some lack the word
PICTURED = ("look", "own")  # tools that are about the matrix and the map themselves


def draw() -> tuple[Scene | None, EmbedResult | None, State] | None:
    """Draw the stage; scene, vectors and state for the tool, or None when there is nothing to compare (said there).

    The tool where readers write their own sentences is shown all the same, with neither scene nor vectors; it puts
    the pictures below what is written.
    """
    state = common.in_use(common.store().get())
    sidebar.follow("context", state.model)
    made = None
    with st.container(key="stage-context"):
        try:
            scene = common.read(state)
            result = embed(state.model, scene.inputs())
            made = scene, result
            points = drawing.points_of(scene.lines)
            drawing.figure(
                points, result, state, key="context-stage", senses=scene.senses, relabel=scene.own,
                parts=("list", "scrub"),
            )  # fmt: skip
        except Told as problem:
            page_parts.error(problem)
    with st.container():  # the same place with and without remarks
        if made is not None:
            _remarks(*made, state.model)
    choose_tool("context", common.store(), state.tool)
    if state.tool == "own":
        return *(made or (None, None)), state
    pictures(made, state)
    return None if made is None else (*made, state)


def pictures(made: tuple[Scene, EmbedResult] | None, state: State) -> None:
    """The verdict, matrix, map and curves of what is on the stage, a line to open where the tool has its own; and
    which word it is."""
    with st.container():  # one place, whatever stands there: the boxes below keep theirs, and the reader's cursor
        if made is not None and state.tool in PICTURED:
            page_parts.guarded(lambda: _pictures(*made, state))
    left, right = st.columns(2) if state.tool not in PICTURED else (st.container(), st.container())
    with left:
        if made is not None and state.tool not in PICTURED:
            box = st.expander(t("context.pictures"), key="context-pictures", on_change="rerun")
            if box.open:
                with box:
                    page_parts.guarded(lambda: _pictures(*made, state))
    with right:
        _which(state)


def _pictures(scene: Scene, result: EmbedResult, state: State) -> None:
    """Heat-map, map and curves of what is on the stage."""
    points = drawing.points_of(scene.lines)
    drawing.figure(
        points, result, state, key="context-map", senses=scene.senses, relabel=scene.own,
        parts=("verdict", "heat", "map", "curves"), caption=t("context.caption"),
        data=drawing.data_of(result, [point.sense for point in points], state),
    )  # fmt: skip
    drawing.complete(result, state)


def embed(model: str, inputs: EmbedInputs) -> EmbedResult:
    """All vectors at all layers; with numbers while many sentences are read. Raises Cancelled when that was stopped."""
    if get_engine().state(model) == "ready":
        return widgets.result(EMBED, model, inputs, t("context.reading"))
    return widgets.run(EMBED, model, inputs).result


def _which(state: State) -> None:
    """Which word is on the stage, and which model reads."""
    with st.expander(t("context.sets"), expanded=False):
        words = {name: examples.load("context")["sets"][name]["word"] for name in SETS}
        words["guo"] = "苹果"
        widgets.choice(
            "context-set", t("context.sets"), SETS, common.set_name(state), words.__getitem__,
            common.choose_set,
        )  # fmt: skip
        names = {info.id: info.name for info in uses.offered("context", permission.policy())}
        widgets.choice(
            "context-model", t("context.model"), tuple(names), state.model, names.__getitem__,
            lambda new: common.store().set(model=new),
        )  # fmt: skip
    if catalog.entry(state.model).kind == "causal":
        page_parts.notice("context.causal")


def _remarks(scene: Scene, result: EmbedResult, model: str) -> None:
    """What has to be said about the sentences, whichever tool reads them."""
    if scene.skipped:
        quoted = " / ".join(line[:24] for line in scene.skipped[:NAMED])
        page_parts.notice("context.missing", "warn", word=scene.word, n=len(scene.skipped), lines=quoted)
    if scene.simplified:
        page_parts.notice("common.simplified")
    if scene.own:
        typed.remarks(model, "\n".join(line.text for line in scene.lines))
    if scene.long:
        page_parts.notice("context.long", "warn", n=scene.long, limit=MAX_TOKENS)
    if scene.dropped:
        page_parts.notice("context.dropped", "warn", limit=common.MAX_LINES, n=scene.dropped)
    if int(result.pieces.max()) > 1:
        page_parts.quiet(t("context.pieces", word=verbatim(scene.word), n=int(result.pieces.max())))
    if len(scene.lines) < 3:
        page_parts.notice("context.few", n=len(scene.lines))
    if len({line.text for line in scene.lines}) == 1 < len(scene.lines):
        page_parts.notice("context.alike")
