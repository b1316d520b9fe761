"""How many replicas a model has: SESAME_REPLICAS and SESAME_REPLICA_CPUS. Knows numbers only.

SESAME_REPLICAS      of a model: "2", or "1-4" to follow what is asked. Trainings have as many of their own, and none
                     while nobody trains
SESAME_REPLICA_CPUS  cores that a replica is promised, "1" or a part of one
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from explorer import settings

REPLICAS, CPUS = "SESAME_REPLICAS", "SESAME_REPLICA_CPUS"


class Size(NamedTuple):
    """How many replicas, and the cores each is promised."""

    least: int
    most: int
    cpus: float


def size(environment: Mapping[str, str] | None = None) -> Size:
    """What the settings say. Raises ValueError for what is no number, or none that can be."""
    wanted = settings.value(REPLICAS, environment) or "1"
    found = re.fullmatch(r"([1-9]\d{0,3})(?:-([1-9]\d{0,3}))?", wanted)
    if found is None or int(found[2] or found[1]) < int(found[1]):
        raise ValueError(f"{REPLICAS}={wanted!r}: a number such as 2 is wanted, or a range such as 1-4")
    cpus = settings.value(CPUS, environment) or "1"
    if not re.fullmatch(r"\d+(\.\d+)?", cpus) or not float(cpus):
        raise ValueError(f"{CPUS}={cpus!r}: a number of cores is wanted, such as 1 or 0.5")
    return Size(int(found[1]), int(found[2] or found[1]), float(cpus))
