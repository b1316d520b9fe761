"""The model handle against the transformers library called directly, on a tiny model with random weights."""

from __future__ import annotations

import contextlib
import gc
import threading
import weakref
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from explorer.errors import ModelUnavailable

if TYPE_CHECKING:
    from explorer.models.catalog.catalog import ModelInfo
    from explorer.models.network.model import Model

SENTENCES = ("树下有一只[MASK]猫。", "The gardener was listening.", "井")


@pytest.fixture(scope="module")
def reference(tiny_bert: ModelInfo) -> Any:
    from transformers import BertForMaskedLM

    return BertForMaskedLM.from_pretrained(tiny_bert.folder).eval()


@pytest.fixture(scope="module")
def rows(tiny_model: Model) -> list[tuple[int, ...]]:
    return [tiny_model.tokenizer.encode(text).ids for text in SENTENCES]


@pytest.fixture(scope="module")
def expected(reference: Any, rows: list[tuple[int, ...]]) -> list[Any]:
    """Each sentence alone, without padding."""
    import torch

    with torch.no_grad():
        return [reference.bert(torch.tensor([row]), output_hidden_states=True, output_attentions=False) for row in rows]


def test_sizes(tiny_model: Model) -> None:
    sizes = (tiny_model.n_layers, tiny_model.n_heads, tiny_model.d_model, tiny_model.max_positions)
    assert sizes == (3, 4, 32, 160)
    assert tiny_model.vocab_size == len(tiny_model.tokenizer.vocabulary())
    assert tiny_model.revision == tiny_model.info.revision


def test_padding(tiny_model: Model, rows: list[tuple[int, ...]]) -> None:
    ids, mask = tiny_model.tensor_inputs(rows)
    assert ids.shape == mask.shape == (3, max(map(len, rows)))
    assert mask.sum(1).tolist() == [len(row) for row in rows]
    assert ids[2].tolist() == [*rows[2], *[tiny_model.tokenizer.pad_id] * (ids.shape[1] - len(rows[2]))]


def test_hidden_states_of_a_padded_batch_are_those_of_each_text_alone(
    tiny_model: Model, rows: list[tuple[int, ...]], expected: list[Any]
) -> None:
    states = tiny_model.hidden_states(*tiny_model.tensor_inputs(rows))
    assert states.shape[:2] == (4, 3)
    for text, (row, alone) in enumerate(zip(rows, expected, strict=True)):
        for layer, reference_states in enumerate(alone.hidden_states):
            np.testing.assert_allclose(states[layer, text, : len(row)], reference_states[0], atol=1e-5)


def test_last_hidden_at_one_position_a_row(tiny_model: Model, rows: list[tuple[int, ...]], expected: list[Any]) -> None:
    import torch

    ids, mask = tiny_model.tensor_inputs(rows)
    got = tiny_model.last_hidden_at(ids, torch.tensor([4, 2, 1]), mask)
    for vector, alone, position in zip(got, expected, (4, 2, 1), strict=True):
        np.testing.assert_allclose(vector, alone.last_hidden_state[0, position], atol=1e-5)


def test_last_hidden_at_several_positions(tiny_model: Model, rows: list[tuple[int, ...]], expected: list[Any]) -> None:
    import torch

    ids, _ = tiny_model.tensor_inputs(rows[:1])
    got = tiny_model.last_hidden_at(ids, torch.tensor([[5, 1]]))
    np.testing.assert_allclose(got[0], expected[0].last_hidden_state[0, [5, 1]], atol=1e-5)


def test_last_hidden_at_of_an_architecture_without_a_shortcut(tiny_model: Model, rows: list[tuple[int, ...]]) -> None:
    import dataclasses

    import torch

    from explorer.models.network.model import Model

    plain = Model(
        tiny_model.info, tiny_model._net, dataclasses.replace(tiny_model._row, last_row=None), tiny_model.tokenizer
    )
    ids, mask = tiny_model.tensor_inputs(rows)
    at = torch.tensor([1, 2, 1])
    np.testing.assert_allclose(plain.last_hidden_at(ids, at, mask), tiny_model.last_hidden_at(ids, at, mask), atol=1e-5)


