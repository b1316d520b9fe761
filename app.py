"""The front door: a Streamlit ASGI app around explorer/main.py, its routes, and warming around the first paint.

It knows how the process starts and what it serves beside the pages; it knows nothing of any chapter.
`app` is found by `streamlit run app.py` and by `uvicorn app:app`.
"""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st
from starlette.middleware import Middleware

from explorer import chapters
from explorer.classroom import kept
from explorer.components import addresses
from explorer.engine import budget, handles
from explorer.server import headers, health, preload, static_files
from explorer.server.routes import routes
from explorer.ui import network, permission
from explorer.ui.first_paint import first_painted


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    preload.import_whole()
    health.drain_at_the_end()
    threading.Thread(target=preload.get_ready, name="get-ready", daemon=True).start()
    threading.Thread(target=static_files.make_ready_after, args=(first_painted,), name="static", daemon=True).start()
    yield


PAGES = tuple("" if name == chapters.HOME else name for name in chapters.PAGES)
network.disable_external_ip_lookup()
permission.policy()  # a misspelt permission ends the start, not a lesson
kept.home()  # so does a home for rooms that writes to disk
budget.limit()  # and a size that is none
addresses.serve()
handles.who_is_here(lambda session: addresses.alive(session.partition("@")[0]))  # as ui/widgets.py writes it
app = st.App(
    "explorer/main.py",
    lifespan=lifespan,
    middleware=[
        Middleware(headers.SaferHeaders),
        Middleware(health.Draining, pages=PAGES),
        Middleware(preload.PreloadMiddleware),
        Middleware(static_files.CompressedStatic, pages=PAGES),
    ],
    routes=routes(),
)
