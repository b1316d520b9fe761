"""The page skeleton: question, stage, chosen tool, presets, footer. One page file a chapter calls it with its name.

It finds a chapter's views by their names and knows no chapter: `common` holds state and presets, `stage` draws what all
tools share, and every tool of the chapter's record is a module of its name.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any, Protocol, cast

import streamlit as st

from explorer import chapters
from explorer.engine import uses
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import t
from explorer.ui.state import Store
from explorer.views import page_footer

Finish = Callable[[], None]


class Snippet:
    """The snippet that a tool shows of itself: its name and what is written into it (see `page_parts.show_code`)."""

    def __init__(self, name: str, model: uses.ModelInfo, **values: Any) -> None:
        self.name, self.model, self.values = name, model, values


class Common(Protocol):
    """What `views/<chapter>/common.py` has: the page's state, and the presets that set all of it."""

    PRESETS: tuple[str, ...]

    def store(self) -> Store[Any]: ...
    def choose_preset(self, name: str, /) -> None: ...


class Stage(Protocol):
    """What `views/<chapter>/stage.py` has. It draws what the tools share and lets the reader choose one of them.

    What it returns is what the tool's `draw` is called with: the sentence and the page's state, say; None where there
    is nothing to show a tool for (which the stage has said). It may also have a `complete`, called with the same once
    everything else stands: for what the page can be read without.
    """

    def draw(self) -> tuple[Any, ...] | None: ...


class Whole(Protocol):
    """A `stage.py` that draws everything between the question and the presets itself, and may return what is left to
    do when the rest of the page stands. It is called with what the page file hands on."""

    def page(self, *given: Any) -> Finish | None: ...


def chapter_page(chapter: str, *given: Any) -> None:
    """Draw the page of `chapter`; `given` is handed to a stage that draws the whole page."""
    common = cast(Common, _module(chapter, "common"))
    stage = _module(chapter, "stage")
    page_parts.question(chapter)
    page_footer.link_problems(common.store())
    whole = hasattr(stage, "page")
    finish = cast(Whole, stage).page(*given) if whole else _tools(chapter, common, cast(Stage, stage))
    page_footer.presets(chapter, common.PRESETS, common.choose_preset)
    page_footer.row(chapter, common.store())
    if finish is not None:
        page_parts.guarded(finish)


def choose_tool(
    chapter: str, store: Store[Any], tool: str, opens: Callable[[str], dict[str, Any]] = lambda name: {}
) -> None:
    """The chapter's tools side by side, `tool` chosen. `opens`: what choosing one changes in the state beside it."""
    widgets.choice(
        f"{chapter}-tool", t(f"{chapter}.tools"), chapters.get(chapter).tools, tool,
        lambda name: t(f"{chapter}.tool.{name}"), lambda name: store.set(tool=name, **opens(name)),
    )  # fmt: skip


def draw_tool(chapter: str, tool: str, drawn: tuple[Any, ...]) -> None:
    """The tool with what the stage returned, and the snippet that it returns; where the engine refuses, why."""

    def draw() -> None:
        code = _module(chapter, tool).draw(*drawn)
        if isinstance(code, Snippet):
            page_parts.show_code(code.name, code.model, **code.values)

    page_parts.guarded(draw)


def _tools(chapter: str, common: Common, stage: Stage) -> Finish:
    """The stage and the tool chosen for it, in a fragment of their own: a click reruns these only.

    What the stage completes comes last: at the end of such a rerun, or of the whole page.
    """
    complete = getattr(stage, "complete", None)
    shown: list[tuple[Any, ...]] = []

    @st.fragment
    def bench() -> None:
        drawn = stage.draw()
        page_footer.link_limit(common.store())
        if drawn is None:
            return
        draw_tool(chapter, common.store().get().tool, drawn)
        if widgets.in_fragment():
            finish(drawn)
        else:
            shown.append(drawn)

    def finish(drawn: tuple[Any, ...]) -> None:
        if complete is not None:
            page_parts.guarded(lambda: complete(*drawn))

    bench()
    return lambda: finish(shown[0]) if shown else None


def _module(chapter: str, name: str) -> Any:
    return importlib.import_module(f"explorer.views.{chapter}.{name}")
