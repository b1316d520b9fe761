"""The decoder's training: its batches hold broken texts and whole ones, the loss falls, and what is saved is opened."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from explorer import paths
from explorer.models.network import denoiser
from explorer.models.network.model import Model
from training import corpus, denoise
from training.loop import Plan, train

PLAN = Plan(steps=14, rates=(1e-3,), warm_up=3, average=0.5, save_every=5)


@pytest.fixture(scope="module")
def batches(text: Path, tmp_path_factory: pytest.TempPathFactory) -> denoise.Batches:
    from transformers import AutoTokenizer

    cutter = AutoTokenizer.from_pretrained(paths.MODELS / "mini-mbert")
    corpora = corpus.prepare(text, cutter, tmp_path_factory.mktemp("work"), denoise.SHARES)
    return denoise.Batches(corpora, denoise.begins(cutter), cutter.mask_token_id, size=120, whole=12)


def test_a_batch_asks_for_the_text_as_it_was(batches: denoise.Batches) -> None:
    texts = {tuple(one.of(n, n + 1).tolist()) for one in batches.corpora.values() for n in range(len(one.ends) - 1)}
    changed = 0
    for number in range(8):
        batch = batches(number)
        for ids, mask, said, labels in zip(*(batch[name] for name in ("ids", "mask", "said", "labels")), strict=True):
            read = ids[mask.bool()].tolist()
            wanted = labels[labels != denoise.NONE].tolist()
            assert tuple(wanted[:-1]) in texts and wanted[-1] == denoise.SEP
            assert said[: len(wanted)].tolist() == [denoise.CLS, *wanted[:-1]]
            assert read[0] == denoise.CLS and read[-1] == denoise.SEP
            changed += read[1:-1] != wanted[:-1]
        assert bool(batch["whole"][0]) == (number >= batches.whole)
        assert all(torch.equal(tensor, batches(number)[name]) for name, tensor in batch.items())
    assert changed > 20


def test_training_lowers_the_loss_and_what_is_saved_is_opened(
    batches: denoise.Batches, mini_mbert: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch.manual_seed(0)
    decoder = denoiser.Decoder(denoise._layer_settings(mini_mbert), len(denoise.LAYERS), (6, 12))
    decoder.begin_from(mini_mbert, denoise.LAYERS)
    before = {name: tensor.clone() for name, tensor in mini_mbert._net.state_dict().items()}
    objective = denoise.Objective(mini_mbert, decoder, denoise.common(batches.corpora))
    steps = list(train(objective, (list(decoder.parameters()),), batches, PLAN, tmp_path / "work"))
    losses = [step.told["loss"] for step in steps[: batches.whole]]  # over the same words
    assert np.mean(losses[-3:]) < np.mean(losses[:3]) - 0.3
    after = mini_mbert._net.state_dict()
    assert all(torch.equal(before[name], after[name]) for name in before), "the encoder stays as it is"
    out = tmp_path / "out"
    facts: dict[str, Any] = {"program": "training.denoise"}
    denoise.save(mini_mbert, decoder, out, facts)
    assert json.loads((out / "config.json").read_text(encoding="utf-8"))["trained"] == facts
    monkeypatch.setattr(denoiser, "folder", lambda info: out)
    opened = denoiser.restorer(mini_mbert).decoder.state_dict()
    for name, tensor in decoder.state_dict().items():
        assert torch.allclose(opened[name], tensor, atol=2e-3)
