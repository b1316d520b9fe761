"""Figures of chapter 14, 课堂: forty phones and a teacher in one room of one process, over loopback.

Thirty-nine of the phones are plain clients (benchmarks/room.py); where a figure is about a page, one is a Chromium.
"""

from __future__ import annotations

import asyncio
import random
import re
import threading
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from playwright.sync_api import Page, sync_playwright

from benchmarks import browser
from benchmarks.room import Client
from benchmarks.rows import Row, load_now, percentile
from benchmarks.wire import PHONE, SENTENCE, Meter
from tests import redis_server
from tests.browser.server import Server, await_health, launch_chromium, running

PHONES = 40
MOVES = 60
ROUNDS = 10
CUT = 0.1  # share of the connections that break in a round
IDLE_S = 60
ROOMS = "SESAME_ROOMS"
LOOKS_MS = 2500  # what a teacher leaves a class to look at what she shows
COMMAND = "python -m benchmarks classroom"
T = TypeVar("T")


@asynccontextmanager
async def a_class(url: str, phones: int = PHONES) -> AsyncIterator[tuple[Client, list[Client]]]:
    """A room with its teacher and `phones` phones that listen."""
    teacher, pupils = Client(url, "teacher"), [Client(url, f"phone {n}") for n in range(phones)]
    try:
        await teacher.open()
        await asyncio.gather(*(phone.join(teacher.code) for phone in pupils))
        await asyncio.gather(*(phone.until(lambda told: True) for phone in pupils))
        yield teacher, pupils
    finally:
        await asyncio.gather(*(client.close() for client in (teacher, *pupils)))


def told() -> Iterator[Row]:
    """How long it takes until all phones are told of a move of the teacher's, and what they are told weighs."""
    load = load_now()
    with running() as app:
        times, weight = asyncio.run(_told(app))
    yield _row("follow_told_p95_ms", f"teacher moves → all {PHONES} phones are told, p95 of {MOVES}", "ms",
               percentile(times, 0.95), load, "<=", 300)  # fmt: skip
    yield _row("told_kb_per_phone", f"what a phone's stream brings in {MOVES} moves", "kB", weight / 1000, load)


async def _told(app: Server) -> tuple[list[float], float]:
    times = []
    async with a_class(app.url) as (teacher, phones):
        before = sum(phone.bytes for phone in phones)
        for n in range(1, MOVES + 1):
            asked = time.perf_counter()
            waiting = [asyncio.create_task(phone.until(_moved(n))) for phone in phones]
            await teacher.say("move", page="masking", query={"masks": str(n % 9 + 1), "focus": str(n % 9 + 1)})
            times.append(1000 * (max(await asyncio.gather(*waiting)) - asked))
        return times, (sum(phone.bytes for phone in phones) - before) / len(phones)


def _moved(n: int) -> Callable[[dict[str, Any]], bool]:
    """Whether a browser was told of the `n`-th move."""
    return lambda told: bool(told["moves"] >= n)


def votes() -> Iterator[Row]:
    """Nobody's vote is lost and none counts twice, though lines break."""
    load = load_now()
    with running() as app:
        lost, late = asyncio.run(_votes(app))
    yield _row("votes_lost", f"votes lost or counted twice: {PHONES} phones vote, change and vote in {ROUNDS} rounds, "
               f"{CUT:.0%} of the connections cut in each", "votes", lost, load, "==", 0)  # fmt: skip
    yield _row("late_join_s", "a phone joins in mid-vote → is told the question", "s", late, load, "<=", 3)


async def _votes(app: Server) -> tuple[float, float]:
    draw, lost, late = random.Random(5), 0, 0.0
    async with a_class(app.url) as (teacher, phones):
        for number in range(1, ROUNDS + 1):
            assert await teacher.say("ask", line="? / a / b / c / d")
            await asyncio.gather(*(phone.until(_at(number)) for phone in phones))
            sums = []
            for phase in ("first", "second"):
                choices = [draw.randrange(4) for _ in phones]
                await asyncio.gather(
                    *(_votes_of(draw, phone, number, last) for phone, last in zip(phones, choices, strict=True))
                )
                sums.append([choices.count(option) for option in range(4)])
                if phase == "first":
                    await teacher.say("phase", to="talk")
                    await teacher.say("phase", to="second")
            if number == ROUNDS // 2:
                late = await _late(app.url, teacher.code)
            await teacher.say("phase", to="reveal")
            await teacher.until(_at(number, "reveal"))
            found = [teacher.told["vote"][phase] for phase in ("first", "second")]
            lost += sum(abs(a - b) for one, two in zip(sums, found, strict=True) for a, b in zip(one, two, strict=True))
    return lost, late


