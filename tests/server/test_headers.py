"""What every answer tells the browser, and that the framework's own inline scripts pass."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from explorer.server import headers
from explorer.server.static_files import FRAMEWORK

SCRIPT = "window.first = 1"


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    html = tmp_path / "index.html"
    html.write_text(f"<head><script>{SCRIPT}</script><script src=a.js></script></head>", encoding="utf-8")
    own = {"Referrer-Policy": "no-referrer"}
    routes = [
        Route("/", lambda _: HTMLResponse("<p>page</p>")),
        Route("/data", lambda _: PlainTextResponse("1", headers=own)),
    ]
    return TestClient(Starlette(routes=routes, middleware=[Middleware(headers.SaferHeaders, html=html)]))


def directives(said: str) -> dict[str, list[str]]:
    return {name: rest for name, *rest in (part.split() for part in said.split(";"))}


def test_a_page_lets_the_frameworks_inline_script_act_and_no_other(client: TestClient) -> None:
    said = directives(client.get("/").headers["content-security-policy"])
    digest = base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()
    assert said["script-src"] == ["'self'", "blob:", f"'sha256-{digest}'"]
    assert said["object-src"] == ["'none'"]
    assert not {"*", "http:", "https:", "ws:", "wss:"} & set(said["connect-src"]), "a page asks its own server alone"


def test_every_answer_says_that_types_are_as_they_are_said(client: TestClient) -> None:
    for path in ("/", "/data", "/nowhere"):
        told = client.get(path).headers
        assert told["x-content-type-options"] == "nosniff"
    assert client.get("/data").headers["referrer-policy"] == "no-referrer", "who says it already is not overruled"
    assert "content-security-policy" not in client.get("/data").headers


def test_the_framework_in_use_has_inline_scripts_that_are_found() -> None:
    html = (FRAMEWORK / "index.html").read_text(encoding="utf-8")
    assert headers.INLINE.findall(html)
    assert html.count("<script") == len(headers.INLINE.findall(html)) + html.count("<script type"), "none overlooked"
