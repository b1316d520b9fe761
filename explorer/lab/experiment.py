"""Which function answers an experiment, and how a stream asks for its forward passes.

Knows the experiments declared in `explorer/lab/types` and imports the modules of `explorer/lab` when one is first
wanted; importing this module, or those, imports no torch.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, overload

from explorer.lab.types.experiment import Experiment, Inputs, Partial, Result

M = TypeVar("M")
More = ParamSpec("More")
Yielded = TypeVar("Yielded")
BatchForward = Callable[[Any, list[Any]], Sequence[Any]]


class ForwardRequest:
    """What a stream yields to ask for a forward pass; each `batch_forward` function has its own kind."""


_Single = Callable[Concatenate[M, Inputs, More], Result]
_Batched = Callable[Concatenate[M, Sequence[Inputs], More], list[Result]]
_Stream = Callable[Concatenate[M, Inputs, More], Iterator[Yielded]]
_Asking = Callable[Concatenate[M, Inputs, More], Generator[Yielded | ForwardRequest, Any, None]]


@dataclass(frozen=True)
class Implementation:
    """The function behind an experiment, and what computes the forward passes it asks for."""

    experiment: Experiment[Any, Any, Any]
    fn: Callable[..., Any]
    batch_forward: BatchForward | None = None


_implementations: dict[str, Implementation] = {}


class _Implements(Generic[Inputs, Result, Partial]):
    """The decorator: the function's types are held against the experiment's, and it stays what it was."""

    def __init__(self, experiment: Experiment[Inputs, Result, Partial], batch_forward: BatchForward | None) -> None:
        self._experiment = experiment
        self._batch_forward = batch_forward

    @overload
    def __call__(
        self, fn: _Stream[M, Inputs, More, Partial | Result], /
    ) -> _Stream[M, Inputs, More, Partial | Result]: ...
    @overload
    def __call__(
        self, fn: _Asking[M, Inputs, More, Partial | Result], /
    ) -> _Asking[M, Inputs, More, Partial | Result]: ...
    @overload
    def __call__(self, fn: _Single[M, Inputs, More, Result], /) -> _Single[M, Inputs, More, Result]: ...  # type: ignore[overload-overlap] # no function takes both one and many
    @overload
    def __call__(self, fn: _Batched[M, Inputs, More, Result], /) -> _Batched[M, Inputs, More, Result]: ...
    def __call__(self, fn: Callable[..., Any], /) -> Callable[..., Any]:
        _implementations[self._experiment.wire] = Implementation(self._experiment, fn, self._batch_forward)
        return fn


def implements(
    experiment: Experiment[Inputs, Result, Partial], *, batch_forward: BatchForward | None = None
) -> _Implements[Inputs, Result, Partial]:
    """Mark a function as the one that answers `experiment`. What it takes and returns follows from its kind:

    "single":  fn(model, inputs) -> result
    "batched": fn(model, [inputs, …]) -> [result, …]
    "stream":  fn(model, inputs) yields `Progress` or partial results and, last, the result

    One more argument where the experiment `uses_session_cache`: the reader's cache for this model (see
    `explorer.engine.handles.Shelf`), where what it holds may be gone at any time; a list of them if batched.

    batch_forward  for a stream that asks for its forward passes: it may also yield a `ForwardRequest` and is sent the
                   answer. `batch_forward(model, requests) -> answers` computes those of all readers who stream at that
                   moment in one go.
    """
    if batch_forward is not None and experiment.kind != "stream":
        raise ValueError("only a stream can ask for its forward passes")
    return _Implements(experiment, batch_forward)


def find(experiment: Experiment[Any, Any, Any]) -> Implementation:
    """The function that answers `experiment`. Raises LookupError if there is none in `explorer/lab`."""
    _read_all()
    found = _implementations.get(experiment.wire)
    if found is None or found.experiment != experiment:
        raise LookupError(f"nothing in explorer/lab implements {experiment.wire!r}, version {experiment.version}")
    return found


@cache
def _read_all() -> None:
    """Import every module of `explorer/lab` (its types aside), so that each has said what it implements."""
    package = importlib.import_module("explorer.lab")
    for module in pkgutil.walk_packages(package.__path__, "explorer.lab."):
        if not module.name.startswith("explorer.lab.types"):
            importlib.import_module(module.name)
