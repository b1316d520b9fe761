"""lengths against the library called directly, on a tiny model with random weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from explorer.errors import Told
from explorer.lab import __chapter__
from explorer.lab.types.__chapter__ import LengthsInputs

if TYPE_CHECKING:
    from explorer.models.network.model import Model

TEXT = "妹妹把风筝借给了孩子。"


def test_lengths_are_those_of_the_library_s_hidden_states(tiny_model: Model, library: Any) -> None:
    import torch

    found = __chapter__.lengths(tiny_model, LengthsInputs(TEXT))
    with torch.no_grad():
        states = library.bert(torch.tensor([found.tokens.ids]), output_hidden_states=True).hidden_states
    expected = [np.sqrt((layer[0].double().numpy() ** 2).sum(axis=-1)) for layer in states]
    assert found.lengths.dtype == np.float32
    np.testing.assert_allclose(found.lengths, expected, rtol=1e-5)


def test_nothing_to_read_is_told(tiny_model: Model) -> None:
    with pytest.raises(Told, match="text_empty"):
        __chapter__.lengths(tiny_model, LengthsInputs(" "))
