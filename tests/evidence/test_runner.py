"""Measuring beside the app: rows are kept one by one, watched, stopped; and what is shown is the newest."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from explorer import evidence, paths
from explorer.engine import get_engine
from explorer.evidence import results_store, runner
from explorer.evidence.texts import Row
from explorer.lab.types.masking import AVERAGE, AverageInputs
from explorer.models.catalog import catalog

MODEL = catalog.default("masked")
ROW = Row(
    "masking.a", "masking", "说法", "claim", "", "own measurement", 0.6, "share", ">=", 0.5, MODEL.id, MODEL.revision,
    "python -m explorer evidence --chapter masking", 12, "eval/x",
)  # fmt: skip
SECOND = replace(ROW, id="masking.b", measured=0.1)


@pytest.fixture(autouse=True)
def apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures of its own, and none that came with the app."""
    monkeypatch.setenv("SESAME_MODELS", str(tmp_path))
    monkeypatch.setattr(results_store, "SHIPPED", tmp_path / "shipped.json")
    monkeypatch.setattr(runner, "_status", None)


def ended() -> runner.Measuring:
    waiting = threading.Event()
    for _ in range(1000):
        status = runner.status()
        if status is not None and not status.running:
            return status
        waiting.wait(0.01)
    raise AssertionError("it never ended")


def measures(monkeypatch: pytest.MonkeyPatch, *rows: Row) -> None:
    monkeypatch.setattr(evidence, "measure", lambda chapter, data=None: iter(rows))


def test_what_was_measured_here_stands_over_what_came_with_the_app() -> None:
    results_store.ship([ROW, SECOND], results_store.SHIPPED)
    assert [(f.row.id, f.here) for f in results_store.figures("masking")] == [
        ("masking.a", False),
        ("masking.b", False),
    ]
    results_store.keep([replace(ROW, measured=0.7)])
    first, second = results_store.figures("masking")
    assert (first.row.measured, first.here, second.here) == (0.7, True, False)
    assert first.when[:4].isdigit()
    assert results_store.figures("home") == ()


def test_a_figure_of_other_weights_is_marked_and_a_damaged_file_is_none() -> None:
    results_store.keep([replace(ROW, revision="0" * 64)])
    assert [figure.stale for figure in results_store.figures("masking")] == [True]
    results_store.own().write_text('{"masking.a": {"chapter": "masking"}}', encoding="utf-8")
    assert results_store.figures("masking") == ()
    results_store.own().write_text("[1, 2", encoding="utf-8")
    assert results_store.figures("masking") == ()


def test_shipping_a_chapter_again_drops_the_claims_it_no_longer_makes() -> None:
    results_store.ship([ROW, SECOND], results_store.SHIPPED)
    results_store.ship([SECOND], results_store.SHIPPED)
    assert [figure.row.id for figure in results_store.figures("masking")] == ["masking.b"]


def test_a_measurement_keeps_each_row_and_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    measures(monkeypatch, ROW, SECOND)
    runner.start("masking")
    status = ended()
    assert (status.done, status.error, status.chapter) == (2, "", "masking")
    assert [(figure.row.id, figure.here) for figure in runner.figures("masking")] == [
        ("masking.a", True), ("masking.b", True),
    ]  # fmt: skip


def test_one_measurement_at_a_time_and_none_of_what_is_no_chapter(monkeypatch: pytest.MonkeyPatch) -> None:
    go, asked = threading.Event(), []

    def measure(chapter: str, data: Path | None = None) -> Iterator[Row]:
        asked.append(chapter)
        assert go.wait(10)
        yield ROW

    monkeypatch.setattr(evidence, "measure", measure)
    runner.start("nowhere")
    assert runner.status() is None
    runner.start("masking")
    runner.start("masking")
    go.set()
    ended()
    assert asked == ["masking"]


def test_a_failure_is_told_and_what_was_measured_stays(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def measure(chapter: str, data: Path | None = None) -> Iterator[Row]:
        yield ROW
        raise ZeroDivisionError

    monkeypatch.setattr(evidence, "measure", measure)
    runner.start("masking")
    assert (ended().error, ended().done) == ("failed", 1)
    assert [figure.here for figure in runner.figures("masking")] == [True]
    assert "ZeroDivisionError" in caplog.text


def test_a_real_run_shows_its_steps_and_is_stopped_within_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Through the engine: the stop is looked at between two sentences, not after the last."""
    lines = tuple(f"今天是第{n}天，天气还是很好。" for n in range(400))

    def measure(chapter: str, data: Path | None = None) -> Iterator[Row]:
        yield ROW
        get_engine().run(AVERAGE, MODEL.id, AverageInputs(lines, 1, seed=9))
        yield SECOND

    monkeypatch.setattr(evidence, "measure", measure)
    runner.start("masking")
    waiting = threading.Event()
    for _ in range(6000):
        if (status := runner.status()) is not None and status.step[0] > 0:
            break
        waiting.wait(0.01)
    assert status is not None and status.step[1] == len(lines)
    runner.cancel()
    end = ended()
    assert (end.error, end.done) == ("cancelled", 1)
    assert [figure.row.id for figure in runner.figures("masking")] == ["masking.a"]


def test_what_comes_with_the_app_is_about_chapters_that_are_here() -> None:
    shipped = json.loads((paths.PRECOMPUTED / "evidence.json").read_text(encoding="utf-8"))
    assert {table["chapter"] for table in shipped.values()} <= set(evidence.CHAPTERS)
    assert len(shipped) >= 5
    for id, table in shipped.items():
        assert table["source"] and table["n"] > 0 and id.startswith(table["chapter"]), id
        assert table["command"].startswith("python -m explorer evidence"), id
