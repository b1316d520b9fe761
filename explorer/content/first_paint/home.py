"""首页 before it is touched: the example's hidden words, guessed."""

from __future__ import annotations

from explorer.content.examples import LANGUAGES, Asked, fill_default


def asked() -> list[Asked]:
    return [fill_default("home", lang) for lang in LANGUAGES]
