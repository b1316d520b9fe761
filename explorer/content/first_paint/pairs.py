"""句对 before it is touched: both heads on the example in three arrangements, and both counted on our own pairs."""

from __future__ import annotations

from explorer.content import examples
from explorer.content.examples import LANGUAGES, Asked, elsewhere, entry
from explorer.lab.types.pairs import JUDGE, MEASURE, JudgeInputs, MeasureInputs


def asked() -> list[Asked]:
    from explorer.engine import catalog

    model = catalog.default("masked").id
    wanted: list[Asked] = []
    for lang in LANGUAGES:
        a, b = (entry("pairs", "default", lang)[name] for name in ("a", "b"))
        wanted.append((JUDGE, model, JudgeInputs(((a, b), (b, a), (a, elsewhere(lang))))))
    return [*wanted, (MEASURE, model, MeasureInputs(tuple(examples.own_pairs(lang) for lang in LANGUAGES)))]
