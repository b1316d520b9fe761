"""Values and a tiny fake model for the engine's tests. No torch: the engine runs any function of (model, inputs)."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.lab.types.core import Tokens
from explorer.lab.types.masking import FillInputs, FillResult

VOCABULARY = 33_627


def a_fill(text: str, *, rows: int = 1, vocabulary: int = VOCABULARY) -> FillResult:
    """A result of the size that the masking page asks for."""
    pieces = ("[CLS]", *text, "[SEP]")
    numbers = np.random.default_rng(0)
    return FillResult(
        tokens=Tokens(
            text=text,
            pieces=pieces,
            ids=tuple(range(len(pieces))),
            type_ids=(0,) * len(pieces),
            offsets=((0, 0), *((i, i + 1) for i in range(len(text))), (0, 0)),
            special=(True, *(False,) * len(text), True),
            unknown=(False,) * len(pieces),
            words=(-1, *range(len(text)), -1),
        ),
        read=tuple(range(1, 1 + rows)),
        original=np.arange(rows, dtype=np.int64),
        hidden=numbers.normal(size=(rows, 384)).astype(np.float32),
        transformed=numbers.normal(size=(rows, 384)).astype(np.float32),
        logits=numbers.normal(size=(rows, vocabulary)).astype(np.float32),
        precision="fp32",
    )


@pytest.fixture
def fill() -> FillResult:
    return a_fill("窗外的雨下了一整天")


@pytest.fixture
def fill_inputs() -> FillInputs:
    return FillInputs(text="窗外的雨下了一整天", edits=(), read=(4,))
