"""What a lesson moves over the air: bytes of HTTP and of the socket, as a phone-sized Chromium counts them.

The phone speaks to the app by its loopback address, where Chromium also accepts brotli; the meter says no to it,
because a phone in a class speaks plain HTTP to another machine, and gets gzip.
"""

from __future__ import annotations

import base64
import statistics
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode, urlsplit

import psutil
from playwright.sync_api import Browser, Page, ViewportSize
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks import browser
from benchmarks.rows import Row, load_now
from tests.browser.server import Server, running

RUNS = 3
PHONE: ViewportSize = {"width": 390, "height": 844}
SENTENCE = "傍晚的时候，小女孩抱着一只白猫，站在门口等爸爸回来。"
LESSON = ("/masking", "/context", "/attention", "/generation", "/languages")
CLICKS = 12
COMMAND = "python -m benchmarks wire"
SETTLED_MS = 2000


class Meter:
    """Bytes that a page has received and sent since `reset`: bodies and heads over HTTP, frames over the socket.

    `kinds` says how many of them, and how often, by what they were: an address's first part, a message's element.
    """

    def __init__(self, page: Page) -> None:
        self.bytes = 0
        self.kinds: dict[str, list[int]] = {}
        self._urls: dict[str, str] = {}
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.send("Network.setExtraHTTPHeaders", {"headers": {"Accept-Encoding": "gzip, deflate"}})
        session.on(
            "Network.requestWillBeSent", lambda event: self._urls.update({event["requestId"]: event["request"]["url"]})
        )
        session.on(
            "Network.loadingFinished", lambda event: self._add(int(event["encodedDataLength"]), self._url(event))
        )
        session.on("Network.webSocketFrameReceived", lambda event: self._frame(event["response"]))
        session.on("Network.webSocketFrameSent", lambda event: self._add(len(_payload(event["response"])), "sent"))

    def _add(self, count: int, kind: str) -> None:
        self.bytes += count
        self.kinds[kind] = [*self.kinds.get(kind, []), count]

    def _url(self, event: dict[str, Any]) -> str:
        path = urlsplit(self._urls.get(event["requestId"], "")).path.split("/")
        return "/".join(["http", *path[1:-1]]) if len(path) > 2 else "http/page"

    def _frame(self, frame: dict[str, Any]) -> None:
        payload = _payload(frame)
        self._add(len(payload), _kind(ForwardMsg.FromString(payload)))

    def reset(self) -> None:
        self.bytes = 0
        self.kinds.clear()


def _payload(frame: dict[str, Any]) -> bytes:
    """A frame's payload: text as it is, bytes told in base64."""
    data: str = frame["payloadData"]
    return base64.b64decode(data) if frame["opcode"] == 2 else data.encode()


def _kind(message: ForwardMsg) -> str:
    """What a message of the socket carries: "delta/markdown", "delta/bidi_component/distribution", "ref_hash" …"""
    kind = str(message.WhichOneof("type"))
    if kind != "delta":
        return kind
    if message.delta.WhichOneof("type") != "new_element":
        return f"delta/{message.delta.WhichOneof('type')}"
    element = message.delta.new_element
    name = str(element.WhichOneof("type"))
    return f"delta/{name}" + (f"/{element.bidi_component.component_name}" if name == "bidi_component" else "")


def _phone(chromium: Browser) -> tuple[Page, Meter]:
    context = chromium.new_context(locale="zh-CN", viewport=PHONE, is_mobile=True, has_touch=True)
    page = context.new_page()
    return page, Meter(page)


def _settle(page: Page) -> None:
    page.locator(browser.IDLE).wait_for(state="attached", timeout=60_000)
    page.wait_for_timeout(SETTLED_MS)


def _compressed(server: Server, chromium: Browser) -> None:
    """Wait until the first page has been painted once and the static files' copies lie there."""
    page = chromium.new_context(locale="zh-CN", viewport=PHONE).new_page()
    page.goto(f"{server.url}/masking")
    page.locator(browser.BAR).first.wait_for(timeout=60_000)
    for _ in range(120):
        if server.status()["static_compressed"]:
            break
        page.wait_for_timeout(500)
    else:
        raise RuntimeError("the static files were never compressed")
    page.context.close()


