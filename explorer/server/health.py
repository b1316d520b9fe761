"""Whether this process lives, may be asked, and takes new readers: for whatever stands before it, and at its end.

`/healthz` answers as long as anything does; `/readyz` from the moment when a model may be asked until the process is
asked to end. From then on (SIGTERM) it drains: whoever comes anew is told, or sent on by the proxy that sees the 503;
answers that are being computed are finished. Ctrl-C ends it at once, as ever. Knows no page and no model.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Collection
from types import FrameType
from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from explorer.engine import get_engine
from explorer.server.static_files import prefix
from explorer.texts import HTML_LANG, LANGUAGES, text

PATIENCE_S = 20.0  # for answers; whoever stops the process must wait longer (deploy/compose.yml: stop_grace_period)
SETTLES_S = 1.0  # from the last answer until it has been drawn
RETRY_S = 3
_LOOKS_S = 0.1

ready = threading.Event()
going = threading.Event()


async def healthz(_: Request) -> Response:
    return JSONResponse({"alive": True})


async def readyz(_: Request) -> Response:
    may = ready.is_set() and not going.is_set()
    why = "" if may else "draining" if going.is_set() else "starting"
    return JSONResponse(
        {"ready": may, "why": why}, status_code=200 if may else 503, headers={"Cache-Control": "no-store"}
    )


class Draining:
    """Middleware that takes no new reader once the process is going: no page, no session. `pages` as their addresses
    have them; what is open goes on."""

    def __init__(self, app: ASGIApp, pages: Collection[str]) -> None:
        self._app = app
        self._pages = frozenset(f"/{name}" for name in pages)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not going.is_set() or scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket" or scope["path"].removeprefix(prefix()) in self._pages:
            await _told(scope)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def _told(scope: Scope) -> Response:
    lang = parse_qs(scope["query_string"].decode("latin-1")).get("lang", [""])[0]
    if lang not in LANGUAGES:
        lang = "zh" if Headers(scope=scope).get("accept-language", "zh").lower().startswith("zh") else "en"
    says = text("common.draining", lang)
    page = (
        f'<!doctype html><html lang="{HTML_LANG[lang]}"><meta charset="utf-8"><title>503</title>'
        f'<meta http-equiv="refresh" content="{RETRY_S}"><p>{says}</p></html>'
    )
    headers = {"Retry-After": str(RETRY_S), "Cache-Control": "no-store"}
    return Response(page, status_code=503, media_type="text/html", headers=headers)


def drain_at_the_end(answering: Callable[[], bool] | None = None) -> None:
    """From now on the first SIGTERM drains; a second one, or the drain's end, does what one did before.

    To be called in the main thread once the server has set its own handler; in another thread nothing is changed.
    `answering` tells whether something is being computed; the engine's by default.
    """
    before = signal.getsignal(signal.SIGTERM)
    if sys.platform == "win32" or threading.current_thread() is not threading.main_thread() or not callable(before):
        return
    ends = before

    def asked(number: int, frame: FrameType | None) -> None:
        if going.is_set():
            ends(number, frame)
            return
        going.set()
        threading.Thread(target=_finish, args=(answering or _computing,), name="drain", daemon=True).start()

    signal.signal(signal.SIGTERM, asked)


def _computing() -> bool:
    return get_engine().counters().in_flight > 0


def _finish(answering: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while answering() and time.monotonic() < deadline:
        time.sleep(_LOOKS_S)
    time.sleep(SETTLES_S)
    os.kill(os.getpid(), signal.SIGTERM)
