"""The snippets of 家族: run as they stand on the page, beside what the page's own arithmetic says."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from explorer.engine import catalog, get_engine
from explorer.lab import norms as lab
from explorer.lab import rlhf
from explorer.lab.types import toy_language as toy
from explorer.lab.types.generation import SCAN, ScanInputs
from explorer.lab.types.gpt_line import LINE, count
from explorer.learning import policy
from explorer.views.family import common
from explorer.views.family.norms import SENTENCES
from tests.test_snippets import CLOSE, numbers, printed, shown
from tests.test_snippets import loaded as loaded  # the same two fixtures here
from tests.test_snippets import one_model as one_model


def lines(**fields: Any) -> list[str]:
    """What the snippet on the page in this state prints."""
    return printed(shown("family", "zh", common.State(**fields))).splitlines()


@pytest.mark.parametrize("model", ["gpt1", "gpt2s", "gpt3"])
def test_the_line_is_counted_as_the_library_counts(model: Any) -> None:
    told = {name: int(n) for name, n in (line.rsplit(" ", 1) for line in lines(tool="line", model=model))}
    spec = LINE[model]
    assert spec is not None
    found = count(spec)
    assert told["embedding"] == found.embedding and told["norms"] == found.norms
    assert told["from the formula"] == told["by the library"] == found.total


def test_the_gradients_before_the_first_step() -> None:
    size = policy.Shape(toy.SIZE, rlhf.ROW, layers=4)
    rows = rlhf.padded(toy.demonstrations(SENTENCES, 0))
    wanted = {}
    for kind, net in lab.started(size, torch.Generator().manual_seed(0)):
        free = {name: one.requires_grad_() for name, one in net.items()}
        lab.language_loss(free, size, rows, "pre" if kind == "pre" else "post").backward()  # type: ignore[no-untyped-call]
        wanted[kind] = lab._by_layer(free, size)
    for line in lines(tool="norms", deep="4"):
        np.testing.assert_allclose(numbers(line), wanted[line.split(" ")[0]], atol=CLOSE)


def test_two_losses_are_added_and_one_of_them_is_the_language_model_s() -> None:
    *each, total = lines(tool="losses", weight="2")
    task, language = np.array([numbers(line) for line in each]).T
    assert numbers(total)[0] == pytest.approx(task.mean() + 2 * language.mean(), abs=CLOSE)
    model = catalog.default("causal").id
    ids = get_engine().tokens(model, each[0].split(" ")[0]).ids
    row = get_engine().run(SCAN, model, ScanInputs((ids,))).result.rows[0]
    assert language[0] == pytest.approx(np.mean(row.nats), abs=1e-3)


@pytest.mark.parametrize("method", ["ppo", "rloo"])
def test_three_steps_in_thirty_lines(method: Any) -> None:
    found = {beta: [numbers(line) for line in lines(beta=beta, method=method)] for beta in ("0", "0.1", "10")}
    for before, after in found.values():
        assert before[2] == 0
        assert after[0] > before[0], "the model's score rises"
    free, leashed, tight = (ends[1][2] for ends in found.values())
    assert free > leashed > tight
    assert tight < 0.05, "a very short leash leaves the policy where it was"