def _pages() -> Iterator[Row]:
    """Cold phone → first bars on 填空, then 语境, on a server that has served a page before."""
    load, first, second = load_now(), [], []
    with browser.chromium() as chromium, running() as server:
        _compressed(server, chromium)
        for _ in range(RUNS):
            page, meter = _phone(chromium)
            page.goto(f"{server.url}/masking")
            page.locator(browser.BAR).first.wait_for(timeout=60_000)
            first.append(meter.bytes / 1000)
            _settle(page)
            meter.reset()
            _open(page, server, "/context")
            second.append(meter.bytes / 1000)
            page.context.close()
    yield Row(
        "wire.first_load_kb",
        "cold phone → first bars on 填空, all transfers",
        "kB",
        tuple(first),
        load,
        COMMAND,
        "<=",
        1100,
    )
    yield Row("wire.second_page_kb", "then 语境, to its rest", "kB", tuple(second), load, COMMAND, "<=", 150)


def _open(page: Page, server: Server, path: str) -> None:
    """Another page by its link in the sidebar, as a reader does it: the scripts stay."""
    opener = page.get_by_test_id("stExpandSidebarButton")
    if opener.count() and opener.is_visible():
        opener.click()
    page.locator(f'[data-testid="stSidebar"] a[href="{path[1:]}"]').first.click()
    page.wait_for_url(f"**{path}**")
    page.locator(".sesame").first.wait_for(timeout=60_000)
    if page.get_by_test_id("stSidebarCollapseButton").is_visible():
        page.get_by_test_id("stSidebarCollapseButton").get_by_role("button").click()
    _settle(page)


def _covered(page: Page, server: Server) -> None:
    state = {"v": "1", "lang": "zh", "text": SENTENCE, "masks": "1", "focus": "1"}
    page.goto(f"{server.url}/masking?{urlencode(state)}")
    page.locator(browser.BAR).first.wait_for(timeout=60_000)
    _settle(page)


def _clicks() -> Iterator[Row]:
    """All transfers within two seconds of covering another token; then of a typed word whose logit is not there."""
    load, click, full = load_now(), [], []
    with browser.chromium() as chromium, running() as server:
        for _ in range(RUNS):
            page, meter = _phone(chromium)
            _covered(page, server)
            each = []
            for at in range(2, 2 + CLICKS):
                meter.reset()
                page.locator(browser.CHIP.format(at)).tap()
                _settle(page)
                each.append(meter.bytes / 1000)
            click.append(statistics.median(each))
            meter.reset()
            box = page.locator('.sesame[data-key="masking-bars"] input[type="text"]')
            box.first.fill("鳄")
            box.first.press("Enter")
            _settle(page)
            full.append(meter.bytes / 1000)
            page.context.close()
    what = f"all transfers within {SETTLED_MS / 1000:g} s and more of covering another token, median of {CLICKS} a run"
    yield Row("wire.click_kb", what, "kB", tuple(click), load, COMMAND, "<=", 12)
    yield Row("wire.full_kb", "a word typed whose logit is not there", "kB", tuple(full), load, COMMAND, "<=", 90)


def _lesson() -> Iterator[Row]:
    """Cold phone, five pages, twelve clicks on each of them on what the page's first component offers."""
    load, seen = load_now(), sum(meter.bytes for _, meter in _steps())
    what = f"cold phone, {' → '.join(path[1:] for path in LESSON)}, {CLICKS} clicks on each, first load included"
    yield Row("wire.lesson_kb", what, "kB", (seen / 1000,), load, COMMAND, "<=", 3000)


