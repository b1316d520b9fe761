"""微调 before it is touched: the default training, both starts, and the bag of words beside it, in both languages."""

from __future__ import annotations

from explorer.content import teaching
from explorer.content.examples import LANGUAGES, Asked


def asked() -> list[Asked]:
    from explorer.engine import catalog
    from explorer.lab.types.finetuning import BAG, TUNE, BagInputs, TuneInputs

    model = catalog.default("masked").id
    found: list[Asked] = []
    for lang in LANGUAGES:
        train = teaching.sentences("judgement", lang, "train")
        held_out = teaching.sentences("judgement", lang, "test")
        found += [(TUNE, model, TuneInputs(train, held_out)), (BAG, None, BagInputs(train, held_out))]
    return found
