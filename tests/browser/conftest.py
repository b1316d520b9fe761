"""Fixtures of the browser journeys: one app, one Chromium, and pages that report whatever they should not do.

Every page opened here is watched: a request to any host but this machine, and an uncaught error in the page's
scripts, fail the test that opened it. Everything below tests/browser carries the marker `browser`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlencode, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect, sync_playwright

from tests.browser.quiet import RUNS, idle
from tests.browser.server import Server, launch_chromium, running
from tests.pace import PATIENCE

if TYPE_CHECKING:
    from explorer.models.catalog.catalog import ModelInfo
    from tests.browser.journey import Reference

pytest.register_assert_rewrite("tests.browser.journey")
# Playwright's own five seconds are too few for a page whose model is being read.
expect.set_options(timeout=PATIENCE * 1000)

DESKTOP = (1280, 720)
PHONE = (390, 844)
LOCALES = {"zh": "zh-CN", "en": "en-GB"}


class OpenPage(Protocol):
    """Opens a path of the app in a browser profile of its own and returns it once its first run has ended.

    lang     "zh" or "en" for that language's locale, or any locale by its name ("fr-FR")
    options  of the browser's context, by Playwright's names. The reader has asked for less motion unless they say
             otherwise: gliding costs a third of what a page takes of the processor, and journeys read where it ends
    """

    def __call__(
        self,
        path: str = "/",
        *,
        lang: str = "zh",
        theme: str = "light",
        viewport: tuple[int, int] = DESKTOP,
        query: dict[str, str] | None = None,
        on: Server | None = None,
        **options: Any,
    ) -> Page: ...


@dataclass
class Watch:
    """What the pages of one test did that they should not have done."""

    outside: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def follow(self, page: Page) -> None:
        page.on("request", lambda request: self._requested(request.url))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda said: self._said(said.text))

    def _said(self, text: str) -> None:
        """The browser names what the page's Content-Security-Policy kept it from."""
        if "Content Security Policy" in text:
            self.errors.append(text)

    def _requested(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.hostname not in ("127.0.0.1", "localhost"):
            self.outside.append(url)


class Profiles:
    """Browser profiles, used again when their pages are closed: of what they knew, only the cached scripts remain.

    A new one for every page would read and compile all of Streamlit each time, a third of what a page costs.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._known: dict[str, list[BrowserContext]] = {}

    def take(self, **options: Any) -> BrowserContext:
        """One in which no page is open, with these options of Playwright's."""
        alike = self._known.setdefault(repr(sorted(options.items())), [])
        free = next((context for context in alike if not context.pages), None)
        if free is None:
            free = self._browser.new_context(**options)
            free.add_init_script(path=RUNS)
            free.on("close", lambda closed: alike.remove(closed))
            alike.append(free)
        free.grant_permissions(options.get("permissions", []))  # those of a profile are taken away with its last page
        return free

    def give_back(self, page: Page) -> None:
        if page.is_closed():
            return
        with suppress(Error):  # a page that has crashed or stands on an error has nothing to forget
            page.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")
        page.context.clear_cookies()
        page.context.clear_permissions()
        page.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """The app, one process for all journeys that do not ask for their own. Nothing in it was computed beforehand."""
    with running(environment={"SESAME_PRECOMPUTED": "off"}) as app:
        yield app


@pytest.fixture
def quiet_log(server: Server) -> Iterator[Callable[[], str]]:
    """No journey that uses this may leave a traceback in the log of `server`. Gives what was logged since it began."""
    before = len(server.log())

    def said() -> str:
        return server.log()[before:]

    yield said
    assert "Traceback" not in said(), said()


@pytest.fixture(scope="session")
def shipped() -> Iterator[Server]:
    """The app as it comes, with the results the pages open with: for how pages look, not for what they compute."""
    with running() as app:
        yield app


@pytest.fixture(scope="session")
def reference() -> Reference:
    """The embedded model through the transformers library alone, to hold the pages' numbers against."""
    from tests.browser.journey import Reference

    return Reference()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = launch_chromium(playwright, bare=True)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def profiles(chromium: Browser) -> Profiles:
    return Profiles(chromium)


@pytest.fixture
def watch() -> Iterator[Watch]:
    watch = Watch()
    yield watch
    assert not watch.outside, "a page asked another machine"
    assert not watch.errors, "a page's script failed"


@pytest.fixture
def open_page(request: pytest.FixtureRequest, profiles: Profiles, watch: Watch) -> Iterator[OpenPage]:
    pages: list[Page] = []

    def open_page(
        path: str = "/",
        *,
        lang: str = "zh",
        theme: str = "light",
        viewport: tuple[int, int] = DESKTOP,
        query: dict[str, str] | None = None,
        on: Server | None = None,
        **options: Any,
    ) -> Page:
        app: Server = on or request.getfixturevalue("server")
        context = profiles.take(
            locale=LOCALES.get(lang, lang),
            color_scheme="dark" if theme == "dark" else "light",
            viewport={"width": viewport[0], "height": viewport[1]},
            has_touch=viewport == PHONE,
            **{"reduced_motion": "reduce", **options},
        )
        page = context.new_page()
        page.set_default_timeout(PATIENCE * 1000)
        pages.append(page)
        watch.follow(page)
        page.goto(f"{app.url}{path}" + (f"?{urlencode(query)}" if query else ""))
        idle(page)
        return page

    yield open_page
    for page in pages:
        profiles.give_back(page)


@pytest.fixture
def with_another(
    fresh_server: Callable[..., Server],
    tiny_of: Callable[[str], ModelInfo],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[[str], tuple[ModelInfo, Server]]:
    """Starts an app with a tiny model of a family ("llama" …) beside its own, used from a folder of this machine."""
    from explorer.models.catalog import adhoc_models
    from explorer.models.catalog.policy import Policy

    def start(family: str) -> tuple[ModelInfo, Server]:
        monkeypatch.setenv("SESAME_MODELS", str(tmp_path))
        model = adhoc_models.register(Path(tiny_of(family).path), Policy(alone=True))
        return model, fresh_server(environment={"SESAME_MODELS": str(tmp_path), "SESAME_PRECOMPUTED": "off"})

    return start


@pytest.fixture
def fresh_server() -> Iterator[Callable[..., Server]]:
    """Starts another app for one test, with an environment of its own."""
    with ExitStack() as stack:
        yield lambda **options: stack.enter_context(running(**options))
