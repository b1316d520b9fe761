"""Stop button: ends a run from the browser while the page's script is still busy with it.

Streamlit answers a click inside a fragment only after that fragment has ended, so a button of its own cannot end what
the fragment waits for. This one tells the server directly: POST stop/<word>, where the word is drawn anew for each run
and known to that reader's page alone.
"""

from __future__ import annotations

import secrets
import threading
from pathlib import Path

import streamlit as st

from explorer.ui.i18n import HTML_LANG, language, t

_FOLDER = Path(__file__).parent
_button = st.components.v2.component(
    "sesame_stop",
    html="",
    js=(_FOLDER / "stop.js").read_text(encoding="utf-8"),
    css=(_FOLDER / "stop.css").read_text(encoding="utf-8"),
)
_running: dict[str, threading.Event] = {}


class Stop:
    """One run that a reader may stop: `with Stop() as stop: stop.button(); … if stop.asked(): …`."""

    def __init__(self) -> None:
        self._word = secrets.token_hex(16)  # no underscores: Streamlit splits ids at two of them

    def __enter__(self) -> Stop:
        _running[self._word] = threading.Event()
        return self

    def __exit__(self, *_: object) -> None:
        _running.pop(self._word, None)

    def button(self) -> None:
        """Draw the button."""
        data = {"label": t("common.cancel"), "word": self._word, "lang": HTML_LANG[language()]}
        _button(data=data, key=f"stop-{self._word}", height="content", width="content")

    def asked(self) -> bool:
        """Whether the reader has pressed it."""
        return _running[self._word].is_set()


def ask(word: str) -> bool:
    """Someone pressed the button with this word; False if nothing of that name runs (any more)."""
    event = _running.get(word)
    if event is not None:
        event.set()
    return event is not None
