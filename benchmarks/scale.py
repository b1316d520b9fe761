"""Figures of what a thousand readers, some of them hostile, do to the app: here the generated inputs; replicas are
cluster.py's, crowds crowd.py's, the long day soak.py's.

`fuzz`: links to every page with anything in any field, opened as Streamlit runs them; links and text boxes in a real
Chromium, where markup that acts would act; files that are cut, lengthened or changed, given to whatever reads them.
"""

from __future__ import annotations

import dataclasses
import logging
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import Browser, Dialog, Page

from benchmarks import browser, cluster, crowd, hostile, hostile_files, soak
from benchmarks.rows import Row, load_now
from explorer import chapters
from tests.browser.server import Server, running
from tests.pages.app import open_page

VISITS, TYPED, FILES = 900, 112, 100  # FILES of each kind
COMMAND = "python -m benchmarks scale scale.fuzz_inputs"
TIMEOUT = 120_000
EXCEPTION = "[data-testid='stException']"
BOX = "[data-testid='stMain'] :is(input[type='text'], textarea):visible:not([disabled])"


def fuzz() -> Iterator[Row]:
    """All three ways, counted; what was found is printed."""
    load = load_now()
    opened = [told for visit in hostile.drawn(hostile.visits(), VISITS) if (told := trouble(visit))]
    with browser.chromium() as chromium, running(environment={"SESAME_PRECOMPUTED": "off"}) as server:
        sights = [_sight(chromium, server, n, visit) for n, visit in enumerate(typed())]
    with tempfile.TemporaryDirectory() as folder:
        read = list(hostile_files.troubles(Path(folder), FILES))
    tracebacks = opened + [told for told, _ in sights if told] + read
    acts = [told for _, told in sights if told]
    for told in (*tracebacks, *acts):
        print(told, file=sys.stderr)
    files = FILES * len(hostile_files.KINDS)
    n = VISITS + len(sights) + files
    what = f"{VISITS} links opened, {len(sights)} in Chromium with their text typed too, {files} files"
    yield Row("scale.fuzz_inputs", f"generated inputs: {what}", "", (float(n),), load, COMMAND, ">=", 1000)
    ended = "of them that ended in a traceback, on a page or in the log"
    yield Row("scale.fuzz_tracebacks", ended, "", (float(len(tracebacks)),), load, COMMAND, "<=", 0)
    did = "in Chromium: markup that acted, dialogs, or the text of another reader on a page"
    yield Row("scale.fuzz_acts", did, "", (float(len(acts)),), load, COMMAND, "<=", 0)


def trouble(visit: hostile.Visit) -> str:
    """What went wrong as the page was opened: a traceback on it, or one in the log; "" for nothing."""
    listening = _Listening()
    logger = logging.getLogger("explorer")
    logger.addHandler(listening)
    try:
        at = open_page(visit.page, visit.lang, **visit.link)
        found = [str(one.message) for one in at.exception] + listening.heard
    except Exception as error:  # the question is which
        found = [repr(error)]
    finally:
        logger.removeHandler(listening)
    return f"{visit}: {'; '.join(found)}" if found else ""


class _Listening(logging.Handler):
    """Keeps what is logged as an error: what the engine did not foresee, and told the reader politely."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.heard.append(record.getMessage())


def typed(n: int = TYPED) -> tuple[hostile.Visit, ...]:
    """Visits with a text, page after page."""
    pages = [page for page in chapters.PAGES if hostile.first_text(page)]
    each = -(-n // len(pages))
    return tuple(visit for page in pages for visit in hostile.drawn(hostile.visits([page]), each))[:n]


def _sight(chromium: Browser, server: Server, n: int, visit: hostile.Visit) -> tuple[str, str]:
    """(traceback, act) of one visit in Chromium: opened, then its text typed into the first box; "" for neither.

    Every reader's text carries a mark of its own, by which it would be known on somebody else's page.
    """
    field, mark = hostile.first_text(visit.page), f"读者{n:04d}号"
    text = visit.link.get(field) or hostile.PAYLOADS[n % len(hostile.PAYLOADS)]
    visit = dataclasses.replace(visit, link=visit.link | {field: mark + text[:800]})
    page = chromium.new_context(locale="zh-CN", viewport=browser.VIEWPORT).new_page()
    dialogs: list[str] = []

    def dismissed(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", dismissed)
    try:
        page.goto(
            f"{server.url}/{chapters.path(visit.page)}?{urlencode({'lang': visit.lang} | visit.link)}", timeout=TIMEOUT
        )
        _at_rest(page)
        box = page.locator(BOX).first
        if box.count():
            box.fill(mark + text[:800].replace("\n", " "))
            box.press("Enter")
            page.wait_for_timeout(300)
            _at_rest(page)
        shown = page.locator(EXCEPTION).all_inner_texts()
        others = [m for m in (f"读者{other:04d}号" for other in range(n)) if m in page.locator("body").inner_text()]
        acted = page.evaluate(f"window.{hostile.ACTED}")
    finally:
        page.context.close()
    act = "; ".join(
        [*(f"dialog {one}" for one in dialogs), *(f"read {one}" for one in others), *(["acted"] if acted else [])]
    )
    return (f"{visit}: {'; '.join(shown)}" if shown else ""), (f"{visit}: {act}" if act else "")


def _at_rest(page: Page) -> None:
    page.locator("[data-testid='stMain'] h1").first.wait_for(timeout=TIMEOUT)
    page.locator(browser.IDLE).wait_for(state="attached", timeout=TIMEOUT)


GROUPS = (
    {("scale.fuzz_inputs", "scale.fuzz_tracebacks", "scale.fuzz_acts"): fuzz}
    | cluster.GROUPS
    | crowd.GROUPS
    | soak.GROUPS
)
