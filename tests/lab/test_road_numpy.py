"""The road of one covered position recomputed in plain NumPy from the weights file: no torch, no experiment's code.

output vector → dense layer → GELU → LayerNorm → scores over the vocabulary → softmax → cross-entropy.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from numpy.typing import NDArray
from safetensors.numpy import load_file

from explorer.lab import masking
from explorer.lab.types.masking import Edit, FillInputs, FillResult, LensInputs, ScanInputs
from explorer.numerics import softmax
from tests.lab.conftest import last

if TYPE_CHECKING:
    from explorer.models.network.model import Model

Vector = NDArray[np.float64]
TEXT, POSITION = "窗台上的花开得真好看", 5


@pytest.fixture(scope="module")
def weights(mini_mbert: Model) -> dict[str, Vector]:
    return {name: tensor.astype(np.float64) for name, tensor in load_file(mini_mbert.info.weights_file).items()}


@pytest.fixture(scope="module")
def result(mini_mbert: Model) -> FillResult:
    mask = mini_mbert.tokenizer.mask_id
    assert mask is not None
    return masking.fill(mini_mbert, [FillInputs(TEXT, (Edit(POSITION, mask),), (POSITION,))])[0]


def gelu(x: Vector) -> Vector:
    return x * 0.5 * (1 + np.vectorize(math.erf)(x / math.sqrt(2)))


def layer_norm(x: Vector, scale: Vector, shift: Vector) -> Vector:
    return (x - x.mean()) / np.sqrt(x.var() + 1e-12) * scale + shift


def transform(weights: dict[str, Vector], hidden: Vector) -> Vector:
    head = "cls.predictions.transform."
    wide = gelu(weights[head + "dense.weight"] @ hidden + weights[head + "dense.bias"])
    return layer_norm(wide, weights[head + "LayerNorm.weight"], weights[head + "LayerNorm.bias"])


def scores(weights: dict[str, Vector], transformed: Vector) -> Vector:
    """The matrix is that of the embeddings: one row a token."""
    return weights["bert.embeddings.word_embeddings.weight"] @ transformed + weights["cls.predictions.bias"]


def test_output_vector_to_transformed(weights: dict[str, Vector], result: FillResult) -> None:
    np.testing.assert_allclose(
        transform(weights, result.hidden[0].astype(np.float64)), result.transformed[0], atol=1e-4
    )


def test_transformed_to_scores(weights: dict[str, Vector], result: FillResult) -> None:
    np.testing.assert_allclose(scores(weights, result.transformed[0].astype(np.float64)), result.logits[0], atol=1e-3)


def test_scores_to_probabilities(result: FillResult) -> None:
    exact = np.exp(result.logits[0].astype(np.float64))
    p = softmax(result.logits)[0]
    np.testing.assert_allclose(p, exact / exact.sum(), rtol=1e-4)
    assert p.sum() == pytest.approx(1, abs=1e-4)


def test_cross_entropy_against_the_one_hot_answer(mini_mbert: Model, result: FillResult) -> None:
    p = softmax(result.logits)[0].astype(np.float64)
    answer = np.zeros_like(p)
    answer[result.original[0]] = 1
    cross_entropy = -(answer * np.log(p)).sum()
    scan = last(masking.scan(mini_mbert, ScanInputs(TEXT, "fp32")))
    n = scan.positions.tolist().index(POSITION)
    assert scan.surprisal[n] == pytest.approx(cross_entropy, abs=1e-3)
    assert scan.rank[n] == 1 + (p > p[result.original[0]]).sum()
    assert scan.top_ids[n].tolist() == np.argsort(-p)[:5].tolist()


def test_the_same_road_from_every_layer(mini_mbert: Model, weights: dict[str, Vector], result: FillResult) -> None:
    import torch

    mask = mini_mbert.tokenizer.mask_id
    assert mask is not None
    lens = masking.lens(mini_mbert, LensInputs(TEXT, (Edit(POSITION, mask),), POSITION))
    assert lens.logits.shape == (13, 33_627)
    ids = list(result.tokens.ids)
    ids[POSITION] = mask
    states = mini_mbert.hidden_states(torch.tensor([ids]))[:, 0, POSITION].double().numpy()
    for row, state in zip(lens.logits, states, strict=True):
        np.testing.assert_allclose(scores(weights, transform(weights, state)), row, atol=2e-3)


def test_layer_zero_is_the_three_embeddings_added_and_normalised(
    mini_mbert: Model, weights: dict[str, Vector], result: FillResult
) -> None:
    import torch

    part = "bert.embeddings."
    ids = result.tokens.ids
    added = (
        weights[part + "word_embeddings.weight"][ids[3]]
        + weights[part + "position_embeddings.weight"][3]
        + weights[part + "token_type_embeddings.weight"][0]
    )
    expected = layer_norm(added, weights[part + "LayerNorm.weight"], weights[part + "LayerNorm.bias"])
    np.testing.assert_allclose(mini_mbert.hidden_states(torch.tensor([ids]))[0, 0, 3], expected, atol=1e-4)
