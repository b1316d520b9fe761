"""Handles: owned by a session, bounded in bytes, gone after a while."""

from __future__ import annotations

import weakref

import pytest

from explorer.engine.handles import LINGERS_S, LOOKS_EVERY_S, Handles, Shelf
from explorer.errors import Told


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


class Branches:
    """Something a weak reference can watch."""


def lost(handles: Handles, handle: str, session: str) -> bool:
    try:
        handles.get(handle, session)
    except Told as error:
        return error.key == "handle_lost"
    return False


def test_a_session_gets_its_own_object_and_no_other() -> None:
    handles = Handles()
    mine = Branches()
    handle = handles.put("anna", mine, 10)
    assert handles.get(handle, "anna") is mine
    assert lost(handles, handle, "ben")
    handles.drop(handle, "ben")
    assert handles.get(handle, "anna") is mine
    handles.drop(handle, "anna")
    handles.drop(handle, "anna")
    assert lost(handles, handle, "anna")
    assert lost(handles, "never was", "anna")


def test_over_the_budget_the_least_recently_used_goes() -> None:
    handles = Handles(max_bytes=100)
    first, second = handles.put("anna", "1", 40), handles.put("ben", "2", 40)
    handles.get(first, "anna")
    third = handles.put("cai", "3", 40)
    assert lost(handles, second, "ben")
    assert handles.get(first, "anna") == "1"
    assert handles.get(third, "cai") == "3"
    assert handles.used == 80


def test_what_exceeds_the_budget_alone_is_refused_and_pushes_nothing_out() -> None:
    handles = Handles(max_bytes=100)
    kept = handles.put("anna", "1", 90)
    with pytest.raises(Told) as refused:
        handles.put("ben", "2", 101)
    assert refused.value.key == "handle_too_large"
    assert handles.get(kept, "anna") == "1"


def test_unused_handles_expire_and_release_their_object() -> None:
    clock = Clock()
    handles = Handles(expiry=60, clock=clock)
    used, unused = handles.put("anna", "used", 1), handles.put("anna", branches := Branches(), 1)
    watch = weakref.ref(branches)
    del branches
    clock.now = 50
    handles.get(used, "anna")
    clock.now = 100
    assert handles.get(used, "anna") == "used"
    assert lost(handles, unused, "anna")
    assert watch() is None
    clock.now = 200
    assert handles.used == 0


def test_what_a_reader_who_left_has_kept_goes_two_minutes_later() -> None:
    clock, here = Clock(), {"anna", "ben"}
    handles = Handles(clock=clock, here=here.__contains__)
    hers, his = handles.put("anna", branches := Branches(), 10), handles.put("ben", "his", 10)
    watch = weakref.ref(branches)
    del branches
    here.remove("anna")
    clock.now = LINGERS_S - 1
    handles.let_go()
    assert watch() is not None, "a page that lost its socket may come back"
    clock.now = LINGERS_S + LOOKS_EVERY_S
    handles.let_go()
    assert watch() is None
    assert lost(handles, hers, "anna")
    assert handles.get(his, "ben") == "his"


def test_two_hundred_readers_come_and_go_and_nothing_of_them_is_left() -> None:
    clock, here = Clock(), set()
    handles = Handles(clock=clock, here=here.__contains__)
    for n in range(200):
        here.add(f"reader {n}")
        Shelf(handles, f"reader {n}", "model").put("lines", bytes(1000), 1000)
        clock.now += 1
    assert handles.used > 60_000
    here.clear()
    clock.now += LINGERS_S
    assert handles.used == 0
    assert handles._used == {}


def test_ids_cannot_be_guessed() -> None:
    handles = Handles()
    ids = {handles.put("anna", None, 0) for _ in range(100)}
    assert len(ids) == 100
    assert min(map(len, ids)) >= 20
