"""填空 before it is touched: the example's blanks filled, the head of every place; and the average over our texts."""

from __future__ import annotations

from explorer.content.examples import AVERAGE_PER_TEXT, LANGUAGES, Asked, entry, fill_default
from explorer.lab.types.masking import AVERAGE, HEADS, AverageInputs, HeadsInputs


def asked() -> list[Asked]:
    from explorer.engine import catalog

    model = catalog.default("masked").id
    wanted: list[Asked] = []
    for lang in LANGUAGES:
        texts = tuple(entry("masking", "average", lang)["texts"])
        wanted += [
            fill_default("masking", lang),
            (HEADS, model, HeadsInputs(entry("masking", "default", lang)["text"])),
            (AVERAGE, model, AverageInputs(texts, AVERAGE_PER_TEXT)),
        ]
    return wanted
