"""一步步接: the generation view. One text or two branches side by side, each with its own dials, seed and player."""

from __future__ import annotations

import random
from dataclasses import replace

import streamlit as st

from explorer.components.generator import Act, generator
from explorer.engine import get_engine
from explorer.lab.types.generation import FOLLOW, FollowInputs, FollowResult, chance_at
from explorer.lab.types.head import best
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import t
from explorer.ui.numbers import thousands
from explorer.views.generation import common, facts, lanes, marks, pieces
from explorer.views.generation.common import State

NAMED = 60  # tokens whose names come along, so that bars are drawn before the vocabulary is there


def draw(state: State) -> None:
    if state.b_on:
        for column, branch in zip(st.columns(2, gap="medium"), ("a", "b"), strict=True):
            with column:
                lane(state, branch)
        _explain(state)
        return
    left, right = st.columns([1, 0.36], gap="large")
    with left:
        result = lane(state, "a")
    with right:
        _explain(state, result)


def lane(state: State, branch: str) -> FollowResult:
    """One text as it grows."""
    with st.container(key=f"stage-lane-{branch}"):
        return _lane(state, branch)


def _lane(state: State, branch: str) -> FollowResult:
    prompt, path = common.prompt(state), common.path_of(state, branch)
    ids = prompt.ids + path
    own = lanes.of(state, branch)
    at = len(ids) - min(own.back, len(path))
    result = widgets.run(FOLLOW, state.model, FollowInputs(ids[:at])).result
    words = common.vocabulary(state.model)
    shown = {*map(int, best(result.logits, NAMED)), *ids[at : at + 1]}
    generator(
        result.logits, key=f"generation-{branch}", path=facts.tokens(state.model, ids, len(prompt.ids)), at=at,
        settings=own.settings, seed=own.seed, free=own.free,
        chance=_chance(own, branch, ids[:at]), first=len(prompt.ids), head={i: words[i] for i in shown},
        ends=marks.specials(state.model).ends, vocab_url=common.vocabulary_url(state.model),
        tone="model" if branch == "a" else "b",
        branch="is" if branch == "b" else "no" if state.b_on else "can", on_act=lambda act: _act(branch, act),
        caption=t("generation.step.caption"), title=t("generation.step.b" if branch == "b" else "generation.step.a"),
    )  # fmt: skip
    if result.dropped:
        page_parts.notice("generation.dropped", "warn", limit=thousands(result.limit), n=thousands(result.dropped))
    return result


def _chance(own: lanes.Lane, branch: str, before: tuple[int, ...]) -> float:
    """The number that decides this draw: from the seed and the place, or, where chance is free, a new one each time."""
    if not own.free:
        return chance_at(own.seed, len(before))
    key = f"generation-chance-{branch}"
    if st.session_state.get(key, ((), 0.0))[0] != before:
        st.session_state[key] = (before, random.random())
    chance: float = st.session_state[key][1]
    return chance


def _act(branch: str, act: Act) -> None:
    """What the reader did, to the page as it is kept now. Every act brings the dials as they stood."""
    common.store().change(lambda kept: _acted(branch, act, kept))


def _acted(branch: str, act: Act, state: State) -> State:
    used = common.in_use(state)
    own = replace(lanes.of(state, branch), settings=act.settings)
    prompt, path = common.prompt(used).ids, common.path_of(used, branch)
    at = min(max(act.at - len(prompt), 0), len(path))
    if act.kind == "take" and act.token is not None and len(prompt) + at < common.MAX_TOKENS:
        facts.note(used.model, prompt + path[:at], act.token)
        if path[at : at + 1] != (act.token,):
            path = (*path[:at], act.token)
        own = replace(own, path=pieces.pack(path), back=len(path) - at - 1)
    elif act.kind == "go":
        own = replace(own, back=len(path) - at)
    elif act.kind == "free":
        own = replace(own, free=act.free)
    elif act.kind == "seed":
        st.session_state.pop(f"generation-chance-{branch}", None)
        own = replace(own, seed=random.randrange(10_000))
    state = lanes.put(state, branch, own)
    if act.kind == "branch":
        new = replace(lanes.of(state, "a"), path=pieces.pack(path[:at]), back=0, seed=(state.seed + 1) % 10_000)
        state = replace(lanes.put(state, "b", new), b_on=True)
    elif act.kind == "close":
        state = replace(state, b_on=False, b_path="", b_back=0)
    return state


def _explain(state: State, result: FollowResult | None = None) -> None:
    note = ""
    if result is not None:
        size = get_engine().facts(state.model).vocab_size
        note = t(
            "generation.step.step1_num", new=thousands(result.new), kept=thousands(result.kept),
            mb=f"{result.n_bytes / 1e6:.1f}", vocab=thousands(size),
        )  # fmt: skip
    page_parts.steps(
        [(t("generation.step.step1"), note), (t("generation.step.step2"), ""), (t("generation.step.step3"), "")]
    )
    page_parts.honesty("generation.step.honesty")
    common.show_code(
        "generation_step", state.model, ids=list(common.whole(state)), temperature=state.t, top_k=state.k,
        top_p=state.p, min_p=state.m, penalty=state.r, seed=state.seed,
    )  # fmt: skip
