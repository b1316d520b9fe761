"""Evidence of 文字之外: what ships was measured on the page's own trainings, and a data folder adds nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from explorer.content import dna, dna_grid, three_starts
from explorer.content.dna_grid import Cell
from explorer.evidence import beyond
from explorer.evidence import dna_grid as measure
from explorer.models.catalog import catalog
from explorer.texts import LANGUAGES
from explorer.views.beyond import common
from explorer.views.beyond.common import State


def test_what_is_measured_is_what_the_page_opens_with() -> None:
    """So that its trainings are found where they were computed beforehand."""
    for lang in LANGUAGES:
        assert beyond.dna_inputs(dna.FIRST[lang], three_starts.AMOUNT) == common.lesson(State(), lang).inputs
        assert three_starts.sentences("swapped", lang) == common.sentences(State(), "swapped", lang)
        assert common.sentences(State(), "swapped", lang).starts == three_starts.STARTS


def test_nothing_of_it_is_measured_on_other_people_s_sequences(tmp_path: Path) -> None:
    assert list(beyond.measure(tmp_path)) == []


def cell(amount: int, drawn: int, right: tuple[int, ...], setting: str = "s") -> Cell:
    return Cell(amount, drawn, drawn, ("a", "b", "c", "d"), right, 200, "r", setting)


def test_what_is_in_the_grid_is_not_run_again_and_what_another_setting_gave_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, ran = tmp_path / "grid.json", []

    def measured(engine: object, amount: int, drawn: int) -> Cell:
        ran.append((amount, drawn))
        asked = measure.inputs(amount, drawn)
        return replace(
            cell(amount, drawn, (150, 120, 100), measure.setting(asked)), revision=catalog.default("masked").revision
        )

    monkeypatch.setattr(measure, "measured", measured)
    dna_grid.keep(cell(50, 7, (1, 2, 3), "another"), path)
    for draws in (range(1), range(2), range(2)):
        list(measure.run_all((50, 100), draws, path))
    assert ran == [(50, 0), (100, 0), (50, 1), (100, 1)]
    assert [one.place for one in dna_grid.read(path)] == [(50, 0), (50, 1), (100, 0), (100, 1)]
    assert dna_grid.by_amount(dna_grid.read(path))[100].tolist() == [[0.75, 0.6, 0.5]] * 2
    assert dna_grid.read(tmp_path / "none.json") == ()


def test_a_gap_over_sets_of_words_is_the_one_worked_out_by_hand() -> None:
    found = np.array([[0.8, 0.6, 0.7], [0.9, 0.6, 0.6], [0.9, 0.6, 0.7]])
    mean, low, high = dna_grid.gap(found, "pre-trained")  # .1, .3, .2: mean .2, deviation .1
    assert mean == pytest.approx(0.2) and high - mean == pytest.approx(4.303 * 0.1 / 3**0.5)
    assert low == pytest.approx(2 * mean - high)
    assert dna_grid.gap(found[:1], "pre-trained")[1:] == (-1, 1), "one set says nothing"


def test_what_ships_of_the_grid_is_of_today_s_model_and_setting() -> None:
    cells = dna_grid.read()
    assert cells
    for one in cells:
        asked = measure.inputs(one.amount, one.drawn)
        assert one.setting == measure.setting(asked) and one.seed == asked.seed
        assert one.words == dna.first_words(measure.LANG, one.drawn)
        assert one.revision == catalog.default("masked").revision
        assert one.asked == len(asked.held_out) and len(one.right) == len(three_starts.STARTS)


def test_what_settings_were_chosen_on_tests_nothing_of_the_grid() -> None:
    searched = three_starts.searched(three_starts.SEARCHED[0])
    tested = {letters for letters, _ in dna.splice("test")}
    assert len(searched.train) == three_starts.AMOUNT and len(searched.held_out) == three_starts.ASKED
    assert not tested & {letters for letters, _ in dna.splice("train")}
    assert not set(three_starts.SEARCHED) & set(three_starts.DRAWS)
