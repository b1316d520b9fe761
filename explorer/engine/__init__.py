"""Where experiments run. Pages take `get_engine()` and know it as `explorer.engine.base.Engine`.

One engine a process, so that one copy of a model serves all readers. Importing this imports no torch, and what the
engine is made of comes with the first `get_engine()`: the server answers before that, and a browser reads scripts.
"""

from __future__ import annotations

import atexit
import threading
from typing import TYPE_CHECKING

from explorer import settings
from explorer.models.catalog import catalog

if TYPE_CHECKING:
    from explorer.engine.local import LocalEngine

__all__ = ["catalog", "get_engine"]

_lock = threading.Lock()
_engine: LocalEngine | None = None


def get_engine() -> LocalEngine:
    """The engine of this process, built at the first call.

    SESAME_PRECOMPUTED=off leaves the results that come with the app, and those kept on this machine, aside, so that
    everything is computed. SESAME_MEMORY bounds what the process holds. SESAME_ENGINE=ray has models compute
    in replicas of Ray Serve (ray_serve/). Raises ValueError for an engine that there is not.
    """
    global _engine
    with _lock:
        if _engine is None:
            import platformdirs

            from explorer.engine.budget import Budget, limit
            from explorer.engine.cache import Precomputed
            from explorer.engine.local import LocalEngine
            from explorer.engine.ray_serve.engine import RayEngine

            kinds = {"": LocalEngine, "local": LocalEngine, "ray": RayEngine}
            wanted = settings.value("SESAME_ENGINE")
            if wanted not in kinds:
                raise ValueError(f"SESAME_ENGINE={wanted!r}: local or ray is wanted")
            use_files = settings.value("SESAME_PRECOMPUTED") != "off"
            own = Precomputed(platformdirs.user_cache_path("open-sesame", appauthor=False) / "results")
            _engine = kinds[wanted](
                precomputed=Precomputed() if use_files else None,
                lasting=own if use_files else None,
                budget=Budget(limit()),
            )
            atexit.register(_engine.close)  # a thread inside torch must not outlive the interpreter
        return _engine
