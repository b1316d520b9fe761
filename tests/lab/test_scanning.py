"""The scan against covering one position at a time, and the photo finish of bf16."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np
import pytest

from explorer.errors import Told
from explorer.lab import scanning
from explorer.lab.types.core import Progress
from explorer.lab.types.masking import ScanInputs
from tests.lab.conftest import Reference, last

if TYPE_CHECKING:
    from explorer.models.network.model import Model

TEXT = "妹妹把红色的风筝借给了邻居的孩子。The kettle is singing."


def test_scan_is_the_library_one_position_at_a_time(tiny_model: Model, log_p: Reference) -> None:
    result = last(scanning.scan(tiny_model, ScanInputs(TEXT, "fp32")))
    ids = list(tiny_model.tokenizer.encode(TEXT).ids)
    assert result.positions.tolist() == list(range(1, len(ids) - 1))
    assert result.precision == "fp32"
    for n, at in enumerate(result.positions.tolist()):
        expected = log_p([*ids[:at], tiny_model.tokenizer.mask_id, *ids[at + 1 :]])[at]
        assert result.original[n] == ids[at]
        assert result.p_original[n] == pytest.approx(np.exp(expected[ids[at]]), abs=1e-5)
        assert result.surprisal[n] == pytest.approx(-expected[ids[at]], abs=1e-4)
        assert result.rank[n] == 1 + (expected > expected[ids[at]]).sum()
        first = np.argsort(-expected)[:5]
        assert result.top_ids[n].tolist() == first.tolist()
        np.testing.assert_allclose(result.top_p[n], np.exp(expected[first]), atol=1e-5)


def test_progress_counts_positions(tiny_model: Model) -> None:
    *steps, result = scanning.scan(tiny_model, ScanInputs(TEXT, "fp32"))
    assert all(isinstance(step, Progress) for step in steps)
    assert [step.done for step in steps] == [*range(16, len(result.positions), 16), len(result.positions)]
    assert {step.total for step in steps} == {len(result.positions)}


def test_covers_typed_by_the_reader_stay_covered_and_are_not_scored(tiny_model: Model) -> None:
    result = last(scanning.scan(tiny_model, ScanInputs("树下有[MASK]井", "fp32")))
    assert result.positions.tolist() == [1, 2, 3, 5]
    for text in ("[MASK]", " "):
        with pytest.raises(Told) as caught:
            last(scanning.scan(tiny_model, ScanInputs(text)))
        assert caught.value.key == "text_empty"


def test_close_calls_are_run_again_in_fp32(tiny_model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(tiny_model.__dict__, "fast_pays", True)
    exact = last(scanning.scan(tiny_model, ScanInputs(TEXT, "fp32")))
    rounded = last(scanning.scan(tiny_model, ScanInputs(TEXT, "bf16")))
    assert rounded.precision == "bf16"
    assert not np.array_equal(rounded.p_original, exact.p_original)

    monkeypatch.setattr(scanning, "PHOTO_FINISH", np.inf)  # every call is close
    again = last(scanning.scan(tiny_model, ScanInputs(TEXT)))
    np.testing.assert_allclose(again.p_original, exact.p_original, atol=1e-6)
    assert again.top_ids.tolist() == exact.top_ids.tolist()

    monkeypatch.setattr(scanning, "PHOTO_FINISH", 0.0)  # none is
    assert np.array_equal(last(scanning.scan(tiny_model, ScanInputs(TEXT))).p_original, rounded.p_original)


def test_without_fast_bf16_auto_is_fp32(tiny_model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(tiny_model.__dict__, "fast_pays", False)
    auto = last(scanning.scan(tiny_model, ScanInputs(TEXT)))
    exact = last(scanning.scan(tiny_model, ScanInputs(TEXT, "fp32")))
    assert auto.precision == "fp32"
    np.testing.assert_array_equal(auto.p_original, exact.p_original)


@pytest.mark.parametrize(
    "text", ["昨天夜里下了一场大雪，早上孩子们都跑到院子里堆雪人。", "She put the letter back into the drawer."]
)
def test_on_the_embedded_model_bf16_gives_fp32s_first_five(
    mini_mbert: Model, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setitem(mini_mbert.__dict__, "fast_pays", True)
    exact = last(scanning.scan(mini_mbert, ScanInputs(text, "fp32")))
    fast = last(scanning.scan(mini_mbert, dataclasses.replace(ScanInputs(text))))
    assert fast.top_ids.tolist() == exact.top_ids.tolist()
    assert np.abs(fast.top_p - exact.top_p).max() <= 0.01
    assert np.abs(fast.p_original - exact.p_original).max() <= 0.01
