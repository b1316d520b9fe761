"""Preloading around the first paint: before it only what the asked page needs, after it models and other chapters.

It knows the chapters' names and where their views lie; it draws nothing and answers no request.
"""

from __future__ import annotations

import contextlib
import importlib
import pkgutil
import threading

from starlette.types import ASGIApp, Receive, Scope, Send

from explorer import chapters
from explorer.engine import get_engine, uses
from explorer.errors import Told
from explorer.server import health
from explorer.ui.first_paint import first_painted


class PreloadMiddleware:
    """Middleware that begins with what a chapter needs when its page is asked for, while the browser reads scripts."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._announced: set[str] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "GET":
            name = scope["path"].rstrip("/").rsplit("/", 1)[-1] or chapters.HOME
            if name in chapters.PAGES and name not in self._announced:
                self._announced.add(name)
                threading.Thread(target=_prepare, args=(name,), name=f"prepare-{name}", daemon=True).start()
        await self._app(scope, receive, send)


def import_whole() -> None:
    """Import numpy, before any thread is started that needs a part of it.

    Python lets a thread import a part of a package (numpy.typing) that another thread has only begun to import. Where
    the two need each other both fail, for as long as the process lives: of forty processes in which two threads began
    that way, ten had no numpy. Torch and transformers are always asked for whole first, and a thread waits for those.
    """
    import numpy  # noqa: F401


def _prepare(name: str) -> None:
    """The chapter's views, and the tokenizer of its model."""
    _import_views(name)
    with contextlib.suppress(Told):  # a damaged model is the page's to tell
        get_engine().vocabulary(uses.model_of(name).id)


def _import_views(*names: str) -> None:
    for name in names:
        package = importlib.import_module(f"explorer.views.{name}")
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)


def get_ready() -> None:
    """Read the vocabulary that most pages need; once a page stands, load the model and import the other chapters."""
    model = uses.model_of("masking").id
    with contextlib.suppress(Told):  # a damaged model is the page's to tell
        get_engine().vocabulary(model)
    health.ready.set()
    first_painted.wait()
    get_engine().warm(model)
    get_engine().warm(None)
    _import_views(*chapters.PAGES)
