"""A room: who may do what in it, how two votes go, and what each browser is told of the others (counts, or nothing)."""

from __future__ import annotations

import json
from contextlib import AbstractContextManager
from dataclasses import replace

import pytest

from explorer.classroom import room as rooms
from explorer.classroom.answers import Question, own
from explorer.classroom.room import Room
from explorer.errors import Told

CHOICE = Question("choice", {"zh": "哪一个？", "en": "Which?"}, {"zh": ["甲", "乙"], "en": ["A", "B"]}, right=1)


def opened() -> Room:
    return rooms.opened("KXTR", "teacher", "tab", now=0.0)


def id_of(n: int) -> str:
    return rooms.digest(f"phone {n}")


def with_phones(count: int, room: Room | None = None) -> Room:
    room = room or opened()
    for n in range(count):
        room = rooms.joined(room, f"phone {n}", now=1.0)
        room = rooms.present(room, id_of(n), now=1.0, streams=True)
    return room


def refused(key: str) -> AbstractContextManager[object]:
    return pytest.raises(Told, match=key)


def test_codes_have_four_letters_that_nobody_mistakes() -> None:
    codes = {rooms.new_code() for _ in range(200)}
    assert len(codes) > 190
    assert all(len(code) == 4 and not set(code) & set("BGILOSZ0123456789") for code in codes)
    assert rooms.normal(" kx-tr ") == "KXTR"
    assert [rooms.normal(code) for code in ("KXT", "KXTRA", "KX1R", "", "é" * 4, "K" * 10_000)] == [""] * 6


def test_only_the_browser_that_opened_it_leads() -> None:
    room = opened()
    assert rooms.as_leader(room, "teacher", "tab") == room
    for secret in ("", "phone 1", "teacher ", room.leader):
        with refused("room_not_leader"):
            rooms.as_leader(room, secret, "tab")


def test_of_two_tabs_of_hers_one_leads_and_the_other_may_take_over() -> None:
    with refused("room_other_tab"):
        rooms.as_leader(opened(), "teacher", "another")
    room = rooms.as_leader(opened(), "teacher", "another", takes_over=True)
    with refused("room_other_tab"):
        rooms.as_leader(room, "teacher", "tab")


def test_a_phone_is_told_where_the_teacher_is_and_comes_back_to_its_place() -> None:
    room = rooms.moved(with_phones(2), "masking", {"masks": "4"}, "zh", now=2.0)
    told = rooms.view(room, id_of(0))
    assert (told["page"], told["query"], told["moves"], told["follows"]) == ("masking", {"masks": "4"}, 1, True)
    again = rooms.joined(room, "phone 0", now=50.0)
    assert len(again.members) == 2
    assert rooms.view(again, id_of(0))["me"] == told["me"]
    assert len({tuple(rooms.view(room, id_of(n))["me"]) for n in range(2)}) == 2, "no two look alike"


def test_the_same_place_twice_is_one_move() -> None:
    room = rooms.moved(opened(), "masking", {}, "zh", now=2.0)
    assert rooms.moved(room, "masking", {}, "zh", now=3.0).moves == room.moves == 1


@pytest.mark.parametrize("query", [{"text": "x" * 3000}, {str(n): "" for n in range(100)}], ids=["long", "many"])
def test_a_state_that_no_link_holds_is_refused(query: dict[str, str]) -> None:
    with refused("room_request"):
        rooms.moved(opened(), "masking", query, "zh", now=2.0)


def test_the_teacher_sees_how_many_follow_and_who_has_gone() -> None:
    room = rooms.following(with_phones(3), id_of(1), False, now=2.0)
    room = rooms.present(room, id_of(2), now=2.0, streams=False)
    assert [rooms.board(room, now=3.0)[name] for name in ("here", "follow")] == [2, 1]
    assert rooms.board(room, now=3.0 + rooms.AWAY_S)["here"] == 0, "no sign of life"


def test_two_votes_are_hidden_until_the_reveal_and_both_stand_then() -> None:
    room = rooms.asked(with_phones(3), CHOICE, now=2.0)
    for n, option in enumerate((0, 0, 1)):
        room = rooms.voted(room, id_of(n), 1, option, now=3.0)
    room = rooms.voted(room, id_of(0), 1, 1, now=3.5)  # changed her mind
    for seen in (rooms.board(room, 4.0)["vote"], rooms.view(room, id_of(1))["vote"]):
        assert not {"first", "second", "right", "why"} & set(seen)
    assert rooms.board(room, 4.0)["vote"]["answered"] == [3, 0]
    assert rooms.view(room, id_of(0))["vote"]["mine"] == [1, None]
    room = rooms.turned(room, "talk", now=5.0)
    assert rooms.board(room, 5.0)["vote"]["advice"] == "talk", "two of three are right"
    with refused("room_vote_over"):
        rooms.voted(room, id_of(0), 1, 0, now=5.0)
    room = rooms.turned(room, "second", now=6.0)
    for n in range(3):
        room = rooms.voted(room, id_of(n), 1, 1, now=7.0)
    told = rooms.view(rooms.turned(room, "reveal", now=8.0), id_of(2))["vote"]
    assert (told["first"], told["second"], told["right"], told["moved"]) == ([1, 2], [0, 3], 1, [1, 3])


