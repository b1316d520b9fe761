"""Runs measurements beside the app: one a process, started by a page, watched by any, stopped by whoever may.

Implements `explorer.lab.types.evidence.Bench` as a module. The runs go through the engine, in its fair line; what is
measured is kept row by row.
"""

from __future__ import annotations

import threading
from dataclasses import replace

from explorer import evidence
from explorer.engine.base import CancelToken
from explorer.engine.failures import for_reader
from explorer.engine.watching import watched
from explorer.errors import Cancelled, Told
from explorer.evidence import results_store
from explorer.lab.types.evidence import Figure, Measuring

_lock = threading.Lock()
_status: Measuring | None = None
_cancel = CancelToken()


def chapters() -> tuple[str, ...]:
    """The chapters that have evidence, in reading order."""
    return evidence.CHAPTERS


def figures(chapter: str) -> tuple[Figure, ...]:
    """The newest figures of a chapter."""
    return results_store.figures(chapter)


def status() -> Measuring | None:
    """How the running measurement stands, or how the last one ended."""
    return _status


def start(chapter: str) -> None:
    """Measure a chapter again, in a thread of its own; nothing happens while a measurement runs."""
    global _status, _cancel
    with _lock:
        if chapter not in evidence.CHAPTERS or (_status is not None and _status.running):
            return
        _cancel = CancelToken()
        own = [figure for figure in figures(chapter) if "--data" not in figure.row.command]
        _status = Measuring(chapter, running=True, done=0, expected=len(own))
        # a daemon, so that stopping the app does not wait for it: each row is kept as soon as it is measured
        threading.Thread(target=_measure, args=(chapter, _cancel), name="evidence", daemon=True).start()


def cancel() -> None:
    """End what runs within a step; the rows measured so far stay."""
    _cancel.cancel()


def _measure(chapter: str, cancel: CancelToken) -> None:
    error = ""
    try:
        with watched(cancel, lambda step: _note(step=(step.done, step.total))):
            for row in evidence.measure(chapter):
                results_store.keep([row])
                _note(one_more=True)
                if cancel.cancelled:
                    raise Cancelled("cancelled")
    except Told as caught:
        error = caught.key
    except Exception as caught:  # a measurement that died must not be shown as running for ever
        error = for_reader(caught, f"evidence {chapter}").key
    _note(error=error, ended=True)


def _note(*, step: tuple[int, int] = (0, 0), one_more: bool = False, error: str = "", ended: bool = False) -> None:
    global _status
    with _lock:
        assert _status is not None
        done = _status.done + one_more
        expected = max(_status.expected, done)
        _status = replace(_status, running=not ended, done=done, expected=expected, step=step, error=error)
