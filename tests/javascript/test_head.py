"""The browser's head of a distribution against the whole vector and against NumPy: every number that could be shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from explorer import numerics
from explorer.components.distribution import one_answer
from explorer.lab.types.arrays import Floats
from explorer.lab.types.head import BEST
from tests.javascript.shown import TEMPERATURES, both

SIZE = 33_627


def told(folder: Path, logits: Floats, original: int, watched: tuple[int, ...]) -> dict[str, Any]:
    (found,) = both(folder, one_answer(logits, 7, original, watched), [logits])
    return found


@pytest.mark.parametrize("seed", range(6))
def test_head_and_whole_show_the_same_digits(seed: int, tmp_path: Path) -> None:
    rng = np.random.default_rng(seed)
    logits = (rng.standard_normal(SIZE) * (0.8 + 0.4 * seed)).astype(np.float32)
    logits[:50] += np.linspace(9, 0, 50, dtype=np.float32)
    watched = (SIZE - 1, 4321, 3)
    found = told(tmp_path, logits, 20_000 + seed, watched)
    assert found["asked"][-4:] == [20_000 + seed, *watched]
    assert found["ranks"] == found["whole"] == [numerics.rank(logits, id_) for id_ in found["asked"]]
    for temperature, said in zip(TEMPERATURES, found["said"], strict=True):
        assert said["shown"] == said["whole"]
        p = numerics.softmax(logits.astype(np.float64) / temperature)[found["asked"]]
        np.testing.assert_allclose(said["p"], p, rtol=1e-8, atol=1e-300)
    assert not found["has"]


def test_a_vocabulary_no_larger_than_the_head(tmp_path: Path) -> None:
    logits = np.linspace(3, -3, BEST, dtype=np.float32)
    logits[5] = logits[4]
    found = told(tmp_path, logits, 5, ())
    assert found["ranks"][4:6] == [5, 5]
    for said in found["said"]:
        assert said["shown"] == said["whole"]
