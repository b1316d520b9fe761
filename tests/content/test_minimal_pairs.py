"""The minimal pairs: as many of each kind, every sentence once, two that hardly differ."""

from __future__ import annotations

from collections import Counter
from difflib import SequenceMatcher

import pytest

from explorer.content.minimal_pairs import KINDS, pairs, texts


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_pairs_are_minimal_and_of_every_kind_alike_many(lang: str) -> None:
    found = pairs(lang)
    assert Counter(pair.kind for pair in found) == dict.fromkeys(KINDS[lang], 6)
    assert len(set(texts(lang))) == 2 * len(found)
    for pair in found:
        assert SequenceMatcher(None, sorted(pair.good), sorted(pair.bad)).ratio() > 0.65, pair
        assert pair.good[-1] == pair.bad[-1] and pair.good[-1] in "。？.?!"
