"""Evidence of 接龙: its rows on a few sentences, and their arithmetic against the model called directly."""

from __future__ import annotations

from typing import Any

import pytest

from explorer import evidence
from explorer.evidence import generation
from explorer.evidence.texts import Texts
from explorer.models.catalog import catalog

FEW = {
    "zh": ("外婆把旧毛衣拆开，给我织了一副手套。", "码头上的工人正在卸货。"),
    "en": ("My uncle repairs old radios in his garage.", "The train was late because of the snow."),
}
IDS = {
    "generation.natural_over_scrambled", "generation.context_helps", "generation.beam_over_greedy",
    "generation.bert_over_gpt_inner", "generation.bert_gpt_gap_end", "generation.loss_zh", "generation.loss_en",
}  # fmt: skip


@pytest.fixture(scope="module")
def rows() -> dict[str, Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(generation, "own", lambda chapter, lang: Texts(lang, FEW[lang], f"{chapter} few"))
        patch.setattr(generation, "EVERY", 2)
        return {row.id: row for row in evidence.measure("generation")}


def test_every_row_is_there_with_what_it_was_measured_on(rows: dict[str, Any]) -> None:
    assert set(rows) == IDS
    for row in rows.values():
        assert row.source and row.n > 0
        assert row.model == catalog.default("causal").id
        assert row.claim_zh != row.claim_en
    assert rows["generation.natural_over_scrambled"].n == 4
    assert rows["generation.natural_over_scrambled"].holds
    assert rows["generation.beam_over_greedy"].holds


def test_the_loss_is_the_library_s(rows: dict[str, Any], gemma: Any) -> None:
    import torch

    for lang, lines in FEW.items():
        nats = 0.0
        for line in lines:
            ids = torch.tensor([gemma.tokenizer.encode(line).ids])
            with torch.inference_mode():
                log_p = gemma._net(ids).logits[0].double().log_softmax(-1)
            nats -= float(log_p[:-1].gather(1, ids[0, 1:, None]).sum())
        assert rows[f"generation.loss_{lang}"].measured == pytest.approx(nats / sum(map(len, lines)), abs=2e-3)


def test_the_project_has_a_hundred_sentences_to_scramble() -> None:
    assert len(generation.own("masking", "zh").lines) + len(generation.own("masking", "en").lines) >= 100
