"""One journey through a real Ray Serve on this machine (`-m walk`; requirements-ray.txt).

All else of that engine is tested without it: tests/engine/test_remote.py, tests/contract/test_engine_contract.py.
"""

from __future__ import annotations

from contextlib import closing

import pytest

from benchmarks import cluster
from explorer.engine.base import CancelToken
from explorer.engine.local import LocalEngine
from explorer.errors import Cancelled
from tests.engine.conftest import until

pytestmark = [pytest.mark.walk, pytest.mark.timeout(900)]


def test_a_replica_answers_as_this_process_does_stops_when_told_and_is_replaced() -> None:
    pytest.importorskip("ray")  # not above: Ray puts packages of its own on the path of whoever imports it
    with closing(LocalEngine(precomputed=None)) as here, cluster.cluster() as there:
        question = cluster.fill(3)
        assert cluster.difference(*(one.run(*question, session="a").result for one in (here, there))) <= 1e-5
        assert there.run(*question, session="b").fetched
        assert there.counters().runs == 1

        cancel = CancelToken()
        text = there.stream(*cluster.write(1, cluster.LONG), session="a", cancel=cancel)
        next(text)
        cancel.cancel()
        with pytest.raises(Cancelled):
            list(text)

        [victim, *_] = [one for one in cluster.processes() if cluster.MASKED in " ".join(one.cmdline())]
        victim.kill()
        assert there.run(*cluster.fill(4), session="a").result is not None
        until(lambda: not victim.is_running())
