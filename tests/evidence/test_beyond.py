"""Evidence of 文字之外: what ships was measured on the page's own trainings, and a data folder adds nothing."""

from __future__ import annotations

from pathlib import Path

from explorer.content import dna, three_starts
from explorer.evidence import beyond
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
