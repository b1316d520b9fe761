"""Experiments by the dotted names ("masking.fill") that some callers still use instead of the declared objects.

Knows how the dotted names were made from the names on the wire. It goes when the last caller passes the object.
"""

from __future__ import annotations

from typing import Any

from explorer.lab.types.experiment import Experiment, declared

_OTHERS = {"lottery.roll": "masking/lottery", "lottery.tally": "masking/lottery-tally"}


def named(experiment: Experiment[Any, Any, Any] | str) -> Experiment[Any, Any, Any]:
    """The experiment itself, whichever way it is given. Raises LookupError for an unknown name."""
    if isinstance(experiment, Experiment):
        return experiment
    wire = _OTHERS.get(experiment) or experiment.replace("inputs.", "input.").replace(".", "/").replace("_", "-")
    if wire not in declared():
        raise LookupError(f"no experiment {experiment!r}")
    return declared()[wire]
