"""The front door: a Streamlit ASGI app around explorer/main.py, three small routes, and getting ready around the first
paint: what the asked page needs before it, models and the other chapters after it.

It knows how the process starts and what it serves beside the pages; it knows nothing of any chapter.
`app` is found by `streamlit run app.py` and by `uvicorn app:app`.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import pkgutil
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from functools import lru_cache

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from explorer.engine import get_engine, uses
from explorer.engine.base import EngineError
from explorer.models import catalog
from explorer.models.errors import ModelError
from explorer.ui import chapters, network, permission
from explorer.ui.first_paint import first_painted


async def status(request: Request) -> Response:
    """What the engine has done so far, in numbers; no reader's text is in it."""
    return JSONResponse(asdict(get_engine().counters()) | {"torch_imported": "torch" in sys.modules})


async def painted(request: Request) -> Response:
    """A page has drawn its first figure: what waited for that may begin."""
    first_painted.set()
    return Response(status_code=204)


async def vocabulary(request: Request) -> Response:
    """The token strings of a model as a JSON list, kept by the browser for as long as the weights are the same."""
    try:
        body = _vocabulary_json(request.path_params["model_id"], request.path_params["revision"])
    except ModelError:
        return Response(status_code=404)
    return Response(
        body, media_type="application/json", headers={"Cache-Control": "public, max-age=31536000, immutable"}
    )


@lru_cache(maxsize=8)
def _vocabulary_json(model_id: str, revision: str) -> bytes:
    catalog.entry(model_id)
    return json.dumps(get_engine().vocabulary(model_id), ensure_ascii=False).encode()


class Herald:
    """Middleware that begins to import a chapter when its page is asked for, while the browser reads its scripts."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._announced: set[str] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "GET":
            name = scope["path"].rstrip("/").rsplit("/", 1)[-1] or chapters.CHAPTERS[0][1]
            if name in _CHAPTERS and name not in self._announced:
                self._announced.add(name)
                threading.Thread(target=_import_views, args=(name,), name=f"import-{name}", daemon=True).start()
        await self._app(scope, receive, send)


_CHAPTERS = (*(name for _, name in chapters.CHAPTERS), "models")


def _import_views(*names: str) -> None:
    for name in names:
        package = importlib.import_module(f"explorer.views.{name}")
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)


def _get_ready() -> None:
    """Read the vocabulary that most pages need; once a page stands, load the model and import the other chapters."""
    model = uses.chosen("masking").id
    with contextlib.suppress(EngineError):  # a damaged model is the page's to tell
        get_engine().vocabulary(model)
    first_painted.wait()
    get_engine().warm(model)
    _import_views(*_CHAPTERS)


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    threading.Thread(target=_get_ready, name="get-ready", daemon=True).start()
    yield


network.stay_at_home()
permission.policy()  # a misspelt permission ends the start, not a lesson
app = st.App(
    "explorer/main.py",
    lifespan=lifespan,
    middleware=[Middleware(Herald)],
    routes=[
        Route("/status", status),
        Route("/painted", painted, methods=["POST"]),
        Route("/vocabulary/{revision}/{model_id:path}", vocabulary),
    ],
)
