"""自由写: a long continuation, streamed; stop it when you like, turn the dials, and what was written stays.

Drawn outside of the page's fragment: Streamlit lets a click inside a fragment wait until the fragment has run, and a
stop button that waits is none.
"""

from __future__ import annotations

import contextlib
import html
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from explorer.engine import get_engine
from explorer.lab.types.generation import WRITE, Settings, WriteInputs, WriteResult, Written
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import HTML_LANG, language, t
from explorer.ui.markup import inline, verbatim
from explorer.ui.numbers import percent, thousands
from explorer.views.generation import common, marks, pieces
from explorer.views.generation.common import State

REDRAW_S = 0.06


def draw(state: State) -> Callable[[], None]:
    """Draw the tool; what it returns is to be called when the rest of the page stands, and writes if asked to."""
    page_parts.section("generation.write")
    _dials(state)
    ids = common.whole(state)
    # A list of this run's own: a run that was stopped may still add a token to the one it had.
    draft: list[Written] = list(st.session_state.get(_draft(state.model), ()))
    st.session_state[_draft(state.model)] = draft
    with st.container(horizontal=True, key="generation-write-buttons"):
        go = st.button(t("generation.write.go"), key="generation-write-go", type="primary")
        nothing = not draft and not go
        st.button(t("generation.write.stop"), key="generation-write-stop")  # a click ends the run that is under way
        st.button(t("generation.write.keep"), key="generation-write-keep", on_click=_keep, disabled=nothing)
        st.button(t("generation.write.clear"), key="generation-write-clear", on_click=draft.clear, disabled=nothing)
    left, right = st.columns([1, 0.36], gap="large")
    with left, st.container(key="stage-write"):
        page, note = st.empty(), st.empty()
        _show(page, state, draft)
    with right:
        page_parts.steps([(t(f"generation.write.step{n}"), "") for n in (1, 2)])
        page_parts.honesty("generation.write.honesty")
    common.show_code(
        "generation_write", state.model, ids=list(ids), n=state.long, **_numbers(common.settings_of(state))
    )
    if not go:
        return lambda: None
    draft.clear()
    return lambda: _write(state, ids, draft, page, note)


def _draft(model: str) -> str:
    """Where the written text is kept: each model has its own tokens, and so its own text."""
    return f"generation-draft-{model}"


def _numbers(settings: Settings) -> dict[str, float]:
    return {
        "temperature": settings.temperature, "top_k": settings.top_k, "top_p": settings.top_p, "min_p": settings.min_p,
        "penalty": settings.repetition,
    }  # fmt: skip


def _write(state: State, ids: tuple[int, ...], draft: list[Written], page: object, note: Any) -> None:
    """Stream into `draft`, which outlives this run: stopped or not, what is there stays."""
    inputs = WriteInputs(ids, state.long, common.settings_of(state), state.seed)
    if get_engine().state(state.model) != "ready":
        _say(note, t("common.loading_model"))
    stream = widgets.stream(WRITE, state.model, inputs)
    first = last = 0.0
    with contextlib.closing(widgets.while_here(stream)) as values:  # a stop leaves the loop by an exception
        for value in values:
            if isinstance(value, WriteResult):
                draft[:] = value.written  # of what was written before nothing comes but this
                _show(page, state, draft)
                _say(note, _speed(len(draft), len(draft) / max(value.ms / 1000, 1e-3)))
                if value.dropped:
                    page_parts.notice("generation.dropped_short", "warn", n=thousands(value.dropped))
                if value.ended:
                    page_parts.quiet(t("components.generator.ended"))
                continue
            if not isinstance(value, Written):
                continue
            draft.append(value)
            now = time.perf_counter()
            first = first or now
            if now - last >= REDRAW_S:
                last = now
                _show(page, state, draft)
                if now > first:  # counted from the first token on: what was read before it is no writing
                    _say(note, _speed(len(draft), (len(draft) - 1) / (now - first)))


def _speed(count: int, per_second: float) -> str:
    return t("generation.write.speed", n=count, rate=f"{per_second:.0f}")


def _say(note: Any, words: str) -> None:
    """The line below the text, in place of the one that stood there."""
    with note:
        page_parts.quiet(words)


def _show(page: object, state: State, draft: Sequence[Written]) -> None:
    """The beginning in grey, then every token with a mark the deeper the more surprising it was."""
    own = "".join(_span(one, text, apart) for one, text, apart in _texts(draft, state.model))
    begin, lang = inline(verbatim(common.whole_text(state))), HTML_LANG[language()]
    body = f'<span class="quiet-text">{begin}</span>{own}'
    page.html(f'<div class="sentence written" lang="{lang}" dir="auto">{body}</div>')  # type: ignore[attr-defined]


def _texts(draft: Sequence[Written], model: str) -> Iterator[tuple[Written, str, bool]]:
    """Each token with the text it shows, and whether it is a special one, which is no part of the text: its name.

    Of tokens that spell a character in bytes the last one shows it.
    """
    words, special = common.vocabulary(model), set(marks.specials(model).ids)
    names = [words[one.token_id] for one in draft]
    for one, name, (_, whole) in zip(draft, names, pieces.spelled(names), strict=True):
        apart = one.token_id in special
        yield one, name if apart else whole or ("" if name.startswith("<0x") else pieces.text_of([name])), apart


def _span(one: Written, text: str, apart: bool) -> str:
    tip = html.escape(t("generation.write.tip", p=percent(one.p_model), rank=thousands(one.rank), s=f"{one.nats:.2f}"))
    deep = min(1.0, 0.1 + one.nats / 8)
    if apart:
        return f'<span class="quiet" title="{tip}">{inline(verbatim(text))}</span>'
    return f'<span class="w" style="--deep:{deep:.2f}" title="{tip}">{inline(verbatim(text))}</span>'


def _keep() -> None:
    """What was written becomes part of the text that all tools look at."""
    used = common.in_use(common.store().now())
    draft: list[Written] = st.session_state.get(_draft(used.model), [])
    path = common.path_of(used) + tuple(one.token_id for one in draft)
    common.store().change(lambda kept: replace(kept, path=pieces.pack(path[: common.MAX_TOKENS]), back=0))
    draft.clear()


def _dials(state: State) -> None:
    """Settings for the next writing; what is written already does not change."""
    store = common.store()
    with st.container(horizontal=True, key="generation-write-dials"):
        widgets.slider(
            "generation-w-t", t("generation.write.t"), 0.0, 3.0, state.t, lambda x: store.set(t=x), step=0.05
        )
        widgets.slider("generation-w-k", t("generation.write.k"), 0, 100, state.k, lambda x: store.set(k=x))
        widgets.slider(
            "generation-w-p", t("generation.write.p"), 0.05, 1.0, state.p, lambda x: store.set(p=x), step=0.01
        )
        widgets.slider(
            "generation-w-r", t("generation.write.r"), 1.0, 2.0, state.r, lambda x: store.set(r=x), step=0.05
        )
        widgets.slider("generation-w-n", t("generation.write.n"), 10, 400, state.long, lambda n: store.set(long=n))
        widgets.slider(
            "generation-w-seed", t("generation.write.seed"), 0, 9999, state.seed, lambda n: store.set(seed=n)
        )
