"""Long-lived things that a page owns but does not hold: a cache of keys and values, a head in training.

Knows owners, bytes and ages. Knows nothing of what an object is for. A page holds the id alone and rebuilds the
object from its state when the handle was lost.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cachetools import TTLCache

from explorer.errors import Told

DEFAULT_BUDGET = 512 * 2**20
DEFAULT_EXPIRY = 30 * 60.0  # a school lesson is shorter
LINGERS_S = 120.0  # so long a page that lost its socket may come back
LOOKS_EVERY_S = 10.0
Here = Callable[[str], bool]


def _everybody(_: str) -> bool:
    return True


_here: Here = _everybody


def who_is_here(tells: Here) -> None:
    """From now on `tells(session)` says whether a session still is."""
    global _here
    _here = tells


@dataclass
class _Held:
    session: str
    obj: Any
    nbytes: int


class Handles:
    """Objects by id, for the session that put them, until unused for `expiry` seconds or pushed out by newer ones.

    What a session leaves behind goes two minutes after its last use. Every method may be called from any thread; what
    is to go is let go at the next call of any of them.
    """

    def __init__(
        self,
        max_bytes: int = DEFAULT_BUDGET,
        expiry: float = DEFAULT_EXPIRY,
        clock: Callable[[], float] = time.monotonic,
        here: Here | None = None,
    ) -> None:
        self.max_bytes = max_bytes
        self._clock, self._here = clock, here
        self._used: dict[str, tuple[str, float]] = {}  # by id: whose it is, and when it was used last
        self._looked = clock()
        self._held: TTLCache[str, _Held] = TTLCache(max_bytes, expiry, clock, getsizeof=lambda held: held.nbytes)
        self._lock = threading.Lock()

    def put(self, session: str, obj: Any, nbytes: int, handle: str = "") -> str:
        """Keep `obj` for `session` and return its id; the least recently used go when the budget is exceeded.

        With `handle`, that id is used again: what lay there goes.
        Raises Told("handle_too_large") for an object that exceeds the budget alone.
        """
        if nbytes > self.max_bytes:
            raise Told("handle_too_large", needed=nbytes, budget=self.max_bytes)
        handle = handle or secrets.token_urlsafe(16)
        with self._lock:
            self._let_go()
            self._held.pop(handle, None)
            self._held[handle] = _Held(session, obj, nbytes)
            self._used[handle] = session, self._clock()
        return handle

    def get(self, handle: str, session: str) -> Any:
        """The object. Raises Told("handle_lost") if it is gone or another session's."""
        with self._lock:
            self._let_go()
            held = self._held.get(handle)
            if held is None or held.session != session:
                raise Told("handle_lost")
            self._held[handle] = held  # its time begins anew
            self._used[handle] = session, self._clock()
            return held.obj

    def drop(self, handle: str, session: str) -> None:
        """Let the object go. One that is gone already, or another session's, is left as it is."""
        with self._lock:
            self._let_go()
            if (held := self._held.get(handle)) and held.session == session:
                del self._held[handle]

    def evict(self, nbytes: int) -> bool:
        """Let the least recently used go until `nbytes` less are held; False where nothing was."""
        with self._lock:
            self._let_go()
            wanted, before = self._held.currsize - nbytes, len(self._held)
            while self._held and self._held.currsize > wanted:
                self._held.popitem()
            return before > 0

    @property
    def used(self) -> int:
        """Bytes held now, as they were told to `put`."""
        with self._lock:
            self._let_go()
            return int(self._held.currsize)

    def let_go(self) -> None:
        """Let go what is to go, though nothing is put or asked for."""
        with self._lock:
            self._let_go()

    def _let_go(self) -> None:
        """Under the lock."""
        self._held.expire()
        now, here = self._clock(), self._here or _here
        if now - self._looked < LOOKS_EVERY_S:
            return
        self._looked = now
        for handle, (session, used) in list(self._used.items()):
            if handle not in self._held or (now - used >= LINGERS_S and not here(session)):
                self._held.pop(handle, None)
                del self._used[handle]


class Shelf:
    """What one session keeps for one model, by name: the shape of `Handles` that an experiment sees.

    An experiment marked `keeps=True` gets it as its last argument. What lies here may be gone at any time, so an
    experiment must be able to make it anew from its inputs.
    """

    def __init__(self, handles: Handles, session: str, model_id: str) -> None:
        self._handles = handles
        self._session = session
        self._model_id = model_id

    def get(self, name: str) -> Any | None:
        """What was put under this name, or None if it was never there, expired, or was pushed out."""
        try:
            return self._handles.get(self._id(name), self._session)
        except Told:
            return None

    def put(self, name: str, obj: Any, nbytes: int) -> None:
        """Keep `obj` in place of what lay there; one that exceeds the whole budget is not kept."""
        if nbytes > self._handles.max_bytes:
            self._handles.drop(self._id(name), self._session)
            return
        self._handles.put(self._session, obj, nbytes, self._id(name))

    def _id(self, name: str) -> str:
        return f"{self._session}/{self._model_id}/{name}"
