"""A branch of 接龙 as one value: the state's fields of it read together, and written back.

Knows the state's two sets of names; draws nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from explorer.lab.types.generation import Settings
from explorer.views.generation import common
from explorer.views.generation.common import State


@dataclass(frozen=True)
class Lane:
    """One text as it grows: the state's fields of one branch, whichever it is.

    path      what was generated (see `pieces`)
    back      how many of its tokens lie behind the place that is looked at
    settings  its dials
    seed, free  what its chance is drawn from: the seed, or anew each time
    """

    path: str
    back: int
    settings: Settings
    seed: int
    free: bool


def of(state: State, branch: str) -> Lane:
    """What the state says of branch "a" or "b"."""
    if branch == "a":
        return Lane(state.path, state.back, common.settings_of(state), state.seed, state.free)
    return Lane(state.b_path, state.b_back, common.settings_of(state, "b"), state.b_seed, state.b_free)


def put(state: State, branch: str, lane: Lane) -> State:
    """The state with this said of branch "a" or "b"."""
    s = lane.settings
    if branch == "a":
        return replace(
            state,
            path=lane.path,
            back=lane.back,
            t=s.temperature,
            k=s.top_k,
            p=s.top_p,
            m=s.min_p,
            r=s.repetition,
            seed=lane.seed,
            free=lane.free,
        )
    return replace(
        state,
        b_path=lane.path,
        b_back=lane.back,
        b_t=s.temperature,
        b_k=s.top_k,
        b_p=s.top_p,
        b_m=s.min_p,
        b_r=s.repetition,
        b_seed=lane.seed,
        b_free=lane.free,
    )
