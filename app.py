"""The front door: a Streamlit ASGI app around explorer/main.py, four small routes, and warming around the first paint.

It knows how the process starts and what it serves beside the pages; it knows nothing of any chapter.
`app` is found by `streamlit run app.py` and by `uvicorn app:app`.
"""

from __future__ import annotations

import json
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

from explorer.engine import get_engine
from explorer.errors import ModelUnavailable
from explorer.models.catalog import catalog
from explorer.server import preload, static_files
from explorer.ui import chapters, network, permission, stop_button
from explorer.ui.first_paint import first_painted


async def status(request: Request) -> Response:
    """What the engine has done so far, in numbers; no reader's text is in it."""
    engine = get_engine()
    return JSONResponse(
        asdict(engine.counters())
        | {
            "torch_imported": "torch" in sys.modules,
            "umap_ready": engine.state(None) == "ready",
            "static_compressed": static_files.ready(),
        }
    )


async def painted(request: Request) -> Response:
    """A page has drawn its first figure: what waited for that may begin."""
    first_painted.set()
    return Response(status_code=204)


async def stop(request: Request) -> Response:
    """A reader has pressed stop; the word is known to the page that drew the button."""
    return Response(status_code=204 if stop_button.ask(request.path_params["word"]) else 404)


async def vocabulary(request: Request) -> Response:
    """The token strings of a model as a JSON list, kept by the browser for as long as the weights are the same."""
    try:
        body = _vocabulary_json(request.path_params["model_id"], request.path_params["revision"])
    except ModelUnavailable:
        return Response(status_code=404)
    return Response(
        body, media_type="application/json", headers={"Cache-Control": "public, max-age=31536000, immutable"}
    )


@lru_cache(maxsize=8)
def _vocabulary_json(model_id: str, revision: str) -> bytes:
    catalog.entry(model_id)
    return json.dumps(get_engine().vocabulary(model_id), ensure_ascii=False).encode()


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    threading.Thread(target=preload.get_ready, name="get-ready", daemon=True).start()
    threading.Thread(target=static_files.make_ready_after, args=(first_painted,), name="static", daemon=True).start()
    yield


PAGES = ("", *(name for _, name in chapters.CHAPTERS[1:]), "models")
network.disable_external_ip_lookup()
permission.policy()  # a misspelt permission ends the start, not a lesson
app = st.App(
    "explorer/main.py",
    lifespan=lifespan,
    middleware=[Middleware(preload.PreloadMiddleware), Middleware(static_files.CompressedStatic, pages=PAGES)],
    routes=[
        Route("/status", status),
        Route("/painted", painted, methods=["POST"]),
        Route("/stop/{word}", stop, methods=["POST"]),
        Route("/vocabulary/{revision}/{model_id:path}", vocabulary),
    ],
)
