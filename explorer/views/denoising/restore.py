"""修复: the broken sentence said again, token by token, with every step's distribution and attention."""

from __future__ import annotations

import numpy as np
import streamlit as st

from explorer.components.distribution import Answers, distribution
from explorer.components.token_strip import Chip, StripChange, token_strip
from explorer.engine import get_engine
from explorer.lab.types.denoising import plain
from explorer.lab.types.restoring import RESTORE, RestoreInputs, RestoreResult, asked_for, came_back
from explorer.ui import page_parts, snippets, widgets
from explorer.ui.i18n import t
from explorer.ui.markup import verbatim
from explorer.ui.numbers import percent
from explorer.views import vocabulary
from explorer.views._shared.page import Snippet
from explorer.views.denoising import breaking, chips, common, looking
from explorer.views.denoising.common import Scene, State

OTHERS = 5  # tokens that can be said instead


def draw(scene: Scene, state: State) -> Snippet | None:
    page_parts.section("denoising.restore")
    breaking.dials(state)
    kind = common.taught(state.kind, scene.model)
    if kind != state.kind:
        page_parts.quiet(t("denoising.restore.as_taught", name=t(f"denoising.kind.{kind}")))
    _ways(state)
    inputs = RestoreInputs(scene.text.tokens.text, common.breakage(state, kind), state.way, state.chosen, state.seed)
    found = widgets.result(RESTORE, scene.model.id, inputs, t("denoising.restore.running"), gives_way=True)
    step = min(state.step, len(found.said) - 1)
    words = vocabulary.labels(scene.model.id)
    left, right = st.columns([1, 0.44], gap="large")
    with left:
        _strips(found, words, step)
        _instead(found, words, step)
        _bars(found, scene, step)
        looking.draw(found, words, step, state)
    with right:
        _verdict(found)
        page_parts.steps([(t(f"denoising.restore.step{n}"), "") for n in (1, 2, 3)])
        page_parts.honesty("denoising.restore.honesty")
    if scene.model.kind != "masked":
        return None
    own = snippets.place(scene.model.companion("denoiser") / "model.safetensors")
    return Snippet("denoising_restore", scene.model, decoder=own, broken=list(found.read))


def _ways(state: State) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        widgets.choice(
            "denoising-way", t("denoising.restore.way"), common.WAYS, state.way,
            lambda way: t(f"denoising.restore.way_{way}"), lambda way: common.store().set(way=way, chosen=(), step=0),
        )  # fmt: skip
        if state.chosen:
            st.button(t("denoising.restore.undo"), key="denoising-undo", on_click=_undo)


def _undo() -> None:
    common.store().set(chosen=())


def _strips(found: RestoreResult, words: tuple[str, ...], step: int) -> None:
    """What the encoder reads, and below what the decoder says: a click picks a step."""
    given = t("denoising.restore.read")
    page_parts.subtitle(given)
    chips.strip(chips.shown(found.tokens, found.broken), "denoising-restore-given", given)
    page_parts.subtitle(t("denoising.restore.said"))
    seen = set(found.read)
    end = len(found.said) - 1 if found.ended else -1
    token_strip(
        [_chip(words[token], token, special=n == end, new=token not in seen) for n, token in enumerate(found.said)],
        key="denoising-restored", focus=step, mode="pick", on_change=_pick, title=t("denoising.restore.said"),
        caption=t("denoising.restore.said_caption"),
    )  # fmt: skip


def _chip(text: str, token: int, *, special: bool = False, new: bool = False) -> Chip:
    return Chip(text, token, 0, 0, "" if special else text, "special" if special else "token", second=new)


def _pick(change: StripChange) -> None:
    if change.focus is not None:
        common.store().set(step=change.focus)


def _instead(found: RestoreResult, words: tuple[str, ...], step: int) -> None:
    """The likeliest tokens of this step: each can be put in place of the one that was said."""
    page_parts.quiet(t("denoising.restore.instead", n=step + 1))
    with st.container(horizontal=True):
        for n in range(OTHERS):
            token, p = int(found.ids[step, n]), float(np.exp(found.logits[step, n] - found.whole[step]))
            st.button(
                f"{verbatim(words[token])}\u2002{percent(p)}", key=f"denoising-instead-{n}", on_click=_say,
                args=((*found.said[:step], token), step), disabled=token == found.said[step],
            )  # fmt: skip


def _say(chosen: tuple[int, ...], step: int) -> None:
    common.store().set(chosen=chosen, step=step)


def _bars(found: RestoreResult, scene: Scene, step: int) -> None:
    words, count = get_engine().vocabulary(scene.model.id), len(found.said)
    answers = Answers(
        positions=range(count), ids=found.ids, logits=found.logits, tail=found.tails,
        original=[found.known(n) for n in range(count)], watched=(),
        watched_logit=np.zeros((count, 0), dtype=np.float32), watched_rank=np.zeros((count, 0), dtype=np.int32),
        size=found.vocab_size,
    )  # fmt: skip
    distribution(
        answers, key="denoising-bars", position=step, word_of=lambda token: vocabulary.label(words[token]),
        vocab_url=vocabulary.url(scene.model), caption=t("denoising.restore.bars"), title=found.tokens.text,
        verdict=t("denoising.restore.verdict", word="{word}", p="{p}", rank="{rank}"),
    )  # fmt: skip


def _verdict(found: RestoreResult) -> None:
    """How much of what was taken away or moved stands where it belongs."""
    if found.broken.moved:
        name, note = t("denoising.restore.moved"), t("denoising.restore.moved_note")
    else:
        name, note = t("denoising.restore.hidden"), t("denoising.restore.hidden_note")
    whole = plain(found.tokens)
    places = asked_for(whole, found.broken)
    if not places:
        return
    back = came_back(whole, found.broken, found.text)
    new = len(set(found.text) - set(found.read))
    page_parts.figures(
        [
            (f"{back} / {len(places)}", name, note),
            (str(new), t("denoising.restore.invented"), t("denoising.restore.invented_note")),
        ]
    )
