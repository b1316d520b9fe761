"""What an experiment is to those who ask for it: a name, a version, how it is run, its inputs and its result.

Knows no function of `explorer/lab`: those say `@implements(…)` of one of these objects, and an engine brings the two
together. Importing this imports no torch, so that pages may ask.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from typing import Any, Generic, Literal, cast

from typing_extensions import TypeVar

from explorer.lab.types.codec import wire
from explorer.lab.types.core import Progress

Inputs = TypeVar("Inputs")
Result = TypeVar("Result")
Partial = TypeVar("Partial", default=Progress)  # what a stream yields on the way to its result
Kind = Literal["single", "batched", "stream"]
Runs = Literal["model", "here", "apart"]

_WIRE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*/[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True)
class Experiment(Generic[Inputs, Result, Partial]):
    """One question that can be put to a model; `Experiment[FillInputs, FillResult]("masking/fill", version=1)`.

    wire     "chapter/name", in keys and folder names: never changed, wherever the code is moved
    version  raised whenever the same inputs would give other numbers: results that are kept are keyed by it
    kind     "single":  one (model, inputs) at a time
             "batched": requests that wait together are run together
             "stream":  `Progress` or partial results (`Partial`), and last the result
    persist  the result is kept on this machine's disk too: it takes long, and holds no reader's text
    runs     "model": beside a model, one experiment of it at a time
             "here":  without a model (it is asked with None), in turn with what the models compute
             "apart": without a model, in a process of its own: this one only waits for it
    trains   a stream that trains: an engine runs few at once, at low priority, and tells the others their place in line
    uses_results  the inputs name other results by a `Ref`; the function is given them as `Results`
    uses_session_cache  the function is given the reader's cache for this model (`explorer.engine.handles.Shelf`)
    """

    wire: str
    version: int
    kind: Kind = "single"
    persist: bool = False
    uses_results: bool = False
    uses_session_cache: bool = False
    runs: Runs = "model"
    trains: bool = False

    def __post_init__(self) -> None:
        if not _WIRE.fullmatch(self.wire):
            raise ValueError(f"no wire name: {self.wire!r}")
        if self.kind not in ("single", "batched", "stream"):
            raise ValueError(f"unknown kind of experiment: {self.kind!r}")
        if self.runs not in ("model", "here", "apart"):
            raise ValueError(f"nothing runs {self.runs!r}")
        if self.trains and self.kind != "stream":
            raise ValueError(f"a training is a stream, so that it can be stopped: {self.wire!r}")

    def ref(self, inputs: Inputs) -> Ref[Result]:
        """The result for these inputs, as other inputs name it."""
        return Ref(self.wire, self.version, inputs)


@wire("core/ref")
@dataclass(frozen=True)
class Ref(Generic[Result]):
    """Another experiment's result, by what it answers, so that large arrays never travel as inputs.

    With the model its key follows from this; an engine gets the result from memory, from files, or by computing it.
    """

    experiment: str
    version: int
    inputs: object


class Results:
    """The results that inputs name, for the function that computes with them."""

    def __init__(self, found: Mapping[Ref[Any], Any]) -> None:
        self._found = found

    def __getitem__(self, ref: Ref[Result]) -> Result:
        return cast(Result, self._found[ref])


def refs(inputs: object) -> list[Ref[Any]]:
    """The results that `inputs` names in its fields."""
    values = [getattr(inputs, field.name) for field in fields(inputs)] if is_dataclass(inputs) else []
    return [value for value in values if isinstance(value, Ref)]


@cache
def declared() -> dict[str, Experiment[object, object, object]]:
    """Every experiment of `explorer.lab.types` by its wire name. Raises ValueError for two of one name."""
    found: dict[str, Experiment[object, object, object]] = {}
    for one in _everything():
        if found.setdefault(one.wire, one) is not one:
            raise ValueError(f"two experiments are called {one.wire!r}")
    return found


def _everything() -> Iterator[Experiment[object, object, object]]:
    package = importlib.import_module("explorer.lab.types")
    for module in pkgutil.iter_modules(package.__path__, "explorer.lab.types."):
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, Experiment):
                yield value
