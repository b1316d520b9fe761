"""What tells the outside that a process may be asked, and how it goes when it is asked to."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient, WebSocketDenialResponse
from starlette.websockets import WebSocket

from explorer.server import health, preload
from explorer.server.routes import routes
from tests.engine.conftest import Bench, bench, until

__all__ = ["bench"]


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "ready", threading.Event())
    monkeypatch.setattr(health, "going", threading.Event())
    monkeypatch.setattr(health, "SETTLES_S", 0.01)
    monkeypatch.setattr(health, "PATIENCE_S", 2.0)


@pytest.fixture
def client() -> TestClient:
    async def plain(_: Request) -> Response:
        return PlainTextResponse("here")

    async def echo(socket: WebSocket) -> None:
        await socket.accept()
        await socket.send_text(await socket.receive_text())
        await socket.close()

    own = [Route("/masking", plain), Route("/elsewhere", plain), WebSocketRoute("/_stcore/stream", echo)]
    return TestClient(
        Starlette(routes=[*routes(), *own], middleware=[Middleware(health.Draining, pages=["", "masking"])])
    )


@pytest.fixture
def own_handler() -> Iterator[list[int]]:
    """The server's handler of SIGTERM, as it is before the app puts its own before it."""
    ended: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, _: ended.append(number))
    yield ended
    for thread in threading.enumerate():
        if thread.name == "drain":
            thread.join()  # its signal must not meet the suite without this handler
    signal.signal(signal.SIGTERM, before)


def test_it_is_alive_at_once_and_ready_when_a_model_may_be_asked(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client.get("/healthz").json() == {"alive": True}
    starting = client.get("/readyz")
    assert (starting.status_code, starting.json()["why"]) == (503, "starting")
    monkeypatch.setattr(preload, "first_painted", painted := threading.Event())
    asked = threading.Thread(target=preload.get_ready, daemon=True)
    monkeypatch.setattr(preload, "get_engine", Ready)
    asked.start()
    until(lambda: client.get("/readyz").status_code == 200)
    assert client.get("/readyz").json() == {"ready": True, "why": ""}
    monkeypatch.setattr(preload, "_import_views", lambda *names: None)
    painted.set()
    asked.join(10)


class Ready:
    """An engine for `get_ready`."""

    def vocabulary(self, model: str) -> tuple[str, ...]:
        return ()

    def warm(self, model: str | None) -> None: ...


@pytest.mark.parametrize(
    ("address", "accepts", "says"),
    [("/masking?lang=en", "zh-CN", "restart"), ("/masking", "en-GB,en;q=0.8", "restart"), ("/masking", "zh", "启动")],
)
def test_while_it_drains_whoever_comes_anew_is_told_and_what_is_open_goes_on(
    client: TestClient, address: str, accepts: str, says: str
) -> None:
    health.ready.set()
    with client.websocket_connect("/_stcore/stream") as open_before:
        health.going.set()
        told = client.get(address, headers={"Accept-Language": accepts})
        assert (told.status_code, told.headers["Retry-After"]) == (503, "3")
        assert says in told.text
        assert client.get("/readyz").json() == {"ready": False, "why": "draining"}
        assert client.get("/healthz").status_code == 200
        assert client.get("/elsewhere").text == "here"
        with pytest.raises(WebSocketDenialResponse) as denied, client.websocket_connect("/_stcore/stream"):
            pass
        assert denied.value.status_code == 503
        open_before.send_text("算到一半")
        assert open_before.receive_text() == "算到一半"


def test_the_first_word_to_end_waits_for_the_answers(own_handler: list[int]) -> None:
    answering = [True]
    health.drain_at_the_end(lambda: answering[0])
    signal.raise_signal(signal.SIGTERM)
    assert health.going.is_set()
    time.sleep(0.3)
    assert own_handler == []
    answering[0] = False
    until(lambda: own_handler == [signal.SIGTERM])


def test_a_second_word_ends_it_at_once_and_patience_ends_too(own_handler: list[int]) -> None:
    health.drain_at_the_end(lambda: True)
    signal.raise_signal(signal.SIGTERM)
    signal.raise_signal(signal.SIGTERM)
    assert own_handler == [signal.SIGTERM]
    until(lambda: len(own_handler) == 2)  # after two seconds, though something is being computed still


def test_what_is_computed_now_is_what_it_waits_for(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = bench.engine()
    monkeypatch.setattr(health, "get_engine", lambda: engine)
    assert not health._computing()
    with bench.worker_held(engine):
        assert health._computing()
    until(lambda: not health._computing())
