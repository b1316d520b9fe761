"""文字之外 before it is touched: collapse and none, the default trainings on DNA and on swapped words."""

from __future__ import annotations

from dataclasses import replace

from explorer.content import dna, nonsense, teaching
from explorer.content.examples import LANGUAGES, Asked

STARTS = ("pre-trained", "re-embedded", "random")


def asked() -> list[Asked]:
    from explorer.engine import catalog
    from explorer.lab.types.collapse import COLLAPSE, CollapseInputs
    from explorer.lab.types.finetuning import BAG, TUNE, BagInputs, TuneInputs
    from explorer.lab.types.kmers import KMERS, KmersInputs

    model = catalog.default("masked").id
    found: list[Asked] = [(COLLAPSE, None, CollapseInputs(on)) for on in (True, False)]
    train, held_out = (
        tuple((dna.middle(letters, 30), label) for letters, label in dna.splice(part)) for part in teaching.PARTS
    )
    found.append((KMERS, None, KmersInputs(train[:100], held_out)))
    recipe = TuneInputs((), (), starts=STARTS, layers=4)
    for lang in LANGUAGES:
        words = dna.first_words(lang, 0)
        taught, tested = (
            tuple((dna.written(letters, words), label) for letters, label in part) for part in (train[:100], held_out)
        )
        found.append((TUNE, model, replace(recipe, train=taught, held_out=tested, epochs=10)))
        taught, tested = (nonsense.sentences(part, "swapped", lang) for part in teaching.PARTS)
        found.append((TUNE, model, replace(recipe, train=taught, held_out=tested)))
        found.append((BAG, None, BagInputs(taught, tested)))
    return found
