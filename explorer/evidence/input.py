"""Evidence of chapter 1, 输入: the strips on the page add up to what the model really gets.

Knows the claims, their sources and how each is measured through the engine. It knows neither torch nor a page.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from explorer.content import examples
from explorer.engine import get_engine
from explorer.evidence.texts import Row, row
from explorer.lab.types.inputs import ADD_UP, SumInputs
from explorer.models.catalog import catalog

EVERY = 9  # of our own pairs


def measure(data: Path | None) -> Iterator[Row]:
    """The chapter's rows. There is nothing to measure on outside data: the sum is exact or it is not."""
    model_id = catalog.default("masked").id
    pairs = [pair for lang in examples.LANGUAGES for pair in examples.own_pairs(lang)[::EVERY]]
    worst, n = 0.0, 0
    for first, second in pairs:
        found = get_engine().run(ADD_UP, model_id, SumInputs(first, second)).result
        worst, n = max(worst, found.difference), n + len(found.tokens)
    yield row(
        "input",
        model_id,
        id="input.sum_exact",
        source="Devlin, Chang, Lee & Toutanova 2019, BERT (NAACL), figure 2",
        measured=worst,
        op="<=",
        target=1e-6,
        n=n,
        data="eval/pairs.zh.txt, eval/pairs.en.txt",
    )
