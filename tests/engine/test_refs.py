"""Inputs that name another result: it is found or computed first, and never travels by value."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from explorer.content import first_paint
from explorer.lab.types import codec
from explorer.lab.types.experiment import Experiment, Ref, Results
from explorer.lab.types.languages import SURVEY, SurveyInputs, shift_inputs
from explorer.lab.types.masking import FillResult, ScanInputs
from tests.engine.conftest import Bench, FakeModel, a_fill

MOST = 64 * 1024  # bytes of the inputs of anything a page asks for when it opens


@codec.wire("tests/named")
@dataclass(frozen=True)
class Named:
    text: str
    read: Ref[FillResult]


@pytest.fixture
def naming(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Experiment[Any, Any, Any]:
    def use(model: FakeModel, inputs: Named, results: Results) -> FillResult:
        return a_fill(results[inputs.read].tokens.text + inputs.text, vocabulary=8)

    bench.add("use", use, uses_results=True)
    known = {one.wire: one for one in (bench["read"], bench["use"])}
    monkeypatch.setattr("explorer.engine.local.declared", lambda: known)
    return bench["use"]


def test_what_is_named_is_computed_once_and_then_found(bench: Bench, naming: Experiment[Any, Any, Any]) -> None:
    engine, rain = bench.engine(), bench["read"].ref(ScanInputs("雨"))
    assert engine.peek(naming, "fake", Named("停了", rain)) is None
    assert engine.counters().runs == 0, "a peek computes nothing"
    assert engine.run(naming, "fake", Named("停了", rain)).result.tokens.text == "雨停了"
    assert engine.run(naming, "fake", Named("大了", rain)).result.tokens.text == "雨大了"
    counted = engine.counters()
    assert (counted.forward_passes, counted.runs) == (1, 3)
    *_, streamed = engine.stream(naming, "fake", Named("来了", bench["read"].ref(ScanInputs("风"))))
    assert streamed.tokens.text == "风来了"


def test_another_version_of_what_is_named_is_another_key(bench: Bench, naming: Experiment[Any, Any, Any]) -> None:
    engine, rain = bench.engine(), bench["read"].ref(ScanInputs("雨"))
    older = replace(rain, version=rain.version + 1)
    assert engine.key(naming, "fake", Named("", rain)) != engine.key(naming, "fake", Named("", older))
    with pytest.raises(LookupError):
        engine.run(naming, "fake", Named("", older))


def test_a_reference_travels() -> None:
    inputs = shift_inputs("digest", "雨停了", "zh", "en", (6,))
    assert codec.decode(codec.encode(inputs)) == inputs
    assert inputs.survey == SURVEY.ref(SurveyInputs("digest"))


def test_nothing_that_a_page_asks_for_at_first_is_large() -> None:
    sizes = {one.wire: len(codec.encode(inputs)) for one, _, inputs in first_paint.asked()}
    assert len(sizes) >= 14
    assert {wire: size for wire, size in sizes.items() if size > MOST} == {}


def test_looking_up_every_curve_of_the_shift_hashes_no_array(monkeypatch: pytest.MonkeyPatch) -> None:
    """The redraw of 挪过去 looks up two curves a layer, the profile and all layers of the sentence."""
    hashed: list[int] = []
    whole = np.ascontiguousarray
    monkeypatch.setattr(codec.np, "ascontiguousarray", lambda array: hashed.append(array.nbytes) or whole(array))
    asked = [inputs for one, _, inputs in first_paint.asked() if one.wire.startswith("languages/")]
    assert len(asked) >= 8
    for inputs in asked:
        codec.canonical(inputs)
    assert sum(hashed) == 0
