"""The room on a page: the teacher's bar, the phone's line and ballot, and the door of the classroom page.

The browser holds the line to the room by itself (line.js): joining, votes and what others do run no script here. What
comes back is that the browser is in a room, that it wants to go where the teacher is, and that it has left.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from explorer.classroom.room import ANIMALS, normal
from explorer.components.events import MalformedEventError, last_seen, listener, short_text
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
    "send_again", "words", "scale", "shown", "right", "own", "right_number", "moved", "round1", "round2", *ANIMALS,
)  # fmt: skip
LEADER = (
    "joining", "gone", "close_note", "unreachable", "lost", "code", "count", "qr", "qr_alt", "qr_hint", "alone_here",
    "ask", "ask_it", "ready", "none_ready", "own_line", "own_hint", "blank", "light", "dark_now", "end", "end_sure",
    "end_yes", "other_tab", "lead_here", "answered", "close_first", "open_second", "reveal", "unask", "texts",
    "texts_hint", "advice_talk", "advice_many", "advice_few", "advice_none", "shown", "right", "own", "right_number",
    "moved", "round1", "round2", *ANIMALS,
)  # fmt: skip
LABELS = tuple(dict.fromkeys(DOOR + PHONE + LEADER))

_mount = declare(Path(__file__).parent)


@dataclass(frozen=True)
class Entered:
    """The browser is in the room `code`; `leads` is what it says of itself, and only decides what is drawn."""

    code: str
    leads: bool


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
) -> None:
    """Mounts it on `page`: as the `door` of the classroom page, else as the bar of the room `code`.

    arrived  the teacher's move that this page shows (-1: none)
    address  where phones find this machine; `alone`: they can't
    ready    questions that can be asked here: "id" and "ask"
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
        "n": last_seen(key),
    }
    _mount(
        header,
        on_entered_change=listener(key, "entered", parse_entered, on_entered),
        on_go_change=listener(key, "go", lambda _: None, on_go),
        on_left_change=listener(key, "left", lambda _: None, on_left),
        on_language_change=listener(key, "language", parse_language, on_language),
    )


def parse_entered(value: Mapping[str, Any]) -> Entered:
    """The room that the browser is in; MalformedEventError for a code that can be none."""
    code = normal(short_text(value.get("code"), 8))
    if not code:
        raise MalformedEventError("no code")
    return Entered(code, value.get("leads") is True)


def parse_language(value: Mapping[str, Any]) -> str:
    lang = value.get("lang")
    if lang not in ("zh", "en"):
        raise MalformedEventError("no language of ours")
    return str(lang)
