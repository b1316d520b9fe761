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
from typing import Any

import psutil

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
    """What one class had to wait for: seconds from click to answer, failures, and the process's largest memory."""

    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    peak_bytes: int = 0
    counters: dict[str, Any] = field(default_factory=dict)

    @property
    def hit_rate(self) -> float:
        """Share of answers that needed no computation of their own."""
        found = sum(self.counters[name] for name in ("memory_hits", "precomputed_hits", "joined_in_flight"))
        return float(found / (found + self.counters["runs"]))


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


def run(server: Server, *, seed: int) -> Outcome:
    """One class of `READERS`, each clicking a random token every `EVERY_S` for `LASTING_S`."""
    outcome = Outcome()
    before = server.status()
    asyncio.run(_class(server, outcome, random.Random(seed)))
    after = server.status()
    outcome.counters = {name: after[name] - before[name] for name in before if isinstance(before[name], int)}
    return outcome


async def _class(server: Server, outcome: Outcome, chance: random.Random) -> None:
    watching = asyncio.create_task(_watch(server.process, outcome))
    begin = time.monotonic() + EVERY_S
    readers = [
        _reader(
            server.url,
            SENTENCES[i % len(SENTENCES)],
            begin + EVERY_S * i / READERS,
            outcome,
            random.Random(chance.random()),
        )
        for i in range(READERS)
    ]
    await asyncio.gather(*readers)
    watching.cancel()


async def _reader(url: str, sentence: str, begin: float, outcome: Outcome, chance: random.Random) -> None:
    try:
        async with Reader(url, "masking", v="1", lang="zh", text=sentence, masks="1", focus="1") as reader:
            await reader.open()
            last = 1
            for turn in range(int(LASTING_S / EVERY_S)):
                await asyncio.sleep(max(0.0, begin + turn * EVERY_S - time.monotonic()))
                last = chance.choice([p for p in range(1, SHORTEST + 1) if p != last])
                clicked = time.monotonic()
                try:
                    await reader.cover(last)
                    outcome.seconds.append(time.monotonic() - clicked)
                except (ReaderError, TimeoutError) as error:
                    outcome.errors.append(f"{type(error).__name__}: {error}")
    except (ReaderError, OSError, TimeoutError) as error:
        outcome.errors.append(f"session: {type(error).__name__}: {error}")


async def _watch(process: psutil.Process, outcome: Outcome) -> None:
    """Note the largest resident memory of the process, twice a second."""
    while True:
        outcome.peak_bytes = max(outcome.peak_bytes, process.memory_info().rss)
        await asyncio.sleep(0.5)
