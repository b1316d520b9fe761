"""还原 before it is touched: the example broken as the page opens; the contest of five ways, with five seeds."""

from __future__ import annotations

from explorer.content.examples import LANGUAGES, Asked, entry
from explorer.lab.types.breaking import Breakage
from explorer.lab.types.contest import BAND, CONTEST, ContestInputs
from explorer.lab.types.denoising import BREAK, BreakInputs


def asked() -> list[Asked]:
    from explorer.engine import catalog

    model = catalog.default("masked").id
    how = Breakage("infill", 0.3, 3.0, 3, 0)
    found: list[Asked] = [(CONTEST, None, ContestInputs(seed=seed)) for seed in BAND]
    return found + [(BREAK, model, BreakInputs(entry("denoising", "default", lang)["text"], how)) for lang in LANGUAGES]
