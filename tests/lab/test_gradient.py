"""The same examples by gradient, on tiny networks: where it starts, what it changes, and what it leaves alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from explorer.errors import Told
from explorer.lab import gradient, in_context, shots
from explorer.lab.types.gradient import GradientInputs, GradientResult, GradientStep
from explorer.lab.types.in_context import AnswersInputs, Prompt

ROWS = (("树", "井"), ("孩子", "口"))
PROMPT = Prompt("有 一", ROWS, "树下")
INPUTS = GradientInputs(PROMPT, "井", layers=1, rate=1e-3, epochs=3)


def train(model: Any, inputs: GradientInputs) -> tuple[list[GradientStep], GradientResult]:
    *steps, result = gradient.gradient(model, inputs)
    assert isinstance(result, GradientResult)
    return [step for step in steps if isinstance(step, GradientStep)], result


@pytest.mark.parametrize("family", ["gpt2", "llama", "qwen2", "gemma3_text"])
def test_it_starts_as_the_model_and_only_the_copy_changes(family: str, tiny_of: Any, tiny_model_of: Any) -> None:
    import torch
    from transformers import AutoModelForCausalLM

    model = tiny_model_of(family)
    untouched = in_context.checksum(model)[0]
    steps, result = train(model, INPUTS)
    bare = replace(PROMPT, rows=())
    alone = in_context.answers(model, AnswersInputs(bare, ("井",)))
    assert result.log_p[0] == pytest.approx(float(alone.log_p[0].sum()), abs=1e-4)
    assert result.before == untouched == result.shared == in_context.checksum(model)[0]
    assert result.after != result.before
    assert len(result.losses) == len(steps) == 6
    assert len(result.log_p) == 4
    assert 0 < result.n_tuned < result.n_weights
    net = AutoModelForCausalLM.from_pretrained(tiny_of(family).folder, dtype=torch.float32).eval()
    expected = []
    for query, answer in ROWS:  # whichever is taught first
        text = shots.text(model, replace(bare, query=query), answer, "\n")
        ids = torch.tensor([text.prompt + text.answer])
        with torch.no_grad():
            log_p = net(ids, use_cache=False).logits[0, :-1].double().log_softmax(-1)
        expected.append(-float(log_p.gather(1, ids[0, 1:, None])[len(text.prompt) - 1 :].mean()))
    assert min(abs(one - float(result.losses[0])) for one in expected) < 1e-4


def test_what_is_taught_is_learnt_and_the_same_seed_gives_the_same(tiny_model_of: Any) -> None:
    model = tiny_model_of("llama")
    inputs = replace(INPUTS, prompt=replace(PROMPT, rows=(("树下", "井"),)), epochs=10)
    _, first = train(model, inputs)
    assert first.log_p[-1] > first.log_p[0]
    assert first.losses[-1] < first.losses[0]
    _, second = train(model, inputs)
    np.testing.assert_array_equal(first.log_p, second.log_p)
    assert first.after == second.after


def test_left_in_mid_run_it_leaves_the_model_as_it_was(tiny_model_of: Any) -> None:
    model = tiny_model_of("llama")
    untouched = in_context.checksum(model)[0]
    run = gradient.gradient(model, INPUTS)
    for step in run:
        if isinstance(step, GradientStep):
            break
    run.close()
    assert in_context.checksum(model)[0] == untouched


def test_what_can_not_be_taught_is_told(tiny_model_of: Any) -> None:
    model = tiny_model_of("llama")
    for inputs, key in (
        (replace(INPUTS, prompt=replace(PROMPT, rows=())), "no_examples"),
        (replace(INPUTS, epochs=21), "gradient_outside"),
        (replace(INPUTS, answer=" "), "answer_empty"),
        (replace(INPUTS, layers=99), "layer_outside"),
        (replace(INPUTS, prompt=replace(PROMPT, query="树下 " * 3000)), "too_long"),
    ):
        with pytest.raises(Told, match=key):
            list(gradient.gradient(model, inputs))
