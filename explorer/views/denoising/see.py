"""谁看得见谁: an encoder alone, a decoder alone, both: who may look at whom on the reader's own sentence.

It knows what may be seen, and no weight: no model computes anything here. Below: T5's one form for all tasks.
"""

from __future__ import annotations

import contextlib

import streamlit as st

from explorer.components.token_strip import Chip, StripChange, token_strip
from explorer.content import examples
from explorer.errors import Told
from explorer.figures import breaking as figures
from explorer.lab.types.breaking import Broken
from explorer.lab.types.core import Tokens
from explorer.lab.types.denoising import ordinary
from explorer.ui import page_parts
from explorer.ui.i18n import t
from explorer.ui.markup import verbatim
from explorer.views.denoising import breaking, chips, common
from explorer.views.denoising.common import Scene, State

STRUCTURES = ("encoder", "decoder", "both")
FORMS = ("translate", "summarize", "accept", "similar", "entail")


def draw(scene: Scene, state: State) -> None:
    page_parts.section("denoising.see")
    breaking.dials(state)
    page_parts.guarded(lambda: _sight(scene, state))
    _forms(scene, state)


def _sight(scene: Scene, state: State) -> None:
    """The three masks on this sentence, seen from the token that was picked."""
    tokens, broken = scene.text.tokens, common.broken(scene, common.breakage(state))
    words = [
        *chips.names(tokens, broken.shown, broken.origins),
        *chips.names(tokens, broken.target, broken.sources),
    ]
    read, said = len(broken.shown), len(broken.target)
    at = state.place if 0 <= state.place < read + said else read + said // 2
    page_parts.quiet(t("denoising.see.pick", read=read, said=said))
    token_strip(
        _joined(tokens, broken), key="denoising-see", mode="pick", focus=at, on_change=_pick,
        title=t("denoising.see.strip"), words={"strip": t("denoising.see.strip")},
    )  # fmt: skip
    _three(words, read, said, at)
    left, right = st.columns([1, 0.7], gap="large")
    with left:
        page_parts.subtitle(t("denoising.see.large"))
        page_parts.plot(
            figures.sight(
                figures.seen(read, said, "both"), words, at, read, _axes(),
                (t("denoising.see.broken"), t("denoising.see.answer")),
                (t("denoising.see.block_encoder"), t("denoising.see.block_cross"), t("denoising.see.block_decoder")),
            ),
            "denoising-sight-large", t("denoising.see.large_caption"), _alt("both", read, said),
        )  # fmt: skip
    with right:
        page_parts.steps([(t(f"denoising.see.step{n}"), "") for n in (1, 2, 3)])
        page_parts.honesty("denoising.see.honesty")


def _pick(change: StripChange) -> None:
    common.store().set(place=-1 if change.focus is None else change.focus)


def _joined(tokens: Tokens, broken: Broken) -> list[Chip]:
    """Broken text and target as one row of chips to pick from; nothing lies covered in it."""
    both = [*chips.shown(tokens, broken), *chips.target(tokens, broken)]
    return [
        Chip(one.text, one.id, one.start, one.end, one.original, one.kind, -1, second=n >= len(broken.shown))
        for n, one in enumerate(both)
    ]


def _axes() -> tuple[str, str]:
    return t("denoising.see.looks"), t("denoising.see.at")


def _alt(structure: str, read: int, said: int) -> str:
    if structure == "encoder":
        return t("denoising.see.encoder_alt", read=read)
    if structure == "decoder":
        return t("denoising.see.decoder_alt", all=read + said)
    return t("denoising.see.both_alt", read=read)


def _three(words: list[str], read: int, said: int, at: int) -> None:
    """The three structures side by side: a sentence, the mask, and how many the chosen token may see."""
    for column, structure in zip(st.columns(3, gap="medium"), STRUCTURES, strict=True):
        allowed = figures.seen(read, said, structure)
        with column:
            page_parts.subtitle(t(f"denoising.see.{structure}"))
            page_parts.plot(
                figures.sight(allowed, words, at, read, _axes()), f"denoising-sight-{structure}",
                t(f"denoising.see.{structure}_line"), _alt(structure, read, said),
            )  # fmt: skip
            if at < len(allowed):
                seen = t("denoising.see.sees", word=verbatim(words[at]), n=int((allowed[at] > 0).sum()))
            else:
                seen = t("denoising.see.sees_none")
            page_parts.quiet(seen)


def _forms(scene: Scene, state: State) -> None:
    """Every task as text to text: the reader's sentence with sentinels, then tasks of fine-tuning."""
    page_parts.subsection("denoising.forms")
    rows: list[tuple[str, ...]] = []
    with contextlib.suppress(Told):  # what cannot be broken so is said above
        tokens, broken = scene.text.tokens, common.broken(scene, common.breakage(state, "sentinels"))
        given, said = _line(tokens, broken.shown, broken.origins), _line(tokens, broken.target, broken.sources)
        rows.append((t("denoising.forms.denoise"), given, said, t("denoising.forms.where_denoise")))
    written = examples.load("denoising")["forms"]
    rows += [
        (t(f"denoising.forms.{task}"), verbatim(written[task]["read"]), verbatim(written[task]["said"]),
         t(f"denoising.forms.where_{task}"))
        for task in FORMS
    ]  # fmt: skip
    head = tuple(t(f"denoising.forms.{part}") for part in ("task", "read", "said", "where"))
    page_parts.table(head, rows)
    page_parts.quiet(t("denoising.forms.note"))
    page_parts.honesty("denoising.forms.honesty")


def _line(tokens: Tokens, ids: tuple[int, ...], places: tuple[int, ...]) -> str:
    """Tokens as a line of text: the reader's own characters, and the blanks between them where both stood there."""
    at = ordinary(tokens)
    line, before = "", None
    for name, place in zip(chips.names(tokens, ids, places), places, strict=True):
        if place < 0:
            line += f" {name} "
        else:
            start = tokens.offsets[at[place]][0]
            line += (" " if before is not None and start > before else "") + name
        before = None if place < 0 else tokens.offsets[at[place]][1]
    return verbatim(" ".join(line.split()))
