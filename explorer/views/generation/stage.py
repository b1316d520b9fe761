"""The stage of 接龙: the text, the input line, the choice of tool; and the text as chips for tools that look at it.

It knows the token strip, the page's state, and that one tool is drawn in its own place: while a text is being written
the stage belongs to the run that writes. What is computed from the text is each tool's own business.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace

import streamlit as st

from explorer.components.token_strip import Chip, StripChange, chip, token_strip
from explorer.engine import uses
from explorer.lab.types.core import Tokens
from explorer.ui import first_paint, page_parts, permission, sidebar, widgets
from explorer.ui.i18n import t
from explorer.views import page_footer
from explorer.views._shared import beginnings, typed
from explorer.views._shared.page import choose_tool, draw_tool
from explorer.views.generation import brought, common, marks, pieces, write
from explorer.views.generation.common import State

SHOWN = "generation-shown"  # the tool of the last run, in the session


def page() -> Callable[[], None]:
    """The stage and the tool chosen for it; what is to be done when the rest of the page stands: writing on.

    A step reruns the stage only. While a text is being written the stage belongs to the run that writes: a click in a
    fragment would be heard when that run has ended.
    """
    state = common.in_use(common.store().get())
    writes = state.tool == "write"
    (_bench if writes else st.fragment(_bench))(state)
    writing: list[Callable[[], None]] = []
    if writes:
        page_parts.guarded(lambda: writing.append(write.draw(state)))

    def finish() -> None:
        first_paint.warm_later(state.model)
        for write_on in writing:
            write_on()

    return finish


def _bench(drawn: State) -> None:
    """The stage, and the tool unless it is writing, which has a place of its own below. A rerun of it asks anew."""
    state = common.in_use(common.store().get()) if widgets.in_fragment() else drawn
    if widgets.in_fragment() and "write" in (state.tool, st.session_state.get(SHOWN)):
        st.rerun()
    st.session_state[SHOWN] = state.tool
    sidebar.follow("generation", state.model)
    with st.container(key="stage-generation"):
        draw(state)
    page_footer.link_limit(common.store())
    if state.tool != "write":
        draw_tool("generation", state.tool, (state,))


def draw(state: State) -> None:
    """The line to write in, what was cut, and which tool."""
    beginnings.line(
        "generation-text", t("generation.input"), common.text_of(state), _write, t("generation.placeholder")
    )
    if len(common.text_of(state)) > common.MAX_CHARACTERS:
        page_parts.notice("generation.too_many_characters", "warn", limit=common.MAX_CHARACTERS)
    if (end := common.prompt(state).text[-1:]).isspace():
        page_parts.notice("generation.ends_in_line" if end == "\n" else "generation.ends_in_blank")
    typed.remarks(state.model, common.prompt(state).text)
    choose_tool("generation", common.store(), state.tool)
    models = {info.id: info.name for info in uses.offered("generation", permission.policy())}
    if len(models) > 1:
        widgets.choice(
            "generation-model", t("generation.model"), tuple(models), state.model,
            models.__getitem__, _switch,
        )  # fmt: skip


def chips(
    model: str, ids: tuple[int, ...], prompt: int, surprisal: Mapping[int, tuple[float, float, int]]
) -> list[Chip]:
    """One chip a token; `surprisal[place]` is (nats, p, rank) where it is known."""
    words, apart = common.vocabulary(model), set(marks.specials(model).ids)
    names = [words[token] for token in ids]
    groups = pieces.spelled(names)
    wholes = {group: whole for group, whole in groups if whole}
    sizes = Counter(group for group, _ in groups)
    out, at = [], 0
    for place, (token, name, (group, _)) in enumerate(zip(ids, names, groups, strict=True)):
        special = token in apart
        text = "" if special else name.replace("▁", " ").replace("Ġ", " ")
        nats, p, rank = surprisal.get(place, (None, None, None))
        spells = sizes[group] > 1
        out.append(
            Chip(
                text=name if special or not text.strip() else text.strip(), id=token, start=at, end=at + len(text),
                original=text, kind="special" if special else "token", word=-1 if special else group,
                surprisal=nats, p=p, rank=rank,
                note=t("generation.spells", char=wholes.get(group, "…")) if spells
                else "" if place < prompt else t("generation.written"),
            )
        )  # fmt: skip
        at += len(text)
    return out


def cut_chips(tokens: Tokens, surprisal: Mapping[int, tuple[float, float, int]]) -> list[Chip]:
    """A text as another model cuts it; `surprisal` as in `chips`, a rank of 0 meaning that none is known."""
    return [chip(tokens, n, surprisal=surprisal[n][0] if n in surprisal else None) for n in range(len(tokens))]


def strip(
    items: list[Chip], *, focus: int | None, tint: float | None, pick: Callable[[int], None] | None, caption: str = ""
) -> None:
    """The text as chips; with `pick` a click chooses a place. Its marks are about the left side alone."""
    words = {
        "strip": t("generation.text"),
        "tint": t("generation.train.strip"),
        "tip_guess": t("generation.train.tip_guess", p="{p}", rank="{rank}"),
    }

    def change(event: StripChange) -> None:
        if pick is not None and event.focus is not None:
            pick(event.focus)

    token_strip(
        items, key="generation-strip", words=words, focus=focus, tint=tint,
        mode="show" if pick is None else "pick", on_change=change, caption=caption, title=t("generation.text"),
    )  # fmt: skip


def _write(text: str) -> None:
    common.store().write(text=text or " ", path="", back=0, b_on=False, b_path="", b_back=0, at=0)


def _switch(model: str) -> None:
    """Another vocabulary cuts the text anew: what was generated becomes part of the prompt."""

    def switched(kept: State) -> State:
        text = common.whole_text(common.in_use(kept))
        return replace(brought.with_prompt(kept, text), model=model)

    common.store().change(switched)
