"""Restoring: what is said is what the library's own encoder and decoder say, and what came back is counted as told."""

from __future__ import annotations

import copy
import json
from typing import Any

import numpy as np
import pytest
import torch

from benchmarks.denoising import told_by_library
from explorer.errors import ModelUnavailable, Told
from explorer.lab.restoring import regain, restore
from explorer.lab.types.breaking import Breakage, Broken
from explorer.lab.types.core import Progress
from explorer.lab.types.restoring import RegainInputs, RestoreInputs, RestoreResult, aligned, came_back
from explorer.models.network import denoiser
from explorer.models.network.model import Model

TEXT = "The nurse has hung a lamp over the kitchen table."
TURNED = Breakage("rotate", seed=3)


def restored(model: Model, inputs: RestoreInputs) -> RestoreResult:
    *steps, result = restore(model, inputs)
    assert steps and all(isinstance(step, Progress) and step.done <= step.total for step in steps)
    assert isinstance(result, RestoreResult)
    return result


def test_scores_and_attention_are_those_of_the_library(mini_mbert: Model) -> None:
    found = restored(mini_mbert, RestoreInputs(TEXT, TURNED))
    told = told_by_library(mini_mbert, found)
    rows = told.logits[0].numpy()
    np.testing.assert_allclose(found.logit, rows[np.arange(len(found.said)), found.said], atol=1e-4)
    np.testing.assert_allclose(found.logits, np.take_along_axis(rows, found.ids.astype(np.int64), axis=1), atol=1e-4)
    np.testing.assert_allclose(found.cross, np.stack([one[0].numpy() for one in told.cross_attentions]), atol=1e-5)
    np.testing.assert_allclose(found.cross.sum(-1), 1, atol=1e-5)
    assert (found.rank == 1).all() and found.said == tuple(rows.argmax(-1))


def test_a_turned_sentence_is_turned_back(mini_mbert: Model) -> None:
    found = restored(mini_mbert, RestoreInputs(TEXT, TURNED))
    assert found.ended and found.read[1:-1] != found.tokens.ids[1:-1]
    assert found.text == found.tokens.ids[1:-1]
    assert found.rank.tolist() == [1] * len(found.said)


def test_ways_and_a_readers_own_beginning(mini_mbert: Model) -> None:
    how = Breakage("infill", rate=0.3, seed=1)
    greedy = restored(mini_mbert, RestoreInputs(TEXT, how))
    best = restored(mini_mbert, RestoreInputs(TEXT, how, way="beam"))
    mean = [float((one.logit - one.whole).mean()) for one in (greedy, best)]
    assert mean[1] >= mean[0] - 1e-6, "a wider search finds nothing less likely"
    drawn = [restored(mini_mbert, RestoreInputs(TEXT, how, way="sample", seed=n)).said for n in (1, 1, 2, 3, 4)]
    assert drawn[0] == drawn[1] and len(set(drawn)) > 1
    other = int(greedy.ids[0, 3])
    led = restored(mini_mbert, RestoreInputs(TEXT, how, chosen=(other,)))
    assert led.said[0] == other and led.rank[0] == 4
    with pytest.raises(Told, match="token_outside"):
        restored(mini_mbert, RestoreInputs(TEXT, how, chosen=(10**6,)))


def test_what_came_back_is_counted() -> None:
    whole = (5, 6, 7, 8, 9)
    moved = Broken((5, 7, 6, 8, 9), (0, 2, 1, 3, 4), whole, (0, 1, 2, 3, 4), (), (1, 2))
    assert [came_back(whole, moved, said) for said in (whole, moved.shown, (5, 6, 1, 8, 9), (5,))] == [2, 0, 1, 0]
    taken = Broken((5, 8, 9), (0, 3, 4), whole, (0, 1, 2, 3, 4), (1, 2), ())
    assert [came_back(whole, taken, said) for said in (whole, taken.shown, (5, 6, 8, 9), (5, 1, 7, 8, 9))] == [
        2,
        0,
        1,
        1,
    ]
    assert aligned(whole, (6, 7, 5)) == {1, 2}
    assert aligned((), whole) == aligned(whole, ()) == frozenset()


