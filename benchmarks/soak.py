"""A school day in ten minutes: forty readers on all chapters, two trainings, a room, and one who reloads all the time.

Knows how such a crowd behaves and what to watch: failures, seconds of clicks, memory. Also whether a process is what it
was when two hundred readers have come and gone.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
from websockets.exceptions import ConnectionClosed

from benchmarks import hostile, load, room
from benchmarks.reader import Reader, ReaderError
from benchmarks.rows import Row, load_now, percentile
from explorer import chapters
from tests import loops
from tests.browser.server import Server, running

READERS, EVERY_S, LASTING_S, EARLY_S = 40, 20.0, 600.0, 120.0
CLICKS = 0.6  # of what a reader does; else a page is opened with a sentence of one's own
PHONES = 10
LOOKS_S = 2.0  # between two looks at a training
GUESTS, AT_ONCE = 200, 10
KEPT_S = 125.0  # Streamlit keeps what a reader who left might come back to for two minutes, three handles each
COMMAND = "python -m benchmarks scale "
WRONG = (ReaderError, OSError, TimeoutError, ConnectionClosed)


@dataclass
class Day:
    """What it came to: seconds of clicks and of pages, failures, and memory (bytes) by the second."""

    clicks: list[float] = field(default_factory=list)
    pages: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    memory: list[tuple[float, int]] = field(default_factory=list)
    trainings: int = 0
    reloads: int = 0

    def at(self, seconds: float) -> int:
        """The memory then: the smallest of half a minute around, since a forward pass comes and goes."""
        near = [used for when, used in self.memory if abs(when - seconds) <= 15]
        return min(near or [self.memory[-1][1]])


def day(
    server: Server, *, readers: int = READERS, lasting: float = LASTING_S, every: float = EVERY_S, trainers: int = 2
) -> Day:
    """The whole of it, against a server that runs."""
    found = Day()
    loops.run(_day(server, found, readers, lasting, every, trainers))
    return found


async def _day(server: Server, found: Day, readers: int, lasting: float, every: float, trainers: int) -> None:
    begin = time.monotonic()
    end = begin + lasting
    await asyncio.gather(
        *(_reader(server, found, n, begin, end, every) for n in range(readers)),
        *(_trainer(server, found, seed, end) for seed in (90, 95)[:trainers]),
        _room(server, found, end),
        _reloader(server, found, end),
        _watch(server.process, found, begin, end),
    )


async def _noted(found: Day, doing: str, what: Coroutine[Any, Any, None]) -> float | None:
    """Seconds it took; None, and noted, where it failed."""
    began = time.monotonic()
    try:
        await what
    except WRONG as error:
        found.errors.append(f"{doing}: {type(error).__name__}: {error}")
        return None
    return time.monotonic() - began


async def _reader(server: Server, found: Day, number: int, begin: float, end: float, every: float) -> None:
    """Clicks tokens of a sentence, and now and then opens another chapter with a sentence of their own."""
    chance, last, turn = random.Random(number), 1, 0
    sentence = load.SENTENCES[number % len(load.SENTENCES)]
    pages = [page for page in chapters.PAGES if hostile.first_text(page)]
    async with load._reader(server, sentence) as mine:
        await asyncio.sleep(max(0.0, begin + every * number / READERS - time.monotonic()))
        await _noted(found, "opening", mine.open())
        while (due := begin + every * (turn := turn + 1) + every * number / READERS) < end:
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            if chance.random() < CLICKS:
                last = chance.choice([at for at in range(1, load.SHORTEST + 1) if at != last])
                if (seconds := await _noted(found, "click", mine.cover(last))) is not None:
                    found.clicks.append(seconds)
                continue
            page = chance.choice(pages)
            text = {hostile.first_text(page): f"第{turn}次，{chance.choice(load.SENTENCES)}"}
            async with Reader(server.url, page, v="1", lang="zh", **text) as other:
                if (seconds := await _noted(found, page, other.visit(seconds=120))) is not None:
                    found.pages.append(seconds)


async def _trainer(server: Server, found: Day, seed: int, end: float) -> None:
    """Trains 微调's default again and again, each time with another seed."""
    while time.monotonic() < end:
        seed += 1
        state = {"v": "2", "lang": "zh", "amount": "64", "epochs": "3", "seed": str(seed % 100)}
        async with Reader(server.url, "finetuning", **state) as reader:
            await _noted(found, "finetuning", reader.visit(seconds=120))
            if not reader.shows("finetuning-train"):
                found.errors.append("finetuning: no button that trains")
                return
            await _noted(found, "training", reader.press("finetuning-train", seconds=120))
            while time.monotonic() < end and not reader.shows("finetuning-again"):
                await asyncio.sleep(min(LOOKS_S, max(0.0, end - time.monotonic())))
                await _noted(found, "training", reader.visit(seconds=120))
            found.trainings += reader.shows("finetuning-again")


async def _room(server: Server, found: Day, end: float) -> None:
    """A teacher turns pages, phones hear of it."""
    teacher, *phones = (room.Client(server.url, f"browser {n}") for n in range(PHONES + 1))
    await teacher.open()
    for phone in phones:
        await phone.join(teacher.code)
    turn = 0
    while time.monotonic() < end:
        turn += 1
        page = chapters.CHAPTERS[1 + turn % 8].id
        await _noted(found, "room", _all_hear(teacher, phones, page))
        await asyncio.sleep(min(20.0, max(0.0, end - time.monotonic())))
    for one in (teacher, *phones):
        await one.close()


async def _all_hear(teacher: room.Client, phones: list[room.Client], page: str) -> None:
    await teacher.say("move", page=page, query={})
    await asyncio.gather(*(phone.until(lambda told: told.get("page") == page) for phone in phones))


