"""Homes: where rooms are kept. One interface; in this process's memory, or in Redis where several processes share them.

A home keeps rooms, changes them one at a time and wakes whoever waits for a change. What a room is it does not know.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Protocol

from explorer.classroom import room as rooms
from explorer.classroom.room import Room
from explorer.errors import Told

MOST_ROOMS = 200
Change = Callable[[Room], Room]
Wake = Callable[[], None]


class Home(Protocol):
    """Where rooms are kept. `Told("room_unknown")` is raised for a code under which there is none (any more).

    `far`: asking takes a trip to another process, so it is not done where nothing else may wait.
    """

    far: bool

    def now(self) -> float:
        """Seconds, on the clock that the rooms' times are of."""
        ...

    def begin(self, make: Callable[[str], Room]) -> Room:
        """Keep a new room, made for a free code. Raises Told where there is no place for another."""
        ...

    def read(self, code: str) -> Room: ...

    def change(self, code: str, change: Change) -> Room:
        """The room after `change`, which may raise Told; then nothing has changed."""
        ...

    def close(self, code: str) -> None: ...

    def watch(self, code: str, wake: Wake) -> Callable[[], None]:
        """Call `wake`, from any thread, after every change of the room, until the function returned is called."""
        ...


class MemoryHome:
    """Rooms of this process: gone when it ends. One lock; nobody is woken while it is held."""

    far = False

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._rooms: dict[str, Room] = {}
        self._watchers: defaultdict[str, set[Wake]] = defaultdict(set)

    def now(self) -> float:
        return self._clock()

    def begin(self, make: Callable[[str], Room]) -> Room:
        with self._lock:
            self._sweep()
            if len(self._rooms) >= MOST_ROOMS:
                raise Told("room_none_free", limit=MOST_ROOMS)
            code = next(code for code in iter(rooms.new_code, None) if code not in self._rooms)
            self._rooms[code] = make(code)
            return self._rooms[code]

    def read(self, code: str) -> Room:
        with self._lock:
            return self._known(code)

    def change(self, code: str, change: Change) -> Room:
        with self._lock:
            before = self._known(code)
            after = self._rooms[code] = change(before)
        if after is not before:
            self._wake(code)
        return after

    def close(self, code: str) -> None:
        with self._lock:
            self._rooms.pop(code, None)
        self._wake(code)

    def watch(self, code: str, wake: Wake) -> Callable[[], None]:
        with self._lock:
            self._watchers[code].add(wake)

        def stop() -> None:
            with self._lock:
                self._watchers[code].discard(wake)
                if not self._watchers[code]:
                    del self._watchers[code]

        return stop

    def _wake(self, code: str) -> None:
        with self._lock:
            waiting = tuple(self._watchers.get(code, ()))
        for wake in waiting:
            wake()

    def _known(self, code: str) -> Room:
        room = self._rooms.get(code)
        if room is None or self._clock() - room.touched > rooms.LIVES_S:
            self._rooms.pop(code, None)
            raise Told("room_unknown")
        return room

    def _sweep(self) -> None:
        now = self._clock()
        for code in [code for code, room in self._rooms.items() if now - room.touched > rooms.LIVES_S]:
            del self._rooms[code]
