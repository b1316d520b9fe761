"""Inputs and results of baselines for sequences: which short pieces occur, which letter stands where (chapter 11)."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.lab.types.arrays import Ints
from explorer.lab.types.codec import wire
from explorer.lab.types.experiment import Experiment

K = 4


@wire("beyond/kmers-inputs")
@dataclass(frozen=True)
class KmersInputs:
    """Sequences of one length with their labels' numbers; `k`: the longest pieces that are counted."""

    train: tuple[tuple[str, int], ...]
    held_out: tuple[tuple[str, int], ...]
    k: int = K


@wire("beyond/kmers-result")
@dataclass(frozen=True)
class KmersResult:
    """What each says of every held-out sequence: by pieces anywhere, by letters in their places."""

    counted: Ints
    placed: Ints


KMERS = Experiment[KmersInputs, KmersResult]("beyond/kmers", version=1, runs="here")
