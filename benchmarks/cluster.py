"""Figures of the engine whose models compute in replicas of Ray Serve (requirements-ray.txt), on a cluster of one.

The same numbers as the engine in one process, what the way there and back costs, two replicas against one with half a
core each, a replica that is killed under load, and how soon a stop is felt. Knows the engines; of Ray, the names its
processes have.
"""

from __future__ import annotations

import contextlib
import os
import statistics
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from benchmarks.load import SENTENCES, SHORTEST
from benchmarks.rows import Row, load_now
from explorer.engine.base import CancelToken, Engine
from explorer.engine.local import LocalEngine
from explorer.engine.ray_serve.engine import RayEngine
from explorer.engine.ray_serve.remote import RemoteWorker
from explorer.errors import Cancelled, Told
from explorer.models.catalog import catalog
from explorer.models.network import tokenizer

REPLICA = "ray::ServeReplica"
MASKED = "mini-mbert"
HALF = 50_000, 100_000  # microseconds of a core in as many
SECONDS = 40.0  # of asking, for a throughput
LONG = 400  # tokens of a text that is stopped
ASKING = 8  # threads that ask at once
QUOTA = Path("/sys/fs/cgroup/cpu")
TOLERANCE = 1e-5
CLOCK = {"seconds", "took", "ms", "ms_with", "ms_without"}  # fields that say how long something took
COMMAND = "python -m benchmarks scale "


@contextlib.contextmanager
def cluster(replicas: int = 1, cpus: str = "0.5", threads: str = "1") -> Iterator[RayEngine]:
    """A cluster of this machine for as long as it lasts, and the engine that asks it. Nothing is precomputed."""
    settings = {"SESAME_REPLICAS": str(replicas), "SESAME_REPLICA_CPUS": cpus, "SESAME_THREADS": threads}
    before = {name: os.environ.get(name) for name in settings}
    os.environ.update(settings)
    engine = RayEngine(precomputed=None)
    try:
        yield engine
    finally:
        engine.close()
        for name, value in before.items():
            if value is None:
                os.environ.pop(name)
            else:
                os.environ[name] = value


def processes() -> list[psutil.Process]:
    """The replicas that run now."""
    return [one for one in psutil.process_iter(["cmdline"]) if (one.info["cmdline"] or [""])[0].startswith(REPLICA)]


