"""输入 before it is touched: the example in two tokenizers, its three embeddings added up, and all positions."""

from __future__ import annotations

from explorer.content.examples import LANGUAGES, Asked, entry
from explorer.lab.types.inputs import ADD_UP, POSITIONS, PositionInputs, SumInputs


def asked() -> list[Asked]:
    from explorer.engine import catalog

    model = catalog.default("masked").id
    firsts = [entry("input", "default", lang) for lang in LANGUAGES]
    sums: list[Asked] = [(ADD_UP, model, SumInputs(first["text"], first.get("pair"))) for first in firsts]
    return [*sums, (POSITIONS, model, PositionInputs())]


def texts() -> list[tuple[str, str, str | None]]:
    from explorer.engine import catalog

    firsts = [entry("input", "default", lang) for lang in LANGUAGES]
    models = [catalog.default(kind).id for kind in ("masked", "causal")]
    return [(model, first["text"], first.get("pair")) for model in models for first in firsts]
