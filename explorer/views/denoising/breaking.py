"""弄坏: the sentence broken in one of seven ways; what the encoder is given, what the decoder is to say."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from explorer.errors import Told
from explorer.figures import breaking as figures
from explorer.lab.types.breaking import KINDS, RATED, SPANNED, Broken
from explorer.lab.types.core import Tokens
from explorer.lab.types.denoising import BREAK, ordinary
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import listed, t
from explorer.ui.markup import verbatim
from explorer.views.denoising import chips, common
from explorer.views.denoising.common import Scene, State

SEEDS = 1000
CANT = ("too_short_to_break", "breaks_to_nothing", "no_mask_token")


def draw(scene: Scene, state: State) -> None:
    page_parts.section("denoising.breaking")
    dials(state)
    left, right = st.columns([1, 0.44], gap="large")
    with left:
        page_parts.guarded(lambda: _broken(scene, state))
    with right:
        page_parts.steps([(t(f"denoising.breaking.step{n}"), "") for n in (1, 2, 3)])
        page_parts.honesty("denoising.breaking.honesty")
    page_parts.guarded(lambda: _compared(scene, state))


def dials(state: State) -> None:
    """How the text is broken: the way, and those dials that act on it."""
    widgets.choice(
        "denoising-kind", t("denoising.kinds"), KINDS, state.kind, lambda kind: t(f"denoising.kind.{kind}"),
        common.breaks("kind"),
    )  # fmt: skip
    page_parts.quiet(t(f"denoising.kind_line.{state.kind}"))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if state.kind in RATED:
            widgets.slider(
                "denoising-rate", t("denoising.rate"), 5, 90, state.rate, common.breaks("rate"), step=5, width=180
            )
        if state.kind == "permute":
            widgets.slider(
                "denoising-pieces", t("denoising.pieces"), 2, 6, state.pieces, common.breaks("pieces"), width=180
            )
        if state.kind in SPANNED:
            widgets.slider("denoising-span", t("denoising.span"), 1, 8, state.span, common.breaks("span"), width=180)
        st.button(t("denoising.again"), key="denoising-again", type="primary", on_click=_again)


def _again() -> None:
    common.store().change(lambda kept: replace(kept, seed=(kept.seed + 1) % SEEDS, chosen=(), step=0))


def _broken(scene: Scene, state: State) -> None:
    """What the encoder is given, what the decoder is to say, and where every token came from."""
    tokens, broken = scene.text.tokens, common.broken(scene, common.breakage(state))
    _typed(tokens)
    given = t("denoising.breaking.given", n=len(broken.shown))
    page_parts.subtitle(given)
    chips.strip(chips.shown(tokens, broken), "denoising-given", given)
    said = t("denoising.breaking.said", n=len(broken.target))
    page_parts.subtitle(said)
    chips.strip(chips.target(tokens, broken), "denoising-said", said)
    page_parts.quiet(_unseen(tokens, broken))
    _matrix(tokens, broken)


def _typed(tokens: Tokens) -> None:
    """Where the reader has written a sign of ours, what becomes of it."""
    if any(piece == chips.MASK for piece in tokens.pieces):
        page_parts.notice("denoising.breaking.typed_mask")
    elif "<extra_id_" in tokens.text:
        page_parts.notice("denoising.breaking.typed_sentinel")


def _unseen(tokens: Tokens, broken: Broken) -> str:
    """What the encoder is not given, in a sentence."""
    if not broken.hidden:
        return t("denoising.breaking.all_given", moved=len(broken.moved), n=len(broken.shown))
    quoted = [t("denoising.breaking.quoted", word=chips.surface(tokens, *run)) for run in chips.runs(broken.hidden)]
    return t("denoising.breaking.not_given", n=len(broken.hidden), words=verbatim(listed(quoted)))


def _matrix(tokens: Tokens, broken: Broken) -> None:
    at = ordinary(tokens)
    found = figures.cells(broken.origins, broken.hidden, broken.moved, len(at))
    gone = int((~found.any(axis=0)).sum())
    rows, columns = chips.names(tokens, broken.shown, broken.origins), [tokens.surface(n) for n in at]
    if broken.moved:
        caption = t("denoising.breaking.matrix_moved", moved=len(broken.moved))
    elif gone:
        caption = t("denoising.breaking.matrix_gone", gone=gone)
    else:
        caption = t("denoising.breaking.matrix_covered")
    page_parts.plot(
        figures.matrix(found, rows, columns, (t("denoising.breaking.place_given"), t("denoising.breaking.place_was"))),
        "denoising-matrix", caption,
        t("denoising.breaking.matrix_alt", rows=len(rows), columns=len(columns), moved=len(broken.moved), gone=gone),
    )  # fmt: skip


def _compared(scene: Scene, state: State) -> None:
    """How many tokens each of the seven makes the encoder read and the decoder say, on this sentence."""
    names: list[str] = []
    read: list[int] = []
    said: list[int] = []
    impossible: list[str] = []
    chosen = -1
    for kind in KINDS:
        found = widgets.attempt(BREAK, None, common.to_break(scene, common.breakage(state, kind)))
        name = t(f"denoising.kind.{kind}")
        if isinstance(found, Told):
            if found.key not in CANT:
                raise found
            impossible.append(name)
            continue
        chosen = len(names) if kind == state.kind else chosen
        names.append(name)
        read.append(len(found.shown))
        said.append(len(found.target))
    page_parts.subtitle(t("denoising.breaking.lengths"))
    if names:
        words = (t("denoising.breaking.read"), t("denoising.breaking.to_say"))
        rows = [
            t("denoising.breaking.lengths_one", name=name, read=r, said=s)
            for name, r, s in zip(names, read, said, strict=True)
        ]
        page_parts.plot(
            figures.lengths(names, read, said, chosen, words), "denoising-lengths",
            t("denoising.breaking.lengths_caption"), listed(rows),
        )  # fmt: skip
    if impossible:
        page_parts.quiet(t("denoising.breaking.impossible", names=listed(impossible)))
