"""Evidence of 微调: every claim is measured on the default training, and says what is true of it."""

from __future__ import annotations

from pathlib import Path

from explorer import evidence
from explorer.evidence import finetuning


def test_every_claim_holds_on_the_default_training() -> None:
    rows = {row.id: row for row in evidence.measure("finetuning")}
    gaps, bags = ({f"finetuning.{name}_{lang}" for lang in finetuning.LANGUAGES} for name in ("gap", "bag"))
    assert set(rows) == gaps | bags | {"finetuning.training_loss"}
    assert [row.id for row in rows.values() if not row.holds] == []
    assert {row.n for id, row in rows.items() if id in gaps} == {304}
    assert rows["finetuning.training_loss"].n == 10


def test_nothing_of_it_is_measured_on_other_people_s_sentences(tmp_path: Path) -> None:
    assert list(finetuning.measure(tmp_path)) == []
