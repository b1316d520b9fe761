"""__chapter__ before it is touched: the example's vectors measured at every layer."""

from __future__ import annotations

from explorer.content.examples import LANGUAGES, Asked, entry
from explorer.lab.types.__chapter__ import LENGTHS, LengthsInputs


def asked() -> list[Asked]:
    from explorer.engine import catalog

    model = catalog.default("masked").id
    return [(LENGTHS, model, LengthsInputs(entry("__chapter__", "default", lang)["text"])) for lang in LANGUAGES]
