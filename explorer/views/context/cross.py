"""交叉: a word in one sense leans to one partner, in the other sense to the other; a difference of differences.

It knows four words, each in some sentences: the senses on the stage and two partners, or whatever a reader writes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

from explorer.content import examples
from explorer.figures import layers
from explorer.lab.types import embedding_metrics as geometry
from explorer.lab.types.context import EmbedInputs, EmbedResult, Occurrence
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import t
from explorer.ui.markup import verbatim
from explorer.ui.numbers import signed
from explorer.views.context import common, stage
from explorer.views.context import words as standing
from explorer.views.context.common import Scene, State


@dataclass(frozen=True)
class Four:
    """Four words: in `items[k]` the k-th stands in its sentences, `names[k]` is what it is called."""

    items: tuple[tuple[Occurrence, ...], ...]
    names: tuple[str, ...]

    def inputs(self) -> EmbedInputs:
        return EmbedInputs(tuple(item for group in self.items for item in group))


def draw(scene: Scene, result: EmbedResult, state: State) -> None:
    page_parts.section("context.cross")
    a, b = partners(state)
    _fields(scene, state, a, b)
    four = four_of(scene, state, a, b)
    if four is None:
        page_parts.notice("context.cross.need")
        return
    found = stage.embed(state.model, four.inputs())
    gaps = crossed(found, *(len(group) for group in four.items[:3]))
    layer = min(state.layer, len(found.vectors) - 1)
    first, second, a, b = map(verbatim, four.names)
    left, right = st.columns([1, 0.5], gap="large")
    with left:
        curves = {
            t("context.cross.lean", sense=four.names[0]): gaps["lean_first"],
            t("context.cross.lean", sense=four.names[1]): gaps["lean_second"],
            t("context.cross.gap"): gaps["gap"],
        }
        fig = layers.curves(curves, t("context.layer_axis"), t("context.cross.y"), layer)
        caption = t("context.cross.caption", a=a, b=b)
        page_parts.plot(fig, "context-cross", caption, t("context.cross.alt", gap=signed(float(gaps["gap"][layer]))))
    with right:
        start = float(gaps["gap"][0])
        same = t("context.cross.static") if start == 0 else t("context.cross.unlike", gap=signed(start))
        page_parts.figures([(signed(float(gaps["gap"][layer])), t("context.cross.number", layer=layer), same)])
        step = t("context.cross.step1", a=a, b=b, first=first, second=second)
        page_parts.steps([(step, ""), (t("context.cross.step2"), "")])
        if any(
            len(group) == 1 and group[0].text == group[0].text[group[0].start : group[0].end] for group in four.items
        ):
            page_parts.quiet(t("context.cross.alone"))
        page_parts.honesty("context.cross.honesty")
    spans = dict(zip(("first", "second", "a", "b"), map(common.spans, four.items), strict=True))
    common.show_code("context_cross", state.model, **spans)


def _fields(scene: Scene, state: State, a: str, b: str) -> None:
    """Four lines to write in; the first two stand for the senses on the stage while they are empty."""
    upper, lower = st.columns(2), st.columns(2)
    names = (*_senses(scene), "", "")[:2]
    shown = (("first", state.first), ("second", state.second), ("a", a), ("b", b))
    for place, (name, value), sense in zip((*upper, *lower), shown, (*names, "", ""), strict=True):
        with place:
            page_parts.quiet(t(f"context.cross.{name}"))
            widgets.text_line(
                f"context-{name}", t(f"context.cross.{name}"), value,
                lambda new, name=name: common.store().set(**{name: new.strip()}),  # type: ignore[misc]
                sense or t("context.cross.placeholder"),
            )  # fmt: skip
    page_parts.quiet(t("context.cross.how"))


def _senses(scene: Scene) -> tuple[str, ...]:
    return tuple(t("context.cross.in_sense", word=scene.word, sense=sense) for sense in scene.senses[:2])


def four_of(scene: Scene, state: State, a: str, b: str) -> Four | None:
    """The reader's words where there are any, else the two senses on the stage; None if a sense has no sentence."""
    items, names, model = [], [], state.model
    for sense, own in enumerate((state.first, state.second)):
        stands = tuple(Occurrence(line.text, line.start, line.end) for line in scene.lines if line.sense == sense)
        items.append(standing.written(model, own) if own else stands)
        names.append(_name(items[-1]) if own else _senses(scene)[sense])
    for own in (a, b):
        items.append(standing.written(model, own))
        names.append(_name(items[-1]))
    return Four(tuple(items), tuple(names)) if all(items) else None


def _name(items: tuple[Occurrence, ...]) -> str:
    return items[0].text[items[0].start : items[0].end] if items else ""


def crossed(found: EmbedResult, n_first: int, n_second: int, n_a: int) -> dict[str, np.ndarray]:
    """The leanings from vectors in the order: first sense, second sense, a's sentences, b's."""
    x = found.vectors.astype(np.float64)
    ends = (n_first, n_first + n_second, n_first + n_second + n_a)
    f, s, a, b = x[:, : ends[0]], x[:, ends[0] : ends[1]], x[:, ends[1] : ends[2]], x[:, ends[2] :]
    return geometry.crossing(f, s, a, b, found.common.astype(np.float64))


def partners(state: State) -> tuple[str, str]:
    """The reader's two words, or those that stand with the set on the stage, or 草 and 电."""
    known = {entry["set"]: entry["partners"] for entry in examples.load("context")["crossings"]}
    a, b = known.get("" if state.text else common.set_name(state), ("草", "电"))
    return state.a or a, state.b or b
