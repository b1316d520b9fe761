"""The furniture of a page: question, explanation in steps, honesty box, notices, code, waiting, errors.

Every page is built from these, so that pages look alike and say the same thing the same way. It knows words
and HTML, and no experiment.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import streamlit as st

from explorer.engine.base import Cancelled, EngineError
from explorer.ui import i18n
from explorer.ui.i18n import t
from explorer.ui.prose import inline, render

_CODE = Path(__file__).resolve().parents[2] / "assets" / "examples" / "code"


def question(chapter: str) -> None:
    """The one question of a page and the sentence below it."""
    lang = i18n.HTML_LANG[i18n.language()]
    st.html(
        f'<h1 class="question" lang="{lang}">{inline(t(f"{chapter}.title"))}</h1>'
        f'<p class="question-sub" lang="{lang}">{inline(t(f"{chapter}.sub"))}</p>'
    )


def section(key: str, **values: object) -> None:
    """The question of one tool: `key`.title, and `key`.sub below it."""
    lang = i18n.HTML_LANG[i18n.language()]
    st.html(
        f'<h2 class="section" lang="{lang}">{inline(t(key + ".title", **values))}</h2>'
        f'<p class="section-sub" lang="{lang}">{inline(t(key + ".sub", **values))}</p>'
    )


def steps(items: Sequence[tuple[str, str]]) -> None:
    """The explanation as numbered steps: (sentence, number line); an empty number line is left out."""
    lang = i18n.HTML_LANG[i18n.language()]
    rows = "".join(
        f'<div class="step"><b>{n}</b><div>{inline(text)}{f"<span class=num>{inline(note)}</span>" if note else ""}</div></div>'
        for n, (text, note) in enumerate(items, 1)
    )
    st.html(f'<div class="steps" lang="{lang}">{rows}</div>')


def honesty(key: str, **values: object) -> None:
    """What this does not show."""
    lang = i18n.HTML_LANG[i18n.language()]
    st.html(
        f'<div class="honest" lang="{lang}" role="note"><b class="title">{html.escape(t("common.honesty"))}</b>'
        f"{render(t(key, **values))}</div>"
    )


def notice(key: str, tone: str = "", **values: object) -> None:
    """A message to the reader; `tone` is "", "warn" or "good"."""
    role = "alert" if tone == "warn" else "status"
    st.html(f'<div class="notice {tone}" role="{role}">{render(t(key, **values))}</div>')


def error(problem: EngineError) -> None:
    """What happened, why, and the one next step."""
    notice(f"errors.{problem.key}", "warn", **problem.values)


def guarded(draw: Callable[[], None]) -> None:
    """Draw, and where the engine refuses, say why instead."""
    try:
        draw()
    except Cancelled:
        notice("errors.cancelled")
    except EngineError as problem:
        error(problem)


@contextmanager
def waiting(key: str) -> Iterator[None]:
    """A spinner with words for what may take longer than half a second."""
    with st.spinner(t(key)):
        yield


def show_code(name: str, **values: object) -> None:
    """The lines of plain transformers that compute what is on the screen, with the reader's own inputs."""
    with st.expander(t("common.code")):
        st.code(code(name, **values), language="python")


def code(name: str, **values: object) -> str:
    """The snippet `name` with `values` written in as Python literals."""
    template = (_CODE / f"{name}.py").read_text(encoding="utf-8")
    for key, value in values.items():
        template = template.replace(f"__{key.upper()}__", repr(value))
    return template
