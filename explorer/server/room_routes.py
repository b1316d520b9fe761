"""The room's routes: open, join, lead, vote, and the stream that tells each browser what has changed.

Knows how a browser proves who it is (a secret in a header of its own, which no other site can send), how much may be
sent, and how long a wrong code takes. What a room is, is explorer/classroom's.
"""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any, TypeVar
from urllib.parse import urlsplit

import segno
from sse_starlette import EventSourceResponse
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from explorer import chapters, palette, texts
from explorer.classroom import answers, kept
from explorer.classroom import room as rooms
from explorer.classroom.guesses import Guesses
from explorer.classroom.room import Room
from explorer.content import classroom as content
from explorer.errors import Told

SECRET, TAB, BROWSER, LANG = "sesame-secret", "sesame-tab", "sesame-browser", "sesame-lang"
LARGEST = 8192  # bytes of a request
BEAT_S = 15.0
MOST_STREAMS = 2_000
STATUS = {
    "room_unknown": 404,
    "room_full": 409,
    "room_none_free": 409,
    "room_not_leader": 403,
    "room_other_tab": 409,
    "room_away": 503,
}

T = TypeVar("T")
guesses = Guesses()
_streams = 0


def routes(prefix: str) -> list[Route]:
    """All of them, below the server's prefix."""
    return [
        Route(f"{prefix}/room/open", _answering(open_room), methods=["POST"]),
        Route(f"{prefix}/room/{{code}}/join", _answering(join), methods=["POST"]),
        Route(f"{prefix}/room/{{code}}/events", _answering(events)),
        Route(f"{prefix}/room/{{code}}/qr.svg", _answering(qr)),
        Route(f"{prefix}/room/{{code}}/{{verb}}", _answering(act), methods=["POST"]),
    ]


def _answering(answer: Callable[[Request], Any]) -> Callable[[Request], Any]:
    """`answer`, with the reader told in the reader's language what was refused."""

    async def answering(request: Request) -> Response:
        try:
            made: Response = await answer(request)
        except Told as problem:
            lang = request.headers.get(LANG, "")
            words = texts.text(f"errors.{problem.key}", "en" if lang.startswith("en") else "zh", **problem.values)
            told = {"error": problem.key, "text": words}
            return JSONResponse(told, STATUS.get(problem.key, 400), headers={"Cache-Control": "no-store"})
        except ClientDisconnect:
            return Response(status_code=400)
        return made

    return answering


async def open_room(request: Request) -> Response:
    """A new room; the browser that asked is the only one that gets its secret."""
    await _body(request)
    secret, tab = rooms.new_secret(), request.headers.get(TAB, "")
    home = kept.home()
    room = await _at_home(lambda: home.begin(lambda code: rooms.opened(code, secret, tab, home.now())))
    return _data({"code": room.code, "secret": secret})


async def join(request: Request) -> Response:
    """Let a phone in: one that was here before under its secret, a new one under a secret that it is given.

    A code that is wrong takes the longer, the more wrong ones came before it; one that is right is never refused.
    """
    browser = request.headers.get(BROWSER, "")[:40]
    secret = str((await _body(request)).get("secret") or "")[:64]
    code = rooms.normal(request.path_params["code"])
    room = await _read(code) if secret and code else None
    known = room is not None and (rooms.digest(secret) in room.members or rooms.leads(room, secret))
    if not known and (wait := guesses.wait(browser)):
        await asyncio.sleep(wait)
    room = await _read(code)
    if room is None:
        guesses.wrong(browser)
        raise Told("room_unknown")
    if secret and rooms.leads(room, secret):
        return _data({"code": code, "secret": secret, "leads": True})
    secret = secret if known else rooms.new_secret()
    await _change(code, lambda room: rooms.joined(room, secret, kept.home().now()))
    return _data({"code": code, "secret": secret, "leads": False})


async def events(request: Request) -> Response:
    """What the browser has to know, each time that has changed, for as long as it listens; a comment every 15 s."""
    code, secret = rooms.normal(request.path_params["code"]), _secret(request)
    room = await _at_home(lambda: kept.home().read(code))
    if not rooms.leads(room, secret):
        rooms.member_of(room, rooms.digest(secret))
    if _streams >= MOST_STREAMS:
        raise Told("room_busy")
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return EventSourceResponse(_told(code, secret), ping=int(BEAT_S), headers=headers)


async def _told(code: str, secret: str) -> AsyncIterator[dict[str, str]]:
    global _streams
    home, id, loop, changed = kept.home(), rooms.digest(secret), asyncio.get_running_loop(), asyncio.Event()

    def here(room: Room, *, streams: bool = True) -> Room:
        if rooms.leads(room, secret):
            return replace(room, touched=home.now())
        return rooms.present(room, id, home.now(), streams=streams)

    def wake() -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(changed.set)

    stop, last = home.watch(code, wake), ""
    _streams += 1
    try:
        await _change(code, here)
        while True:
            changed.clear()
            room = await _at_home(lambda: home.read(code))
            now = home.now()
            told = rooms.board(room, now) if rooms.leads(room, secret) else rooms.view(room, id)
            data = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
            if data != last:
                yield {"data": data}
                last = data
            try:
                await asyncio.wait_for(changed.wait(), BEAT_S)
            except TimeoutError:
                await _change(code, here)
    except Told as problem:
        if problem.key != "room_away":  # the room, or this phone's place in it, is gone
            yield {"event": "gone", "data": problem.key}
    finally:
        _streams -= 1
        stop()
        loop.run_in_executor(None, _goes, code, here)


