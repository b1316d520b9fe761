"""Stand-ins for what Streamlit keeps of one reader: the link, the session, the browser's locale."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace

import pytest

from explorer.ui import carried, i18n, state


class Link(dict[str, str]):
    """st.query_params, as far as it is used."""

    def from_dict(self, params: Mapping[str, str]) -> None:
        self.clear()
        self.update(params)


class Reader:
    """One reader's browser: opens links, reloads (a new session), switches languages."""

    def __init__(self) -> None:
        self.st = SimpleNamespace(
            query_params=Link(),
            session_state={},
            context=SimpleNamespace(locale=None, theme=SimpleNamespace(type=None)),
        )

    @property
    def link(self) -> Link:
        return self.st.query_params

    @property
    def session(self) -> dict[str, object]:
        return self.st.session_state

    def opens(self, **link: str) -> None:
        """In a new tab: another session, nothing but the link."""
        self.session.clear()
        self.link.from_dict(link)

    def reloads(self) -> None:
        self.session.clear()


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Reader:
    reader = Reader()
    for module in (i18n, state, carried):
        monkeypatch.setattr(module, "st", reader.st)
    return reader