def same_results() -> Iterator[Row]:
    """The first default input of every experiment that asks a model, through both engines."""
    from explorer.content import first_paint

    load, apart, compared = load_now(), 0.0, []
    asked: dict[str, tuple[Any, Any, Any]] = {}
    for experiment, model_id, inputs in first_paint.asked():
        if model_id is not None:
            asked.setdefault(experiment.wire, (experiment, model_id, inputs))
    # One thread on both sides: more change the last digits, and with them which of two alike comes first.
    with cluster() as there, contextlib.closing(LocalEngine(precomputed=None)) as here:
        for wire, one in sorted(asked.items()):
            began = time.monotonic()
            results = [engine.run(*one, session="same").result for engine in (here, there)]
            found = difference(*results)
            print(f"  {wire}: {found:.2g} apart, {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
            apart = max(apart, found)
            compared.append(wire)
    what = f"largest difference of a number, {len(compared)} experiments that ask a model, Ray against this process"
    yield Row("scale.same_results", what, "", (apart,), load, COMMAND + "scale.same_results", "<=", TOLERANCE)


def difference(one: Any, other: Any) -> float:
    """The largest between two results, relative where numbers exceed 1; infinite where they are not of one shape.

    What a clock said is left out.
    """
    if is_dataclass(one) and type(one) is type(other):
        names = [f.name for f in fields(one) if f.name not in CLOCK]
        return max((difference(getattr(one, name), getattr(other, name)) for name in names), default=0.0)
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        if one.shape != other.shape:
            return float("inf")
        if one.dtype.kind != "f":
            return 0.0 if (one == other).all() else float("inf")
        a, b = one.astype(np.float64), other.astype(np.float64)
        apart = np.abs(a - b) / np.maximum(1.0, np.abs(a))
        return float(np.max(np.where((a == b) | (np.isnan(a) & np.isnan(b)), 0.0, apart), initial=0.0))
    if isinstance(one, (tuple, list)) and isinstance(other, (tuple, list)):
        if len(one) != len(other):
            return float("inf")
        return max((difference(a, b) for a, b in zip(one, other, strict=True)), default=0.0)
    if isinstance(one, float) and isinstance(other, float):
        return difference(np.array([one]), np.array([other]))
    return 0.0 if one == other else float("inf")


def overhead() -> Iterator[Row]:
    """A covered token that is remembered, and one that is computed, through both engines."""
    load = load_now()
    with contextlib.closing(LocalEngine(precomputed=None)) as here, cluster(threads="2") as there:
        for engine in (here, there):
            engine.run(*fill(0), session="warm")
        computed: dict[str, list[float]] = {"here": [], "there": []}
        fetched: dict[str, list[float]] = {"here": [], "there": []}
        for n in range(1, 41):
            for name, engine in (("here", here), ("there", there)):
                computed[name].append(seconds(engine, *fill(n)))
                fetched[name].append(seconds(engine, *fill(n)))
    command = COMMAND + "scale.overhead_ms"
    for id, times, op, target in (
        ("overhead_fetched_ms", fetched, "", None),
        ("overhead_ms", computed, "<=", 15.0),
    ):
        more = [(there - here) * 1e3 for there, here in zip(times["there"], times["here"], strict=True)]
        medians = ", ".join(f"{name} {statistics.median(values) * 1e3:.1f}" for name, values in times.items())
        what = f"one covered token: milliseconds more through Ray (medians: {medians})"
        yield Row(f"scale.{id}", what, "ms", (statistics.median(more),), load, command, op, target)


def fill(n: int) -> tuple[Any, str, Any]:
    """One of many covered tokens, none twice."""
    from explorer.lab.types.masking import FILL, Edit, FillInputs

    sentence, at = SENTENCES[n % len(SENTENCES)], 1 + n // len(SENTENCES) % SHORTEST
    text = sentence if n < len(SENTENCES) * SHORTEST else f"{n}，{sentence}"
    return FILL, MASKED, FillInputs(text=text, edits=(Edit(at, _mask()),), read=(at,))


@cache
def _mask() -> int:
    return tokenizer.for_model(catalog.entry(MASKED)).vocabulary().index("[MASK]")


def seconds(engine: Engine, experiment: Any, model_id: str, inputs: Any) -> float:
    began = time.perf_counter()
    engine.run(experiment, model_id, inputs, session="clicks")
    return time.perf_counter() - began


def two_replicas() -> Iterator[Row]:
    """Covered tokens and tokens written, by as many as ask; each replica held to half a core where that can be."""
    load = load_now()
    if not _can_hold():
        print("cpu.max can't be set here: two replicas against one not measured", file=sys.stderr)
        return
    done: dict[int, list[float]] = {}
    for count in (1, 2, 1, 2):
        with _held(), cluster(count) as engine:
            done.setdefault(count, []).append(_throughput(engine))
    ratios = tuple(two / one for one, two in zip(done[1], done[2], strict=True))
    what = f"answers in {SECONDS:g} s, {ASKING} asking: two replicas against one, each held to half a core"
    yield Row("scale.two_replicas_ratio", what, "", ratios, load, COMMAND + "scale.two_replicas_ratio", ">=", 1.7)


def _can_hold() -> bool:
    try:
        QUOTA.joinpath("sesame-probe").mkdir(exist_ok=True)
        QUOTA.joinpath("sesame-probe/cpu.cfs_quota_us").write_text(str(HALF[0]), encoding="utf-8")
        QUOTA.joinpath("sesame-probe").rmdir()
    except OSError:
        return False
    return True


@contextlib.contextmanager
def _held() -> Iterator[None]:
    """Every replica that starts meanwhile in a group of its own that gets half a core; begin it before the cluster."""
    ended, groups = threading.Event(), dict[int, Path]()

    def hold() -> None:
        while not ended.wait(0.2):
            for process in processes():
                if process.pid not in groups:
                    group = QUOTA / f"sesame-{process.pid}"
                    group.mkdir(exist_ok=True)
                    (group / "cpu.cfs_period_us").write_text(str(HALF[1]), encoding="utf-8")
                    (group / "cpu.cfs_quota_us").write_text(str(HALF[0]), encoding="utf-8")
                    (group / "cgroup.procs").write_text(str(process.pid), encoding="utf-8")
                    groups[process.pid] = group

    thread = threading.Thread(target=hold, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        for group in groups.values():
            with contextlib.suppress(OSError):  # a process that has not ended yet
                group.rmdir()


def _throughput(engine: Engine) -> float:
    """Answers a second, from when both replicas have answered."""
    questions = [fill(0), write(0)]
    with ThreadPoolExecutor(ASKING) as threads:
        list(threads.map(lambda n: engine.run(*questions[n % 2], session=f"w{n}"), range(ASKING)))
        end, counted = time.monotonic() + SECONDS, [0] * ASKING

        def ask(who: int) -> None:
            n = 0
            while time.monotonic() < end:
                n += 1
                at = who + ASKING * n
                engine.run(*(fill(at) if who % 2 else write(at)), session=f"s{who}")
                counted[who] += 1

        list(threads.map(ask, range(ASKING)))
    return sum(counted) / SECONDS


def write(n: int, tokens: int = 8) -> tuple[Any, str, Any]:
    """One of many texts that the embedded causal model writes, none twice."""
    from explorer.lab.types.generation import WRITE, Settings, WriteInputs

    return WRITE, catalog.default("causal").id, WriteInputs((2, 1000 + n), tokens, Settings(), n)


def replica_killed() -> Iterator[Row]:
    """One of two replicas is killed while many ask; whatever was not answered in the end is lost."""
    load, lost, answered = load_now(), [], 0
    with cluster(2) as engine, ThreadPoolExecutor(ASKING) as threads:
        engine.run(*fill(0), session="first")

        def ask(n: int) -> None:
            nonlocal answered
            try:
                engine.run(*fill(n), session=f"s{n % ASKING}")
                answered += 1
            except Told as error:
                lost.append(f"{n}: {error}")

        asked = [threads.submit(ask, n) for n in range(1, 101)]
        while answered < 20:
            time.sleep(0.01)
        victim = processes()[0]
        victim.kill()
        for one in asked:
            one.result()
        worker = engine._workers[MASKED]
        assert isinstance(worker, RemoteWorker)
        again = worker.lost
    for told in lost:
        print(told, file=sys.stderr)
    what = f"requests lost of 100, one of two replicas killed after 20 ({again} asked again)"
    yield Row("scale.replica_killed", what, "", (float(len(lost)),), load, COMMAND + "scale.replica_killed", "<=", 0)


def cancelled() -> Iterator[Row]:
    """A long text and a training, each stopped in the middle: how long the replica's process goes on computing."""
    load = load_now()
    with cluster() as engine:
        times = [_stop(engine, question) for question in (write(1, LONG), _training()) for _ in range(2)]
    what = "stop pressed → the replica computes nothing more (a long text and a training, twice each)"
    yield Row("scale.cancel_s", what, "s", (max(times),), load, COMMAND + "scale.cancel_s", "<=", 1)


def _training() -> tuple[Any, Any, Any]:
    from explorer.content import first_paint
    from explorer.lab.types.finetuning import TUNE

    return next((one, model, inputs) for one, model, inputs in first_paint.asked("finetuning") if one == TUNE)


def _stop(engine: Engine, question: tuple[Any, Any, Any]) -> float:
    cancel = CancelToken()
    stream = engine.stream(*question, session="stops", cancel=cancel)
    for _ in range(6):
        next(stream)
    cancel.cancel()
    began = time.monotonic()
    with contextlib.suppress(Cancelled):
        for _ in stream:
            pass
    return _idle_from(processes()) - began


def _idle_from(replicas: Sequence[psutil.Process]) -> float:
    """When the last of them stopped computing: from then on none takes a tenth of a core for a second."""

    def used() -> float:
        return float(sum(one.cpu_times().user + one.cpu_times().system for one in replicas))

    since, before = time.monotonic(), used()
    while time.monotonic() - since < 1.0:
        time.sleep(0.1)
        now = used()
        if now - before > 0.03:
            since = time.monotonic()
        before = now
    return since


GROUPS = {
    ("scale.same_results",): same_results,
    ("scale.overhead_ms", "scale.overhead_fetched_ms"): overhead,
    ("scale.two_replicas_ratio",): two_replicas,
    ("scale.replica_killed",): replica_killed,
    ("scale.cancel_s",): cancelled,
}
