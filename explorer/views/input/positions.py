"""位置的地图: which of the 512 position vectors lie close to one another."""

from __future__ import annotations

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.figures import positions as figure
from explorer.lab.types.inputs import POSITIONS, PositionInputs
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import listed, t
from explorer.views.input import common
from explorer.views.input.common import Reading, State

NEAREST = 8
FAR = 30  # positions apart: beyond the band along the diagonal


def _stripes(cosine: NDArray[np.int8]) -> str:
    """What the stripes beside the diagonal are: the distance at which positions are most alike, far from each other."""
    means = np.array([np.diagonal(cosine, d).mean() / 100 for d in range(len(cosine))])
    far = range(FAR, len(cosine) * 3 // 4)  # beyond that too few pairs are left
    best = max(far, key=lambda d: means[d])
    mean = float(np.mean(means[FAR : far.stop]))
    return t("input.positions.stripes", d=best, cosine=f"{means[best]:.2f}", far=FAR, mean=f"{mean:.2f}")


def draw(reading: Reading, state: State) -> None:
    page_parts.section("input.positions")
    found = widgets.run(POSITIONS, common.reader_id(), PositionInputs(state.centred)).result
    size = len(found.cosine)
    place = min(state.place, size - 1)
    row = found.cosine[place].astype(int)
    near = [int(i) for i in np.argsort(-row, kind="stable") if i != place][:NEAREST]
    body, side = st.columns([1, 0.44], gap="large")
    with body:
        alt = t("input.positions.alt", place=place, near=listed(map(str, near[:3])))
        page_parts.plot(figure.grid(found.cosine), "input-positions", t("input.positions.caption", last=size - 1), alt)
        widgets.slider(
            "input-place", t("input.positions.place"), 0, size - 1, place,
            lambda new: common.store().set(place=new), width="stretch",
        )  # fmt: skip
        page_parts.plot(figure.profile(row, place), "input-profile", t("input.positions.profile", place=place), alt)
        page_parts.word_list([(str(i), f"{row[i] / 100:.2f}") for i in near])
        widgets.toggle(
            "input-centred", t("input.positions.centred"), state.centred,
            lambda on: common.store().set(centred=on), t("input.positions.centred_help"),
        )  # fmt: skip
    with side:
        page_parts.steps([(t(f"input.positions.step{n}", size=size), "") for n in (1, 2, 3)])
        page_parts.quiet(_stripes(found.cosine))
        page_parts.honesty("input.positions.honesty")
    page_parts.show_code("input_positions", place=place, centred=state.centred)
