"""接龙 before it is touched: what follows the example's beginning."""

from __future__ import annotations

from explorer.content.examples import LANGUAGES, Asked, entry
from explorer.lab.types.generation import FOLLOW, FollowInputs


def asked() -> list[Asked]:
    from explorer.engine import catalog, get_engine

    model = catalog.default("causal").id
    beginnings = [entry("generation", "default", lang)["text"] for lang in LANGUAGES]
    return [(FOLLOW, model, FollowInputs(get_engine().tokens(model, text).ids)) for text in beginnings]
