"""微调 before it is touched: the default training from both starts, and of every task what is to be beaten.

In both languages. What the other tasks come to is trained when somebody presses.
"""

from __future__ import annotations

from explorer.content import lessons, teaching, units
from explorer.content.examples import LANGUAGES, Asked


def asked() -> list[Asked]:
    from explorer.engine import catalog
    from explorer.lab.types.finetuning import BAG, TUNE, BagInputs, TuneInputs

    model = catalog.default("masked").id
    found: list[Asked] = []
    for lang in LANGUAGES:
        for task in lessons.SHAPES:
            by: units.By = "char" if lang == "zh" else "word"
            train, held_out = (lessons.part(task, lang, part, "judgement", by) for part in teaching.PARTS)
            if task == "sentiment":
                found.append((TUNE, model, TuneInputs(train, held_out)))
            found.append((BAG, None, BagInputs(train, held_out)))
    return found
