"""Results that take long and hold no reader's text stay on this machine's disk: the next process finds them."""

from __future__ import annotations

from pathlib import Path

from explorer.engine.cache import Precomputed
from explorer.lab.types.masking import ScanInputs
from tests.engine.conftest import Bench


def test_a_lasting_result_is_found_by_the_next_engine_and_another_is_not(bench: Bench, tmp_path: Path) -> None:
    bench.add("last", lambda model, inputs: model.read(inputs.text), persist=True)
    inputs = ScanInputs("窗外的雨")
    first = bench.engine(lasting=Precomputed(tmp_path))
    result = first.run(bench["last"], "fake", inputs).result
    first.run(bench["read"], "fake", inputs)
    second = bench.engine(lasting=Precomputed(tmp_path))
    kept = second.peek(bench["last"], "fake", inputs)
    assert kept is not None and kept.tokens == result.tokens
    assert second.peek(bench["read"], "fake", inputs) is None
    assert bench.engine().peek(bench["last"], "fake", inputs) is None
    assert second.counters().forward_passes == 0


def test_a_disk_that_takes_nothing_costs_no_answer(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "t").write_text("a file where the folder should be", encoding="utf-8")
    bench.add("last", lambda model, inputs: model.read(inputs.text), persist=True)
    engine = bench.engine(lasting=Precomputed(tmp_path))
    assert engine.run(bench["last"], "fake", ScanInputs("雨")).result.tokens.text == "雨"
