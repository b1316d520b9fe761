"""还原 before it is touched: the example broken as the page opens and in six other ways, and restored; the contest."""

from __future__ import annotations

from explorer.content.examples import LANGUAGES, Asked, entry
from explorer.lab.types.breaking import KINDS, Breakage
from explorer.lab.types.contest import BAND, CONTEST, ContestInputs
from explorer.lab.types.denoising import BREAK, BreakInputs
from explorer.lab.types.restoring import RESTORE, RestoreInputs


def asked() -> list[Asked]:
    from explorer.engine import catalog

    model = catalog.default("masked").id
    ways = [Breakage(kind, 0.3, 3.0, 3, 0) for kind in KINDS]
    texts = [str(entry("denoising", "default", lang)["text"]) for lang in LANGUAGES]
    broken: list[Asked] = [(BREAK, model, BreakInputs(text, how)) for text in texts for how in ways]
    first = Breakage("infill", 0.3, 3.0, 3, 0)
    contests = ((CONTEST, None, ContestInputs(seed=seed)) for seed in BAND)
    return [*broken, *contests, *((RESTORE, model, RestoreInputs(text, first)) for text in texts)]
