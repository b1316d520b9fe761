"""Inputs and results of chapter 8's 像人话吗: how likely a causal model finds whole texts, token by token."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.lab.types.arrays import Doubles, Floats
from explorer.lab.types.codec import wire
from explorer.lab.types.experiment import Experiment

MOST_TOKENS = 200  # of one text


@wire("likelihood/inputs")
@dataclass(frozen=True)
class LikelihoodInputs:
    texts: tuple[str, ...]


@wire("likelihood/result")
@dataclass(frozen=True)
class LikelihoodResult:
    """nats[n][tokens]: −ln p of every token of text n after those before it. A model with no token that begins a text
    says nothing of a text's first token: there is one fewer."""

    nats: tuple[Floats, ...]

    def log_p(self) -> Doubles:
        """ln p of each whole text, [texts]."""
        return np.array([-float(one.astype(np.float64).sum()) for one in self.nats])

    def firsts(self) -> NDArray[np.bool_]:
        """Of texts that come in pairs, whether the first of each is the likelier one: [pairs]."""
        log_p = self.log_p()
        return np.asarray(log_p[0::2] > log_p[1::2])


LIKELIHOOD = Experiment[LikelihoodInputs, LikelihoodResult]("in-context/likelihood", version=1, kind="stream")