def _goes(code: str, here: Callable[..., Room]) -> None:
    try:
        kept.home().change(code, lambda room: here(room, streams=False))
    except Told:
        return  # the room went first


async def act(request: Request) -> Response:
    """What the leader or a phone does in the room."""
    code, secret, verb = rooms.normal(request.path_params["code"]), _secret(request), request.path_params["verb"]
    body, tab = await _body(request), request.headers.get(TAB, "")
    home = kept.home()
    if verb in PHONE:
        phone = PHONE[verb]
        await _change(code, lambda room: phone(room, rooms.digest(secret), body, home.now()))
        return Response(status_code=204)
    if verb == "close":
        await _at_home(lambda: rooms.as_leader(home.read(code), secret, tab, takes_over=True))
        await _at_home(lambda: home.close(code))
        return Response(status_code=204)
    if verb not in LEADER:
        return Response(status_code=404)
    lead = LEADER[verb]

    def led(room: Room) -> Room:
        return lead(rooms.as_leader(room, secret, tab, takes_over=verb == "lead"), body, home.now())

    await _change(code, led)
    return Response(status_code=204)


async def qr(request: Request) -> Response:
    """The picture of the address that joins the room, at the server's address as the phones have it (`at`)."""
    code, at = rooms.normal(request.path_params["code"]), request.query_params.get("at", "")
    parts = urlsplit(at)
    if not code or len(at) > 200 or parts.scheme not in ("http", "https") or not parts.hostname:
        raise Told("room_request")
    picture = io.BytesIO()
    segno.make(f"{at.rstrip('/')}/?room={code}", error="m").save(
        picture, kind="svg", scale=6, border=3, dark=palette.LIGHT["ink"], light=palette.LIGHT["card"]
    )
    return Response(picture.getvalue(), media_type="image/svg+xml", headers={"Cache-Control": "private, max-age=3600"})


# --- verbs -----------------------------------------------------------------------------------------------------------


def _move(room: Room, body: dict[str, Any], now: float) -> Room:
    page, query = body.get("page"), body.get("query")
    if page not in chapters.PAGES or not isinstance(query, dict):
        raise Told("room_request")
    return rooms.moved(room, page, query, str(body.get("lang", "zh")), now)


def _ask(room: Room, body: dict[str, Any], now: float) -> Room:
    ready, line = body.get("ready"), body.get("line")
    if isinstance(ready, str):
        question = content.question(ready)
    elif isinstance(line, str):
        question = answers.own(line)
    else:
        raise Told("room_request")
    return rooms.asked(room, question, now)


def _point(room: Room, body: dict[str, Any], now: float) -> Room:
    token = body.get("token")
    if isinstance(token, bool) or not isinstance(token, int):
        raise Told("room_request")
    return rooms.pointed(room, str(body.get("figure", "")), token, now)


LEADER: dict[str, Callable[[Room, dict[str, Any], float], Room]] = {
    "lead": lambda room, body, now: room,
    "move": _move,
    "ask": _ask,
    "point": _point,
    "phase": lambda room, body, now: rooms.turned(room, str(body.get("to")), now),  # type: ignore[arg-type]
    "show": lambda room, body, now: rooms.showed(room, str(body.get("id")), now),
    "unask": lambda room, body, now: rooms.unasked(room, now),
    "dark": lambda room, body, now: rooms.darkened(room, body.get("on") is True, now),
}


def _vote(room: Room, id: str, body: dict[str, Any], now: float) -> Room:
    number = body.get("number")
    return rooms.voted(room, id, number if isinstance(number, int) else -1, body.get("answer"), now)


PHONE: dict[str, Callable[[Room, str, dict[str, Any], float], Room]] = {
    "vote": _vote,
    "follow": lambda room, id, body, now: rooms.following(room, id, body.get("follows") is True, now),
    "leave": lambda room, id, body, now: rooms.left(room, id),
}


# --- small parts -----------------------------------------------------------------------------------------------------


def _secret(request: Request) -> str:
    return request.headers.get(SECRET, "")[:64]


async def _body(request: Request) -> dict[str, Any]:
    """The request's JSON object. Raises Told for what is larger than any of ours, or none."""
    data = b""
    async for part in request.stream():
        data += part
        if len(data) > LARGEST:
            raise Told("room_request")
    try:
        body = json.loads(data or b"{}")
        json.dumps(body, ensure_ascii=False).encode("utf-8")  # half a surrogate pair is no text
    except (ValueError, RecursionError):
        raise Told("room_request") from None
    if not isinstance(body, dict):
        raise Told("room_request")
    return body


async def _read(code: str) -> Room | None:
    try:
        return await _at_home(lambda: kept.home().read(code))
    except Told:
        return None


async def _change(code: str, change: Callable[[Room], Room]) -> Room:
    return await _at_home(lambda: kept.home().change(code, change))


async def _at_home(ask: Callable[[], T]) -> T:
    """What the home answers; in a thread where that takes a trip to another process."""
    return await run_in_threadpool(ask) if kept.home().far else ask()


def _data(told: dict[str, Any]) -> Response:
    return JSONResponse(told, headers={"Cache-Control": "no-store"})
