"""Room: what one is, as plain data, and everything that can happen in it, as functions that make the next state.

Nothing here waits, sends or knows the time: `now` is given. Nothing about a pupil is in it but a colour, an animal and
answers, under an id that the phone alone can prove (a digest of its secret).
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from explorer.classroom.answers import WORDS, Answer, Question, advice, as_data, checked, histogram
from explorer.errors import Told

LETTERS = "ACDEFHJKMNPQRTUVWXY"  # none that is read as another, or as a digit
CODE_LENGTH = 4
ANIMALS = tuple("cat dog panda rabbit tiger fox owl bear frog whale deer koala penguin turtle horse swan".split())
COLOURS = ("mask", "model", "truth", "second", "removed", "soft")  # of the palette
MOST_MEMBERS = 120
AWAY_S = 45.0  # without a sign of life for so long, a phone is not counted
JOINS_S = 15.0  # a phone that joins has so long to open its stream before its place may go to another
LIVES_S = 2 * 3600.0  # a room in which nothing happens for so long is gone
MAX_LINK = 2200  # characters of a page's state; a link of a page takes up to 2,000
MAX_TEXTS = 400  # answers in words a question

Phase = Literal["first", "talk", "second", "reveal"]


@dataclass(frozen=True)
class Member:
    """A phone: how it is told apart, whether it follows, and when it last gave a sign of life."""

    colour: str
    animal: str
    seen: float
    follows: bool = True
    streams: bool = False


@dataclass(frozen=True)
class Vote:
    """What is asked now: the answers of both rounds by member id, and which free answers the teacher has shown."""

    number: int
    question: Question
    phase: Phase = "first"
    first: dict[str, Answer] = field(default_factory=dict)
    second: dict[str, Answer] = field(default_factory=dict)
    shown: tuple[str, ...] = ()


@dataclass(frozen=True)
class Room:
    """One room. `leader` is the digest of its opener's secret, `tab` the one of her tabs that leads."""

    code: str
    leader: str
    touched: float
    tab: str = ""
    page: str = ""
    query: dict[str, str] = field(default_factory=dict)
    lang: str = "zh"
    moves: int = 0
    dark: bool = False
    point: tuple[str, int] | None = None
    members: dict[str, Member] = field(default_factory=dict)
    vote: Vote | None = None
    asked: int = 0


def new_code() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))


def normal(code: str) -> str:
    """A code as it was typed, in capitals and without what is between its letters; "" for what can be none."""
    letters = "".join(sign for sign in code[:20].upper() if not sign.isspace() and sign not in "-–·")
    return letters if len(letters) == CODE_LENGTH and set(letters) <= set(LETTERS) else ""


def new_secret() -> str:
    return secrets.token_urlsafe(18)


def digest(secret: str) -> str:
    """What of a secret is kept."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()[:24]


def leads(room: Room, secret: str) -> bool:
    """Whether this is the secret of the browser that opened the room."""
    return hmac.compare_digest(room.leader, digest(secret))


def opened(code: str, secret: str, tab: str, now: float) -> Room:
    """A new room, led from `tab` of the browser that knows `secret`."""
    return Room(code, digest(secret), now, tab=tab[:40])


# --- what the teacher does -------------------------------------------------------------------------------------------


def as_leader(room: Room, secret: str, tab: str, *, takes_over: bool = False) -> Room:
    """The room as its leader may change it. Raises Told for others, and for a tab of hers that does not lead."""
    if not leads(room, secret):
        raise Told("room_not_leader")
    if tab[:40] != room.tab and not takes_over:
        raise Told("room_other_tab")
    return replace(room, tab=tab[:40])


def moved(room: Room, page: str, query: Mapping[str, object], lang: str, now: float) -> Room:
    """The teacher shows `page` with this state. Raises Told for a state that no link could hold."""
    fields = {str(name): str(value) for name, value in query.items()}
    if len(page) > 40 or len(fields) > 60 or sum(len(k) + len(v) for k, v in fields.items()) > MAX_LINK:
        raise Told("room_request")
    if (page, fields, lang) == (room.page, room.query, room.lang):
        return replace(room, touched=now)
    point = room.point if page == room.page else None
    return replace(room, page=page, query=fields, lang=lang[:8], moves=room.moves + 1, point=point, touched=now)


def darkened(room: Room, dark: bool, now: float) -> Room:
    """The screens blank, or not."""
    return replace(room, dark=dark, touched=now)


def pointed(room: Room, figure: str, token: int, now: float) -> Room:
    """The teacher points at a token of a figure; a token below 0 is none."""
    return replace(room, point=(figure[:60], token) if 0 <= token < 5000 else None, touched=now)


def asked(room: Room, question: Question, now: float) -> Room:
    """A question, open for the first vote; what was asked before is gone."""
    return replace(room, vote=Vote(room.asked + 1, question), asked=room.asked + 1, touched=now)


def turned(room: Room, phase: Phase, now: float) -> Room:
    """The vote goes on to `phase`, never back. Raises Told where that can't be."""
    order = ("first", "talk", "second", "reveal")
    if room.vote is None or phase not in order or order.index(phase) <= order.index(room.vote.phase):
        raise Told("room_request")
    return replace(room, vote=replace(room.vote, phase=phase), touched=now)


