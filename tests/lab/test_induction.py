"""Induction heads: the score on planted stripes, the losses against the library, and a toy that grows a head."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from explorer.errors import Told
from explorer.lab import induction, toy
from explorer.lab.types.induction import InductionInputs, InPromptInputs, ToyInputs, ToyStep, stripe
from tests.lab.conftest import last

SMALL = InductionInputs(length=8, sequences=2, best=2, draws=3)


@pytest.mark.parametrize("first", [0, 1])
@pytest.mark.parametrize(("shift", "score"), [(0, 1.0), (-2, 0.0), (2, 0.0), (-1, 0.0)])
def test_a_planted_stripe_scores_one_and_a_shifted_one_nothing(first: int, shift: int, score: float) -> None:
    length = 10
    weights = np.zeros((3, first + 2 * length, first + 2 * length), dtype=np.float32)
    for n in range(length):  # from the second x_n to what came after the first one
        weights[:, first + length + n, first + n + 1 + shift] = 1
    np.testing.assert_allclose(stripe(weights, length, first), score)


def test_scores_and_losses_are_the_library_s(tiny_of: Any, tiny_model_of: Any) -> None:
    import torch
    from transformers import AutoModelForCausalLM

    model = tiny_model_of("llama")
    found = last(induction.induction(model, SMALL))
    rows, first = induction.repeated(model, SMALL)
    for row in rows:
        assert row[first : first + 8] == row[first + 8 :]
    net = AutoModelForCausalLM.from_pretrained(
        tiny_of("llama").folder, dtype=torch.float32, attn_implementation="eager"
    )
    with torch.no_grad():
        out = net.eval()(torch.tensor(rows), output_attentions=True)
    weights = torch.stack(out.attentions).numpy()
    for layer in range(model.n_layers):
        for head in range(model.n_heads):
            values = [weights[layer, :, head, first + 8 + n, first + n + 1].mean() for n in range(7)]
            assert found.scores[layer, head] == pytest.approx(float(np.mean(values)), abs=1e-5)
    log_p = out.logits.double().log_softmax(-1)[:, :-1]
    nats = -log_p.gather(2, torch.tensor(rows)[:, 1:, None])[..., 0].mean(0)
    np.testing.assert_allclose(found.loss, nats, atol=1e-4)
    assert len(found.best) == 2
    assert found.scores[found.best[0]] == found.scores.max()
    assert found.random.shape == (3,)
    assert not np.allclose(found.off, found.loss)


def test_heads_in_a_prompt(tiny_model_of: Any) -> None:
    model = tiny_model_of("llama")
    found = induction.in_prompt(model, InPromptInputs("树 → 井\n孩子 →", "口", ((1, 2), (0, 0))))
    assert found.weights.shape == (2, len(found.ids))
    np.testing.assert_allclose(found.weights.sum(axis=1), 1, atol=1e-5)
    assert found.log_p < 0 and found.off != found.log_p
    with pytest.raises(Told, match="head_outside"):
        induction.in_prompt(model, InPromptInputs("树 → 井", "口", ((99, 0),)))


def test_sequences_too_long_for_the_model_are_told(tiny_model_of: Any) -> None:
    with pytest.raises(Told, match="too_long"):
        list(induction.induction(tiny_model_of("llama"), InductionInputs(length=5000)))


def test_two_layers_grow_a_head_and_one_does_not() -> None:
    *steps, two = toy.toy(None, ToyInputs(2))
    assert [step.done for step in steps if isinstance(step, ToyStep)] == list(range(20, 401, 20))
    assert two.score[0] < 0.15
    assert two.score[-1] >= 0.5
    assert two.second[-1] < 1 < two.guess < two.first[-1]
    assert two.place[0] == 1, "in the second layer"
    assert float(stripe(two.pattern, toy.PERIOD, 0)) == pytest.approx(float(two.score[-1]), abs=1e-5)
    one = last(toy.toy(None, ToyInputs(1)))
    assert one.score.max() < 0.12
    assert one.score[-1] < 0.1
    assert one.second[-1] > 2


def test_a_toy_out_of_bounds_is_told() -> None:
    with pytest.raises(Told, match="toy_outside"):
        list(toy.toy(None, ToyInputs(9)))
