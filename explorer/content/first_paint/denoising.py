"""还原 before it is touched: the example restored, and the contest. Breaking needs no model and takes no time."""

from __future__ import annotations

from explorer.content.examples import LANGUAGES, Asked, entry
from explorer.lab.types.breaking import Breakage
from explorer.lab.types.contest import BAND, CONTEST, ContestInputs
from explorer.lab.types.restoring import RESTORE, RestoreInputs


def asked() -> list[Asked]:
    from explorer.engine import catalog

    model, how = catalog.default("masked").id, Breakage("infill", 0.3, 3.0, 3, 0)
    texts = [str(entry("denoising", "default", lang)["text"]) for lang in LANGUAGES]
    contests: list[Asked] = [(CONTEST, None, ContestInputs(seed=seed)) for seed in BAND]
    return [*((RESTORE, model, RestoreInputs(text, how)) for text in texts), *contests]
