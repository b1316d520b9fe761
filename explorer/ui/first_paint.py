"""One event: the first page of this process has been drawn.

Set by the router at the end of its first run; awaited by app.py, which then loads the default model.
"""

from __future__ import annotations

import threading

first_painted = threading.Event()
