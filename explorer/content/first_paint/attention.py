"""注意力 before it is touched: the example's heads, and one row of one of them step by step."""

from __future__ import annotations

from explorer.content.examples import LANGUAGES, Asked, entry
from explorer.lab.types.attention import CELL, LOOK, CellInputs, LookInputs, Sight


def asked() -> list[Asked]:
    from explorer.engine import catalog

    model = catalog.default("masked").id
    wanted: list[Asked] = []
    for lang in LANGUAGES:
        default = entry("attention", "default", lang)
        sight, opens = Sight(default["text"]), default["opens"]
        wanted.append((LOOK, model, LookInputs(sight)))
        wanted.append((CELL, model, CellInputs(sight, opens["layer"], opens["head"], opens["query"])))
    return wanted