def _steps() -> Iterator[tuple[str, Meter]]:
    """The lesson, halting after each opened page and after its clicks, with what was moved since the halt before."""
    with browser.chromium() as chromium, running() as server:
        _compressed(server, chromium)
        page, meter = _phone(chromium)
        for path in LESSON:
            if path == LESSON[0]:
                page.goto(f"{server.url}{path}")
                page.locator(browser.BAR).first.wait_for(timeout=60_000)
                _settle(page)
            else:
                _open(page, server, path)
            yield path, meter
            meter.reset()
            click = CLICKED[path]
            for n in range(CLICKS):
                click(page, n)
                page.locator(browser.IDLE).wait_for(state="attached", timeout=60_000)
                page.wait_for_timeout(1200)  # what follows a click later counts too
            yield f"{path}, {CLICKS} clicks", meter
            meter.reset()
        page.context.close()


def detail() -> Iterator[str]:
    """The lesson's transfers by what they were, the heaviest first, a page at a time."""
    for step, meter in _steps():
        yield f"{step}: {meter.bytes / 1000:.1f} kB"
        for kind, counts in sorted(meter.kinds.items(), key=lambda item: -sum(item[1])):
            if sum(counts) >= 1000:
                yield f"  {sum(counts) / 1000:8.1f} kB  {len(counts):4} ×  {kind}"


def _tap(selector: str, many: int) -> Callable[[Page, int], None]:
    def tap(page: Page, n: int) -> None:
        page.locator(selector).nth(1 + n % many).click(force=True)

    return tap


CLICKED: dict[str, Callable[[Page, int], None]] = {
    "/masking": _tap('.sesame[data-key="masking-strip"] .chip', 12),
    "/context": lambda page, n: page.locator('.sesame input[type="range"]').first.press(
        "ArrowLeft" if n % 8 < 4 else "ArrowRight"
    ),
    "/attention": _tap(".sesame [data-choice]", 2),
    "/generation": lambda page, n: page.locator(".sesame li.row[data-p]").nth(n % 3).click(force=True),
    "/languages": lambda page, n: page.locator('.sesame input[type="range"]').first.press("ArrowRight"),
}


def _static_cpu() -> Iterator[Row]:
    """CPU seconds of the server for the first page's files to forty phones: compressed copies ÷ the framework's own."""
    import urllib.request

    load, ratios = load_now(), []
    with browser.chromium() as chromium, running() as server:
        page, _ = _phone(chromium)
        wanted: list[str] = []
        page.on("request", lambda request: wanted.append(request.url) if "/static/" in request.url else None)
        page.goto(f"{server.url}/masking")
        page.locator(browser.BAR).first.wait_for(timeout=60_000)
        page.context.close()
        _compressed(server, chromium)
        with running(environment={"SESAME_STATIC": "framework"}) as plain:
            page = chromium.new_page()
            page.goto(f"{plain.url}/masking")
            page.locator(browser.BAR).first.wait_for(timeout=60_000)
            page.wait_for_timeout(20_000)  # what is warmed after the first paint is not counted with the files
            page.close()
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

            def spent(process: psutil.Process) -> float:
                return float(sum(process.cpu_times()[:2]))

            def cpu(of: Server) -> float:
                process = psutil.Process(of.process.pid)
                before = spent(process)
                for url in wanted * 40:
                    path = url.split("/static/", 1)[1]
                    asked = urllib.request.Request(f"{of.url}/static/{path}", headers={"Accept-Encoding": "gzip"})
                    with opener.open(asked, timeout=30) as answer:
                        answer.read()
                return spent(process) - before

            for _ in range(RUNS):
                ratios.append(cpu(server) / cpu(plain))
    what = "CPU of serving the first page's static files to 40 phones, compressed copies ÷ the framework's own way"
    yield Row("wire.static_cpu_ratio", what, "", tuple(ratios), load, COMMAND, "<=", 1)


GROUPS: dict[tuple[str, ...], Callable[[], Iterator[Row]]] = {
    ("wire.first_load_kb", "wire.second_page_kb"): _pages,
    ("wire.click_kb", "wire.full_kb"): _clicks,
    ("wire.lesson_kb",): _lesson,
    ("wire.static_cpu_ratio",): _static_cpu,
}
