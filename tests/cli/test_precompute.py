"""The results that come with the app: all there, up to date, and what the model says today, within a tolerance.

Not bit equality: processors differ. Probabilities in fp32 may differ by a thousandth, those of a scan that ran in bf16
(there or here) by a hundredth.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from explorer.cli import precompute
from explorer.content import first_paint
from explorer.engine.cache import TOKENS, Precomputed
from explorer.engine.local import LocalEngine

TOLERANCE = {"fp32": 1e-3, "bf16": 1e-2}
# One of each kind. These take tens of seconds; their arithmetic is held against the library on small models.
LONG = {
    "finetuning/exam",
    "finetuning/tune",
    "in-context/induction",
    "in-context/table",
    "languages/average",
    "languages/shift-all",
    "languages/survey",
    "pairs/measure",
}
# Trainings in which a rounding grows: what is sampled next, or where a loss that falls over goes, is another story on
# another processor. Their arithmetic is held against enumeration, finite differences and torch.nn instead
# (tests/learning/test_policy.py; tests/lab/test_rlhf.py, test_told.py, test_scaling.py, test_collapse.py,
# test_contest.py).
ELSEWHERE = {"beyond/collapse", "denoising/contest", "family/norms", "family/told", "family/tune", "in-context/scaling"}
CHECKED = sorted({one.wire for one, _, _ in first_paint.asked()} - LONG - ELSEWHERE)


@pytest.fixture(scope="module")
def computing() -> Iterator[LocalEngine]:
    """An engine that computes everything itself."""
    with closing(LocalEngine(precomputed=None)) as engine:
        yield engine


def test_every_default_example_is_there_and_nothing_else(computing: LocalEngine) -> None:
    folder = Precomputed()
    wanted = {
        folder.path(asked.wire, computing.key(asked, model, inputs))
        for asked, model, inputs in [*first_paint.asked(), *first_paint.beside()]
    }
    wanted |= {folder.path(TOKENS, computing.tokens_key(*one)) for one in first_paint.texts()}
    assert {path for path in wanted if not path.exists()} == set(), "run: python -m explorer precompute"
    assert set(folder.folder.glob("*/*/*.npz")) - wanted == set(), "left over; run: python -m explorer precompute"


@pytest.mark.parametrize("wire", CHECKED)
def test_spot_check(wire: str, computing: LocalEngine) -> None:
    experiment, model_id, inputs = next(entry for entry in first_paint.asked() if entry[0].wire == wire)
    kept = Precomputed().get(experiment.wire, computing.key(experiment, model_id, inputs))
    assert kept is not None
    now = computing.run(experiment, model_id, inputs).result
    precisions = {getattr(result, "precision", "fp32") for result in (kept, now)}
    assert largest_difference(kept, now) <= max(TOLERANCE[precision] for precision in precisions)


def test_kept_tokens_are_the_tokenizer_s(computing: LocalEngine) -> None:
    for one in first_paint.texts():
        assert Precomputed().get(TOKENS, computing.tokens_key(*one)) == computing.tokens(*one)


def test_writing_keeps_the_result_and_removes_what_is_out_of_date(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, computing: LocalEngine
) -> None:
    smallest = min(first_paint.asked(), key=lambda entry: len(repr(entry[2])))
    monkeypatch.setattr(first_paint, "asked", lambda chapter: [smallest])
    monkeypatch.setattr(first_paint, "texts", lambda chapter: [])
    folder = Precomputed(tmp_path)
    old = tmp_path / "masking" / "fill" / "00000000000000000000.npz"
    old.parent.mkdir(parents=True)
    old.write_bytes(b"out of date")
    (written,) = precompute.write(folder=folder)
    assert written.exists()
    assert not old.exists()
    experiment, model_id, inputs = smallest
    assert folder.get(experiment.wire, computing.key(experiment, model_id, inputs)) is not None


def test_a_chapter_without_examples_is_refused() -> None:
    with pytest.raises(LookupError, match="nowhere"):
        first_paint.asked("nowhere")


def test_the_comparison_can_fail() -> None:
    logits = np.array([[0.0, 1.0, 2.0]], dtype=np.float32)
    assert largest_difference(logits, logits + 5, "logits") == pytest.approx(0, abs=1e-7)
    assert largest_difference(logits, logits[:, ::-1], "logits") > 0.5
    assert largest_difference((1.0, "a"), (1.0, "b")) == np.inf


def largest_difference(a: Any, b: Any, name: str = "") -> float:
    """The largest difference of any number in two results; logits are compared as probabilities, texts as equal or not.

    Vectors and surprisals have no common scale: they are compared relative to their own largest value.
    """
    if type(a) is not type(b):
        return np.inf
    if isinstance(a, np.ndarray):
        if a.shape != b.shape:
            return np.inf
        if a.dtype.kind in "iu":
            return float((a != b).mean()) if name not in ("top_ids", "rank") else 0.0  # close neighbours may swap
        if name == "logits":
            a, b = softmax(a), softmax(b)
        scale = max(1.0, float(np.abs(a).max(initial=0)))
        return float(np.abs(a - b).max(initial=0)) / scale
    if is_dataclass(a) and not isinstance(a, type):
        return max(largest_difference(getattr(a, f.name), getattr(b, f.name), f.name) for f in fields(a))
    if isinstance(a, tuple):
        if len(a) != len(b):
            return np.inf
        return max((largest_difference(x, y, name) for x, y in zip(a, b, strict=True)), default=0.0)
    if name == "ms":  # how long it took then and now
        return 0.0
    if isinstance(a, float):
        return abs(a - b)
    return 0.0 if a == b or name == "precision" else np.inf


def softmax(logits: np.ndarray) -> np.ndarray:
    shifted = np.exp(logits.astype(np.float64) - logits.max(axis=-1, keepdims=True))
    return shifted / shifted.sum(axis=-1, keepdims=True)
