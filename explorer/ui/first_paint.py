"""One event: the first page of this process has been drawn in a browser.

Set when a page says so (components/shared/mount.js, through the route in app.py), or a while after the first script
run if none does. Awaited by app.py, which then loads the default model.
"""

from __future__ import annotations

import threading

from explorer.engine import get_engine

PATIENCE_S = 10.0
first_painted = threading.Event()
_asked: set[str] = set()


def warm_later(model_id: str) -> None:
    """Have a model read into memory once the first page stands, for a page whose model is not the app's first."""
    if model_id in _asked:
        return
    _asked.add(model_id)

    def wait() -> None:
        first_painted.wait()
        get_engine().warm(model_id)

    threading.Thread(target=wait, name=f"warm {model_id}", daemon=True).start()


def script_done() -> None:
    """The first script run has ended; a browser that says nothing counts as painted after `PATIENCE_S`."""
    if not first_painted.is_set():
        timer = threading.Timer(PATIENCE_S, first_painted.set)
        timer.daemon = True
        timer.start()
