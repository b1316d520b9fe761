"""语境 before it is touched: the vectors of the example's word in all its sentences."""

from __future__ import annotations

from explorer.content.examples import LANGUAGES, Asked, entry, word_set
from explorer.lab.types.context import EMBED


def asked() -> list[Asked]:
    from explorer.engine import catalog

    model = catalog.default("masked").id
    return [(EMBED, model, word_set(entry("context", "default", lang)["chosen"])) for lang in LANGUAGES]