async def _reloader(server: Server, found: Day, end: float) -> None:
    """Opens a page and is gone before it is there, again and again."""
    chance = random.Random(0)
    while time.monotonic() < end:
        async with load._reader(server, chance.choice(load.SENTENCES)) as reader:
            with contextlib.suppress(TimeoutError):
                await reader.visit(seconds=chance.uniform(0.02, 0.5))
        found.reloads += 1
        await asyncio.sleep(chance.uniform(0.2, 1.0))


async def _watch(process: psutil.Process, found: Day, begin: float, end: float) -> None:
    while time.monotonic() < end:
        with contextlib.suppress(psutil.NoSuchProcess):
            family = [process, *process.children(recursive=True)]
            found.memory.append((time.monotonic() - begin, sum(one.memory_info().rss for one in family)))
        await asyncio.sleep(1.0)


def soak() -> Iterator[Row]:
    """The whole day under a budget of 4 GB, as on the smallest machine that the app is meant for."""
    busy = load_now()
    with running(environment={"SESAME_PRECOMPUTED": "off", "SESAME_MEMORY": "4G"}) as server:
        asyncio.run(load.warm(server))
        found = day(server)
        log = server.log()
    errors = [*found.errors, *(["a traceback in the log"] if "Traceback" in log else [])]
    for told, times in Counter(errors).most_common():
        print(f"{times} × {told}", file=sys.stderr)
    crowd = f"{READERS} readers × {LASTING_S / 60:g} min, a reader acts every {EVERY_S:g} s"
    beside = f"{found.trainings} trainings, a room of {PHONES}, {found.reloads} broken reloads beside"
    done = f"{len(found.clicks)} clicks, {len(found.pages)} pages; {beside}"
    yield _row("errors", f"{crowd}: failures ({done})", "", float(len(errors)), busy, "<=", 0)
    yield _row("p95_s", f"{crowd}: click → new bars", "s", percentile(found.clicks, 0.95), busy, "<=", 1.5)
    yield _row("pages_p95_s", f"{crowd}: a page with a new sentence", "s", percentile(found.pages, 0.95), busy)
    early, late = found.at(EARLY_S), found.at(LASTING_S - 20)
    what = f"{crowd}: memory at the end over that at minute {EARLY_S / 60:g} ({early / 1e9:.2f} → {late / 1e9:.2f} GB)"
    yield _row("growth", what, "%", 100 * (late / early - 1), busy, "<=", 5)
    most = max(used for _, used in found.memory)
    yield Row("scale.budget_4gb", f"{crowd}: the most memory that was ever taken, with SESAME_MEMORY=4G", "GB",
              (most / 2**30,), busy, COMMAND + "scale.budget_4gb", "<=", 4)  # fmt: skip


def _row(id: str, what: str, unit: str, value: float, busy: float, op: str = "", target: float | None = None) -> Row:
    return Row(f"scale.soak_{id}", what, unit, (value,), busy, COMMAND + "scale.soak_errors", op, target)


def sessions_back() -> Iterator[Row]:
    """What a process holds before and after two hundred readers, each with a sentence that is known."""
    busy = load_now()
    with tempfile.TemporaryDirectory() as folder:
        environment = {"SESAME_PRECOMPUTED": "off", "TMPDIR": folder}
        with running(environment=environment) as server:
            asyncio.run(load.warm(server))
            asyncio.run(guests(server, 4 * AT_ONCE))  # what is kept for all is kept from now on
            before = Held.of(server, Path(folder))
            asyncio.run(guests(server, GUESTS))
            after = Held.of(server, Path(folder))
    id = "scale.sessions_back"
    what = f"memory after {GUESTS} sessions ÷ before ({before.memory / 1e6:.0f} → {after.memory / 1e6:.0f} MB)"
    yield Row(id, what, "", (after.memory / before.memory,), busy, COMMAND + id, "<=", 1.10)
    for name, most in (("threads", 2), ("handles", 2), ("files", 0)):
        more = float(getattr(after, name) - getattr(before, name))
        what = f"{name} after {GUESTS} sessions, more than before ({getattr(before, name)})"
        yield Row(f"scale.{name}_back", what, "", (more,), busy, COMMAND + id, "<=", most)


@dataclass(frozen=True)
class Held:
    """What a process holds: bytes of memory, threads, open files and connections, temporary files."""

    memory: int
    threads: int
    handles: int
    files: int

    @classmethod
    def of(cls, server: Server, folder: Path) -> Held:
        """Once those who left are forgotten, which happens as the next one comes. `folder`: of its temporary files."""
        time.sleep(KEPT_S)
        asyncio.run(load.one(server, load.SENTENCES[0]))
        time.sleep(5.0)
        process = server.process
        handles = process.num_fds() if hasattr(process, "num_fds") else process.num_handles()
        files = sum(1 for one in folder.rglob("*") if one.is_file())
        return cls(process.memory_info().rss, process.num_threads(), handles, files)


async def guests(server: Server, count: int) -> None:
    """So many readers come, cover a token and go, AT_ONCE at a time."""
    for first in range(0, count, AT_ONCE):
        await asyncio.gather(
            *(load.one(server, load.SENTENCES[n % len(load.SENTENCES)]) for n in range(first, first + AT_ONCE))
        )


GROUPS = {
    (
        "scale.soak_errors",
        "scale.soak_p95_s",
        "scale.soak_pages_p95_s",
        "scale.soak_growth",
        "scale.budget_4gb",
    ): soak,
    ("scale.sessions_back", "scale.threads_back", "scale.handles_back", "scale.files_back"): sessions_back,
}
