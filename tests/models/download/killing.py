"""A fetch in a process of its own that is killed (SIGKILL) at a random moment, looked at, and taken up again.

Used by the tests and by the benchmarks. Everything goes over loopback; every process is waited for.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from explorer import paths
from explorer.models.catalog.store import Store
from tests.models.download import material
from tests.models.download.servers import COMMIT, Fault, Site, running
from tests.pace import PACE

N_BYTES = 4 * material.MB
LINE_S = 0.001 * PACE  # pause of the imitated line after every block
WEIGHTS = "model.safetensors"
CHILD = """
from explorer.models.download import throughput
from explorer.models.download.fetch import Options, fetch
from explorer.models.download.http_client import Timing
from tests.models.download.material import entry
throughput.EVERY_S = 0
for step in fetch(entry(), Options(timing=Timing(first_pause_s=0.01))):
    print(step.phase, step.done, flush=True)
"""


@dataclass(frozen=True)
class Killed:
    """One trial: after how many steps it was killed, what the store said then, and how the next start ended.

    again   bytes of the weights that were sent more than once, as a share of the weights
    clean   nothing half was taken for whole, and the next start ended with the right bytes
    """

    steps: int
    state: str
    again: float
    clean: bool


def trials(n: int, seed: int = 0) -> list[Killed]:
    """Kills `n` fetches, each of a fresh model, at steps drawn from all that a whole fetch takes."""
    chance = random.Random(seed)
    files = material.repository(N_BYTES)
    with running(Site(repos={material.REPO: {COMMIT: files}}, faults=[Fault("slow", value=LINE_S)])) as site:
        with tempfile.TemporaryDirectory() as root:
            steps = len(_start(Path(root), site).communicate(timeout=60 * PACE)[0].splitlines())
        return [_trial(chance.randrange(1, steps), site, files[WEIGHTS]) for _ in range(n)]


def _trial(steps: int, site: Site, content: bytes) -> Killed:
    before = site.bytes_of(WEIGHTS)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        child = _start(root, site)
        try:
            for _ in range(steps):
                child.stdout.readline()  # type: ignore[union-attr]
        finally:
            child.kill()
            child.communicate()
        store = Store(root)
        state, kept = store.state("lab-bert"), store.kept("lab-bert")
        honest = (state == "whole") == (kept is not None)
        if kept is not None:
            honest = honest and (kept.folder / WEIGHTS).read_bytes() == content
        slow, site.faults = site.faults, []
        ended = _start(root, site)
        ended.communicate(timeout=60 * PACE)
        site.faults = slow
        kept = store.kept("lab-bert")
        arrived = (
            ended.returncode == 0
            and kept is not None
            and store.state("lab-bert") == "whole"
            and all(right for _, right in store.verify("lab-bert"))
            and (kept.folder / WEIGHTS).read_bytes() == content
        )
    again = (site.bytes_of(WEIGHTS) - before) / len(content) - 1
    return Killed(steps, state, max(0.0, again), honest and arrived)


def _start(root: Path, site: Site) -> subprocess.Popen[str]:
    environment = {**os.environ, "SESAME_MODELS": str(root), "HF_ENDPOINT": site.url, "NO_PROXY": "127.0.0.1"}
    environment.pop("HF_TOKEN", None)
    return subprocess.Popen(
        [sys.executable, "-c", CHILD],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
        env=environment,
        cwd=paths.ROOT,
    )


def refetched_after_a_cut(share: float = 0.6) -> float:
    """Bytes of the weights fetched twice, as a share of them, when the line is cut for good at `share`."""
    files = material.repository(N_BYTES)
    faults = [Fault("cut", times=1, value=share), Fault("status", value=500)]
    with running(Site(repos={material.REPO: {COMMIT: files}}, faults=faults)) as site:
        with tempfile.TemporaryDirectory() as root:
            _start(Path(root), site).communicate(timeout=120 * PACE)
            site.faults = []
            _start(Path(root), site).communicate(timeout=60 * PACE)
            whole = Store(Path(root)).state("lab-bert") == "whole"
        if not whole:
            raise RuntimeError("the second start did not finish the model")
        return site.bytes_of(WEIGHTS) / len(files[WEIGHTS]) - 1
