"""Rooms in Redis: two processes share one, no change is lost, each wakes the other's phones, no file is written."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import fakeredis
import pytest

from explorer.classroom import room as rooms
from explorer.classroom.answers import own
from explorer.classroom.redis_home import ROOM, RedisHome
from explorer.errors import Told
from tests import redis_server


class Server(fakeredis.FakeRedis):
    """A Redis whose settings of what it keeps are known."""

    keeps = ""

    def config_get(self, pattern: str = "*", *args: object, **kwargs: object) -> dict[str, str]:
        return {pattern: self.keeps if pattern == "save" else "no"}


def stand_ins() -> tuple[RedisHome, RedisHome]:
    shared = fakeredis.FakeServer()
    first, second = (RedisHome("", Server(server=shared, decode_responses=True)) for _ in range(2))
    return first, second


REAL = pytest.param("real", marks=pytest.mark.skipif(not redis_server.there(), reason="no redis-server is installed"))


@pytest.fixture(params=["stand-in", REAL])
def two(request: pytest.FixtureRequest) -> Iterator[tuple[RedisHome, RedisHome]]:
    """Two processes' homes over one Redis: a stand-in in this process, and a real one where it is installed."""
    if request.param == "stand-in":
        yield stand_ins()
        return
    with redis_server.running() as address:
        yield RedisHome(address), RedisHome(address)


def opened(home: RedisHome) -> str:
    return home.begin(lambda code: rooms.opened(code, "secret", "tab", home.now())).code


def test_a_room_is_the_same_in_both_processes_and_after_a_restart_of_one(two: tuple[RedisHome, RedisHome]) -> None:
    first, second = two
    code = opened(first)
    first.change(code, lambda room: rooms.joined(room, "phone", first.now()))
    first.change(code, lambda room: rooms.asked(room, own("猫还是狗？ / 猫 / 狗"), first.now()))
    second.change(code, lambda room: rooms.voted(room, rooms.digest("phone"), 1, 1, second.now()))
    again = RedisHome("", second._redis)
    vote = again.read(code).vote
    assert vote is not None and vote.first == {rooms.digest("phone"): 1}
    assert again.read(code) == first.read(code)


def test_each_wakes_whoever_waits_at_the_other(two: tuple[RedisHome, RedisHome]) -> None:
    first, second = two
    code, woken = opened(first), threading.Event()
    stop = second.watch(code, woken.set)
    for _ in range(50):  # its ear may not be open yet
        first.change(code, lambda room: replace(room, moves=room.moves + 1))
        if woken.wait(0.2):
            break
    assert woken.is_set()
    stop()


def test_no_change_is_lost_between_processes(two: tuple[RedisHome, RedisHome]) -> None:
    code = opened(two[0])

    def many(home: RedisHome) -> None:
        for _ in range(40):
            home.change(code, lambda room: replace(room, moves=room.moves + 1))

    threads = [threading.Thread(target=many, args=(home,)) for home in two]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert two[1].read(code).moves == 80


def test_a_room_has_a_time_to_live_and_is_gone_when_it_is_closed(two: tuple[RedisHome, RedisHome]) -> None:
    first, second = two
    code = opened(first)
    assert 0 < first._redis.ttl(ROOM + code) <= rooms.LIVES_S
    first.change(code, lambda room: rooms.darkened(room, True, first.now()))
    assert 0 < first._redis.ttl(ROOM + code) <= rooms.LIVES_S
    with pytest.raises(Told, match="room_not_leader"):
        second.change(code, lambda room: rooms.as_leader(room, "forged", "tab"))
    first.close(code)
    with pytest.raises(Told, match="room_unknown"):
        second.read(code)


def test_a_redis_that_keeps_files_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Server, "keeps", "3600 1")
    with pytest.raises(ValueError, match="writes to disk"):
        RedisHome("", Server(server=fakeredis.FakeServer(), decode_responses=True))


@pytest.mark.skipif(not redis_server.there(), reason="no redis-server is installed")
def test_a_real_redis_that_keeps_files_is_refused() -> None:
    with redis_server.running(save="3600 1") as address, pytest.raises(ValueError, match="writes to disk"):
        RedisHome(address)


def test_a_clock_that_is_set_back_or_on_closes_no_room(
    two: tuple[RedisHome, RedisHome], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = two
    code, now = opened(first), time.time()
    for shift in (-3600, 600, -86_400 * 365):
        monkeypatch.setattr(time, "time", lambda shift=shift: now + shift)
        first.change(code, lambda room: rooms.darkened(room, not room.dark, first.now()))
        assert second.read(code).code == code
        assert 0 < first._redis.ttl(ROOM + code) <= rooms.LIVES_S


def test_a_redis_that_is_away_for_a_moment_is_told_and_closes_no_room() -> None:
    home = stand_ins()[0]
    code = opened(home)
    home._redis.connection_pool.connection_kwargs["server"].connected = False
    for ask in (
        lambda: home.read(code),
        lambda: home.change(code, lambda room: replace(room, moves=1)),
        lambda: opened(home),
        lambda: home.close(code),
    ):
        with pytest.raises(Told, match="room_away"):
            ask()
    home._redis.connection_pool.connection_kwargs["server"].connected = True
    assert home.read(code).moves == 0
