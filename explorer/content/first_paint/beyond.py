"""文字之外 before it is touched: collapse and none, DNA read by its middle and by its mean, swapped words."""

from __future__ import annotations

from explorer.content import dna
from explorer.content.examples import LANGUAGES, Asked


def asked() -> list[Asked]:
    from explorer.content import three_starts
    from explorer.engine import catalog
    from explorer.lab.types.collapse import COLLAPSE, CollapseInputs
    from explorer.lab.types.finetuning import BAG, TUNE, BagInputs
    from explorer.lab.types.kmers import KMERS, KmersInputs

    model = catalog.default("masked").id
    found: list[Asked] = [(COLLAPSE, None, CollapseInputs(on)) for on in (True, False)]
    train, held_out = dna.parts(three_starts.AMOUNT, three_starts.WIDTH)
    found.append((KMERS, None, KmersInputs(train, held_out)))
    for lang in LANGUAGES:
        words = dna.first_words(lang, 0)
        found += [(TUNE, model, three_starts.sequences(train, held_out, words, pooling=p)) for p in ("middle", "mean")]
        swapped = three_starts.sentences("swapped", lang)
        found.append((TUNE, model, swapped))
        found.append((BAG, None, BagInputs(swapped.train, swapped.held_out)))
    return found
