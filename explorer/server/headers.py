"""What every answer tells the browser: whose scripts may act, whom a page may ask, and that types are as they are said.

A second line behind the first (readers' texts never become markup): were some markup to get through, it could neither
run a script of its own nor send anything to another machine. Knows the framework's one HTML file, whose inline scripts
pass by their hashes; knows no page.
"""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from explorer.server.static_files import FRAMEWORK

INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # a link tells nobody what a reader wrote: the address holds the page's state
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}


def policy(html: str) -> str:
    """The Content-Security-Policy of a page whose HTML is `html`.

    Styles may be inline (the framework writes them so), scripts may not; components come as blobs. Who may show the
    page in a frame is not said: teachers put it into their slides.
    """
    hashes = (base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in INLINE.findall(html))
    scripts = " ".join(f"'sha256-{one}'" for one in hashes)
    return "; ".join((
        "default-src 'self'",
        f"script-src 'self' blob: {scripts}".rstrip(),
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self' data: blob:",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
    ))  # fmt: skip


class SaferHeaders:
    """Middleware that adds `ALWAYS` to every answer and the policy to every page."""

    def __init__(self, app: ASGIApp, html: Path = FRAMEWORK / "index.html") -> None:
        self._app = app
        self._policy = policy(html.read_text(encoding="utf-8"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in ALWAYS.items():
                    headers.setdefault(name, value)
                if headers.get("content-type", "").startswith("text/html"):
                    headers["Content-Security-Policy"] = self._policy
            await send(message)

        await self._app(scope, receive, told)
