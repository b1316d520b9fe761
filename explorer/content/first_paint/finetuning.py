"""微调 before it is touched: the default training of every task, both starts, and the baseline, in both languages."""

from __future__ import annotations

from explorer.content import teaching, units
from explorer.content.examples import LANGUAGES, Asked

TOP_LAYERS = 4  # tuned where two sentences or every word have labels


def asked() -> list[Asked]:
    from explorer.engine import catalog
    from explorer.lab.types.finetuning import BAG, TUNE, BagInputs, Lessons, TuneInputs

    model = catalog.default("masked").id
    found: list[Asked] = []

    def teach(train: Lessons, held_out: Lessons, shape: str) -> None:
        found.append((TUNE, model, TuneInputs(train, held_out, shape, layers=12 if shape == "class" else TOP_LAYERS)))
        found.append((BAG, None, BagInputs(train, held_out)))

    parts: tuple[teaching.Part, ...] = ("train", "test")
    for lang in LANGUAGES:
        train, held_out = (teaching.sentences("judgement", lang, part) for part in parts)
        teach(train, held_out, "class")
        for name in teaching.PAIR_LABELS:
            taught, tested = (
                tuple((f"{first}\n{second}", label) for first, second, label in teaching.pairs(name, lang, part))
                for part in parts
            )
            teach(taught, tested, "pair")
        by: units.By = "char" if lang == "zh" else "word"
        named, told = (units.named(lang, part, by) for part in parts)
        teach(named, told, "tokens")
        tagged, judged = (units.tagged(lang, part) for part in parts)
        teach(tagged, judged, "tokens")
    return found
