"""Where rooms are kept: found by code, changed one at a time, told to whoever waits, gone when nobody comes."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from explorer.classroom import homes
from explorer.classroom import room as rooms
from explorer.classroom.answers import own
from explorer.classroom.guesses import FREE, LONGEST_S, MANY, STRAINED_S, WINDOW_S, Guesses
from explorer.classroom.homes import MemoryHome
from explorer.classroom.room import Room
from explorer.errors import Told


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def home(clock: Clock) -> MemoryHome:
    return MemoryHome(clock)


def opened(home: MemoryHome) -> Room:
    return home.begin(lambda code: rooms.opened(code, "secret", "tab", home.now()))


def test_a_room_is_found_by_its_code_until_it_is_closed(home: MemoryHome) -> None:
    room = opened(home)
    assert home.read(room.code) == room
    home.close(room.code)
    for ask in (lambda: home.read(room.code), lambda: home.change(room.code, lambda room: room)):
        with pytest.raises(Told, match="room_unknown"):
            ask()


def test_a_room_in_which_nothing_happens_is_gone(home: MemoryHome, clock: Clock) -> None:
    code = opened(home).code
    clock.now = rooms.LIVES_S - 1
    home.change(code, lambda room: rooms.darkened(room, True, clock.now))
    clock.now += rooms.LIVES_S - 1
    assert home.read(code).dark
    clock.now += 2
    with pytest.raises(Told, match="room_unknown"):
        home.read(code)


def test_a_teacher_s_laptop_that_slept_for_ten_minutes_finds_room_question_and_votes(
    home: MemoryHome, clock: Clock
) -> None:
    code = opened(home).code
    home.change(code, lambda room: rooms.joined(room, "phone", clock.now))
    home.change(code, lambda room: rooms.present(room, rooms.digest("phone"), clock.now, streams=True))
    home.change(code, lambda room: rooms.asked(room, own("? / a / b"), clock.now))
    home.change(code, lambda room: rooms.voted(room, rooms.digest("phone"), 1, 1, clock.now))
    clock.now += 600
    room = home.read(code)
    assert rooms.here(room, clock.now) == [], "nobody who gave no sign of life is counted"
    room = home.change(code, lambda room: rooms.present(room, rooms.digest("phone"), clock.now, streams=True))
    assert len(rooms.here(room, clock.now)) == 1
    room = home.change(code, lambda room: rooms.turned(rooms.as_leader(room, "secret", "tab"), "reveal", clock.now))
    assert rooms.board(room, clock.now)["vote"]["first"] == [0, 1]


def test_there_is_a_bound_and_old_rooms_make_place(home: MemoryHome, clock: Clock) -> None:
    for _ in range(homes.MOST_ROOMS):
        opened(home)
    with pytest.raises(Told, match="room_none_free"):
        opened(home)
    clock.now = rooms.LIVES_S + 1
    assert opened(home).code


def test_whoever_waits_is_woken_by_a_change_and_by_nothing_else(home: MemoryHome) -> None:
    code, woken = opened(home).code, []
    stop = home.watch(code, lambda: woken.append(home.read(code).moves))
    home.change(code, lambda room: replace(room, moves=1))
    home.change(code, lambda room: room)
    with pytest.raises(Told):
        home.change(code, lambda room: rooms.as_leader(room, "forged", "tab"))
    assert woken == [1], "woken once, and outside the lock: it could read"
    stop()
    home.change(code, lambda room: replace(room, moves=2))
    assert woken == [1]


def test_no_change_is_lost_when_many_come_at_once(home: MemoryHome) -> None:
    code = opened(home).code

    def many() -> None:
        for _ in range(200):
            home.change(code, lambda room: replace(room, moves=room.moves + 1))

    threads = [threading.Thread(target=many) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert home.read(code).moves == 1600


def test_wrong_codes_of_one_browser_take_longer_and_longer_and_are_forgotten(clock: Clock) -> None:
    guesses = Guesses(clock)
    waits = []
    for _ in range(12):
        waits.append(guesses.wait("one"))
        guesses.wrong("one")
    assert waits[:FREE] == [0.0] * FREE
    assert waits[FREE:] == sorted(waits[FREE:]) and waits[-1] == LONGEST_S
    assert guesses.wait("another") == 0.0, "a class shares an address, and nobody's address is looked at"
    clock.now += 5 * WINDOW_S + 1
    assert guesses.wait("one") == 0.0


def test_many_wrong_codes_from_ever_new_browsers_slow_everybody_a_little(clock: Clock) -> None:
    guesses = Guesses(clock)
    for n in range(MANY):
        guesses.wrong(f"browser {n}")
    assert guesses.wait("new") == STRAINED_S
    clock.now += WINDOW_S + 1
    assert guesses.wait("new") == 0.0