def showed(room: Room, member: str, now: float) -> Room:
    """One free answer goes onto the projector, by the teacher's click; a second click takes it down."""
    if room.vote is None or room.vote.question.kind != "text":
        raise Told("room_request")
    shown = room.vote.shown
    shown = tuple(one for one in shown if one != member) if member in shown else (*shown, member)[-12:]
    return replace(room, vote=replace(room.vote, shown=shown), touched=now)


def unasked(room: Room, now: float) -> Room:
    """The question is taken away, with all answers."""
    return replace(room, vote=None, touched=now)


# --- what a phone does -----------------------------------------------------------------------------------------------


def joined(room: Room, secret: str, now: float) -> Room:
    """With one more phone; one that is known is let in again. Raises Told where the room is full."""
    id = digest(secret)
    if id in room.members:
        return _with(room, id, replace(room.members[id], seen=now))
    if len(room.members) >= MOST_MEMBERS:
        room = left(room, _longest_away(room, now))
    taken = {(member.colour, member.animal) for member in room.members.values()}
    looks = [(colour, animal) for colour in COLOURS for animal in ANIMALS]
    free = [look for look in looks if look not in taken] or looks
    colour, animal = secrets.choice(free)
    return replace(room, members={**room.members, id: Member(colour, animal, now)})


def _longest_away(room: Room, now: float) -> str:
    """Whose place another phone may take: one that has answered nothing, before those that have; of either the one that
    is silent longest. Raises Told where nobody is away."""
    away = [id for id, member in room.members.items() if not member.streams and now - member.seen > JOINS_S]
    if not away:
        raise Told("room_full", limit=MOST_MEMBERS)
    answered = set() if room.vote is None else {*room.vote.first, *room.vote.second}
    return min(away, key=lambda id: (id in answered, room.members[id].seen))


def present(room: Room, id: str, now: float, *, streams: bool) -> Room:
    """A sign of life of a phone: its stream is open, or has just ended."""
    member = room.members.get(id)
    return room if member is None else _with(room, id, replace(member, seen=now, streams=streams))


def following(room: Room, id: str, follows: bool, now: float) -> Room:
    """A phone follows, or looks around by itself."""
    return _with(room, id, replace(member_of(room, id), follows=follows, seen=now))


def left(room: Room, id: str) -> Room:
    """Without this phone; its answers go with it."""
    room = replace(room, members={one: member for one, member in room.members.items() if one != id})
    if room.vote is None:
        return room
    first, second = ({k: v for k, v in votes.items() if k != id} for votes in (room.vote.first, room.vote.second))
    return replace(room, vote=replace(room.vote, first=first, second=second))


