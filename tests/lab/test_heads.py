"""The head of a distribution against the whole of it: the same digits, at any temperature, whatever is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from explorer import numerics
from explorer.errors import Told
from explorer.lab.heads import heads, whole, words
from explorer.lab.types.core import Progress
from explorer.lab.types.experiment import Results
from explorer.lab.types.head import BEST, COOLEST, HOTTEST, TEMPERATURES, Head, head_of, known
from explorer.lab.types.masking import HEADS, HeadsInputs, WholeInputs, WordsInputs
from tests.lab.conftest import Reference, last

if TYPE_CHECKING:
    from explorer.models.network.model import Model

TEXT = "弟弟把蓝色的雨伞忘在了图书馆的门口。The lantern is glowing."


def log_sum(head: Head, temperature: float) -> float:
    """log Σ exp((z − z_best) / T) as the browser finds it: the best summed, the rest by the barycentric formula."""
    shifted = (head.logits.astype(np.float64) - head.logits[0]) / temperature
    if len(head.ids) == head.size:
        return float(np.log(np.exp(shifted).sum()))
    x, at = np.log(temperature), np.log(TEMPERATURES)
    weights = np.where(np.arange(len(at)) % 2, -1.0, 1.0)
    weights[[0, -1]] /= 2
    near = np.isclose(x, at, rtol=0, atol=1e-15)
    rest = head.tail[near][0] if near.any() else (weights / (x - at) * head.tail).sum() / (weights / (x - at)).sum()
    return float(np.log(np.exp(shifted).sum() + np.exp(rest)))


@pytest.mark.parametrize(("size", "spread"), [(33_627, 2.5), (33_627, 0.3), (5_000, 8.0), (250_002, 2.0)])
def test_every_temperature_of_the_dial_has_its_sum(size: int, spread: float) -> None:
    rng = np.random.default_rng(size)
    logits = (rng.standard_normal(size) * spread).astype(np.float32)
    logits[:40] += np.linspace(12, 2, 40, dtype=np.float32)
    head = head_of(logits)
    for temperature in np.linspace(COOLEST, HOTTEST, 291):
        true = numerics.log_softmax(logits.astype(np.float64) / temperature)
        best = int(head.ids[0])
        assert abs(-log_sum(head, temperature) - true[best]) < 1e-9, temperature


def test_the_best_come_in_order_and_ties_by_id() -> None:
    logits = np.zeros(1000, dtype=np.float32)
    logits[[700, 3]] = 2
    logits[10] = 5
    head = head_of(logits)
    assert head.ids[:5].tolist() == [10, 3, 700, 0, 1]
    assert len(head.ids) == BEST
    assert [(one.rank, one.logit) for one in known(logits, (700, 3, 999))] == [(2, 2.0), (2, 2.0), (4, 0.0)]
    assert np.isneginf(head_of(logits[:BEST]).tail).all()
    for wrong in (logits.astype(np.float64), logits[None], np.array([1, np.inf], dtype=np.float32)):
        with pytest.raises(ValueError, match="finite float32"):
            head_of(wrong)


def test_heads_are_the_library_one_position_at_a_time(tiny_model: Model, log_p: Reference) -> None:
    *steps, result = heads(tiny_model, HeadsInputs(TEXT))
    ids = list(tiny_model.tokenizer.encode(TEXT).ids)
    assert result.positions.tolist() == list(range(1, len(ids) - 1))
    assert all(isinstance(step, Progress) for step in steps)
    assert steps[-1] == Progress(len(result.positions), len(result.positions))
    for n, at in enumerate(result.positions.tolist()):
        expected = log_p([*ids[:at], tiny_model.tokenizer.mask_id, *ids[at + 1 :]])[at]
        assert result.surprisal[n] == pytest.approx(-expected[ids[at]], abs=1e-4)
        assert result.p_original[n] == pytest.approx(np.exp(expected[ids[at]]), abs=1e-5)
        assert result.rank[n] == 1 + (expected > expected[ids[at]]).sum()
        head = result.head(n)
        found = (head.logits.astype(np.float64) - head.logits[0]) - log_sum(head, 1.0)
        np.testing.assert_allclose(found, expected[head.ids], atol=1e-4)


def test_what_is_asked_later_is_of_the_same_scores(tiny_model: Model) -> None:
    """To the bit: a number that was shown before is not to change under the reader's eyes."""
    result = last(heads(tiny_model, HeadsInputs(TEXT)))
    ref = HEADS.ref(HeadsInputs(TEXT))
    results = Results({ref: result})
    asked = (5, int(result.original[2]), 17)
    scored = words(tiny_model, WordsInputs(ref, asked), results)
    assert len(result.positions) > 16, "more than one forward pass, or the shapes would be the same by chance"
    for n, at in enumerate(result.positions.tolist()):
        logits = whole(tiny_model, WholeInputs(ref, at), results).logits
        again = head_of(logits)
        np.testing.assert_array_equal(again.ids, result.ids[n])
        np.testing.assert_array_equal(again.logits, result.logits[n])
        np.testing.assert_array_equal(again.tail, result.tails[n])
        assert known(logits, asked) == scored.known(n)
        assert known(logits, (int(result.original[n]),)) == (result.known(n),)


def test_blanks_that_were_typed_stay_covered_and_have_no_head(tiny_model: Model) -> None:
    result = last(heads(tiny_model, HeadsInputs("树下有[MASK]井")))
    assert result.positions.tolist() == [1, 2, 3, 5]
    assert result.row(4) is None
    for text in ("[MASK]", " "):
        with pytest.raises(Told) as caught:
            last(heads(tiny_model, HeadsInputs(text)))
        assert caught.value.key == "text_empty"
