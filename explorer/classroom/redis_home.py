"""Rooms in Redis, where several processes share them: a room is one text under its code, with a time to live.

Nothing of it may be written to disk ("gone with the room"): a server that keeps files is refused. Changes are made on
what was read and kept only if nobody was quicker; whoever waits is woken by a message a room.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from explorer.classroom import room as rooms
from explorer.classroom.homes import MOST_ROOMS, Change, Wake
from explorer.classroom.room import Room
from explorer.errors import Told

ROOM, ALL, NEWS = "sesame:room:", "sesame:room:*", "sesame:news:"
TRIES = 50


class RedisHome:
    """The rooms of every process that names the same Redis. `client` is for tests."""

    far = True

    def __init__(self, address: str, client: Any = None) -> None:
        """Raises ValueError for an address that is none, or a Redis that keeps what it holds on disk."""
        import redis

        self._again, self._failed = redis.WatchError, redis.RedisError
        self._redis = client or redis.Redis.from_url(address, decode_responses=True, health_check_interval=15)
        self._lock = threading.Lock()
        self._watchers: defaultdict[str, set[Wake]] = defaultdict(set)
        for name, value in self._keeps().items():
            if value not in ("", "no"):
                raise ValueError(f"SESAME_ROOMS: this Redis writes to disk ({name} {value}); rooms must not be kept")
        threading.Thread(target=self._hear, name="rooms", daemon=True).start()

    def _keeps(self) -> dict[str, str]:
        return {**self._redis.config_get("save"), **self._redis.config_get("appendonly")}

    def now(self) -> float:
        """This machine's clock: processes that share rooms on several machines need theirs set alike."""
        return time.time()

    def begin(self, make: Callable[[str], Room]) -> Room:
        with self._reached():
            return self._begun(make)

    def _begun(self, make: Callable[[str], Room]) -> Room:
        if sum(1 for _ in self._redis.scan_iter(ALL, count=1000)) >= MOST_ROOMS:
            raise Told("room_none_free", limit=MOST_ROOMS)
        while True:
            room = make(rooms.new_code())
            if self._redis.set(ROOM + room.code, rooms.dump(room), nx=True, ex=int(rooms.LIVES_S)):
                return room

    def read(self, code: str) -> Room:
        with self._reached():
            return self._loaded(self._redis.get(ROOM + code))

    def change(self, code: str, change: Change) -> Room:
        with self._reached():
            return self._changed(code, change)

    def _changed(self, code: str, change: Change) -> Room:
        for _ in range(TRIES):
            with self._redis.pipeline() as pipe:
                pipe.watch(ROOM + code)
                before = self._loaded(pipe.get(ROOM + code))
                after = change(before)
                if after is before:
                    return after
                left = int(rooms.LIVES_S - max(0.0, self.now() - after.touched))
                pipe.multi()
                pipe.set(ROOM + code, rooms.dump(after), ex=max(1, left))
                pipe.publish(NEWS + code, "")
                try:
                    pipe.execute()
                except self._again:
                    continue
                return after
        raise Told("room_busy")

    def close(self, code: str) -> None:
        with self._reached():
            self._redis.delete(ROOM + code)
            self._redis.publish(NEWS + code, "")

    def watch(self, code: str, wake: Wake) -> Callable[[], None]:
        with self._lock:
            self._watchers[code].add(wake)

        def stop() -> None:
            with self._lock:
                self._watchers[code].discard(wake)

        return stop

    @contextmanager
    def _reached(self) -> Iterator[None]:
        """Where Redis is away, whoever asked is told to wait: the room may still be there."""
        try:
            yield
        except self._failed as problem:
            raise Told("room_away") from problem

    def _loaded(self, text: Any) -> Room:
        if text is None:
            raise Told("room_unknown")
        return rooms.load(text)

    def _hear(self) -> None:
        """For as long as the process lives: wake whoever waits for a room that has changed."""
        import redis

        while True:
            try:
                with self._redis.pubsub(ignore_subscribe_messages=True) as news:
                    news.psubscribe(NEWS + "*")
                    self._wake()  # what changed while nobody heard
                    for message in news.listen():
                        self._wake(str(message["channel"]).removeprefix(NEWS))
            except redis.RedisError:
                time.sleep(1)

    def _wake(self, code: str | None = None) -> None:
        with self._lock:
            waiting = [wake for name, wakes in self._watchers.items() if code in (None, name) for wake in wakes]
        for wake in waiting:
            wake()
