"""How many readers a machine serves: seconds that clicks take, measured at one process, and what follows for many.

Knows the simulated readers of load.py and the simulation; the figures of docs/scaling.md are what this prints.
"""

from __future__ import annotations

import asyncio
import contextlib
import statistics
import sys
import time
from collections.abc import Iterator, Sequence

from benchmarks import cluster, load, simulation
from benchmarks.rows import Row, load_now, percentile
from benchmarks.simulation import Clicks, Habit
from explorer.engine.local import LocalEngine
from tests.browser.server import Server, running

CLICKS, TEXTS, TOKENS = 40, 10, 20
WITHIN_S = 1.5
LESSON = Habit(every_s=20.0, lasting_s=600.0, regular=False)
SHARES = {"click": 0.80, "sentence": 0.15, "tokens": 0.05}  # what readers of a lesson do
CROWDS = (100, 1_000, 100_000)
COMMAND = "python -m benchmarks scale "


async def _clicked(server: Server) -> tuple[list[float], list[float]]:
    """Seconds of clicks on tokens of a sentence that is known, and of opening one that is not; by one reader."""
    clicks, texts = [], []
    async with load._reader(server, load.SENTENCES[0]) as reader:
        await reader.open()
        for n in range(CLICKS):
            began = time.perf_counter()
            await reader.cover(1 + (n + 1) % load.SHORTEST)  # the first is covered as the page opens
            clicks.append(time.perf_counter() - began)
    for n in range(TEXTS):
        async with load._reader(server, f"第{n}天，{load.SENTENCES[n % len(load.SENTENCES)]}") as reader:
            began = time.perf_counter()
            await reader.open()
            texts.append(time.perf_counter() - began)
    return clicks, texts


def _alone(server: Server) -> tuple[Clicks, list[float]]:
    """What one click takes of a core and on the way, and seconds of a core of a new sentence."""
    asyncio.run(load.warm(server))
    before, began = server.process.cpu_times(), time.perf_counter()
    clicks, texts = asyncio.run(_clicked(server))
    after, wall = server.process.cpu_times(), time.perf_counter() - began
    share = min(1.0, (after.user + after.system - before.user - before.system) / wall)
    seconds = tuple(one * share for one in clicks)
    return Clicks(seconds, statistics.mean(clicks) * (1 - share)), [one * share for one in texts]


def simulated() -> Iterator[Row]:
    """The class of forty, measured, and simulated from what its clicks take when one reader is alone."""
    busy = load_now()
    with running(environment={"SESAME_PRECOMPUTED": "off"}) as server, load.cores(server):
        clicks, _ = _alone(server)
        outcome = load.run(server, seed=0)
    for error in outcome.errors:
        print(error, file=sys.stderr)
    measured = percentile(outcome.seconds, 0.95)
    habit = Habit(load.EVERY_S, load.LASTING_S)
    expected = percentile(simulation.waits(load.READERS, habit, clicks), 0.95)
    ratio = expected / measured
    what = (
        f"p95 of {load.READERS} readers: simulated {expected:.3f} s, measured {measured:.3f} s; the larger ÷ the other"
    )
    id = "scale.simulated_over_measured"
    yield Row(id, what, "", (max(ratio, 1 / ratio),), busy, COMMAND + id, "<=", 1.25)


def crowds() -> Iterator[Row]:
    """Readers of a lesson that one process on two cores serves, and processes for crowds."""
    busy = load_now()
    with running(environment={"SESAME_PRECOMPUTED": "off"}) as server:
        clicks, texts = _alone(server)
    kinds = {"click": clicks.seconds, "sentence": texts, "tokens": _written()}
    for name, seconds in kinds.items():
        print(f"  {name}: {statistics.median(seconds):.3f} s of a core", file=sys.stderr)
    parts: list[tuple[float, Sequence[float]]] = [(SHARES[name], seconds) for name, seconds in kinds.items()]
    mix = Clicks(simulation.mixed(parts), clicks.latency)
    each = simulation.capacity(LESSON, mix, cores=2, within_s=WITHIN_S)
    needed = ", ".join(f"{readers:,}: {simulation.processes(readers, each):,}" for readers in CROWDS)
    shares = ", ".join(f"{share:.0%} {name}" for name, share in SHARES.items())
    what = f"readers of one process on two cores, one click in {LESSON.every_s:g} s ({shares}); p95 ≤ {WITHIN_S} s"
    id = "scale.readers_per_process"
    yield Row(id, f"{what}. Processes for {needed}", "", (float(each),), busy, COMMAND + id)


def _written() -> list[float]:
    """Seconds of `TOKENS` tokens written by the embedded causal model, one core's worth."""
    found = []
    with contextlib.closing(LocalEngine(precomputed=None)) as engine:
        for n in range(4):
            began = time.process_time()
            engine.run(*cluster.write(n, TOKENS), session="writes")
            found.append(time.process_time() - began)
    return found[1:]  # the first has the model loaded


GROUPS = {("scale.simulated_over_measured",): simulated, ("scale.readers_per_process",): crowds}
