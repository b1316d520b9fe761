"""How long readers wait, simulated: processes with some cores, readers who click, and the seconds that clicks take.

A process works on all that was clicked in turn, a few milliseconds each, as Python's threads do. Readers stay with
their process, so each is a world of its own: what one can serve says how many a school, a town or a country needs.
Held against a measured class of forty: `python -m benchmarks scale scale.simulated_over_measured`.
"""

from __future__ import annotations

import heapq
import random
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.rows import percentile

QUANTUM_S = 0.005  # CPython's switch interval
MOST = 4096  # readers of one process that are tried


@dataclass(frozen=True)
class Clicks:
    """What clicks ask: `seconds` of one core, each as likely as the next; `latency` on the way, whoever else waits."""

    seconds: tuple[float, ...]
    latency: float = 0.0


@dataclass(frozen=True)
class Habit:
    """One click every `every_s`, for `lasting_s`; none before the answer to the one before. `regular`: the readers of
    a load test begin one after the other and keep the beat; others click when they like."""

    every_s: float
    lasting_s: float
    regular: bool = True


@dataclass
class _Click:
    reader: int
    at: float
    left: float


def waits(readers: int, habit: Habit, clicks: Clicks, *, cores: int = 1, seed: int = 0) -> list[float]:
    """Seconds from each click to its answer, at one process whose work `cores` share."""
    chance = random.Random(seed)

    def turns(reader: int) -> deque[float]:
        count = int(habit.lasting_s / habit.every_s)
        if habit.regular:
            return deque(habit.every_s * (turn + reader / readers) for turn in range(count))
        return deque(sorted(chance.uniform(0.0, habit.lasting_s) for _ in range(count)))

    due = [turns(reader) for reader in range(readers)]
    coming = [(times.popleft(), reader) for reader, times in enumerate(due) if times]
    heapq.heapify(coming)
    queue: deque[_Click] = deque()
    found: list[float] = []
    now = 0.0
    while queue or coming:
        if not queue:
            now = max(now, coming[0][0])
        while coming and coming[0][0] <= now:
            at, reader = heapq.heappop(coming)
            queue.append(_Click(reader, at, chance.choice(clicks.seconds)))
        running = [queue.popleft() for _ in range(min(cores, len(queue)))]
        now += QUANTUM_S
        for click in running:
            click.left -= QUANTUM_S
            if click.left > 0:
                queue.append(click)
                continue
            found.append(now - click.at + clicks.latency)
            if due[click.reader]:
                heapq.heappush(coming, (max(due[click.reader].popleft(), now + clicks.latency), click.reader))
    return found


def capacity(habit: Habit, clicks: Clicks, *, cores: int, within_s: float) -> int:
    """How many readers one process serves with 95 of 100 answers within so many seconds; 0 if not even one."""
    low, high = 0, 1
    while high <= MOST and _p95(high, habit, clicks, cores) <= within_s:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _p95(middle, habit, clicks, cores) <= within_s else (low, middle)
    return low


def processes(readers: int, each: int) -> int:
    """How many are needed. Raises ValueError where one serves nobody."""
    if each < 1:
        raise ValueError("one process serves nobody in that time")
    return -(-readers // each)


def _p95(readers: int, habit: Habit, clicks: Clicks, cores: int) -> float:
    return percentile(waits(readers, habit, clicks, cores=cores), 0.95)


def mixed(parts: Sequence[tuple[float, Sequence[float]]], count: int = 1000, seed: int = 0) -> tuple[float, ...]:
    """Seconds of `count` clicks, a share of them of each kind as measured."""
    chance = random.Random(seed)
    shares = [share for share, _ in parts]
    return tuple(chance.choice(list(chance.choices([kind for _, kind in parts], shares)[0])) for _ in range(count))
