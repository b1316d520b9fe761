"""还原 before it is touched: the example broken as the page opens."""

from __future__ import annotations

from explorer.content.examples import LANGUAGES, Asked, entry
from explorer.lab.types.breaking import Breakage
from explorer.lab.types.denoising import BREAK, BreakInputs


def asked() -> list[Asked]:
    from explorer.engine import catalog

    model = catalog.default("masked").id
    how = Breakage("infill", 0.3, 3.0, 3, 0)
    return [(BREAK, model, BreakInputs(entry("denoising", "default", lang)["text"], how)) for lang in LANGUAGES]
