"""Watching what runs below from above: progress of the steps, and a way to end them.

For work that asks the engine many questions in a row (evidence). Whoever wraps it in `watched` sees the progress of
every `Engine.run` inside, and ends all of it with one token. Knows nothing of what is run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from explorer.engine.base import CancelToken
from explorer.lab.types.core import Progress


@dataclass(frozen=True)
class Watch:
    """`cancel` ends a run within a step; `seen` is told of each step that reports progress."""

    cancel: CancelToken
    seen: Callable[[Progress], None]


_watch: ContextVar[Watch | None] = ContextVar("watch", default=None)


def current() -> Watch | None:
    """Who watches this thread's runs."""
    return _watch.get()


@contextmanager
def watched(cancel: CancelToken, seen: Callable[[Progress], None]) -> Iterator[None]:
    """Inside, and in this thread, `Engine.run` looks at `cancel` and tells `seen` of its progress."""
    before = _watch.set(Watch(cancel, seen))
    try:
        yield
    finally:
        _watch.reset(before)
