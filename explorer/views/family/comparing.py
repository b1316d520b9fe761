"""Step 2: pairs of answers, the reader's choices between them, the rule fitted to these, and the reward model.

It knows the page's state, the pairs and the reward model's result; the training itself is the engine's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from explorer.content import comparisons
from explorer.content.comparisons import LEFT, RIGHT
from explorer.figures import rlhf as figures
from explorer.lab.types import toy_language as toy
from explorer.lab.types.rlhf import HELD_OUT, JUDGED, REWARD, RewardResult, RewardStep
from explorer.ui import page_parts
from explorer.ui.i18n import t
from explorer.ui.markup import inline, verbatim
from explorer.ui.numbers import percent
from explorer.views.family import common
from explorer.views.family import running as live
from explorer.views.family.common import PAIRS, State


def draw(state: State, ready: bool) -> RewardResult | None:
    """The reader's choices where they are wanted, the rule, the reward model; None while there is none."""
    page_parts.subtitle(t("family.reward.title"))
    if state.panel == "ours":
        _choose(state)
    run = common.run_for(state, state.panel)
    if run is None:
        return None
    left, right = st.columns([0.8, 1], gap="large")
    with left:
        _rule(run.reward.weights)
    with right:
        if not ready:
            page_parts.quiet(t("family.reward.first"))
            return None
        found = live.result(
            "reward", REWARD, run.reward, t("family.reward.training"), t("family.reward.start"), _losses
        )
        if found is not None:
            _result(found)
    return found


def _choose(state: State) -> None:
    """One pair with two buttons; keys ← → choose as well; what was chosen before can be changed or taken back."""
    choices = common.choices_of(state)
    at = state.pair
    pair = comparisons.pairs(common.lang())[at]
    page_parts.quiet(t("family.choose.how", n=PAIRS, least=comparisons.LEAST))
    page_parts.keys(t("family.choose.keys"))
    with st.container(key="family-pair", border=True):
        page_parts.block(
            f'<p><span class="quiet">{inline(t("family.choose.pair", at=at + 1, n=PAIRS))}</span> '
            f"<b>{inline(verbatim(toy.WORDS[pair.prompt].text))}</b></p>"
        )
        for column, side, answer, key in zip(
            st.columns(2), (LEFT, RIGHT), (pair.better, pair.worse), ("Left", "Right"), strict=True
        ):
            chosen = choices[at] == side
            column.button(
                _plain(toy.written(answer)), key=f"family-choose-{key.lower()}", on_click=_take, args=(side,),
                shortcut=key, type="primary" if chosen else "secondary", width="stretch", wrap=True,
            )  # fmt: skip
        with st.container(horizontal=True):
            st.button(t("family.choose.back"), key="family-back", on_click=_go, args=(-1,), disabled=at == 0)
            st.button(t("family.choose.on"), key="family-on", on_click=_go, args=(1,), disabled=at == PAIRS - 1)
            st.button(
                t("family.choose.undo"), key="family-undo", on_click=_undo, shortcut="Backspace",
                disabled=not choices[at] and not (at and choices[at - 1]),
            )  # fmt: skip
            st.button(t("family.choose.clear"), key="family-clear", on_click=_clear, disabled=not any(choices))
    made = [choice for choice in choices if choice]
    page_parts.block(
        '<div class="words">'
        + "".join(f'<span class="word">{n} {"·←→"[choice]}</span>' for n, choice in enumerate(choices, 1))
        + "</div>"
    )
    if len(made) < comparisons.LEAST:
        if made:
            page_parts.notice("family.choose.few", made=len(made), missing=comparisons.LEAST - len(made))
        else:
            page_parts.notice("family.choose.nobody", least=comparisons.LEAST)
        return
    if len(set(made)) == 1:
        page_parts.notice("family.choose.one_side", "warn", n=len(made))
    weights = comparisons.weights(choices)
    if not any(weights):
        page_parts.notice("family.choose.no_taste", "warn")
        return
    _agreement(choices, weights)


def _agreement(choices: Sequence[int], weights: Sequence[float]) -> None:
    """How many choices the fitted rule makes too, and whether the reader agrees with oneself."""
    made = comparisons.chosen(choices)
    made = made[: len(made) // 2]
    right = sum(float(toy.features(one.better) @ weights) > float(toy.features(one.worse) @ weights) for one in made)
    page_parts.quiet(t("family.choose.explained", right=right, n=len(made)))
    twice = [(choices[a], choices[b]) for a, b in comparisons.again() if choices[a] and choices[b]]
    if twice:
        same = sum(a != b for a, b in twice)  # sides are changed: the same answer is the other side
        page_parts.quiet(t("family.choose.again", same=same, n=len(twice), people=percent(toy.AGREE)))


def _take(side: int) -> None:
    """Choose; the next pair without a choice follows, or the next."""

    def chosen(state: State) -> State:
        made = list(common.choices_of(state))
        made[state.pair] = side
        order = [*range(state.pair + 1, PAIRS), *range(state.pair)]
        following = next((n for n in order if not made[n]), min(state.pair + 1, PAIRS - 1))
        return replace(state, choices=tuple(made), pair=following)

    common.store().change(chosen)


def _undo() -> None:
    """Take back the choice of this pair; where it has none, that of the pair before."""

    def undone(state: State) -> State:
        made = list(common.choices_of(state))
        at = state.pair if made[state.pair] else max(0, state.pair - 1)
        made[at] = 0
        return replace(state, choices=tuple(made) if any(made) else (), pair=at)

    common.store().change(undone)


def _go(by: int) -> None:
    common.store().set(pair=min(max(common.store().now().pair + by, 0), PAIRS - 1))


def _clear() -> None:
    common.store().set(choices=(), pair=0)


def _rule(weights: Sequence[float]) -> None:
    names = [t(f"family.feature.{name}") for name in toy.FEATURES]
    page_parts.plot(
        figures.weights(names, weights), "family-rule",
        t("family.reward.rule_caption", noise=percent(toy.NOISE), people=percent(toy.AGREE)),
        "; ".join(f"{name} {value:+.1f}" for name, value in zip(names, weights, strict=True)),
    )  # fmt: skip


def _losses(steps: Sequence[RewardStep]) -> None:
    fig = figures.accuracy([step.accuracy for step in steps], [], t("family.reward.x"), t("family.reward.y"))
    st.plotly_chart(fig, key=f"family-reward-{len(steps)}", config={"displayModeBar": False})


def _result(found: RewardResult) -> None:
    lines = [(found.ceiling, t("family.reward.ceiling")), (0.5, t("family.reward.guess"))]
    page_parts.plot(
        figures.accuracy(found.accuracy.tolist(), lines, t("family.reward.x"), t("family.reward.y")),
        "family-reward", t("family.reward.caption", judged=JUDGED, held=HELD_OUT),
        t("family.reward.alt", last=percent(float(found.accuracy[-1])), ceiling=percent(found.ceiling)),
    )  # fmt: skip
    page_parts.figures([
        (percent(float(found.accuracy[-1])), t("family.reward.held"), t("family.reward.held_note", n=HELD_OUT)),
        (percent(found.ceiling), t("family.reward.ceiling"), t("family.reward.ceiling_note")),
        (percent(toy.AGREE), t("family.reward.people"), t("family.reward.people_note")),
    ])  # fmt: skip


def _plain(text: str) -> str:
    """A label in which Markdown finds nothing to do."""
    return text.replace("*", "∗")
