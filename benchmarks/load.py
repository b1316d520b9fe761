"""A class of forty at once: simulated readers, one process of the app, and what they had to wait for.

Knows how readers behave over a minute and how to watch the process. It knows the address of 填空 and its first
two state fields; what a reader's messages look like is reader.py's to know.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import psutil
from websockets.exceptions import ConnectionClosed

from benchmarks.reader import Reader, ReaderError
from tests.browser.server import Server

READERS = 40
EVERY_S = 3.0
LASTING_S = 60.0
SENTENCES = (
    "院子里那棵老枣树今年结了很多果子。",
    "她把写好的信放进口袋，慢慢走向邮局。",
    "昨天夜里的大风吹倒了路边的两棵树。",
    "这本字典太旧了，有几页已经掉了下来。",
    "孩子们围着火炉，听奶奶讲海边的故事。",
    "船还没有靠岸，我们就闻到了烤鱼的香味。",
    "如果明天不下雨，我们就去山上看日出。",
    "工人们用了三个月才把这座小桥修好。",
)
SHORTEST = min(len(sentence) for sentence in SENTENCES)


@dataclass
class Outcome:
    """What one class had to wait for: seconds from click to answer, failures, and the app's largest memory.

    `hit_rate` is the share of clicks that needed no computation of their own.
    """

    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    peak_bytes: int = 0
    hit_rate: float = 0.0


@contextlib.contextmanager
def cores(server: Server) -> Iterator[None]:
    """The server on the first core, this process on the second, where the system lets one choose."""
    if not hasattr(os, "sched_setaffinity") or len(mine := sorted(os.sched_getaffinity(0))) < 2:
        print("cores cannot be chosen here: server and readers share them", file=sys.stderr)
        yield
        return
    for thread in server.process.threads():
        os.sched_setaffinity(thread.id, {mine[0]})
    os.sched_setaffinity(0, {mine[1]})
    try:
        yield
    finally:
        os.sched_setaffinity(0, set(mine))


async def warm(server: Server) -> None:
    """Open the page's own example and cover a token of it, so that the model is loaded."""
    await one(server, "")


async def one(server: Server, sentence: str) -> None:
    """One reader opens 填空 with this sentence (the page's own example if empty) and covers its second token."""
    async with _reader(server, sentence) as reader:
        await reader.open()
        await reader.cover(2)


def run(server: Server, *, seed: int) -> Outcome:
    """One class of `READERS`, each covering a random token every `EVERY_S` for `LASTING_S`."""
    outcome = Outcome()
    asyncio.run(_class(server, outcome, seed))
    return outcome


async def _class(server: Server, outcome: Outcome, seed: int) -> None:
    watching = asyncio.create_task(_watch(server.process, outcome))
    async with contextlib.AsyncExitStack() as open_sessions:
        readers = [
            await open_sessions.enter_async_context(_reader(server, SENTENCES[i % len(SENTENCES)]))
            for i in range(READERS)
        ]
        for opened in await asyncio.gather(*(reader.open() for reader in readers), return_exceptions=True):
            if opened is not None:
                outcome.errors.append(f"opening: {type(opened).__name__}: {opened}")
        before = server.status()["runs"]
        begin = time.monotonic()
        await asyncio.gather(
            *(
                _lesson(reader, begin + EVERY_S * i / READERS, outcome, random.Random(f"{seed}-{i}"))
                for i, reader in enumerate(readers)
            )
        )
        outcome.hit_rate = 1 - (server.status()["runs"] - before) / max(1, len(outcome.seconds))
    watching.cancel()


async def _lesson(reader: Reader, begin: float, outcome: Outcome, chance: random.Random) -> None:
    """One reader's minute. A click waits for the answer to the one before; none is made after the minute."""
    last = 1
    for turn in range(int(LASTING_S / EVERY_S)):
        await asyncio.sleep(max(0.0, begin + turn * EVERY_S - time.monotonic()))
        if time.monotonic() > begin + LASTING_S:
            return
        last = chance.choice([at for at in range(1, SHORTEST + 1) if at != last])
        clicked = time.monotonic()
        try:
            await reader.cover(last)
            outcome.seconds.append(time.monotonic() - clicked)
        except (ReaderError, OSError, TimeoutError, ConnectionClosed) as error:
            outcome.errors.append(f"{type(error).__name__}: {error}")


def _reader(server: Server, sentence: str) -> Reader:
    state = {"v": "1", "text": sentence, "masks": "1", "focus": "1"} if sentence else {}
    return Reader(server.url, "masking", lang="zh", **state)


async def _watch(process: psutil.Process, outcome: Outcome) -> None:
    """Note the largest resident memory of the process and of what it started, twice a second."""
    while True:
        with contextlib.suppress(psutil.NoSuchProcess):  # a process it started has just ended
            family = [process, *process.children(recursive=True)]
            outcome.peak_bytes = max(outcome.peak_bytes, sum(one.memory_info().rss for one in family))
        await asyncio.sleep(0.5)
