"""The room on a page: the teacher's bar, the phone's line and ballot, and the door of the classroom page.

The browser holds the line to the room by itself (line.js): joining, votes and what others do run no script here. What
comes back is that the browser is in a room, that it wants to go where the teacher is, and that it has left.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from explorer.classroom.answers import COLLECTED, MAX_ANSWER, MAX_OPTION
from explorer.classroom.room import ANIMALS, MAX_TEXTS, normal
from explorer.components.events import MalformedEventError, last_seen, listed, listener, short_text, whole
from explorer.components.labels import interface
from explorer.components.mounting import declare

TABLE = "room"
DOOR = (
    "open", "open_hint", "teachers", "pupils", "join", "join_hint", "code", "joining", "unreachable", "leading",
    "inside",
)  # fmt: skip
PHONE = (
    "joining", "unreachable", "gone", "close_note", "following", "look_around", "alone", "come_back", "leave", "lost",
    "other_language", "take_language", "dark", "first_phone", "talk_phone", "second_phone", "counted", "yours", "send",
    "send_again", "words", "label", "question", "answer", "compare_phone", "collect_phone",
    "scale", "shown", "right", "own", "right_number", "moved", "round1", "round2", *ANIMALS,
)  # fmt: skip
LEADER = (
    "joining", "gone", "close_note", "unreachable", "lost", "code", "count", "qr", "qr_alt", "qr_hint", "alone_here",
    "ask", "ask_it", "ready", "none_ready", "own_line", "own_hint", "blank", "light", "dark_now", "end", "end_sure",
    "end_yes", "other_tab", "lead_here", "answered", "close_first", "open_second", "reveal", "unask", "texts",
    "texts_hint", "collected", "collected_hint", "take", "take_pairs", "taken",
    "advice_talk", "advice_many", "advice_few", "advice_none", "shown", "right", "own", "right_number",
    "moved", "round1", "round2", *ANIMALS,
)  # fmt: skip
MOST_PAIRS = 60
LABELS = tuple(dict.fromkeys(DOOR + PHONE + LEADER))

_mount = declare(Path(__file__).parent)


@dataclass(frozen=True)
class Entered:
    """The browser is in the room `code`; `leads` is what it says of itself, and only decides what is drawn."""

    code: str
    leads: bool


@dataclass(frozen=True)
class Taken:
    """What the class has given and the teacher puts on the page.

    kind   "labelled" (label, sentence), "example" (question, answer), or "pairs"
    lines  of the first two; sides: of the pairs, the side that more of the class preferred, 0 for none
    """

    kind: str
    lines: tuple[tuple[str, str], ...] = ()
    sides: tuple[int, ...] = ()


def room(
    *,
    key: str,
    page: str,
    door: bool = False,
    code: str = "",
    leads: bool = False,
    arrived: int = -1,
    address: str = "",
    alone: bool = False,
    ready: Sequence[Mapping[str, str]] = (),
    on_entered: Callable[[Entered], None],
    on_go: Callable[[None], None] | None = None,
    on_left: Callable[[None], None] | None = None,
    on_language: Callable[[str], None] | None = None,
    takes: str = "",
    on_taken: Callable[[Taken], None] | None = None,
) -> None:
    """Mounts it on `page`: as the `door` of the classroom page, else as the bar of the room `code`.

    arrived  the teacher's move that this page shows (-1: none)
    address  where phones find this machine; `alone`: they can't
    ready    questions that can be asked here: "id" and "ask"
    takes    the kind of what a class gives that this page works on, if there is one
    """
    header: dict[str, Any] = {
        "key": key,
        **interface(TABLE, DOOR if door else LEADER if leads else PHONE),
        "page": page,
        "door": door,
        "code": code,
        "leads": leads,
        "arrived": arrived,
        "address": address,
        "alone": alone,
        "ready": list(ready),
        "takes": takes,
        "n": last_seen(key),
    }
    _mount(
        header,
        on_entered_change=listener(key, "entered", parse_entered, on_entered),
        on_go_change=listener(key, "go", lambda _: None, on_go),
        on_left_change=listener(key, "left", lambda _: None, on_left),
        on_language_change=listener(key, "language", parse_language, on_language),
        on_taken_change=listener(key, "taken", parse_taken, on_taken),
    )


def parse_entered(value: Mapping[str, Any]) -> Entered:
    """The room that the browser is in; MalformedEventError for a code that can be none."""
    code = normal(short_text(value.get("code"), 8))
    if not code:
        raise MalformedEventError("no code")
    return Entered(code, value.get("leads") is True)


def parse_taken(value: Mapping[str, Any]) -> Taken:
    """What the class has given; MalformedEventError for what no class of ours could give."""
    kind = value.get("kind")
    if kind == "pairs":
        return Taken("pairs", sides=tuple(whole(side, 0, 2) for side in listed(value.get("sides"), MOST_PAIRS)))
    if kind not in COLLECTED:
        raise MalformedEventError("no kind of ours")
    lines = []
    for line in listed(value.get("lines"), 2 * MAX_TEXTS):
        first, second = listed(line, 2) if isinstance(line, list) and len(line) == 2 else ("", "")
        lines.append((short_text(first, max(MAX_OPTION, MAX_ANSWER)), short_text(second, MAX_ANSWER)))
    return Taken(str(kind), lines=tuple(lines))


def parse_language(value: Mapping[str, Any]) -> str:
    lang = value.get("lang")
    if lang not in ("zh", "en"):
        raise MalformedEventError("no language of ours")
    return str(lang)
