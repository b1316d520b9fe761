"""One event: the first page of this process has been drawn in a browser.

Set when a page says so (components/shared/mount.js, through the route in app.py), or a while after the first script
run if none does. Awaited by app.py, which then loads the default model.
"""

from __future__ import annotations

import threading

PATIENCE_S = 4.0
first_painted = threading.Event()


def script_done() -> None:
    """The first script run has ended; a browser that says nothing counts as painted after `PATIENCE_S`."""
    if not first_painted.is_set():
        timer = threading.Timer(PATIENCE_S, first_painted.set)
        timer.daemon = True
        timer.start()
