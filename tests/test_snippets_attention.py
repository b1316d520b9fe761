"""The snippets of 注意力 print what the page shows: run as they stand there, beside the engine's own numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from explorer import numerics
from explorer.engine import get_engine
from explorer.lab.types.attention import (
    ATLAS,
    CELL,
    LOOK,
    OFF,
    PADDING,
    WINDOW,
    CellInputs,
    LookInputs,
    OffInputs,
    PaddingInputs,
    Sight,
    WindowInputs,
)
from explorer.views.attention import common as attention
from explorer.views.masking import common
from tests.test_snippets import CLOSE, TEXTS, numbers, printed, run, shown, top
from tests.test_snippets import loaded as loaded  # the same two fixtures here
from tests.test_snippets import one_model as one_model


def looking(lang: str, tool: str, **more: Any) -> attention.State:
    return attention.State(text=TEXTS[lang].text, tool=tool, layer=6, head=9, pins=(3,), **more)


@pytest.mark.parametrize(("lang", "pair"), [("zh", ""), ("en", "They smell sweet.")])
def test_attention_cell(lang: str, pair: str) -> None:
    state = looking(lang, "cell", seen=2, paired=bool(pair), pair=pair)
    first, second, output = printed(shown("attention", lang, state)).splitlines()
    cell = run(CELL, CellInputs(Sight(state.text, pair), 6, 9, 3))
    dot = float(cell.key[2] @ cell.query)
    assert numbers(first)[:3] == pytest.approx([dot, dot * cell.scale, cell.weights[2]], abs=1e-3)
    assert numbers(second) == pytest.approx([cell.weights[2]], abs=2e-6)
    assert numbers(output) == pytest.approx(cell.output[:5].tolist(), abs=CLOSE)


def test_attention_atlas() -> None:
    state = looking("zh", "atlas")
    entropy, back, flow = printed(shown("attention", "zh", state)).split("\n", 2)
    found = run(ATLAS, LookInputs(Sight(state.text)))
    assert numbers(entropy) == pytest.approx([float(found.entropy[0, 0])], abs=CLOSE)
    layer, head = np.unravel_index(int(found.previous.argmax()), found.previous.shape)
    assert f"layer {layer + 1}, head {head + 1}, " in back
    assert numbers(back) == pytest.approx([float(found.previous.max())], abs=CLOSE)
    assert numbers(flow) == pytest.approx(found.rollout[-1, 0].tolist(), abs=CLOSE)


@pytest.mark.parametrize(("lang", "heads"), [("zh", (0, 1, 2, 305)), ("en", ())])
def test_attention_off(lang: str, heads: tuple[int, ...]) -> None:
    state = looking(lang, "off", heads=heads, blank=4)
    *named, kl = printed(shown("attention", lang, state)).splitlines()
    off = tuple(divmod(code, 100) for code in heads) or ((6, 9),)
    rows = run(OFF, OffInputs(state.text, 4, off)).logits
    for line, row in zip(named, rows, strict=True):
        assert numbers(line) == pytest.approx([numerics.probability(row, i) for i in top(row, 3)], abs=CLOSE)
    p, q = (np.exp(row - row.max()) / np.exp(row - row.max()).sum() for row in rows.astype(float))
    assert numbers(kl)[0] == pytest.approx(float((p * np.log(p / q)).sum()), abs=CLOSE)


def test_attention_sides() -> None:
    state = looking("zh", "sides")
    cells, masked, unmasked = printed(shown("attention", "zh", state)).splitlines()
    found = run(PADDING, PaddingInputs(state.text))
    n = len(found.tokens)
    assert cells.endswith(f"{n * n} of {n * n}")
    assert numbers(masked) == [0.0]
    whole = run(LOOK, LookInputs(Sight(state.text)))
    assert whole.weights.shape[-1] == n
    assert numbers(unmasked) == pytest.approx([float(found.unmasked[..., -found.count :].sum(-1)[0].mean())], abs=CLOSE)


def test_attention_window() -> None:
    state = looking("en", "sparse")
    lines = printed(shown("attention", "en", state)).splitlines()
    (*_, result) = get_engine().stream(WINDOW, common.model().id, WindowInputs((state.text,)))
    assert [numbers(line)[-1] for line in lines] == pytest.approx([float(row.mean()) for row in result.loss], abs=2e-3)
