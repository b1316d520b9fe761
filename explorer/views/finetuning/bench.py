"""What the tools of 微调 are drawn with: the training that the page stands for, and what came of it.

It knows names and places; it runs nothing and draws nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from streamlit.delta_generator import DeltaGenerator

from explorer.lab.types.finetuning import TuneInputs, TuneResult
from explorer.views.finetuning.common import State


@dataclass(frozen=True)
class Bench:
    """What the page stands for now: the training, its labels by name, what came of it (None: not yet).

    The buttons are drawn in `top`, the curves in `place` below it: while they grow no button moves.
    """

    state: State
    inputs: TuneInputs
    labels: tuple[str, ...]
    found: TuneResult | None
    top: DeltaGenerator
    place: DeltaGenerator
