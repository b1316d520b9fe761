"""Starts the gallery once a session; opens its pages and fails a test whose page complains on the console."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page

from tests.browser.conftest import Profiles
from tests.browser.quiet import idle
from tests.pace import PACE, PATIENCE
from tests.ports import free_port

ROOT = Path(__file__).parents[3]
OPTIONS = {
    "server.address": "127.0.0.1",
    "server.headless": "true",
    "browser.gatherUsageStats": "false",
    "server.fileWatcherType": "none",
    "client.showErrorDetails": "full",
}
OpenGallery = Callable[..., Page]


@pytest.fixture(scope="session")
def gallery_url() -> Iterator[str]:
    port = free_port()
    options = {**OPTIONS, "server.port": str(port)}
    command = [sys.executable, "-m", "streamlit", "run", "tests/browser/components/gallery.py"]
    server = subprocess.Popen(
        [*command, *(f"--{name}={value}" for name, value in options.items())],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    )
    assert server.stdout is not None
    try:
        # Streamlit prints its address once it listens.
        said = []
        for line in server.stdout:
            said.append(line)
            if f":{port}" in line:
                break
        else:
            pytest.fail("".join(said))
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.communicate(timeout=10 * PACE)


@pytest.fixture
def open_gallery(profiles: Profiles, gallery_url: str) -> Iterator[OpenGallery]:
    """open_gallery(part, lang="zh", query="", **context options): a page with that part of the gallery, drawn."""
    pages: list[Page] = []
    complaints: list[str] = []

    def open_page(part: str, lang: str = "zh", query: str = "", **options: Any) -> Page:
        context = profiles.take(**{"viewport": {"width": 1280, "height": 900}, "reduced_motion": "reduce", **options})
        page = context.new_page()
        page.set_default_timeout(PATIENCE * 1000)
        pages.append(page)
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.route("**/painted", lambda route: route.fulfill(status=204))  # app.py answers this; the gallery is bare
        page.goto(f"{gallery_url}/?only={part}&lang={lang}{query}")
        page.locator('.sesame[data-key="export"][data-ready]').wait_for()
        idle(page)
        return page

    yield open_page
    for page in pages:
        profiles.give_back(page)
    assert not complaints


def component(page: Page, key: str) -> Locator:
    """The root of the component that was mounted with `key`, drawn."""
    root = page.locator(f'.sesame[data-key="{key}"][data-ready]')
    root.wait_for()
    return root
