"""deploy/ as it stands, on loopback: a real nginx, two real processes of the app, a real Redis. One journey: whoever
comes stays with one process, a room spans both, one that is killed is left out, one that is asked to end finishes."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from benchmarks.reader import Reader
from explorer.server import room_routes
from tests import loops, nginx, redis_server
from tests.browser.server import Server, running
from tests.pace import PACE, PATIENCE

TEXT = "奶奶把晒好的棉被收进屋里。"
pytestmark = pytest.mark.skipif(
    not (nginx.there() and redis_server.there()), reason="nginx or redis-server is not installed"
)


class Class:
    """A proxy, the processes behind it, and whoever asks."""

    def __init__(self, url: str, servers: dict[str, Server], log: Path) -> None:
        self.url, self.servers, self.log = url, servers, log

    def browser(self) -> httpx2.Client:
        """A browser of its own: it keeps the cookie it is given with its first page."""
        client = httpx2.Client(base_url=self.url, trust_env=False, timeout=PATIENCE)
        client.get("/masking")
        assert "sesame_process" in client.cookies
        return client

    def of(self, client: httpx2.Client) -> str:
        """Whose reader it is."""
        return str(client.get("/healthz").headers[nginx.WHO].split(", ")[-1])

    def at_each(self) -> dict[str, httpx2.Client]:
        """A browser of each process."""
        found: dict[str, httpx2.Client] = {}
        for _ in range(60):
            client = self.browser()
            found.setdefault(self.of(client), client)
            if len(found) == len(self.servers):
                return found
        raise AssertionError(f"all of sixty browsers are with {set(found)}")

    def reader(self, client: httpx2.Client, text: str = "") -> Reader:
        """The websocket of that browser, on the page's own example unless there is a text."""
        cookie = f"sesame_process={client.cookies['sesame_process']}"
        state = {"lang": "zh"} | ({"v": "1", "text": text, "masks": "1", "focus": "1"} if text else {})
        return Reader(self.url, "masking", cookie=cookie, **state)


@pytest.fixture
def a_class(tmp_path: Path) -> Iterator[Class]:
    with contextlib.ExitStack() as stack:
        one_thread = {"SESAME_THREADS": "1", "OMP_NUM_THREADS": "1"}  # two processes share the cores of a test
        environment = {"SESAME_ROOMS": stack.enter_context(redis_server.running()), **one_thread}
        both = [stack.enter_context(running(environment=environment, wait=False)) for _ in range(2)]
        servers = {one.url.removeprefix("http://"): one for one in both}
        url, log = stack.enter_context(nginx.running([*servers], tmp_path))
        deadline = time.monotonic() + 60 * PACE
        for one in both:
            while not _ready(one):
                assert time.monotonic() < deadline, one.log()
                time.sleep(0.05)
        yield Class(url, servers, log)


def _ready(server: Server) -> bool:
    with contextlib.suppress(httpx2.TransportError):
        return httpx2.get(f"{server.url}/readyz", trust_env=False, timeout=PATIENCE).status_code == 200
    return False


@pytest.mark.timeout(600)
def test_a_class_behind_the_proxy(a_class: Class) -> None:
    browsers = a_class.at_each()
    first, second = browsers
    for who, client in browsers.items():
        assert {client.get("/masking").headers[nginx.WHO] for _ in range(6)} == {who}, "it stays with its process"
        answer = client.get("/healthz")
        assert (answer.status_code, answer.json()) == (200, {"alive": True})
        assert "set-cookie" not in answer.headers, "only who has none is given one"
        assert client.get("/masking").headers["Content-Security-Policy"].startswith("default-src 'self'")
    before = {who: _answers(server) for who, server in a_class.servers.items()}
    heard = _a_room_that_spans_both(*browsers.values())
    assert heard["page"] == "masking"

    async def lesson() -> None:
        async with a_class.reader(browsers[first]) as here, a_class.reader(browsers[second], TEXT) as there:
            await there.open(seconds=PATIENCE)
            now = {who: _answers(server) for who, server in a_class.servers.items()}
            assert now[second] > before[second], "the page was drawn by the browser's own process"
            assert now[first] == before[first], "and by no other"

            a_class.servers[first].process.kill()
            a_class.servers[first].process.wait()
            await asyncio.wait_for(here._socket.wait_closed(), PATIENCE)  # it was with that one
            await there.cover(5, seconds=PATIENCE)
            for _ in range(6):
                answer = browsers[first].get("/masking", params={"text": TEXT})
                assert (answer.status_code, answer.headers[nginx.WHO].split(", ")[-1]) == (200, second)
            async with a_class.reader(browsers[first]) as again:  # the page opens its link anew, at the other one
                await again.open(seconds=PATIENCE)

            running = asyncio.create_task(there.cover(7, seconds=PATIENCE))
            await asyncio.sleep(0.01)
            a_class.servers[second].process.terminate()
            await running
            assert await asyncio.to_thread(a_class.servers[second].process.wait, PATIENCE) is not None

    loops.run(lesson())
    said = a_class.log.read_text(encoding="utf-8")
    assert said == "", "nothing of a request is logged, not even of one that failed"


def _answers(server: Server) -> int:
    counters = server.status()
    return int(counters["runs"] + counters["memory_hits"] + counters["precomputed_hits"])


def _a_room_that_spans_both(teacher: httpx2.Client, phone: httpx2.Client) -> dict[str, Any]:
    """What a phone at one process hears, at once, of what a teacher does at the other."""

    def headers(secret: str = "") -> dict[str, str]:
        return {room_routes.SECRET: secret, room_routes.TAB: "tab", room_routes.BROWSER: "browser"}

    room = teacher.post("/room/open", headers=headers(), json={}).json()
    code = room["code"]
    secret = phone.post(f"/room/{code}/join", headers=headers(), json={}).json()["secret"]
    with phone.stream("GET", f"/room/{code}/events", headers=headers(secret)) as stream:
        lines = (json.loads(line.removeprefix("data: ")) for line in stream.iter_lines() if line.startswith("data: "))
        assert next(lines)["page"] == ""
        move = {"page": "masking", "query": {"masks": "4"}}
        assert teacher.post(f"/room/{code}/move", headers=headers(room["secret"]), json=move).status_code == 204
        return dict(next(told for told in lines if told["page"]))
