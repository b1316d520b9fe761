"""像人话吗: which of two sentences a causal model finds likelier, the reader's own two and pairs that we wrote."""

from __future__ import annotations

import math
from functools import partial

import streamlit as st

from explorer.components.token_strip import chip, token_strip
from explorer.content import minimal_pairs
from explorer.engine import get_engine
from explorer.lab.types.arrays import Floats
from explorer.lab.types.likelihood import LIKELIHOOD, LikelihoodInputs, LikelihoodResult
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import LANGUAGES, language, t
from explorer.ui.markup import verbatim
from explorer.ui.numbers import signed, thousands
from explorer.views._shared.page import Snippet
from explorer.views.in_context import beside, common
from explorer.views.in_context.common import Scene, State

WRONG = 12  # pairs that a model gets wrong, listed


def draw(scene: Scene, state: State) -> Snippet:
    page_parts.section("in_context.speech")
    first, second = own(state)
    body, side = st.columns([1, 0.36], gap="large")
    with body:
        for name, text in (("first", first), ("second", second)):
            widgets.text_line(
                f"in_context-{name}", t(f"in_context.speech.{name}"), text, partial(_write, name),
                t(f"in_context.speech.{name}"),
            )  # fmt: skip
        page_parts.guarded(partial(_compare, scene, first, second))
        _ours(scene)
    with side:
        page_parts.steps([(t(f"in_context.speech.step{n}"), "") for n in (1, 2, 3)])
        page_parts.honesty("in_context.speech.honesty")
    begin = get_engine().specials(scene.model.id).begin
    begun = get_engine().tokens(scene.model.id, "a").special[0] or begin is None
    return Snippet("in_context_speech", scene.model, texts=[first, second], begin=[] if begun else [begin])


def own(state: State) -> tuple[str, str]:
    """The reader's two sentences; where none was written, the first pair of ours."""
    usual = minimal_pairs.pairs(language())[0]
    return state.first or usual.good, state.second or usual.bad


def _write(name: str, text: str) -> None:
    common.store().set(**{name: text or " "})


def _compare(scene: Scene, first: str, second: str) -> None:
    """Both sentences token by token, and which of them is likelier as a whole."""
    found = widgets.result(
        LIKELIHOOD, scene.model.id, LikelihoodInputs((first, second)), t("in_context.speech.reading")
    )
    log_p = found.log_p()
    for name, text, nats in zip(("first", "second"), (first, second), found.nats, strict=True):
        _strip(scene, name, text, nats)
    gap = abs(float(log_p[0] - log_p[1]))
    page_parts.figures(
        [
            (f"ln p = {signed(value, 1)}", t(f"in_context.speech.{name}"),
             t("in_context.speech.tokens", n=len(nats), each=f"{-value / len(nats):.2f}"))
            for name, value, nats in zip(("first", "second"), log_p.tolist(), found.nats, strict=True)
        ]
    )  # fmt: skip
    if gap < 0.005:
        page_parts.quiet(t("in_context.speech.even"))
    else:
        likelier = t("in_context.speech.first") if log_p[0] > log_p[1] else t("in_context.speech.second")
        page_parts.quiet(t("in_context.speech.verdict", which=likelier, gap=f"{gap:.1f}", times=_times(gap)))
    if len(found.nats[0]) != len(found.nats[1]):
        page_parts.quiet(t("in_context.speech.lengths"))


def _times(gap: float) -> str:
    """e to the gap as a reader reads it."""
    return thousands(round(math.exp(gap))) if gap < 14 else f"10^{gap / math.log(10):.0f}"


def _strip(scene: Scene, name: str, text: str, nats: Floats) -> None:
    tokens = get_engine().tokens(scene.model.id, text)
    silent = len(tokens.pieces) - len(nats)  # what begins the text, of which nothing is said
    chips = [
        chip(tokens, n, surprisal=None if n < silent else float(nats[n - silent])) for n in range(len(tokens.pieces))
    ]
    guessing = math.log(len(get_engine().vocabulary(scene.model.id)))
    token_strip(
        chips, key=f"in_context-speech-{name}", mode="show", tint=guessing,
        title=t(f"in_context.speech.{name}"), words={"tint": t("in_context.speech.tint")},
    )  # fmt: skip


def _ours(scene: Scene) -> None:
    """Our pairs, kind by kind, for every model that has been asked; a button for one that has not."""
    page_parts.subtitle(t("in_context.speech.ours"))
    models = [(scene.model, True), *beside.others(scene.model)]
    tongues = sorted(LANGUAGES, key=lambda lang: lang != language())
    found: dict[tuple[str, str], LikelihoodResult] = {}
    for model, may_ask in models:
        asked = {lang: LikelihoodInputs(minimal_pairs.texts(lang)) for lang in tongues}
        known = {lang: widgets.peek(LIKELIHOOD, model.id, one) for lang, one in asked.items()}
        missing = [lang for lang, one in known.items() if one is None]
        button = t("in_context.speech.measure", model=model.name)
        if missing and may_ask and st.button(button, key=f"in_context-speech-{model.id}"):
            for lang in missing:
                known[lang] = widgets.result(LIKELIHOOD, model.id, asked[lang], t("in_context.speech.measuring"))
        found |= {(model.name, lang): one for lang, one in known.items() if one is not None}
    for lang in tongues:
        _table(lang, {name: one for (name, tongue), one in found.items() if tongue == lang})
    for (name, lang), one in found.items():
        if lang == language():
            _wrong(name, lang, one)


def _table(lang: str, found: dict[str, LikelihoodResult]) -> None:
    if not found:
        return
    pairs = minimal_pairs.pairs(lang)
    judged = {name: one.firsts() for name, one in found.items()}
    rows, shares = [], []
    for kind in minimal_pairs.KINDS[lang]:
        example = next(pair for pair in pairs if pair.kind == kind)
        mine = [n for n, pair in enumerate(pairs) if pair.kind == kind]
        counts = [int(one[mine].sum()) for one in judged.values()]
        label = t("in_context.speech.row", kind=t(f"in_context.speech.kind.{kind}"), good=verbatim(example.good),
                  bad=verbatim(example.bad))  # fmt: skip
        rows.append((label, *(f"{count} / {len(mine)}" for count in counts)))
        shares.append([None, *(count / len(mine) for count in counts)])
    rows.append((t("in_context.speech.all", n=len(pairs)), *map(beside.accuracy, judged.values())))
    shares.append([None, *(float(one.mean()) for one in judged.values())])
    page_parts.table((t(f"in_context.speech.about_{lang}"), *judged), rows, range(1, len(judged) + 1), shares=shares)


def _wrong(name: str, lang: str, found: LikelihoodResult) -> None:
    """The pairs in which the model prefers what nobody says."""
    missed = [pair for pair, good in zip(minimal_pairs.pairs(lang), found.firsts(), strict=True) if not good]
    if not missed:
        return
    with st.expander(t("in_context.speech.wrong", model=name, n=len(missed))):
        for pair in missed[:WRONG]:
            page_parts.quiet(f"✓ {verbatim(pair.good)} — ✗ {verbatim(pair.bad)}")
