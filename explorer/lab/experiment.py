"""What makes a function an experiment: a name, a version, and how it may be run.

The engine finds an experiment by its dotted name: "masking.fill" is `fill` in `explorer/lab/masking.py`.
Importing this module imports no torch.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


class Wish:
    """What a stream yields to ask for a forward pass; each `together` function has its own kind."""


def experiment(
    *,
    version: int,
    kind: str = "single",
    keeps: bool = False,
    lasting: bool = False,
    together: Callable[..., Any] | None = None,
) -> Callable[[F], F]:
    """Mark a function as an experiment.

    kind "single":  fn(model, inputs) -> result
    kind "batched": fn(model, [inputs, …]) -> [result, …]; requests that wait together are run together
    kind "stream":  fn(model, inputs) yields `Progress` or partial results and, last, the result

    keeps     True: one more argument, the shelf (see `explorer.engine.handles.Shelf`) where this reader's long-lived
              things lie for this model; a list of shelves for a batched experiment
    together  for a stream that asks for its forward passes: it may also yield a `Wish` and is sent the answer.
              `together(model, wishes) -> answers` computes those of all readers who stream at that moment in one go

    Raise `version` whenever the same inputs would give other numbers: cached and precomputed results are
    keyed by it. A `lasting` result is kept on this machine's disk too: it takes long, and holds no reader's text.
    """
    if kind not in ("single", "batched", "stream"):
        raise ValueError(f"unknown kind of experiment: {kind!r}")
    if together is not None and kind != "stream":
        raise ValueError("only a stream can ask for its forward passes")

    def mark(fn: F) -> F:
        fn.version = version  # type: ignore[attr-defined]
        fn.kind = kind  # type: ignore[attr-defined]
        fn.lasting = lasting  # type: ignore[attr-defined]
        fn.keeps = keeps  # type: ignore[attr-defined]
        fn.together = together  # type: ignore[attr-defined]
        return fn

    return mark


def find(name: str) -> Callable[..., Any]:
    """The experiment called `name`, "chapter.function". Raises LookupError if there is none."""
    module, _, function = name.rpartition(".")
    try:
        fn = getattr(importlib.import_module(f"explorer.lab.{module}"), function)
    except (ImportError, AttributeError) as error:
        raise LookupError(f"no experiment {name!r} in explorer/lab") from error
    if not hasattr(fn, "kind"):
        raise LookupError(f"{name!r} is not marked as an experiment")
    return fn  # type: ignore[no-any-return]