def _at(number: int, phase: str = "") -> Callable[[dict[str, Any]], bool]:
    """Whether a browser was told of question `number` (in this phase)."""

    def holds(told: dict[str, Any]) -> bool:
        vote = told.get("vote", {})
        return bool(vote.get("number") == number and phase in ("", vote["phase"]))

    return holds


async def _votes_of(draw: random.Random, phone: Client, number: int, last: int) -> None:
    """Vote, change, and vote again within five seconds; some lines break on the way and come back."""
    cut = draw.random() < CUT
    for answer in (draw.randrange(4), draw.randrange(4), last):
        await asyncio.sleep(draw.random() * 0.5)
        if cut and answer == last:
            await phone.cut()
            await phone.join(phone.code)
        while not await phone.say("vote", number=number, answer=answer):
            await asyncio.sleep(0.1)


async def _late(url: str, code: str) -> float:
    phone, asked = Client(url, "late"), time.perf_counter()
    try:
        await phone.join(code)
        return await phone.until(lambda told: "vote" in told) - asked
    finally:
        await phone.say("leave")
        await phone.close()


def restart() -> Iterator[Row]:
    """The server is killed and started again: with rooms in memory, every phone is told that its room is gone; with
    rooms in Redis, room, question and votes are there."""
    load = load_now()
    with running() as app:
        told = asyncio.run(_restart(app, {}))
    with redis_server.running() as address, running(environment={ROOMS: address}) as app:
        kept = asyncio.run(_restart(app, {ROOMS: address}))
    yield _row("restart", "killed and started again: rooms in memory, all phones are told; in Redis, room, question "
               "and votes are there", "", float(told and kept), load, "==", 1)  # fmt: skip


async def _restart(app: Server, environment: dict[str, str]) -> bool:
    async with a_class(app.url) as (teacher, phones):
        assert await teacher.say("ask", line="? / a / b / c / d")
        await asyncio.gather(*(phone.until(_at(1)) for phone in phones))
        await asyncio.gather(*(phone.say("vote", number=1, answer=n % 4) for n, phone in enumerate(phones)))
        app.process.kill()
        app.process.wait()
        with running(wait=False, port=int(app.url.rpartition(":")[2]), environment=environment) as again:
            await asyncio.to_thread(await_health, again)
            async with asyncio.timeout(60):
                if not environment:
                    while not all(phone.ended == "gone" for phone in phones):
                        await asyncio.sleep(0.1)
                    return True
                while not await teacher.say("phase", to="reveal"):
                    await asyncio.sleep(0.1)
                await asyncio.gather(*(phone.until(_at(1, "reveal")) for phone in phones))
                return all(sum(phone.told["vote"]["first"]) == len(phones) for phone in phones)


def two_processes() -> Iterator[Row]:
    """Two processes of the app share one Redis: the phones of both follow, and both count all votes."""
    load = load_now()
    with redis_server.running() as address:
        environment = {ROOMS: address}
        with running(environment=environment) as one, running(environment=environment) as two:
            same = asyncio.run(_two(one, two))
    yield _row("two_processes", f"two app processes, one Redis: {PHONES} phones of both follow and vote", "",
               float(same), load, "==", 1)  # fmt: skip


