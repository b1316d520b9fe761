"""Array types of results: `Floats` (float32), `Doubles` (float64), `Ints` (int64), `Ids` (int32: many, of tokens)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Ints = NDArray[np.int64]
Ids = NDArray[np.int32]
