"""`python -m explorer evidence`: what it prints, what it returns, and what it records."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from explorer import evidence
from explorer.cli import main as command
from explorer.evidence import heldout_results, results_store
from explorer.evidence.texts import Row

HELD = Row(
    "masking.a",
    "masking",
    "盖住",
    "covered",
    "0.5",
    "paper",
    0.6,
    "share",
    ">=",
    0.5,
    "mini",
    "abc",
    "python … ",
    12,
    "eval/x",
)
FIELDS = "id chapter claim_zh claim_en published source measured unit op target holds model revision command".split()


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[Row]:
    """What evidence is measured as; a test may change it."""
    rows = [HELD]

    def measure(chapter: str, data: Path | None = None) -> Iterator[Row]:
        yield from rows

    monkeypatch.setattr(evidence, "measure", measure)
    return rows


def test_json_has_every_field(measured: list[Row], capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["evidence", "--json"]) == 0
    row, *_ = json.loads(capsys.readouterr().out)
    assert set(FIELDS) <= set(row)
    assert row["claim_zh"] == "盖住"
    assert row["holds"] is True


def test_a_claim_that_does_not_hold_is_said_and_returned(
    measured: list[Row], capsys: pytest.CaptureFixture[str]
) -> None:
    measured[:] = [replace(HELD, measured=0.4)]
    assert command.main(["evidence", "--chapter", "masking"]) == 1
    assert "DOES NOT HOLD" in capsys.readouterr().out


def test_only_figures_from_outside_data_are_recorded(tmp_path: Path) -> None:
    file = tmp_path / "recorded.toml"
    outside = replace(HELD, id="masking.b", command="python -m explorer evidence --data DIR", data='a "quoted" set')
    heldout_results.write([HELD, outside], file)
    heldout_results.write([replace(outside, measured=0.7)], file)
    kept = heldout_results.read(file)
    assert set(kept) == {"masking.b"}
    assert kept["masking.b"]["measured"] == 0.7
    assert kept["masking.b"]["data"] == 'a "quoted" set'


def test_what_is_recorded_names_model_data_and_command() -> None:
    for id, figures in heldout_results.read().items():
        assert set(figures) - {*heldout_results.CLAIM, "when"} == set(heldout_results.KEPT), id
        assert figures["command"].startswith("python -m explorer evidence"), id
        assert "sha256:" in figures["data"], id


def test_every_recorded_claim_reaches_the_page() -> None:
    """Those that no row of ours carries are shown as rows of their own, zero-shot transfer among them."""
    shown = {figure.row.id: figure for chapter in evidence.CHAPTERS for figure in results_store.figures(chapter)}
    recorded = heldout_results.read()
    carried = {id for id, figure in shown.items() if figure.held_out or "--data" in figure.row.command}
    assert recorded.keys() == carried
    zero_shot = shown["languages.pos_zero_shot"]
    assert (zero_shot.row.measured, zero_shot.row.n) == (recorded["languages.pos_zero_shot"]["measured"], 12012)
    assert zero_shot.row.holds
    assert not zero_shot.here
    assert "English→Bulgarian 0.871" in zero_shot.row.published
