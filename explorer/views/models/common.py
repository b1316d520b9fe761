"""What the parts of the Models page share: the page's state, and how models, sizes and times are written.

It fetches nothing and draws nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

import streamlit as st

from explorer import chapters
from explorer.engine import library
from explorer.engine.library import ModelInfo, Standing
from explorer.errors import Told
from explorer.ui import navigation, permission
from explorer.ui.i18n import listed, t
from explorer.ui.numbers import size
from explorer.ui.state import Store, limit

LONGEST_ID = 128


@dataclass(frozen=True)
class State:
    """`chapter`: show only what is good for it; `open`: the model whose terms are being read."""

    chapter: str = limit("", longest=24)
    open: str = limit("", longest=LONGEST_ID)


def store() -> Store[State]:
    return Store(State, "models")


def may(action: str) -> bool:
    return permission.policy().may(action)


def landed(info: ModelInfo) -> list[str]:
    """The chapters of this app that have a use for a model."""
    return [chapter.id for chapter in chapters.CHAPTERS if chapter.ability in info.able]


def chapter_name(name: str) -> str:
    return navigation.short_name(name)


def gib(n_bytes: float) -> str:
    """Memory, in the units that the errors about it use."""
    return f"{n_bytes / 2**30:.2f} GB"


def time_left(seconds: float | None) -> str:
    if seconds is None:
        return ""
    if seconds < 90:
        return t("models.seconds", n=f"{seconds:.0f}")
    return t("models.minutes", n=f"{seconds / 60:.0f}")


def languages(info: ModelInfo) -> str:
    return listed(t(f"models.language.{code}") for code in info.languages)


def sources(info: ModelInfo) -> str:
    """Where it can be had, in the order in which the places are asked."""
    return " → ".join(dict.fromkeys(_source(written) for written in info.sources))


def _source(written: str) -> str:
    kind, _, _ = written.partition(":")
    if kind == "huggingface":
        mirror = urlsplit(library.hub()).hostname or ""
        return "Hugging Face" if mirror == "huggingface.co" else f"Hugging Face ({mirror})"
    names = {"modelscope": "ModelScope", "pypi": "PyPI"}
    return (
        names[kind] if kind in names else t("models.source_embedded" if kind == "embedded" else "models.source_folder")
    )


def facts(one: Standing) -> str:
    """Kind, languages, size, licence, source; what is not known is said so."""
    info = one.info
    weights = info.bytes or one.on_disk
    parts = [
        t(f"models.kind.{info.kind}"),
        languages(info),
        size(weights) if weights else t("models.size_unknown"),
        info.licence if info.licence != library.UNSTATED else t("models.licence_unstated"),
        sources(info),
    ]
    return " · ".join(part for part in parts if part)


def do(model_id: str, act: Callable[[], None]) -> None:
    """Do what a button says; a refusal stands at its model in the next run."""
    try:
        act()
    except Told as problem:
        say(model_id, f"errors.{problem.key}", "warn", **problem.values)


def say(model_id: str, key: str, tone: str = "", **values: object) -> None:
    """A message to be shown in the next run, at a model ("" : at the line where a name is typed)."""
    st.session_state["models-said"] = (model_id, key, tone, values)


def said(model_id: str) -> tuple[str, str, dict[str, object]] | None:
    """The message for a model."""
    found = st.session_state.get("models-said")
    return found[1:] if found is not None and found[0] == model_id else None


def forget_said() -> None:
    """The page is drawn to its end, and its message with it."""
    st.session_state.pop("models-said", None)
