"""The house style on the page: style.css, the dark colours where the reader has a dark theme, large type on request."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import streamlit as st

_CSS = Path(__file__).with_name("style.css")


def apply(*, large: bool) -> None:
    """Put the style on the page; `large` is the lecture mode (×1.35)."""
    extra = "html { font-size: 135%; }" if large else ""
    dark = st.context.theme.type == "dark"
    st.html(f"<style>{_style()}\n{_DARK if dark else ''}\n{extra}</style>")


_DARK = """:root {
  --paper: #14161a; --card: #1c1f25; --ink: #eceae4; --soft: #a3a8b3; --line: #2d3139;
  --mask-soft: #3b2f10; --model: #56a9de; --model-soft: #143043; --warm: #221f16; --track: #262a31;
}
[data-testid="stBaseButton-primary"] p { color: #14161a; }"""


@lru_cache(maxsize=1)
def _style() -> str:
    return _CSS.read_text(encoding="utf-8")