def test_what_another_phone_has_said_is_told_to_nobody() -> None:
    room = rooms.asked(with_phones(2), own("说说看"), now=2.0)
    room = rooms.voted(room, id_of(0), 1, "秘密的一句话", now=3.0)
    for phase in ("talk", "second", "reveal"):
        room = rooms.turned(room, phase, now=4.0)  # type: ignore[arg-type]
        assert "秘密" not in json.dumps(rooms.view(room, id_of(1)), ensure_ascii=False)


def test_words_stand_before_the_class_after_the_teacher_s_click_and_no_longer() -> None:
    room = rooms.asked(with_phones(2), own("说说看"), now=2.0)
    room = rooms.voted(room, id_of(0), 1, "天上下雨", now=3.0)
    assert rooms.board(room, 3.0)["vote"]["shown"] == []
    room = rooms.showed(room, id_of(0), now=4.0)
    assert rooms.view(room, id_of(1))["vote"]["shown"] == ["天上下雨"]
    assert rooms.view(rooms.showed(room, id_of(0), now=5.0), id_of(1))["vote"]["shown"] == []


@pytest.mark.parametrize("value", [2, -1, True, "0", None, 0.5, [0]])
def test_an_answer_that_is_none_changes_nothing(value: object) -> None:
    room = rooms.asked(with_phones(1), CHOICE, now=2.0)
    with refused("room_answer"):
        rooms.voted(room, id_of(0), 1, value, now=3.0)
    with refused("room_vote_over"):
        rooms.voted(room, id_of(0), 7, 0, now=3.0)
    with refused("room_not_member"):
        rooms.voted(room, id_of(5), 1, 0, now=3.0)


def test_who_leaves_takes_the_answers_along() -> None:
    room = rooms.voted(rooms.asked(with_phones(2), CHOICE, now=2.0), id_of(0), 1, 1, now=3.0)
    room = rooms.left(room, id_of(0))
    assert [*room.members] == [id_of(1)]
    assert room.vote is not None and room.vote.first == {}


def test_a_place_that_is_given_away_takes_its_answers_along() -> None:
    """Whoever joins, votes and goes, over and over, counts no more than once; a pupil whose phone sleeps keeps place
    and vote for as long as somebody else is away who has answered nothing."""
    room = rooms.asked(with_phones(rooms.MOST_MEMBERS), CHOICE, now=1.0)
    for n in range(rooms.MOST_MEMBERS):
        room = rooms.present(room, id_of(n), now=1.0, streams=n > 1)
    room = rooms.voted(room, id_of(0), 1, 1, now=1.0)
    later = 2.0 + rooms.JOINS_S
    room = rooms.joined(room, "one more", now=later)
    assert id_of(1) not in room.members and room.vote is not None and id_of(0) in room.vote.first
    for n in range(300):
        now = later + n * (rooms.JOINS_S + 1)
        secret = f"again {n}"
        room = rooms.joined(room, secret, now=now)
        room = rooms.voted(room, rooms.digest(secret), 1, 0, now=now)
        assert room.vote is not None and set(room.vote.first) <= set(room.members)
    assert len(room.members) == rooms.MOST_MEMBERS


def test_an_answer_is_written_under_the_secret_that_came_with_it() -> None:
    room = rooms.asked(with_phones(2), CHOICE, now=1.0)
    room = rooms.voted(room, id_of(0), 1, 1, now=1.0)
    with refused("room_not_member"):
        rooms.voted(room, rooms.digest(id_of(0)), 1, 0, now=1.0)  # another's id in place of its secret
    assert room.vote is not None and room.vote.first == {id_of(0): 1}


def test_a_room_is_full_of_phones_that_are_there_not_of_ten_thousand_that_only_joined() -> None:
    room = with_phones(rooms.MOST_MEMBERS)
    with refused("room_full"):
        rooms.joined(room, "one more", now=1000.0)
    room = rooms.present(room, id_of(7), now=1.0, streams=False)
    room = rooms.joined(room, "one more", now=2.0 + rooms.JOINS_S)
    assert len(room.members) == rooms.MOST_MEMBERS
    assert id_of(7) not in room.members
    flood = opened()
    for n in range(10_000):
        flood = rooms.joined(flood, f"flood {n}", now=n * (rooms.JOINS_S + 1) / rooms.MOST_MEMBERS)
    assert len(flood.members) == rooms.MOST_MEMBERS


def test_a_room_comes_back_whole_from_its_text() -> None:
    room = rooms.asked(rooms.pointed(with_phones(2), "masking-strip", 3, now=2.0), own("多少？ 0-10"), now=2.0)
    room = rooms.voted(room, id_of(0), 1, 7, now=3.0)
    assert rooms.load(rooms.dump(room)) == room
    room = replace(room, vote=None, point=None)
    assert rooms.load(rooms.dump(room)) == room


def test_votes_go_forward_only() -> None:
    room = rooms.turned(rooms.asked(opened(), CHOICE, now=1.0), "reveal", now=2.0)
    for phase in ("first", "talk", "second", "reveal", "nonsense"):
        with refused("room_request"):
            rooms.turned(room, phase, now=3.0)  # type: ignore[arg-type]
    with refused("room_request"):
        rooms.turned(opened(), "talk", now=3.0)
