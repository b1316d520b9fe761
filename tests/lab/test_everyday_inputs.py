"""What people try first, with the numbers that should come of it: dials at their edges, blanks at the end of a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from explorer.lab.masking import fill
from explorer.lab.sampling import offer, penalised
from explorer.lab.types.generation import Settings
from explorer.lab.types.masking import FillInputs

if TYPE_CHECKING:
    from explorer.models.network.model import Model

FOUR = np.log(np.array([0.5, 0.3, 0.1, 0.1], dtype=np.float32))


@pytest.mark.parametrize(("top_p", "kept"), [(0.79, 2), (0.5, 1), (0.0, 1), (1.0, 4)])
def test_the_fewest_tokens_that_hold_the_share(top_p: float, kept: int) -> None:
    found = offer(FOUR, (), Settings(top_p=top_p))
    assert len(found.ids) == kept
    assert found.p.sum() == pytest.approx(1)


def test_temperature_comes_before_the_cut() -> None:
    scores = np.array([3, 2, 1], dtype=np.float32)
    assert offer(scores, (), Settings(temperature=0.5, top_p=0.8, min_p=0.3)).ids.tolist() == [0]


def test_a_token_is_penalised_once_however_often_it_stands_in_the_text() -> None:
    scores = np.array([3, -2, 1], dtype=np.float32)
    np.testing.assert_array_equal(penalised(scores, [0, 0, 0, 1, 1], 1.5), penalised(scores, [0, 1], 1.5))


def test_a_penalty_never_makes_a_repetition_likelier() -> None:
    scores, seen = np.array([3, -2, 1, -4], dtype=np.float32), (0, 1, 3)
    before = np.ones(len(scores))
    for penalty in np.arange(1, 2.05, 0.1):
        found = offer(scores, seen, Settings(repetition=float(penalty)))
        p = np.zeros(len(scores))
        p[found.ids] = found.p
        assert (p[list(seen)].sum() <= before[list(seen)].sum() + 1e-9).all()
        before = p


def test_a_full_stop_behind_the_blank_leaves_it_to_words(mini_mbert: Model) -> None:
    """A blank at the very end is mostly filled with a full stop: more than half of that goes once one stands there."""
    words = mini_mbert.tokenizer.vocabulary()
    marks = [n for n, word in enumerate(words) if word and word in "。，！？；、.,!?;…"]
    shares = []
    for text in ("我最喜欢的水果是[MASK]", "我最喜欢的水果是[MASK]。"):
        tokens = mini_mbert.tokenizer.encode(text)
        place = tokens.ids.index(mini_mbert.tokenizer.mask_id or -1)
        (found,) = fill(mini_mbert, [FillInputs(text, (), (place,))])
        logits = found.logits[0].astype(np.float64)
        p = np.exp(logits - logits.max())
        shares.append(float(p[marks].sum() / p.sum()))
    assert shares[1] < shares[0] / 2
