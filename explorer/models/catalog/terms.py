"""Licence terms that somebody has to accept before a model is fetched: their text, and the note of acceptance.

Knows files of the project; does not judge licences.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html.parser import HTMLParser

from explorer.errors import ModelUnavailable
from explorer.models.catalog.catalog import ModelInfo
from explorer.models.catalog.store import Store

SILENT = ("script", "style", "head", "nav", "header", "footer", "devsite-header", "devsite-footer-linkboxes")


def text(info: ModelInfo) -> str:
    """The terms of a model as plain text. Raises ModelUnavailable("model_missing") if the project's copy is gone."""
    texts = []
    for path in info.terms_files:
        try:
            written = path.read_text(encoding="utf-8")
        except OSError as error:
            raise ModelUnavailable("model_missing", model=info.name, path=str(path)) from error
        texts.append(_plain(written) if path.suffix == ".html" else written)
    return "\n\n".join(texts)


def accept(info: ModelInfo, store: Store) -> None:
    """Notes that the terms were accepted on this machine."""
    if info.terms:
        store.remember("terms", info.id, {"licence": info.licence, "when": datetime.now(UTC).isoformat()})


def accepted(info: ModelInfo, store: Store) -> bool:
    return not info.terms or store.note("terms").get(info.id, {}).get("licence") == info.licence


def require(info: ModelInfo, store: Store) -> None:
    """Raises ModelUnavailable("terms_first") if the terms have not been accepted here."""
    if not accepted(info, store):
        raise ModelUnavailable("terms_first", model=info.name, licence=info.licence)


def _plain(page: str) -> str:
    article = re.search(r"<div class=.devsite-article-body\b.*?</article>", page, re.DOTALL)  # without the site's menus
    reader = _Words()
    reader.feed(article[0] if article else page)
    lines = (re.sub(r"\s+", " ", line).strip() for line in "".join(reader.words).splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in SILENT
        if tag in ("p", "li", "h1", "h2", "h3", "br", "div", "tr"):
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in SILENT and self._silent > 0
        if tag in ("p", "li", "h1", "h2", "h3"):
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.words.append(data)
