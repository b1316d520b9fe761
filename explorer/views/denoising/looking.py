"""Where the decoder looks while it restores: its attention to what the encoder reads, head by head."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import streamlit as st

from explorer.figures import crossing
from explorer.lab.types.arrays import Floats
from explorer.lab.types.restoring import RestoreResult
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import t
from explorer.ui.markup import verbatim
from explorer.ui.numbers import percent
from explorer.views.denoising import common
from explorer.views.denoising.common import State

MEAN = 0  # in place of a layer or head: all of them


def draw(found: RestoreResult, words: tuple[str, ...], step: int, state: State) -> None:
    """The square of one head (or a mean of several) and one sentence on the step that is looked at."""
    layers, heads = found.cross.shape[:2]
    rings = stood(found)
    page_parts.subtitle(t("denoising.looking.title"))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        _choice(
            "layer", t("denoising.looking.layers"), layers, state.layer, lambda n: t("denoising.looking.layer", n=n)
        )
        _choice("head", t("denoising.looking.heads"), heads, state.head, lambda n: t("denoising.looking.head", n=n))
        if rings:
            st.button(
                t("denoising.looking.truest"), key="denoising-truest", on_click=_take, args=truest(found.cross, rings)
            )
    weights = chosen(found.cross, state.layer, state.head)
    said, read = ([words[token] for token in ids] for ids in (found.said, found.read))
    most = int(weights[step].argmax())
    share = sum(int(weights[row].argmax()) == column for row, column in rings)
    page_parts.plot(
        crossing.grid(weights, said, read, step, rings, (t("denoising.looking.said"), t("denoising.looking.read"))),
        key="denoising-crossing",
        caption=t("denoising.looking.caption"),
        alt=t("denoising.looking.alt", said=len(said), read=len(read)),
    )
    page_parts.quiet(
        t("denoising.looking.step", n=step + 1, said=verbatim(said[step]), read=verbatim(read[most]),
          p=percent(float(weights[step, most])))
    )  # fmt: skip
    if rings:
        page_parts.quiet(t("denoising.looking.rings", n=share, all=len(rings)))


def chosen(cross: Floats, layer: int, head: int) -> Floats:
    """[T, S] of cross[layers, heads, T, S]: layers and heads from 1, MEAN for the mean over all."""
    of_layer = cross.mean(axis=0) if layer == MEAN else cross[layer - 1]
    return np.asarray(of_layer.mean(axis=0) if head == MEAN else of_layer[head - 1])


def stood(found: RestoreResult) -> list[tuple[int, int]]:
    """(step, place in what is read) of every step that says the very token that stood there in the text.

    None where the text was not said from end to end: T5 says only what belongs in the holes.
    """
    place = {origin: at for at, origin in enumerate(found.origins) if origin >= 0}
    rings, at = [], 0
    for step, token in enumerate(found.said):  # what ends the text, or frames it, is no token of it
        if at < len(found.text) and token == found.text[at]:
            if at in place and found.read[place[at]] == token:
                rings.append((step, place[at]))
            at += 1
    return rings if at == len(found.text) else []


def truest(cross: Floats, rings: list[tuple[int, int]]) -> tuple[int, int]:
    """Layer and head, from 1, whose attention lies on the rings most often."""
    rows, columns = np.array(rings).T
    right = (cross[:, :, rows].argmax(axis=-1) == columns).mean(axis=-1)
    layer, head = np.unravel_index(int(right.argmax()), right.shape)
    return int(layer) + 1, int(head) + 1


def _choice(name: str, all_of_them: str, count: int, chosen: int, named: Callable[[str], str]) -> None:
    """One of `count`, from 1, or the mean of all."""
    widgets.choice(
        f"denoising-{name}", all_of_them, tuple(map(str, range(count + 1))), str(min(chosen, count)),
        lambda n: all_of_them if n == str(MEAN) else named(n), partial(_choose, name),
    )  # fmt: skip


def _choose(name: str, value: str) -> None:
    common.store().set(**{name: int(value)})


def _take(layer: int, head: int) -> None:
    common.store().set(layer=layer, head=head)
