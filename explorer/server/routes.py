"""The routes beside the pages: what components fetch, what a page tells the server, and the engine's counters.

They lie where the pages lie: below --server.baseUrlPath, where the server has one. Knows how to answer over HTTP,
and nothing of what an array or a vocabulary means.
"""

from __future__ import annotations

import gzip
import json
import sys
from dataclasses import asdict
from functools import lru_cache

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from explorer.components import addresses
from explorer.engine import get_engine
from explorer.errors import ModelUnavailable
from explorer.models.catalog import catalog
from explorer.server import health, metrics, room_routes, static_files
from explorer.ui import stop_button
from explorer.ui.first_paint import first_painted

FOREVER = "max-age=31536000, immutable"  # what lies at the address never changes
BROTLI_QUALITY = 5  # a megabyte in 30 ms; nine takes ten times as long for 2 %


def routes() -> list[Route]:
    """All of them, each below the server's prefix."""
    prefix = static_files.prefix()
    return [
        Route(f"{prefix}/status", status),
        Route(f"{prefix}/metrics", metrics.metrics),
        Route(f"{prefix}/healthz", health.healthz),
        Route(f"{prefix}/readyz", health.readyz),
        Route(f"{prefix}/painted", painted, methods=["POST"]),
        Route(f"{prefix}/stop/{{word}}", stop, methods=["POST"]),
        Route(f"{prefix}/vocabulary/{{revision}}/{{model_id:path}}", vocabulary),
        Route(f"{prefix}/array/{{address}}", array),
        Route(f"{prefix}/bundle/{{address}}", bundle),
        *room_routes.routes(prefix),
    ]


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
        entry = await run_in_threadpool(_vocabulary, request.path_params["model_id"], request.path_params["revision"])
    except ModelUnavailable:
        return Response(status_code=404)
    return await _answer(request, entry, "application/json", "public")


async def array(request: Request) -> Response:
    """The bytes of an array that some session shows; nobody can name it who was not shown it."""
    entry = addresses.shelf.entry(request.path_params["address"])
    if entry is None:
        return Response(status_code=404, headers={"Cache-Control": "no-store"})
    return await _answer(request, entry, "application/octet-stream", "private")


async def bundle(request: Request) -> Response:
    """The script of a component."""
    entry = addresses.bundles.get(request.path_params["address"])
    if entry is None:
        return Response(status_code=404, headers={"Cache-Control": "no-store"})
    return await _answer(request, entry, "text/javascript", "public")


@lru_cache(maxsize=8)
def _vocabulary(model_id: str, revision: str) -> addresses.Entry:
    catalog.entry(model_id)
    return addresses.Entry(json.dumps(get_engine().vocabulary(model_id), ensure_ascii=False).encode())


async def _answer(request: Request, entry: addresses.Entry, media: str, who: str) -> Response:
    encoding = static_files.smallest(request.headers.get("accept-encoding", ""))
    if encoding and encoding not in entry.forms:
        entry.forms[encoding] = await run_in_threadpool(_compressed, entry.body, encoding)
    headers = {"Cache-Control": f"{who}, {FOREVER}", "Vary": "Accept-Encoding"}
    if encoding:
        headers["Content-Encoding"] = encoding
    return Response(entry.forms[encoding] if encoding else entry.body, media_type=media, headers=headers)


def _compressed(body: bytes, encoding: str) -> bytes:
    if encoding == "br":
        import brotli

        made: bytes = brotli.compress(body, quality=BROTLI_QUALITY)
        return made
    return gzip.compress(body, compresslevel=6, mtime=0)
