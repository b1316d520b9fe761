"""The snippets of 接龙 print what the page shows: run as they stand there, beside the engine's own numbers."""

from __future__ import annotations

from typing import Any

import pytest

from explorer import numerics
from explorer.engine import catalog, get_engine
from explorer.lab.types import generation as generation_types
from explorer.lab.types.experiment import Experiment, Inputs, Partial, Result
from explorer.lab.types.generation import (
    CacheInputs,
    ContextInputs,
    InsideInputs,
    LeftInputs,
    ScanInputs,
    Settings,
    WaysInputs,
    WriteInputs,
)
from explorer.lab.types.masking import FILL, Edit, FillInputs
from explorer.views.generation import common as generation
from explorer.views.generation import pieces
from explorer.views.masking import common
from tests.test_snippets import CLOSE, decoded, mask_id, numbers, printed, run, shown, top
from tests.test_snippets import loaded as loaded  # the same two fixtures here
from tests.test_snippets import one_model as one_model

BEGINNING = "园丁每天清晨都在花园里"


def gpt(experiment: Experiment[Inputs, Result, Partial], inputs: Inputs) -> Result:
    return get_engine().run(experiment, catalog.default("causal").id, inputs).result


def gpt_ids(text: str = BEGINNING) -> tuple[int, ...]:
    return get_engine().tokens(catalog.default("causal").id, text).ids


def generated(tool: str, **more: Any) -> list[str]:
    """The lines that the snippet of this tool prints."""
    state = generation.State(**{"text": BEGINNING, "tool": tool, "n": 3, **more})
    return printed(shown("generation", "zh", state)).splitlines()


@pytest.mark.parametrize("settings", [{}, {"t": 0.7, "k": 30, "p": 0.9, "m": 0.02, "r": 1.2}, {"t": 0.0}])
def test_generation_step(settings: dict[str, Any]) -> None:
    *lines, text = generated("step", seed=3, **settings)
    names = {"t": "temperature", "k": "top_k", "p": "top_p", "m": "min_p", "r": "repetition"}
    inputs = WriteInputs(gpt_ids(), 5, Settings(**{names[name]: value for name, value in settings.items()}), 3)
    result = gpt(generation_types.WRITE, inputs)
    assert [int(line.split(" ")[0]) for line in lines] == [one.token_id for one in result.written]
    assert [numbers(line)[-1] for line in lines] == pytest.approx([one.p for one in result.written], abs=2e-3)
    assert text.startswith("<bos>" + BEGINNING)


def test_generation_train() -> None:
    *lines, total = generated("train")
    (row,) = gpt(generation_types.SCAN, ScanInputs((gpt_ids(),))).rows
    assert [numbers(line)[-1] for line in lines] == pytest.approx(row.nats.tolist(), abs=2e-3)
    assert numbers(total)[0] == pytest.approx(-float(row.nats.sum()), abs=1e-2)


def test_generation_ways() -> None:
    lines = generated("ways", beams=2, lp=0.0)
    found = {way.name: way for way in gpt(generation_types.WAYS, WaysInputs(gpt_ids(), 3, 2, 0.0, Settings(), ())).ways}
    for line, name in zip(lines, ("greedy", "beam"), strict=True):
        assert line.startswith(f"{name}: ")
        assert numbers(line)[-1] == pytest.approx(found[name].log_p, abs=1e-2)


def test_generation_write() -> None:
    text = "\n".join(generated("write", t=0.0, long=10))
    result = gpt(generation_types.WRITE, WriteInputs(gpt_ids(), 10, Settings(temperature=0), 7))
    words = get_engine().vocabulary(catalog.default("causal").id)
    assert text == BEGINNING + pieces.text_of([words[one.token_id] for one in result.written])


def test_generation_context() -> None:
    lines = generated("context")
    result = gpt(generation_types.CONTEXT, ContextInputs(gpt_ids(), (1, 2, 4, 8, 16, 32)))
    expected = dict(zip(result.windows.tolist(), result.nats.mean(axis=1).tolist(), strict=True))
    assert {int(line.split(" ")[0]): numbers(line)[0] for line in lines} == pytest.approx(expected, abs=2e-3)


def test_generation_cache() -> None:
    lines = generated("cache")
    result = gpt(generation_types.CACHED, CacheInputs(gpt_ids(), 10))
    assert [int(line.split(" ")[0]) for line in lines] == result.token_ids.tolist()
    assert [int(line.split(" ")[1]) for line in lines] == result.n_bytes.tolist()
    assert max(numbers(line)[-1] for line in lines) < 1e-2


def test_generation_inside(gemma: Any) -> None:
    try:
        *layers, weights = generated("inside", layer=4, head=1)
    finally:
        gemma._net.set_attn_implementation("sdpa")
    result = gpt(generation_types.INSIDE, InsideInputs(gpt_ids(), 4, 1))
    assert numbers(weights) == pytest.approx(result.weights[4, 1].tolist(), abs=2e-4)
    assert len(layers) == len(result.lens)
    words = get_engine().vocabulary(catalog.default("causal").id)
    for line, logits in zip(layers, result.lens, strict=True):
        assert words[int(logits.argmax())].strip("▁") in line or "\\" in line or "\ufffd" in line


def test_generation_both() -> None:
    place = 4
    lines = generated("both", at=place)
    tokens = get_engine().tokens(common.model().id, BEGINNING)
    start, end = tokens.offsets[place]
    filled = run(FILL, FillInputs(BEGINNING, (Edit(place, mask_id()),), (place,))).logits[0]
    left = gpt(generation_types.LEFT, LeftInputs(BEGINNING, ((start, end),), 0)).logits
    chances = [[numerics.probability(row, i) for i in top(row)] for row in (filled, left)]
    assert [numbers(line)[-1] for line in lines] == pytest.approx([*chances[0], *chances[1]], abs=CLOSE)
    assert [line.split(" ")[1] for line in lines[:5]] == decoded(top(filled))
