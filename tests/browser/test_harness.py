"""The harness of the browser journeys: the app it starts ends for sure, and the watch sees what it should."""

from __future__ import annotations

import urllib.error

import psutil
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage, Watch
from tests.browser.server import WITHOUT_PROXY, running


def test_the_app_answers_and_is_gone_afterwards() -> None:
    with running() as app:
        assert app.status()["waiting"] == 0
        family = [app.process, *app.process.children(recursive=True)]
    assert not any(process.is_running() and process.status() != psutil.STATUS_ZOMBIE for process in family)
    with pytest.raises(urllib.error.URLError):
        WITHOUT_PROXY.open(f"{app.url}/_stcore/health", timeout=2)


def test_the_app_is_gone_after_a_failure_too() -> None:
    with pytest.raises(ZeroDivisionError), running() as app:
        _ = 1 / 0
    assert not app.process.is_running()


@pytest.mark.parametrize(("url", "seen"), [("https://fonts.example/a.css", True), ("ws://127.0.0.1:1/x", False)])
def test_requests_to_other_machines_are_seen(url: str, seen: bool) -> None:
    watch = Watch()
    watch._requested(url)
    assert bool(watch.outside) is seen


@pytest.mark.parametrize(("lang", "words"), [("zh", "首页"), ("en", "Home")])
def test_a_page_opens_in_the_language_of_its_browser(open_page: OpenPage, lang: str, words: str) -> None:
    page = open_page("/", lang=lang)
    expect(page.get_by_test_id("stSidebar")).to_contain_text(words)