def voted(room: Room, id: str, number: int, value: object, now: float) -> Room:
    """An answer to question `number`, in place of an earlier one of this phone in this round.

    Raises Told where that question or round is over, or the value is no answer to it.
    """
    member = member_of(room, id)
    vote = room.vote
    if vote is None or vote.number != number or vote.phase not in ("first", "second"):
        raise Told("room_vote_over")
    answer = checked(vote.question, value)
    votes = vote.first if vote.phase == "first" else vote.second
    if vote.question.kind in WORDS and id not in votes and len(votes) >= MAX_TEXTS:
        raise Told("room_vote_over")
    votes = {**votes, id: answer}
    vote = replace(vote, first=votes) if vote.phase == "first" else replace(vote, second=votes)
    return _with(replace(room, vote=vote), id, replace(member, seen=now))


def member_of(room: Room, id: str) -> Member:
    """The phone with this id. Raises Told for one that has not joined."""
    if id not in room.members:
        raise Told("room_not_member")
    return room.members[id]


def _with(room: Room, id: str, member: Member) -> Room:
    return replace(room, members={**room.members, id: member})


# --- what is seen of it ----------------------------------------------------------------------------------------------


def here(room: Room, now: float) -> list[Member]:
    """The phones that are there now."""
    return [member for member in room.members.values() if member.streams and now - member.seen <= AWAY_S]


def view(room: Room, id: str) -> dict[str, Any]:
    """What the phone `id` is told: where the teacher is, what is asked, and its own answers; of others nothing but
    counts, and those after the reveal."""
    member = member_of(room, id)
    told: dict[str, Any] = {
        "page": room.page,
        "query": room.query,
        "lang": room.lang,
        "moves": room.moves,
        "dark": room.dark,
        "point": room.point,
        "me": [member.colour, member.animal],
        "follows": member.follows,
    }
    if room.vote is not None:
        told["vote"] = _vote(room.vote) | {"mine": [room.vote.first.get(id), room.vote.second.get(id)]}
    return told


def board(room: Room, now: float) -> dict[str, Any]:
    """What the teacher is told: who is there, how many have answered; histograms only after the reveal."""
    there = here(room, now)
    told: dict[str, Any] = {
        "leads": True,
        "tab": room.tab,
        "page": room.page,
        "moves": room.moves,
        "dark": room.dark,
        "here": len(there),
        "follow": sum(member.follows for member in there),
        "who": [[member.colour, member.animal, member.follows] for member in there],
    }
    if room.vote is not None:
        vote = room.vote
        told["vote"] = _vote(vote) | {
            "answered": [len(vote.first), len(vote.second)],
            "advice": advice(vote.question, [*vote.first.values()]) if vote.phase != "first" else "",
        }
        if vote.question.kind in WORDS:
            said = {**vote.first, **vote.second}
            told["vote"]["texts"] = [[id, text, id in vote.shown] for id, text in said.items()]
    return told


def _vote(vote: Vote) -> dict[str, Any]:
    """The question and its round; what was answered, what is right and why, once it is revealed."""
    told: dict[str, Any] = {"number": vote.number, "phase": vote.phase} | as_data(vote.question)
    said = {**vote.first, **vote.second}
    told["shown"] = [said[id] for id in vote.shown if id in said]
    if vote.phase == "reveal":
        told["first"] = histogram(vote.question, vote.first.values())
        told["second"] = histogram(vote.question, vote.second.values())
        told["right"], told["why"] = vote.question.right, vote.question.why
        both = [id for id in vote.first if id in vote.second]
        told["moved"] = [sum(vote.first[id] != vote.second[id] for id in both), len(both)]
    return told


# --- as text, for a home outside this process ------------------------------------------------------------------------


def dump(room: Room) -> str:
    return json.dumps(asdict(room), ensure_ascii=False)


def load(text: str) -> Room:
    """What `dump` has written."""
    data = json.loads(text)
    members = {id: Member(**member) for id, member in data["members"].items()}
    vote = data["vote"]
    if vote is not None:
        vote = Vote(**{**vote, "question": Question(**vote["question"]), "shown": tuple(vote["shown"])})
    point = tuple(data["point"]) if data["point"] else None
    return Room(**{**data, "members": members, "vote": vote, "point": point})
