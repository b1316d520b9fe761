"""Evidence of 语境: every claim holds today, and the layer was not chosen on the words it is reported on."""

from __future__ import annotations

import numpy as np
import pytest

from explorer import evidence
from explorer.content import examples
from explorer.evidence import context


def test_the_layer_is_chosen_on_one_half_only() -> None:
    sets = {"a": {"half": "choose"}, "b": {"half": "report"}, "c": {}}
    accuracy = {"a": np.array([0.1, 0.9, 0.9]), "b": np.array([1.0, 0, 0]), "c": np.array([1.0, 0, 0])}
    assert context.chosen_layer(sets, accuracy) == 1
    assert context.chosen_layer(sets, accuracy, "report") == 0


def test_the_sentences_are_as_many_as_promised() -> None:
    sets = [entry for entry in examples.load("context")["sets"].values() if "half" in entry]
    assert len(sets) >= 12
    assert sum(len(sense["lines"]) for entry in sets for sense in entry["senses"].values()) >= 200
    assert {entry["lang"] for entry in sets} == {"zh", "en"}


@pytest.mark.timeout(600)
def test_every_claim_holds() -> None:
    rows = {row.id: row for row in evidence.measure("context")}
    assert set(rows) == {
        "context.guo_auc",
        "context.guo_gap_layers",
        "context.sense_accuracy",
        "context.sense_static",
        "context.crossing",
        "context.anisotropy",
    }
    assert [row.id for row in rows.values() if not row.holds] == []
