"""The room over HTTP: open, join, lead, vote, listen; what is forged, wrong, old, full or too large is refused."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from explorer import texts
from explorer.classroom import kept
from explorer.classroom import room as rooms
from explorer.classroom.guesses import Guesses
from explorer.server import room_routes
from tests import loops


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """A home and guesses of one test, and the seconds that wrong codes would have taken."""
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    kept.home.cache_clear()
    monkeypatch.setattr(room_routes, "guesses", Guesses())
    monkeypatch.setattr(room_routes.asyncio, "sleep", sleep)
    yield slept
    kept.home.cache_clear()


@pytest.fixture
def client() -> TestClient:
    return TestClient(Starlette(routes=room_routes.routes("")))


def post(client: TestClient, where: str, body: object = None, secret: str = "", tab: str = "tab", **more: str) -> Any:
    headers = {room_routes.SECRET: secret, room_routes.TAB: tab, room_routes.BROWSER: "browser", **more}
    return client.post(f"/room/{where}", content=json.dumps(body or {}), headers=headers)


def opened(client: TestClient) -> tuple[str, str]:
    told = post(client, "open").json()
    return told["code"], told["secret"]


def joined(client: TestClient, code: str, secret: str = "") -> str:
    return str(post(client, f"{code}/join", {"secret": secret}).json()["secret"])


def heard(code: str, secret: str, do: Any = lambda: None, seconds: float = 5.0) -> list[dict[str, str]]:
    """What a browser that listens is told first, and after `do`."""

    async def listen() -> list[dict[str, str]]:
        stream = room_routes._told(code, secret)
        told = [await anext(stream)]
        if do is not None:
            await asyncio.get_running_loop().run_in_executor(None, do)
            told.append(await asyncio.wait_for(anext(stream), seconds))
        await stream.aclose()
        return told

    return loops.run(listen())


def test_a_class_follows_votes_twice_and_sees_both(client: TestClient) -> None:
    code, lead = opened(client)
    phone = joined(client, code)

    def move() -> None:
        assert post(client, f"{code}/move", {"page": "masking", "query": {"masks": "4"}}, lead).status_code == 204

    before, after = (json.loads(told["data"]) for told in heard(code, phone, move))
    assert (before["moves"], after["moves"]) == (0, 1)
    assert (after["page"], after["query"]) == ("masking", {"masks": "4"})
    assert post(client, f"{code}/ask", {"ready": "masking.1"}, lead).status_code == 204
    assert post(client, f"{code}/vote", {"number": 1, "answer": 0}, phone).status_code == 204
    assert post(client, f"{code}/phase", {"to": "talk"}, lead).status_code == 204
    assert post(client, f"{code}/phase", {"to": "second"}, lead).status_code == 204
    assert post(client, f"{code}/vote", {"number": 1, "answer": 2}, phone).status_code == 204
    assert post(client, f"{code}/phase", {"to": "reveal"}, lead).status_code == 204
    vote = json.loads(heard(code, phone, None)[0]["data"])["vote"]
    assert (vote["first"], vote["second"], vote["mine"]) == ([1, 0, 0], [0, 0, 1], [0, 2])
    assert set(vote["ask"]) == {"zh", "en"}, "a phone in English in a Chinese room reads it in English"


def test_forged_leaders_change_nothing(client: TestClient) -> None:
    code, lead = opened(client)
    phone = joined(client, code)
    for verb in (*room_routes.LEADER, "close"):
        for secret in (phone, "", "x" * 64):
            answer = post(client, f"{code}/{verb}", {"page": "masking", "query": {}}, secret)
            assert (answer.status_code, answer.json()["error"]) == (403, "room_not_leader")
    assert kept.home().read(code).page == ""
    assert post(client, f"{code}/close", secret=lead).status_code == 204


def test_of_two_tabs_the_second_is_told_and_can_take_over(client: TestClient) -> None:
    code, lead = opened(client)
    move = {"page": "masking", "query": {}}
    assert post(client, f"{code}/move", move, lead, tab="two").json()["error"] == "room_other_tab"
    assert post(client, f"{code}/lead", {}, lead, tab="two").status_code == 204
    assert post(client, f"{code}/move", move, lead, tab="two").status_code == 204
    assert post(client, f"{code}/move", move, lead, tab="tab").status_code == 409


def test_a_wrong_code_is_told_in_the_reader_s_language_and_takes_longer_each_time(
    client: TestClient, fresh: list[float]
) -> None:
    code, _ = opened(client)
    for _ in range(8):
        answer = post(client, "AAAA/join" if code != "AAAA" else "CCCC/join", **{room_routes.LANG: "en"})
        assert (answer.status_code, answer.json()["text"]) == (404, texts.text("errors.room_unknown", "en"))
    assert fresh == sorted(fresh) and len(fresh) == 5
    assert post(client, f"{code.lower()}/join").status_code == 200, "a right code is never refused"


def test_a_phone_that_was_here_is_let_in_at_once_whatever_was_typed_wrong(
    client: TestClient, fresh: list[float]
) -> None:
    code, lead = opened(client)
    phone = joined(client, code)
    for n in range(70):
        room_routes.guesses.wrong(f"browser {n}")
    assert joined(client, code, phone) == phone
    assert post(client, f"{code}/join", {"secret": lead}).json()["leads"] is True
    assert fresh == []
    assert len(kept.home().read(code).members) == 1


def test_an_old_room_is_told_as_gone(client: TestClient) -> None:
    code, lead = opened(client)
    phone = joined(client, code)
    told = heard(code, phone, lambda: post(client, f"{code}/close", {}, lead))
    assert told[-1] == {"event": "gone", "data": "room_unknown"}
    assert client.get(f"/room/{code}/events", headers={room_routes.SECRET: phone}).status_code == 404
    assert post(client, f"{code}/vote", {"number": 1, "answer": 0}, phone).json()["error"] == "room_unknown"


def test_who_is_no_member_hears_nothing(client: TestClient) -> None:
    code, _ = opened(client)
    answer = client.get(f"/room/{code}/events", headers={room_routes.SECRET: "someone"})
    assert answer.json()["error"] == "room_not_member"


@pytest.mark.parametrize(
    "body",
    [b"x" * 1_000_000, b"[]", b"{", b'{"answer": "\\ud800"}', b"[" * 5000, b'{"number": 1, "answer": "\xff"}'],
    ids=["1 MB", "list", "half", "surrogate", "deep", "bytes"],
)
def test_a_request_that_is_none_of_ours_is_refused(client: TestClient, body: bytes) -> None:
    code, lead = opened(client)
    phone = joined(client, code)
    post(client, f"{code}/ask", {"line": "说说看"}, lead)
    answer = client.post(f"/room/{code}/vote", content=body, headers={room_routes.SECRET: phone})
    assert (answer.status_code, answer.json()["error"]) == (400, "room_request")
    vote = kept.home().read(code).vote
    assert vote is not None and vote.first == {}


@pytest.mark.parametrize("page", ["nowhere", None, 7, "../evil"])
def test_a_page_that_is_none_of_ours_is_no_move(client: TestClient, page: object) -> None:
    code, lead = opened(client)
    assert post(client, f"{code}/move", {"page": page, "query": {}}, lead).json()["error"] == "room_request"


def test_ten_thousand_joins_leave_a_bounded_room(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    code, _ = opened(client)
    monkeypatch.setattr(rooms, "MOST_MEMBERS", 20)
    refused = [post(client, f"{code}/join").status_code for _ in range(40)]
    assert refused == [200] * 20 + [409] * 20
    assert len(kept.home().read(code).members) == 20


def test_the_picture_leads_into_the_room_and_to_nothing_else(client: TestClient) -> None:
    answer = client.get("/room/KXTR/qr.svg?at=http://192.168.1.7:8501")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert b"<svg" in answer.content
    for at in ("javascript:alert(1)", "http://", "x" * 300, ""):
        assert client.get("/room/KXTR/qr.svg", params={"at": at}).status_code == 400


def test_who_stops_listening_is_counted_no_more(client: TestClient) -> None:
    code, lead = opened(client)
    phone = joined(client, code)
    heard(code, phone, None)
    room = kept.home().read(code)
    assert json.loads(heard(code, lead, None)[0]["data"])["here"] == len(rooms.here(room, kept.home().now())) == 0