async def _two(one: Server, two: Server) -> bool:
    others = [Client(two.url, f"other {n}") for n in range(PHONES // 2)]
    try:
        async with a_class(one.url, PHONES // 2) as (teacher, phones):
            await asyncio.gather(*(phone.join(teacher.code) for phone in others))
            everybody = [*phones, *others]
            assert await teacher.say("move", page="masking", query={"masks": "3", "focus": "3"})
            await asyncio.gather(*(phone.until(_moved(1)) for phone in everybody))
            assert await teacher.say("ask", line="? / a / b / c / d")
            await asyncio.gather(*(phone.until(_at(1)) for phone in everybody))
            await asyncio.gather(*(phone.say("vote", number=1, answer=n % 4) for n, phone in enumerate(everybody)))
            assert await teacher.say("phase", to="reveal")
            await asyncio.gather(*(phone.until(_at(1, "reveal")) for phone in everybody))
            return all(sum(phone.told["vote"]["first"]) == len(everybody) for phone in everybody)
    finally:
        await asyncio.gather(*(phone.close() for phone in others))


def pages() -> Iterator[Row]:
    """A real phone among the forty: another token, another page, a lesson's bytes, and a minute in which nothing is."""
    load = load_now()
    with running() as app, sync_playwright() as playwright, _Others(app) as others:
        chromium = launch_chromium(playwright, bare=True)
        page = chromium.new_context(viewport=PHONE, locale="zh-CN").new_page()
        meter = Meter(page)
        others.move("masking", text=SENTENCE, masks="3", focus="3")
        page.goto(f"{app.url}/?room={others.code}")
        page.locator(browser.IDLE).wait_for(state="attached", timeout=60_000)
        page.locator(browser.QUICK).wait_for(state="attached", timeout=60_000)
        tokens = [_until(page, others, "masking", n) for n in (*range(4, 12), *range(4, 12))]
        road = [
            _turn(page, others, name) for name in ("generation", "attention", "masking", "context", "input", "masking")
        ]
        meter.reset()
        for n in range(MOVES):
            others.move("masking", text=SENTENCE, masks=str(n % 9 + 1), focus=str(n % 9 + 1))
            page.wait_for_url(re.compile(f"masks={n % 9 + 1}&"))
            page.locator(browser.IDLE).wait_for(state="attached", timeout=60_000)
        weight = meter.bytes / 1e6
        page.locator(browser.IDLE).wait_for(state="attached", timeout=60_000)
        page.wait_for_timeout(1000)
        meter.reset()
        page.wait_for_timeout(1000 * IDLE_S)
        runs = sum(len(sizes) for kind, sizes in meter.kinds.items() if kind == "new_session")
        chromium.close()
    yield _row("follow_token_p95_ms", "another token → its bars stand on a Chromium phone among the 40, p95", "ms",
               percentile(tokens, 0.95), load, "<=", 600)  # fmt: skip
    yield _row("follow_page_p95_ms", "another page → it stands on that phone, p95", "ms",
               percentile(road, 0.95), load, "<=", 3000)  # fmt: skip
    yield _row("mb_per_phone", f"what {MOVES} moves of the teacher's cost a phone", "MB", weight, load, "<=", 3)
    yield _row("idle_reruns", f"script runs of that phone in {IDLE_S} s in which nothing happens", "runs",
               float(runs), load, "==", 0)  # fmt: skip


def _until(page: Page, others: _Others, name: str, n: int) -> float:
    """Milliseconds from the teacher's click on token `n` until the phone shows it covered, with its bars.

    Between two clicks she waits as long as it takes to look at them."""
    asked = time.perf_counter()
    others.move(name, text=SENTENCE, masks=str(n), focus=str(n))
    page.locator(f'.sesame .chip[data-i="{n}"]', has_text="？").first.wait_for()
    page.locator(f'.sesame[data-key="masking-bars"][data-position="{n}"] li.row[data-p]').first.wait_for()
    took = 1000 * (time.perf_counter() - asked)
    page.wait_for_timeout(LOOKS_MS)
    return took


def _turn(page: Page, others: _Others, name: str) -> float:
    """Milliseconds from the teacher's turning to a page until it stands on the phone."""
    asked = time.perf_counter()
    others.move(name)
    page.wait_for_url(lambda url: f"/{name}" in url, wait_until="commit")
    page.locator(browser.IDLE).wait_for(state="attached", timeout=60_000)
    return 1000 * (time.perf_counter() - asked)


class _Others:
    """The teacher and the thirty-nine other phones, in a thread of their own beside the browser's."""

    def __init__(self, app: Server) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._class = a_class(app.url, PHONES - 1)
        self._teacher, _ = self._run(self._class.__aenter__())
        self.code = self._teacher.code

    def __enter__(self) -> _Others:
        return self

    def __exit__(self, *_: object) -> None:
        self._run(self._class.__aexit__(None, None, None))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def move(self, page: str, **query: str) -> None:
        assert self._run(self._teacher.say("move", page=page, query=query))

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()


def _row(id: str, figure: str, unit: str, value: float, load: float, op: str = "", target: float | None = None) -> Row:
    return Row(f"classroom.{id}", figure, unit, (value,), load, COMMAND, op, target)


GROUPS = {
    ("classroom.first_paint_s", "classroom.first_paint_ratio", "classroom.first_paint_torch"): lambda: (
        browser.first_paint("classroom", "/classroom", first=".room.door", most=1.7)
    ),
    ("classroom.follow_told_p95_ms", "classroom.told_kb_per_phone"): told,
    ("classroom.votes_lost", "classroom.late_join_s"): votes,
    ("classroom.restart",): restart,
    ("classroom.two_processes",): two_processes,
    (
        "classroom.follow_token_p95_ms",
        "classroom.follow_page_p95_ms",
        "classroom.mb_per_phone",
        "classroom.idle_reruns",
    ): pages,
}
