"""How much memory the process may hold (SESAME_MEMORY), and what goes when it would hold more; this place decides.

Knows bytes, who has been promised some, and in which order things go. What a model or a result is, the engine knows:
it names what can be let go. Without the setting nothing here does anything.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import logging
import re
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import psutil

from explorer import settings
from explorer.errors import ModelUnavailable, Told

VARIABLE = "SESAME_MEMORY"
LOOKS_EVERY_S = 2.0
WAITS_S = 3.0  # for a model to be idle that answers a click just now, before another one is refused
BRIEFLY_S = 0.3  # the same before a training is refused: clicks on its model wait meanwhile
TRAINING_COPIES = 4  # weights, gradients and two moments of Adam, where everything is taught
TRAINING_HERE = 128 * 2**20  # of a training without a model: three of them took up to 60 MB when it was measured

_SIZE = re.compile(r"(\d+(?:\.\d+)?) ?([MG])(?:i?B)?", re.IGNORECASE)
_TRIES_EVERY_S = 0.05
_UNITS = {"M": 2**20, "G": 2**30}
_log = logging.getLogger(__name__)

Free = Callable[[int], bool]  # given the bytes that are too many, lets something go; False where there is nothing


def limit(environment: Mapping[str, str] | None = None) -> int | None:
    """The bytes in SESAME_MEMORY; None where it is not set. Raises ValueError for what is no size."""
    wanted = settings.value(VARIABLE, environment)
    if not wanted:
        return None
    found = _SIZE.fullmatch(wanted)
    if found is None or not float(found[1]):
        raise ValueError(f"{VARIABLE}={wanted!r}: a size is wanted, such as 4G or 3500M")
    return int(float(found[1]) * _UNITS[found[2].upper()])


def resident() -> int:
    """Bytes that this process holds now, and those it started (UMAP computes in one)."""
    used = 0
    this = psutil.Process()
    for process in (this, *this.children(recursive=True)):
        with contextlib.suppress(psutil.NoSuchProcess):  # it has just ended
            used += process.memory_info().rss
    return used


def give_back() -> None:
    """Have what was let go returned to the system: Python collects, and C's allocator keeps nothing for later."""
    gc.collect()
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):  # musl has none
            ctypes.CDLL(None).malloc_trim(0)


@dataclass(frozen=True)
class _Promise:
    needed: int
    used: int  # by the process when the promise was made

    def to_come(self, used: int) -> int:
        """What of it has not been taken yet, as far as growth tells."""
        return min(self.needed, max(0, self.needed - (used - self.used)))


class Budget:
    """Keeps a process under `most` bytes. Any method, from any thread; none may be called under the engine's lock.

    frees   what can be let go, in this order, each until it has nothing more
    used    tells how much the process holds
    """

    def __init__(
        self, most: int | None, *, used: Callable[[], int] = resident, give_back: Callable[[], None] = give_back
    ) -> None:
        self.most = most
        self._used = used
        self._give_back = give_back
        self._frees: tuple[Free, ...] = ()
        self._promises: dict[object, _Promise] = {}
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._told = False

    def watch(self, *frees: Free) -> None:
        """Let these go from now on whenever the process holds too much."""
        self._frees = frees
        if self.most is not None:
            threading.Thread(target=self._watch, name="memory budget", daemon=True).start()

    @contextlib.contextmanager
    def loading(self, model_id: str, needs: Callable[[], int]) -> Iterator[None]:
        """Inside, a model that takes so many bytes is loaded. Raises ModelUnavailable("memory_model")."""
        if self.most is None:
            yield
            return
        who, needed = object(), needs()
        if lacking := self._claim(who, needed, WAITS_S):
            free = max(0, needed - lacking)
            raise ModelUnavailable(
                "memory_model", model=model_id, needed_gb=_gb(needed), free_gb=_gb(free), limit_gb=_gb(self.most)
            )
        try:
            yield
        finally:
            self.done(who)

    def training(self, who: object, model: int) -> None:
        """`who` begins to train a model that takes so many bytes, 0 for one of its own; `done` tells of its end.

        Raises Told("memory_training"): what it may take at most would not fit, with all let go that can go.
        """
        if self.most is None:
            return
        needed = TRAINING_COPIES * model or TRAINING_HERE
        if lacking := self._claim(who, needed, BRIEFLY_S):
            free = max(0, needed - lacking)
            raise Told("memory_training", needed_gb=_gb(needed), free_gb=_gb(free), limit_gb=_gb(self.most))

    def done(self, who: object) -> None:
        """`who` takes no more than it has."""
        with self._lock:
            self._promises.pop(who, None)

    def close(self) -> None:
        self._closed.set()

    def _claim(self, who: object, needed: int, patience: float) -> int:
        """Make room for `needed` more bytes and hold them for `who`; what is lacking, 0 where they are to be had."""
        ends = time.monotonic() + patience
        while True:
            with self._lock:
                lacking = self._make_room(needed)
                if not lacking:
                    self._promises[who] = _Promise(needed, self._used())
            if not lacking or time.monotonic() >= ends or self._closed.wait(_TRIES_EVERY_S):
                return lacking

    def _make_room(self, needed: int) -> int:
        """Let things go until `needed` more bytes fit; how many are lacking when nothing more can go."""
        for free in self._frees:
            while (over := self._over(needed)) and free(over):
                self._give_back()
        return self._over(needed)

    def _over(self, needed: int) -> int:
        assert self.most is not None
        used = self._used()
        promised = sum(promise.to_come(used) for promise in self._promises.values())
        return max(0, used + promised + needed - self.most)

    def _watch(self) -> None:
        """Log it, once each time, where the bound can't be kept; that is no reader's business."""
        while not self._closed.wait(LOOKS_EVERY_S):
            with self._lock:
                over = self._make_room(0)
            if over and not self._told:
                _log.warning("%d MB over %s, and nothing more to let go", over // 2**20, VARIABLE)
            self._told = bool(over)


def _gb(n: int) -> float:
    return round(n / 2**30, 2)
