"""Style sheets of a page: style.css, the dark colours where the reader has a dark theme, large type on request."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

import streamlit as st

from explorer import palette
from explorer.ui.i18n import language, t

_CSS = Path(__file__).with_name("style.css")


def apply(*, large: bool) -> None:
    """Put the style on the page; `large` is the lecture mode (×1.35)."""
    extra = "html { font-size: 135%; }" if large else ""
    if language() == "en":
        extra += _ENGLISH.replace("FONT", st.get_option("theme.font") or "sans-serif")
    limit = st.get_option("server.maxUploadSize")
    extra += "".join(_says(where, t(f"common.widgets.{name}", mb=limit)) for name, where in _STREAMLITS.items())
    extra += _EMBEDDED if st.context.is_embedded is True else ""
    dark = st.context.theme.type == "dark"
    st.html(f"<style>{sheet()}\n{_DARK if dark else ''}\n{extra}</style>")


# A word on the primary colour: that colour is paler on dark paper.
_DARK = f"""{palette.dark_css(":root")}
[data-testid="stBaseButton-primary"] p {{ color: {palette.DARK["paper"]}; }}"""


# A tool on a slide (?embed=true): the stage and what it produced, and nothing else.
_EMBEDDED = """
[data-testid="stSidebar"], [data-testid="stExpandSidebarButton"], .question, .question-sub, .more-title, .steps,
.honest, [data-testid="stColumn"]:has(> div .steps), [class*="-presets"], [class*="-export"],
[class*="st-key-next-chapter"], [data-testid="stExpander"], [class*="st-key-code-"] { display: none !important; }
[data-testid="stMainBlockContainer"] { padding: .6rem .9rem; max-width: none; }"""


# Where Streamlit's own widgets speak English, whatever the page's language.
_STREAMLITS = {
    "enter": '[data-testid="InputInstructions"] > span:first-child',
    "ctrl_enter": '[data-testid="stTextArea"] [data-testid="InputInstructions"] > span:first-child',
    "upload": '[data-testid="stFileUploaderDropzone"] [data-testid="stBaseButton-secondary"] p',
    "no_results": '[role="option"][style*="contents"] > span',
    "refused": '[data-testid="stFileChip"] [role="alert"]',
}


def _says(where: str, words: str) -> str:
    """CSS that writes `words` in the place of those that stand there."""
    quoted = json.dumps(words, ensure_ascii=False)
    return f"\n{where} {{ font-size: 0; }} {where}::after {{ content: {quoted}; font-size: .875rem; }}"


# Chinese typefaces come first, for 汉字; their quotation marks are as wide as one, and English takes Latin ones.
_ENGLISH = """
@font-face {
  font-family: "Latin marks"; unicode-range: U+2014, U+2018-201D, U+2026;
  src: local("Helvetica Neue"), local("Segoe UI"), local("Arial"), local("Liberation Sans"), local("DejaVu Sans");
}
.stApp, .stApp [lang="en"] { font-family: "Latin marks", FONT; }"""


@lru_cache(maxsize=1)
def sheet() -> str:
    """The style of a page on light paper."""
    return palette.light_css(":root") + "\n" + _CSS.read_text(encoding="utf-8")