def test_the_head_in_two_steps_is_the_librarys_head(
    tiny_model: Model, reference: Any, rows: list[tuple[int, ...]], expected: list[Any]
) -> None:
    import torch

    with torch.no_grad():
        logits = reference(torch.tensor([rows[0]])).logits[0]
        transformed = reference.cls.predictions.transform(expected[0].last_hidden_state[0])
    ours = tiny_model.transform(expected[0].last_hidden_state[0])
    np.testing.assert_allclose(ours, transformed, atol=1e-5)
    np.testing.assert_allclose(tiny_model.decode(ours), logits, atol=1e-4)


def test_attentions_are_the_librarys_and_leave_the_model_as_it_was(
    tiny_model: Model, tiny_bert: ModelInfo, rows: list[tuple[int, ...]]
) -> None:
    import torch
    from transformers import BertModel

    eager = BertModel.from_pretrained(tiny_bert.folder, attn_implementation="eager", add_pooling_layer=False).eval()
    ids = torch.tensor([rows[0]])
    with torch.no_grad():
        expected = torch.stack(eager(ids, output_attentions=True).attentions)
    before = tiny_model.hidden_states(ids)
    got = tiny_model.attentions(ids)
    assert got.shape == (3, 1, 4, len(rows[0]), len(rows[0]))
    np.testing.assert_allclose(got, expected, atol=1e-5)
    np.testing.assert_allclose(got.sum(-1), 1, atol=1e-5)
    assert torch.equal(tiny_model.hidden_states(ids), before)


def test_segments_reach_the_embeddings(tiny_model: Model, rows: list[tuple[int, ...]]) -> None:
    import torch

    ids = torch.tensor([rows[0]])
    as_first = tiny_model.hidden_states(ids, type_ids=torch.zeros_like(ids))
    as_second = tiny_model.hidden_states(ids, type_ids=torch.ones_like(ids))
    assert torch.equal(as_first, tiny_model.hidden_states(ids))
    assert not torch.allclose(as_first, as_second, atol=1e-2)


def test_forward_passes_are_counted(tiny_model: Model, rows: list[tuple[int, ...]]) -> None:
    import torch

    ids, mask = tiny_model.tensor_inputs(rows)
    before = tiny_model.forward_passes
    tiny_model.hidden_states(ids, mask)
    tiny_model.last_hidden_at(ids, torch.tensor([1, 1, 1]), mask)
    tiny_model.attentions(ids, mask)
    tiny_model.decode(tiny_model.transform(torch.zeros(1, 32)))
    assert tiny_model.forward_passes == before + 3


def test_bf16_is_close_and_the_head_stays_fp32(tiny_model: Model, rows: list[tuple[int, ...]]) -> None:
    import torch

    ids, mask = tiny_model.tensor_inputs(rows)
    at = torch.tensor([1, 1, 1])
    exact = tiny_model.last_hidden_at(ids, at, mask)
    with tiny_model.in_bf16():
        rounded = tiny_model.last_hidden_at(ids, at, mask)
        logits = tiny_model.decode(tiny_model.transform(exact))
    assert not torch.equal(exact, rounded.float())
    np.testing.assert_allclose(rounded.float(), exact, atol=0.2)
    assert logits.dtype == torch.float32


def test_the_probe_measures(tiny_model: Model) -> None:
    assert tiny_model.fast_pays in (True, False)


def test_a_model_loaded_in_one_thread_works_in_another(tiny_model: Model, rows: list[tuple[int, ...]]) -> None:
    results: list[Any] = []
    inputs = tiny_model.tensor_inputs(rows)
    thread = threading.Thread(target=lambda: results.append(tiny_model.hidden_states(*inputs)))
    thread.start()
    thread.join()
    np.testing.assert_array_equal(results[0], tiny_model.hidden_states(*inputs))


def test_what_was_made_for_a_model_goes_with_it(tiny_bert: ModelInfo) -> None:
    """Heads and decoders hold the model they were made for: kept anywhere else, they would keep it in memory."""
    from explorer.models.network import answerer, denoiser, pair_heads
    from explorer.models.network.loader import load

    model = load(tiny_bert, device="cpu")
    belonging = model.once("a head", lambda of=model: SimpleNamespace(model=of))
    assert model.once("a head", SimpleNamespace) is belonging, "made once"
    heads = (pair_heads.next_head, pair_heads.order_head, denoiser.restorer)
    for ask in (*heads, lambda one: answerer.answerer(one, "en")):
        with contextlib.suppress(ModelUnavailable):  # this one has none of them
            ask(model)
    seen = weakref.ref(model)
    del model, belonging
    gc.collect()
    assert seen() is None