def test_many_texts_are_counted_beside_their_baselines(mini_mbert: Model) -> None:
    texts = (TEXT, "She reads.", "我们在河边种了三棵树。", "好")
    *steps, found = regain(mini_mbert, RegainInputs(texts, Breakage("infill", rate=0.2), blanks=True))
    assert steps[-1] == Progress(len(found.asked), len(found.asked))
    assert len(found.asked) + found.skipped == len(texts)
    for column in (found.back, found.copied, found.filled, found.told):
        assert column.shape == found.asked.shape and (column <= found.asked).all()
    one = RestoreInputs(TEXT, Breakage("infill", rate=0.2, seed=0))
    alone, (*_, counted) = restored(mini_mbert, one), regain(mini_mbert, RegainInputs((TEXT,), one.how))
    assert came_back(alone.tokens.ids[1:-1], alone.broken, alone.text) == counted.back[0]
    *_, turned = regain(mini_mbert, RegainInputs((TEXT,), TURNED))
    assert turned.copied.sum() == 0 and turned.filled.size == 0


def test_a_decoder_for_other_weights_is_refused(
    mini_mbert: Model, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    import shutil

    ours = denoiser.folder(mini_mbert.info)
    monkeypatch.setattr(denoiser, "folder", lambda info: tmp_path / "none")
    with pytest.raises(ModelUnavailable, match="denoiser_missing"):
        denoiser.restorer(mini_mbert)
    shutil.copytree(ours, tmp_path / "other")
    settings = json.loads((ours / "config.json").read_text(encoding="utf-8"))
    (tmp_path / "other" / "config.json").write_text(json.dumps(settings | {"body": "0" * 64}), encoding="utf-8")
    monkeypatch.setattr(denoiser, "folder", lambda info: tmp_path / "other")
    with pytest.raises(ModelUnavailable, match="model_damaged"):
        denoiser.restorer(mini_mbert)


@pytest.mark.parametrize("family", ["bart", "t5"])
def test_the_librarys_encoder_decoders_restore_as_they_write(family: str, tiny_model_of: Any) -> None:
    model = tiny_model_of(family)
    how = Breakage("sentinels" if family == "t5" else "infill", rate=0.3, span=2, seed=1)
    found = restored(model, RestoreInputs("the cat sat on the mat", how))
    net = copy.deepcopy(model._net)
    net.set_attn_implementation("eager")  # the one that tells its weights
    begin = [model.start_id, *([] if model.tokenizer.cls_id is None else [model.tokenizer.cls_id])]
    with torch.no_grad():
        told = net(
            input_ids=torch.tensor([found.read]), decoder_input_ids=torch.tensor([[*begin, *found.said[:-1]]]),
            output_attentions=True,
        )  # fmt: skip
    rows = told.logits[0, len(begin) - 1 :].numpy()
    assert found.said == tuple(rows.argmax(-1))
    np.testing.assert_allclose(found.logit, rows.max(-1), atol=1e-4)
    cross = np.stack([one[0, :, len(begin) - 1 :].numpy() for one in told.cross_attentions])
    np.testing.assert_allclose(found.cross, cross, atol=1e-5)
    kept = [token for token in found.broken.shown if token >= 0 and token != model.tokenizer.mask_id]
    assert family == "bart" or [token for token in found.text if token in kept][: len(kept)] == kept


def test_what_a_model_cannot_write_is_told(tiny_model_of: Any) -> None:
    model = tiny_model_of("t5")
    with pytest.raises(Told, match="no_mask_token"):
        restored(model, RestoreInputs("the cat sat on the mat", Breakage("mask")))
    with pytest.raises(Told, match="too_many_holes"):
        restored(model, RestoreInputs("the cat sat on the mat " * 2, Breakage("sentinels", rate=0.5, span=0.1)))
