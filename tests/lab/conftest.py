"""The reference the experiments are held against: the transformers library, called directly, one text at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from numpy.typing import NDArray

if TYPE_CHECKING:
    from explorer.models.catalog.catalog import ModelInfo

Reference = Callable[[Iterable[int]], NDArray[np.float64]]


@pytest.fixture(scope="session")
def library(tiny_bert: ModelInfo) -> Any:
    from transformers import BertForMaskedLM

    return BertForMaskedLM.from_pretrained(tiny_bert.folder).eval()


@pytest.fixture(scope="session")
def log_p(library: Any) -> Reference:
    """log P[token, V] of one text's ids."""
    import torch

    def read(ids: Iterable[int]) -> NDArray[np.float64]:
        with torch.no_grad():
            return library(torch.tensor([list(ids)])).logits[0].double().log_softmax(-1).numpy()

    return read


def last(stream: Iterable[Any]) -> Any:
    """The result of an experiment that streams."""
    return list(stream)[-1]
