"""How candidate answers are compared: all tokens together or a token, as they are or divided by what "N/A" gets.

It knows arrays of ln p; it draws nothing. The division is Zhao et al. 2021, §5: W = diag(p_cf)⁻¹, renormalised.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from explorer import numerics
from explorer.lab.types.arrays import Floats
from explorer.views.in_context.common import State


def compared(log_p: Floats, free: Floats, lengths: Floats, state: State) -> NDArray[np.float64]:
    """What the bars show, [..., answers], in 0 … 1: p, the mean of a token's ln p as a probability, or, where the
    answers are divided by what they get without a question, each one's share of all candidates."""
    plain, without = log_p.astype(np.float64), free.astype(np.float64)
    if state.per:
        plain, without = plain / lengths, without / lengths
    return np.asarray(numerics.softmax(plain - without)) if state.fair else np.exp(plain)
