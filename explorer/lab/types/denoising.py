"""Inputs and results of chapter 10, 还原: a reader's text broken. How it can be broken: types/breaking.py.

Positions count tokens from 0, special tokens left out.
"""

from __future__ import annotations

from dataclasses import dataclass

from explorer.lab.types.breaking import Breakage, Broken
from explorer.lab.types.codec import wire
from explorer.lab.types.core import Tokens
from explorer.lab.types.experiment import Experiment


@wire("denoising/break-inputs")
@dataclass(frozen=True)
class BreakInputs:
    """A text and how it is broken."""

    text: str
    how: Breakage


@wire("denoising/break-result")
@dataclass(frozen=True)
class BreakResult:
    """`tokens`: the text with its special tokens; `broken` counts without them."""

    tokens: Tokens
    broken: Broken


BREAK = Experiment[BreakInputs, BreakResult]("denoising/break", version=1)
