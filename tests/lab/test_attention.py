"""Attention experiments against the library called directly, and their arithmetic in plain NumPy."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from explorer.errors import Told
from explorer.lab import attention
from explorer.lab.types.attention import (
    CellInputs,
    DenseInputs,
    LookInputs,
    OffInputs,
    PaddingInputs,
    Sight,
    WindowInputs,
)
from tests import tiny
from tests.lab.conftest import last

if TYPE_CHECKING:
    from explorer.models.catalog.catalog import ModelInfo
    from explorer.models.network.model import Model

ModelOf = Callable[[str], "Model"]
TEXT = "树下有一口井，妹妹在听水声。"
WRITTEN = "The kettle is singing"


def softmax(scores: Any) -> Any:
    shifted = np.exp(scores - scores.max())
    return shifted / shifted.sum()


def test_weights_are_the_librarys_plain_ones(tiny_model: Model, tiny_bert: ModelInfo) -> None:
    import torch
    from transformers import BertModel

    eager = BertModel.from_pretrained(tiny_bert.folder, attn_implementation="eager", add_pooling_layer=False).eval()
    result = attention.look(tiny_model, LookInputs(Sight(TEXT)))
    with torch.no_grad():
        expected = torch.stack(eager(torch.tensor([result.looking.ids]), output_attentions=True).attentions)[:, 0]
    np.testing.assert_allclose(result.weights, expected, rtol=0, atol=1e-6)
    np.testing.assert_array_equal(result.thumbs, np.rint(result.weights * 255))
    assert not result.causal and set(result.window) == {0}


@pytest.mark.parametrize("family", tiny.FAMILIES)
def test_the_arithmetic_of_a_cell_in_numpy(family: str, tiny_model_of: ModelOf) -> None:
    """q · k → scale → bias → softmax → weighted v, for every architecture and every part it has."""
    model = tiny_model_of(family)
    parts = ("self", "decoder", "cross") if model.kind == "seq2seq" else ("self",)
    for part in parts:
        sight = Sight(TEXT, part=part, target=WRITTEN if part != "self" else "")
        whole = attention.look(model, LookInputs(sight))
        everything = attention.cells(model, LookInputs(sight))
        (layers, heads), query = whole.weights.shape[:2], len(whole.looking) - 2
        layer, head = layers - 1, heads - 1
        cell = attention.cell(model, CellInputs(sight, layer, head, query))
        scores = cell.scale * (cell.key.astype(float) @ cell.query.astype(float)) + cell.bias
        np.testing.assert_allclose(cell.weights, softmax(scores), atol=1e-5)
        np.testing.assert_allclose(cell.weights, whole.weights[layer, head, query], atol=1e-6)
        np.testing.assert_allclose(cell.output, cell.weights @ cell.value, atol=1e-4)
        again = everything.one(layer, head, query)
        for name in ("query", "key", "value", "bias", "weights", "output"):
            np.testing.assert_array_equal(getattr(again, name), getattr(cell, name))
        assert cell.kv_head == head * cell.n_kv_heads // cell.n_heads
        assert (len(cell.looking), len(cell.seen)) == whole.weights.shape[2:]
        if whole.causal:
            assert np.triu(whole.weights[layer, head], 1).max() == 0


def test_grouped_queries_and_sliding_windows_are_told(tiny_model_of: ModelOf) -> None:
    llama, gemma = (
        attention.cell(tiny_model_of(name), CellInputs(Sight(TEXT), 0, 3, 3)) for name in ("llama", "gemma3_text")
    )
    assert llama.n_kv_heads == 2 and llama.kv_head == 1 and llama.rotary
    windows = attention.look(tiny_model_of("gemma3_text"), LookInputs(Sight(TEXT))).window
    assert max(windows) == tiny_model_of("gemma3_text")._net.config.sliding_window
    assert gemma.rotary


def test_a_pair_has_two_sides(tiny_model: Model) -> None:
    result = attention.look(tiny_model, LookInputs(Sight("树下有一口井", "The kettle")))
    assert set(result.looking.type_ids) == {0, 1}


def test_measures_of_a_head_in_numpy(tiny_model: Model) -> None:
    weights = attention.look(tiny_model, LookInputs(Sight(TEXT))).weights.astype(float)
    atlas = attention.atlas(tiny_model, LookInputs(Sight(TEXT)))
    n = weights.shape[-1]
    at = np.arange(n)
    one = weights[1, 2]
    assert atlas.entropy[1, 2] == pytest.approx(-(one * np.log2(one)).sum() / n, abs=1e-4)
    assert atlas.distance[1, 2] == pytest.approx((one * abs(at[:, None] - at)).sum() / n, abs=1e-4)
    assert atlas.itself[1, 2] == pytest.approx(np.trace(one) / n, abs=1e-5)
    assert atlas.previous[1, 2] == pytest.approx(sum(one[i, i - 1] for i in range(1, n)) / n, abs=1e-5)
    assert atlas.following[1, 2] == pytest.approx(sum(one[i, i + 1] for i in range(n - 1)) / n, abs=1e-5)
    assert atlas.first[1, 2] == pytest.approx(one[:, 0].mean(), abs=1e-5)
    assert atlas.separators[1, 2] == pytest.approx(one[:, -1].mean(), abs=1e-5)
    flow = np.eye(n)
    for layer in weights.mean(1):
        flow = (layer + np.eye(n)) / 2 @ flow
    np.testing.assert_allclose(atlas.rollout[-1], flow, atol=1e-5)
    np.testing.assert_allclose(atlas.rollout.sum(-1), 1, atol=1e-5)


def test_a_head_off_is_its_output_set_to_zero(tiny_model: Model, library: Any) -> None:
    import torch

    off = ((0, 1), (2, 3))
    result = attention.off(tiny_model, OffInputs(TEXT, 3, off))
    ids = list(result.tokens.ids)
    ids[3] = tiny_model.tokenizer.mask_id

    def silence(head: int) -> Any:
        def hook(module: Any, args: Any) -> Any:
            mixed = args[0].clone()
            mixed[..., head * 8 : (head + 1) * 8] = 0
            return (mixed,)

        return hook

    with torch.no_grad():
        whole = library(torch.tensor([ids])).logits[0, 3]
        hooks = [
            library.bert.encoder.layer[layer].attention.output.dense.register_forward_pre_hook(silence(head))
            for layer, head in off
        ]
        less = library(torch.tensor([ids])).logits[0, 3]
    for hook in hooks:
        hook.remove()
    np.testing.assert_allclose(result.logits[0], whole, atol=1e-3)
    np.testing.assert_allclose(result.logits[1], less, atol=1e-3)
    assert result.original == result.tokens.ids[3]
    again = attention.off(tiny_model, OffInputs(TEXT, 3))
    np.testing.assert_allclose(again.logits[1], again.logits[0], atol=1e-4)


def test_every_head_off_alone(tiny_model: Model) -> None:
    found = last(attention.influence(tiny_model, OffInputs(TEXT, 3)))
    assert found.kl.shape == found.top.shape == (3, 4)
    one = attention.off(tiny_model, OffInputs(TEXT, 3, ((1, 2),)))
    log_p = [row - np.log(np.exp(row - row.max()).sum()) - row.max() for row in one.logits.astype(float)]
    assert found.kl[1, 2] == pytest.approx(float((np.exp(log_p[0]) * (log_p[0] - log_p[1])).sum()), abs=1e-3)
    assert found.top[1, 2] == one.logits[1].argmax()


def test_the_padding_mask_leaves_a_text_as_it_is(tiny_model: Model) -> None:
    result = attention.padding(tiny_model, PaddingInputs(TEXT, 4))
    assert result.masked[..., -4:].max() < 1e-9
    assert result.unmasked[..., -4:].sum(-1).min() > 0
    assert result.moved_masked.max() < 1e-4 < result.moved.mean()


def test_a_window_as_wide_as_the_text_changes_nothing(tiny_model: Model) -> None:
    result = last(attention.window(tiny_model, WindowInputs((TEXT,), (2, 64, 0))))
    np.testing.assert_allclose(result.loss[1], result.loss[2], atol=1e-3)
    assert np.abs(result.loss[0] - result.loss[2]).max() > 1e-2


def test_dense_attention_is_counted_in_bytes(tiny_model: Model) -> None:
    result = last(attention.dense(tiny_model, DenseInputs((8, 16), 2, 4)))
    assert result.bytes.tolist() == [4 * 2 * (2 * n * n + n * 4) for n in (8, 16)]
    assert (result.seconds > 0).all()


def test_dense_attention_stops_where_memory_would_not_do(tiny_model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    from types import SimpleNamespace

    import psutil

    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=5 * 8 * 2 * 32 * 32))
    result = last(attention.dense(tiny_model, DenseInputs((8, 16, 32, 64, 4096), 2, 4)))
    assert result.lengths == (8, 16, 32)
    assert len(result.seconds) == len(result.bytes) == 3


@pytest.mark.parametrize(
    ("sight", "key"),
    [
        (Sight(""), "text_empty"),
        (Sight(" \n"), "text_empty"),
        (Sight("树", pair="  "), "pair_empty"),
        (Sight("树" * 200), "too_long"),
        (Sight("树", part="decoder", target="井"), "no_decoder"),
    ],
)
def test_what_can_not_be_read_is_refused_with_a_reason(tiny_model: Model, sight: Sight, key: str) -> None:
    with pytest.raises(Told) as caught:
        attention.look(tiny_model, LookInputs(sight))
    assert caught.value.key == key


def test_513_tokens_are_refused_and_one_token_is_read(mini_mbert: Model) -> None:
    with pytest.raises(Told) as caught:
        attention.look(mini_mbert, LookInputs(Sight("树" * 511)))
    assert (caught.value.key, caught.value.values["used"]) == ("too_long", 513)
    assert attention.look(mini_mbert, LookInputs(Sight("树"))).weights.shape == (12, 12, 3, 3)


def test_a_long_text_is_sent_a_layer_at_a_time(mini_mbert: Model) -> None:
    result = attention.look(mini_mbert, LookInputs(Sight("树" * 160), layer=4))
    assert result.weights.shape == (1, 12, 162, 162) and result.thumbs.shape == (12, 12, 64, 64)


@pytest.mark.parametrize(("layer", "head", "query", "key"), [(9, 0, 0, "head_outside"), (0, 0, 99, "position_outside")])
def test_a_cell_that_is_not_there(tiny_model: Model, layer: int, head: int, query: int, key: str) -> None:
    with pytest.raises(Told) as caught:
        attention.cell(tiny_model, CellInputs(Sight(TEXT), layer, head, query))
    assert caught.value.key == key


def test_a_model_that_shows_no_attention_says_so(tiny_model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(*_: Any, **__: Any) -> Any:
        raise IndexError("no attention went by")

    monkeypatch.setattr(tiny_model, "heads", nothing)
    with pytest.raises(Told) as caught:
        attention.look(tiny_model, LookInputs(Sight(TEXT)))
    assert (caught.value.key, caught.value.values["model"]) == ("no_attention", tiny_model.info.name)
