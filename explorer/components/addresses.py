"""Bytes that a browser fetches once by their address, instead of through the socket on every run.

Two kinds lie here. Bundles of components: the same for everybody, addressed by their hash. Arrays of a figure: their
address is a hash keyed with a secret of this process, so that only who was shown an array can name it (it may tell what
a reader wrote), and so that equal arrays, whoever looks at them, are one entry and one transfer.

An array stays while some session shows it and two minutes more, within a bound on all of them; beyond the bound the one
shown longest ago goes first. A browser that asks for a lost one has the page run again (shared/mount.js).
Knows no figure and no route; explorer/server serves what lies here, and says so with `serve()`. Unserved (a script run
by itself), everything travels inline.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

from streamlit import runtime

MOST_BYTES = 128 * 2**20
LINGER_S = 120.0
_SWEEP_S = 10.0


@dataclass
class Entry:
    """The bytes of one array, their compressed forms by name of encoding, who shows them, and when nobody did."""

    body: bytes
    forms: dict[str, bytes] = field(default_factory=dict)
    shown_by: set[Hashable] = field(default_factory=set)
    free_since: float = 0.0

    @property
    def size(self) -> int:
        return len(self.body) + sum(map(len, self.forms.values()))


class Shelf:
    """Arrays by address, of bounded size. `alive(session)` says whether a session still is; the clock is for tests."""

    def __init__(
        self,
        most: int = MOST_BYTES,
        alive: Callable[[str], bool] = lambda _: True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most, self._alive, self._clock = most, alive, clock
        self._secret = secrets.token_bytes(32)
        self._entries: OrderedDict[str, Entry] = OrderedDict()
        self._shown: dict[tuple[str, str], frozenset[str]] = {}
        self._swept = clock()
        self._lock = threading.Lock()

    def show(self, session: str, figure: str, bodies: list[bytes]) -> list[str]:
        """The addresses of `bodies`, all that `figure` of `session` shows from now on."""
        addresses = [hmac.digest(self._secret, body, "sha256")[:16].hex() for body in bodies]
        with self._lock:
            for address, body in zip(addresses, bodies, strict=True):
                self._entries.setdefault(address, Entry(body)).shown_by.add((session, figure))
                self._entries.move_to_end(address)
            self._release((session, figure), keep=frozenset(addresses))
            if addresses:
                self._shown[session, figure] = frozenset(addresses)
            self._sweep()
        return addresses

    def entry(self, address: str) -> Entry | None:
        """What lies at `address`; None if nothing does (any more)."""
        return self._entries.get(address)

    @property
    def size(self) -> int:
        """Bytes held."""
        return sum(entry.size for entry in self._entries.values())

    def _release(self, holder: tuple[str, str], keep: frozenset[str] = frozenset()) -> None:
        for address in self._shown.pop(holder, frozenset()) - keep:
            entry = self._entries.get(address)
            if entry is not None:
                entry.shown_by.discard(holder)
                entry.free_since = self._clock()

    def _sweep(self) -> None:
        now = self._clock()
        if now - self._swept >= _SWEEP_S:
            self._swept = now
            gone = {session for session, _ in self._shown if not self._alive(session)}
            for holder in [holder for holder in self._shown if holder[0] in gone]:
                self._release(holder)
            for address, entry in list(self._entries.items()):
                if not entry.shown_by and now - entry.free_since >= LINGER_S:
                    del self._entries[address]
        size = self.size
        while size > self._most and len(self._entries) > 1:
            size -= self._entries.popitem(last=False)[1].size


def alive(session: str) -> bool:
    """Whether a session of Streamlit still is; outside of a server every one is."""
    return not runtime.exists() or runtime.get_instance().is_active_session(session)


shelf = Shelf(alive=alive)
bundles: dict[str, Entry] = {}
_served = False


def serve() -> None:
    """From now on a server answers for the addresses given out here."""
    global _served
    _served = True


def served() -> bool:
    """Whether a server answers for addresses; else everything travels inline."""
    return _served


def publish(name: str, text: str) -> str:
    """The address of a component's script, the same in every process that has the same script."""
    body = text.encode()
    address = f"{name}-{hashlib.sha256(body).hexdigest()[:16]}.js"
    bundles[address] = Entry(body)
    return address
