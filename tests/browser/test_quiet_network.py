"""The app asks no other machine for anything: neither the pages (every journey watches them) nor the server.

The server's half is watched from inside, by an audit hook that sees every name looked up and every address spoken to
(from a `sitecustomize`, before the app's first line), and from outside, by the process's open connections. Also:
.streamlit/config.toml is read although app.py is an ASGI app, so that there are no usage statistics and no prompt.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.journey import ROOT, Home, Masking, Reference, idle
from tests.browser.server import Server

# Writes every address or name that is not this machine's own to the file named in OUTSIDE.
WATCHER = """
import os, sys

OWN = ("127.", "::1", "0.0.0.0", "localhost", "::")

def watch(event, arguments):
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = arguments[1]
    elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        address = arguments[0] if event != "socket.gethostbyaddr" else arguments
    else:
        return
    host = address[0] if isinstance(address, tuple) and address else address
    host = host.decode() if isinstance(host, bytes) else host
    if isinstance(host, str) and host and not host.startswith(OWN) and not host.startswith("/"):
        with open(os.environ["OUTSIDE"], "a", encoding="utf-8") as file:
            file.write(f"{event} {host}\\n")

sys.addaudithook(watch)
"""


@pytest.fixture
def watched(tmp_path: Path) -> tuple[dict[str, str], Callable[[], str]]:
    """An environment in which a Python process is watched, and what it spoke to."""
    (tmp_path / "sitecustomize.py").write_text(WATCHER, encoding="utf-8")
    log = tmp_path / "outside.txt"
    environment = {"PYTHONPATH": str(tmp_path), "OUTSIDE": str(log), "SESAME_PRECOMPUTED": "off"}
    return environment, lambda: log.read_text(encoding="utf-8") if log.exists() else ""


def test_the_watcher_sees_a_process_that_speaks_to_others(watched: tuple[dict[str, str], Callable[[], str]]) -> None:
    environment, outside = watched
    speak = "import socket; s = socket.socket(); s.settimeout(0.01); s.connect_ex(('192.0.2.1', 9))"
    subprocess.run([sys.executable, "-c", speak], env={**os.environ, **environment}, check=True, timeout=60)
    assert "192.0.2.1" in outside()


@pytest.mark.parametrize("by", ["streamlit", "uvicorn"])
def test_the_server_speaks_to_no_other_machine(
    by: str,
    watched: tuple[dict[str, str], Callable[[], str]],
    fresh_server: Callable[..., Server],
    open_page: OpenPage,
    reference: Reference,
    tmp_path: Path,
) -> None:
    environment, outside = watched
    home_folder = tmp_path / "home"  # a reader who has never answered Streamlit's question for an e-mail address
    home_folder.mkdir()
    server = fresh_server(environment={**environment, "HOME": str(home_folder)}, by=by)
    text = "A fox crossed the frozen lake before dawn."
    home = Home(open_page("/", lang="en", on=server), "en")
    home.writes(text, reference.pieces(text))
    page = Masking(open_page("/masking", lang="en", on=server), "en")
    page.writes(text, reference.pieces(text))
    page.covers(2, 5)
    page.bars.show(reference.masked(text, 5, 2), original=reference.ids(text)[5])
    for tool in ("see", "joint", "lottery") if by == "streamlit" else ():
        page.uses(tool)
    page.page.get_by_test_id("stSidebar").get_by_role("button", name=page.say("common.phone")).click()
    idle(page.page)

    peers = [connection.raddr for connection in server.process.net_connections("inet") if connection.raddr]
    assert peers, "the browser itself is connected"
    assert [str(peer) for peer in peers if not ip_address(peer.ip).is_loopback] == []
    assert outside() == ""
    assert "mail" not in server.log().lower(), "no prompt for an address"
    looks_like_the_house(page.page)


@pytest.mark.parametrize(("theme", "paper"), [("light", "rgb(251, 250, 246)"), ("dark", "rgb(20, 22, 26)")])
def test_the_settings_are_read_though_the_app_is_asgi(theme: str, paper: str, open_page: OpenPage) -> None:
    page = open_page("/masking", theme=theme)
    app = page.get_by_test_id("stApp")
    expect(app).to_have_css("background-color", paper)
    looks_like_the_house(page)


def looks_like_the_house(page: Page) -> None:
    """What .streamlit/config.toml asks for is there: colours, a quiet toolbar, no page list of Streamlit's own."""
    assert "primaryColor" in (ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8")
    primary = "e => getComputedStyle(e).getPropertyValue('--st-primary-color')"
    colour = page.locator(".sesame").first.evaluate(primary)
    assert colour.strip().lower() in ("#0072b2", "#56a9de")
    expect(page.get_by_text("Deploy", exact=True)).to_have_count(0)
    expect(page.get_by_test_id("stSidebarNav")).to_have_count(0)
    idle(page)
    hosts = page.evaluate("performance.getEntriesByType('resource').map(r => new URL(r.name).hostname)")
    assert set(hosts) <= {"127.0.0.1", "localhost", ""}
