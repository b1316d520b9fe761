"""Evidence of 填空: its arithmetic against the transformers library, and whether every claim holds today."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from explorer import evidence
from explorer.evidence import masking
from explorer.evidence.texts import Texts
from explorer.models.catalog import catalog

LINES = ("他每天早上都去公园跑步。", "这杯茶太烫了，等一会儿再喝。", "我们在车站等了半个小时。")
MODEL = "mini-mbert"


def test_covered_tokens_are_scored_as_the_library_scores_them() -> None:
    import torch
    from transformers import AutoModelForMaskedLM, AutoTokenizer

    folder = catalog.entry(MODEL).folder
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForMaskedLM.from_pretrained(folder, dtype=torch.float32).eval()
    places = [(line, at) for line in LINES for at in range(1, len(tokenizer(line).input_ids) - 1)]
    chosen = places[masking.EVERY - 1 :: masking.EVERY]
    ours = list(masking._covered(MODEL, Texts("zh", LINES, "test")))
    assert len(ours) == len(chosen) >= 4
    for (original, logits), (line, at) in zip(ours, chosen, strict=True):
        ids = tokenizer(line, return_tensors="pt").input_ids
        assert original == int(ids[0, at])
        ids[0, at] = tokenizer.mask_token_id
        with torch.inference_mode():
            theirs = model(ids).logits[0, at].numpy()
        np.testing.assert_allclose(logits, theirs, atol=2e-4)


def test_the_frequency_baseline_is_what_a_drawn_token_has_on_average() -> None:
    lines = ("好好学", "学好")  # 好 3 of 5, 学 2 of 5
    share = {"好": 3 / 5, "学": 2 / 5}
    by_hand = np.mean([np.mean([share[c] for c in line]) for line in lines])
    assert Counter("".join(lines)) == {"好": 3, "学": 2}
    assert masking._unigram_expectation(MODEL, lines) == pytest.approx(by_hand)


@pytest.mark.timeout(600)
def test_every_claim_holds_on_the_projects_own_sentences() -> None:
    rows = {row.id: row for row in evidence.measure("masking")}
    assert set(rows) >= {
        "masking.see_itself",
        "masking.repair",
        "masking.accuracy_zh",
        "masking.accuracy_en",
        "masking.language_kept",
    }
    assert [row.id for row in rows.values() if not row.holds] == []
    for row in rows.values():
        assert row.n >= 100, row.id
        assert row.source, row.id
        assert row.model == MODEL
        assert row.revision == catalog.entry(MODEL).revision
        assert row.claim_zh != row.claim_en
    assert rows["masking.accuracy_zh"].measured < rows["masking.accuracy_zh_top5"].measured


def test_a_chapter_without_evidence_is_refused() -> None:
    with pytest.raises(LookupError, match="nowhere"):
        next(evidence.measure("nowhere"))
