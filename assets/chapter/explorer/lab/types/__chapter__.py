"""Inputs and results of chapter __number__, __chapter__: how long a token's vector is at every layer.

Positions count tokens from 0, special tokens included.
"""

from __future__ import annotations

from dataclasses import dataclass

from explorer.lab.types.arrays import Floats
from explorer.lab.types.codec import wire
from explorer.lab.types.core import Tokens
from explorer.lab.types.experiment import Experiment


@wire("__chapter__/lengths-inputs")
@dataclass(frozen=True)
class LengthsInputs:
    """One text."""

    text: str


@wire("__chapter__/lengths-result")
@dataclass(frozen=True)
class LengthsResult:
    """lengths[layers + 1, tokens]: the Euclidean norm of each hidden state; row 0 goes into the first layer."""

    tokens: Tokens
    lengths: Floats


LENGTHS = Experiment[LengthsInputs, LengthsResult]("__chapter__/lengths", version=1)
