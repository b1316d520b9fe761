"""What `Model.heads` says, recomputed in plain NumPy from the weights: rotary positions, grouped queries, sliding
windows, T5's relative positions, ALBERT's one layer, BART's look at its source."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests import tiny

if TYPE_CHECKING:
    from explorer.models.network.model import Model

ModelOf = Callable[[str], "Model"]
Array = NDArray[np.float64]
TEXT = "The kettle is singing and 树下有一口井"


def softmax(scores: Array) -> Array:
    shifted = np.exp(scores - scores.max(-1, keepdims=True))
    return shifted / shifted.sum(-1, keepdims=True)


def near(got: Any, expected: Any) -> None:
    got, expected = np.asarray(got, dtype=np.float64), np.asarray(expected)
    assert got.shape == expected.shape
    np.testing.assert_allclose(got, expected, rtol=0, atol=1e-5 * max(1.0, float(np.abs(expected).max())))


def weights(model: Model) -> dict[str, Array]:
    return {name: tensor.double().numpy() for name, tensor in model._net.state_dict().items()}


def split(vectors: Array, n_heads: int) -> Array:
    """[L, heads · d_head] → [heads, L, d_head]."""
    return vectors.reshape(len(vectors), n_heads, -1).transpose(1, 0, 2)


def rms(vectors: Array, weight: Array, epsilon: float) -> Array:
    return vectors / np.sqrt((vectors**2).mean(-1, keepdims=True) + epsilon) * weight


def rotated(vectors: Array, theta: float) -> Array:
    """Rotary positions (Su et al. 2021), pairs half a head apart: vectors[heads, L, d_head]."""
    length, d = vectors.shape[1:]
    angles = np.arange(length)[:, None] * theta ** (-np.arange(0, d, 2) / d)
    cos, sin = np.cos(angles), np.sin(angles)
    left, right = vectors[..., : d // 2], vectors[..., d // 2 :]
    return np.concatenate([left * cos - right * sin, right * cos + left * sin], axis=-1)


def seen(model: Model) -> tuple[Any, Any, Any]:
    ids, mask = model.tensor_inputs([model.tokenizer.encode(TEXT).ids])
    return ids, model.hidden_states(ids, mask)[:, 0].double().numpy(), model.heads(ids, mask)


@pytest.mark.parametrize("family", tiny.FAMILIES)
def test_weights_are_the_softmax_of_the_products(family: str, tiny_model_of: ModelOf) -> None:
    """softmax(scale · q · k + bias) = weights, in every architecture, on both sides and across."""
    import torch

    model = tiny_model_of(family)
    ids, mask = model.tensor_inputs([model.tokenizer.encode(text).ids for text in (TEXT, "井")])
    targets = torch.tensor([[2, 9, 30], [2, 8, 31]])
    looks = [model.heads(ids, mask)]
    if model.kind == "seq2seq":
        looks += [model.heads(ids, mask, targets=targets, cross=cross) for cross in (False, True)]
    for heads in looks:
        query, key, bias = (part.double().numpy() for part in (heads.query, heads.key, heads.bias))
        scale = heads.scale.double().numpy()[:, None, None, None, None]
        near(heads.weights, softmax(scale * query @ key.swapaxes(-1, -2) + bias))
        assert heads.value.shape == heads.key.shape == (*heads.query.shape[:3], *heads.key.shape[3:])


@pytest.mark.parametrize("family", ["llama", "qwen2"])
def test_rotary_positions_and_grouped_queries(family: str, tiny_model_of: ModelOf) -> None:
    model = tiny_model_of(family)
    _, states, heads = seen(model)
    w, config = weights(model), model._net.config
    assert heads.n_kv_heads == 2
    future = np.triu(np.ones((states.shape[1], states.shape[1]), dtype=bool), 1)
    for layer in range(model.n_layers):
        at = f"model.layers.{layer}"
        inputs = rms(states[layer], w[f"{at}.input_layernorm.weight"], config.rms_norm_eps)
        query, key, value = (
            inputs @ w[f"{at}.self_attn.{name}_proj.weight"].T + w.get(f"{at}.self_attn.{name}_proj.bias", 0.0)
            for name in "qkv"
        )
        q = rotated(split(query, 4), config.rope_parameters["rope_theta"])
        k = rotated(split(key, 2), config.rope_parameters["rope_theta"])[[0, 0, 1, 1]]  # two queries share a key
        near(heads.query[layer, 0], q)
        near(heads.key[layer, 0], k)
        near(heads.value[layer, 0], split(value, 2)[[0, 0, 1, 1]])
        scores = q @ k.swapaxes(-1, -2) / np.sqrt(q.shape[-1])
        near(heads.weights[layer, 0], softmax(np.where(future, -np.inf, scores)))


def test_normalised_queries_and_sliding_windows_of_gemma(tiny_model_of: ModelOf) -> None:
    model = tiny_model_of("gemma3_text")
    _, states, heads = seen(model)
    w, config = weights(model), model._net.config
    length = states.shape[1]
    assert length > config.sliding_window
    distance = np.arange(length)[:, None] - np.arange(length)
    for layer, kind in enumerate(config.layer_types):
        at = f"model.layers.{layer}"
        # Gemma keeps its normalisations' weights as what is added to one.
        inputs = rms(states[layer], 1 + w[f"{at}.input_layernorm.weight"], config.rms_norm_eps)
        q, k = (
            rotated(
                rms(
                    split(inputs @ w[f"{at}.self_attn.{name}_proj.weight"].T, n),
                    1 + w[f"{at}.self_attn.{name}_norm.weight"],
                    config.rms_norm_eps,
                ),
                config.rope_parameters[kind]["rope_theta"],
            )
            for name, n in (("q", 4), ("k", 1))
        )
        near(heads.query[layer, 0], q)
        near(heads.key[layer, 0], np.repeat(k, 4, axis=0))
        hidden = (distance < 0) | ((kind == "sliding_attention") & (distance >= config.sliding_window))
        scores = q @ k.swapaxes(-1, -2) * config.query_pre_attn_scalar**-0.5
        near(heads.weights[layer, 0], softmax(np.where(hidden, -np.inf, scores)))
        assert np.all(np.asarray(heads.weights[layer, 0])[:, hidden] == 0)


def bucket(distance: int, n_buckets: int, furthest: int, both_ways: bool) -> int:
    """The bucket of a relative position (Raffel et al. 2020, section 2.1): exact when near, logarithmic when far."""
    first = 0
    if both_ways:
        n_buckets //= 2
        first = n_buckets if distance > 0 else 0
        distance = abs(distance)
    else:
        distance = max(0, -distance)
    exact = n_buckets // 2
    if distance < exact:
        return first + distance
    far = exact + int(np.log(distance / exact) / np.log(furthest / exact) * (n_buckets - exact))
    return first + min(far, n_buckets - 1)


@pytest.mark.parametrize("family", ["t5", "mt5"])
def test_relative_positions_of_t5(family: str, tiny_model_of: ModelOf) -> None:
    """The bias that the first layer learnt serves every layer; scores are not divided by the root of d_head."""
    import torch

    model = tiny_model_of(family)
    ids, states, heads = seen(model)
    w, config = weights(model), model._net.config
    targets = torch.tensor([[0, 9, 30, 12, 40, 5]])
    own = model.heads(ids, targets=targets)
    for side, look, length, both_ways in (
        ("encoder", heads, states.shape[1], True),
        ("decoder", own, targets.shape[1], False),
    ):
        table = w[f"{side}.block.0.layer.0.SelfAttention.relative_attention_bias.weight"]
        settings = (config.relative_attention_num_buckets, config.relative_attention_max_distance, both_ways)
        bias = np.array([[table[bucket(j - i, *settings)] for j in range(length)] for i in range(length)])
        hidden = np.zeros((length, length), dtype=bool) if both_ways else np.triu(np.ones((length, length), bool), 1)
        assert set(look.scale.tolist()) == {1.0}
        for layer in range(len(look.scale)):
            assert np.allclose(np.asarray(look.bias[layer, 0])[:, ~hidden], bias.transpose(2, 0, 1)[:, ~hidden])
            query, key = (np.asarray(part[layer, 0], dtype=np.float64) for part in (look.query, look.key))
            scores = query @ key.swapaxes(-1, -2) + bias.transpose(2, 0, 1)
            near(look.weights[layer, 0], softmax(np.where(hidden, -np.inf, scores)))
    for layer in range(model.n_layers):
        at = f"encoder.block.{layer}.layer.0"
        inputs = rms(states[layer], w[f"{at}.layer_norm.weight"], config.layer_norm_epsilon)
        near(heads.query[layer, 0], split(inputs @ w[f"{at}.SelfAttention.q.weight"].T, 4))


def test_albert_runs_one_layer_again_and_again(tiny_model_of: ModelOf) -> None:
    model = tiny_model_of("albert")
    _, states, heads = seen(model)
    w = weights(model)
    at = "albert.encoder.albert_layer_groups.0.albert_layers.0.attention"
    names = {"query": "query", "key": "key"}
    found = {part: next(name for name in w if name.startswith(at) and f".{part}.weight" in name) for part in names}
    for layer in range(model.n_layers):
        q, k = (split(states[layer] @ w[name].T + w[name.replace(".weight", ".bias")], 4) for name in found.values())
        near(heads.query[layer, 0], q)
        near(heads.weights[layer, 0], softmax(q @ k.swapaxes(-1, -2) / np.sqrt(q.shape[-1])))


@pytest.mark.parametrize("family", ["bart", "t5"])
def test_a_decoder_looks_at_what_the_encoder_made(family: str, tiny_model_of: ModelOf) -> None:
    import torch

    model = tiny_model_of(family)
    ids, states, _ = seen(model)
    w, targets = weights(model), torch.tensor([[2, 9, 30, 12]])
    cross = model.heads(ids, targets=targets, cross=True)
    assert cross.weights.shape == (2, 1, 4, targets.shape[1], ids.shape[1])
    names = {
        "bart": "model.decoder.layers.{}.encoder_attn.{}_proj",
        "t5": "decoder.block.{}.layer.1.EncDecAttention.{}",
    }[family]
    for layer in range(2):
        for part, got in (("k", cross.key), ("v", cross.value)):
            name = names.format(layer, part)
            made = states[-1] @ w[f"{name}.weight"].T + w.get(f"{name}.bias", 0.0)
            near(got[layer, 0], split(made, 4))
        query, key = (np.asarray(part[layer, 0], dtype=np.float64) for part in (cross.query, cross.key))
        near(cross.weights[layer, 0], softmax(float(cross.scale[layer]) * query @ key.swapaxes(-1, -2)))


def test_gpt2_keeps_the_three_in_one_matrix(tiny_model_of: ModelOf) -> None:
    model = tiny_model_of("gpt2")
    _, states, heads = seen(model)
    w = weights(model)
    for layer in range(model.n_layers):
        at, x = f"transformer.h.{layer}", states[layer]
        normed = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-5)
        inputs = normed * w[f"{at}.ln_1.weight"] + w[f"{at}.ln_1.bias"]
        three = inputs @ w[f"{at}.attn.c_attn.weight"] + w[f"{at}.attn.c_attn.bias"]
        for part, got in zip(np.split(three, 3, axis=1), (heads.query, heads.key, heads.value), strict=True):
            near(got[layer, 0], split(part, 4))
