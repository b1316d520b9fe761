"""Evidence of 输入 and 句对: whether every claim holds on the project's own pairs, and what was recorded on others'."""

from __future__ import annotations

import lzma
from pathlib import Path

import pytest

from explorer import evidence
from explorer.content import examples
from explorer.evidence import heldout_results, pairs
from explorer.models.catalog import catalog

OWN = {
    "pairs.nsp_accuracy",
    "pairs.nsp_overlap",
    "pairs.sop_accuracy",
    "pairs.sop_overlap",
    "pairs.swap_fools_nsp",
    "pairs.swapped_called_next",
    "pairs.random_called_next",
}


@pytest.mark.parametrize("chapter", ["input", "pairs"])
def test_every_claim_holds_on_the_projects_own_sentences(chapter: str) -> None:
    rows = {row.id: row for row in evidence.measure(chapter)}
    assert set(rows) == ({"input.sum_exact"} if chapter == "input" else OWN)
    assert [row.id for row in rows.values() if not row.holds] == []
    for row in rows.values():
        assert row.n >= 100, row.id
        assert row.source, row.id
        assert row.revision == catalog.entry(row.model).revision
        assert row.claim_zh != row.claim_en


def test_what_was_recorded_on_other_people_s_passages_reaches_the_targets() -> None:
    kept = {id: figures for id, figures in heldout_results.read().items() if id.startswith("pairs.")}
    assert kept.keys() == OWN | {"pairs.nsp_easier"}
    measured = {id: float(figures["measured"]) for id, figures in kept.items()}
    assert measured["pairs.nsp_accuracy"] >= 0.75
    assert measured["pairs.nsp_overlap"] < measured["pairs.nsp_accuracy"]
    assert measured["pairs.sop_accuracy"] >= 0.55
    assert measured["pairs.sop_overlap"] == 0.5
    assert measured["pairs.nsp_easier"] == measured["pairs.swap_fools_nsp"] == 1
    assert measured["pairs.swapped_called_next"] > measured["pairs.random_called_next"]
    for id in ("pairs.nsp_accuracy", "pairs.sop_accuracy"):
        assert kept[id]["n"] >= 1000
        assert kept[id]["revision"] == catalog.default("masked").revision, "measured on other weights: record it again"


def test_neighbours_are_taken_from_passages_and_not_from_questions(tmp_path: Path) -> None:
    line = "{0} river is long and slow in summer.\t{0} Fluss ist lang und langsam im Sommer."
    passage = " ".join(f"The boat number {n} came home before the evening." for n in range(4))
    other = " ".join(f"Das Boot Nummer {n} kam vor dem Abend nach Hause." for n in range(4))
    (tmp_path / "parallel").mkdir()
    for lang in ("zh", "de", "es"):
        body = "\n".join([line.format("The"), f"{passage}\t{other}", f"{passage}\t{other}"])
        with lzma.open(tmp_path / "parallel" / f"xquad.en-{lang}.tsv.xz", "wt", encoding="utf-8") as file:
            file.write(body)
    groups, origin = pairs._passages(tmp_path)
    assert len(groups) == len(pairs.LANGUAGES) == 4
    assert [len(group) for group in groups[1:]] == [2, 2, 2], "a passage that stands twice is taken once"
    assert groups[1][0] == tuple(passage.split(". ")[n].rstrip(".") + "." for n in (0, 1))
    assert "sha256:" in origin


def test_the_projects_pairs_are_enough() -> None:
    assert sum(len(examples.own_pairs(lang)) for lang in examples.LANGUAGES) >= 100
