"""Replicas of Ray Serve: where they run, how many, and how a request reaches them. The only module that knows Ray.

SESAME_RAY is the address of a cluster that this machine belongs to ("auto"); without it one is started here, for this
process.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

import ray
from ray import serve
from ray.exceptions import ObjectLostError, RayActorError, RayTaskError, WorkerCrashedError
from ray.serve.exceptions import DeploymentUnavailableError, ReplicaUnavailableError

from explorer import paths, settings
from explorer.engine import threads
from explorer.engine.handles import DEFAULT_BUDGET, Handles
from explorer.engine.ray_serve.deployment_settings import size
from explorer.engine.ray_serve.remote import ReplicaLost
from explorer.engine.ray_serve.served import LAST, Message, Request, Served
from explorer.errors import ModelUnavailable

ADDRESS = "SESAME_RAY"
READERS = 64  # whose caches one replica keeps; the longest unused goes first
AT_ONCE = 64  # requests that a replica takes on; its worker has them wait in line, readers in turn
BUSY = 4  # requests a replica is at, on average, before there is to be another
IDLE_S = 30 * 60.0  # how long a place for trainings stays without any: what readers have taught lies there
STORE = 512 * 2**20  # bytes of shared memory of a cluster that is started here
STARTS_S = 300.0
TELLS_S = 5.0
_deploying = threading.Lock()  # Serve notes for all threads which modules travel whole, and forgets it after each
# A cluster that is started here ends with the thread that started it (Linux tells its processes when their parent, a
# thread, has ended): this one lives as long as the process.
_home = ThreadPoolExecutor(1, "ray")
_LOST = (RayActorError, WorkerCrashedError, ObjectLostError, DeploymentUnavailableError, ReplicaUnavailableError)


class Replica:
    """One model in a process of its own. Serve calls its methods in one loop; what takes long runs in threads."""

    def __init__(self, model_id: str) -> None:
        self._served = Served(serve.get_replica_context().replica_id.unique_id, model_id)
        self._threads = ThreadPoolExecutor(2 * AT_ONCE, f"asked of {model_id}")

    async def answer(self, request: Request) -> AsyncIterator[Message]:
        """See `Served.answer`."""
        loop, said = asyncio.get_running_loop(), asyncio.Queue[Message]()
        shared = request.experiment.uses_session_cache and request.session
        handles: Handles = await self.handles(request.session) if shared else Handles()

        def follow() -> None:
            for message in self._served.answer(request, handles):
                loop.call_soon_threadsafe(said.put_nowait, message)

        self._threads.submit(follow)
        try:
            while True:
                message = await said.get()
                yield message
                if message[0] in LAST:
                    return
        finally:
            self._served.drop(request.number)

    @serve.multiplexed(max_num_models_per_replica=READERS)  # type: ignore[untyped-decorator]
    async def handles(self, session: str) -> Handles:
        """What a reader keeps here. Serve sends a reader's requests to the place that has it, while it is there."""
        return Handles(DEFAULT_BUDGET // 8)

    async def hear(self, sender: str, cancelled: frozenset[str], held: frozenset[str]) -> None:
        self._served.hear(sender, cancelled, held)

    async def warm(self) -> None:
        self._served.warm()


class RayReplicas:
    """The replicas of one model: those that answer clicks, and those that train, which have cores of their own."""

    def __init__(self, model_id: str) -> None:
        self._model_id = model_id
        self._lock = threading.Lock()
        self._known: dict[bool, Any] = {}  # by whether they train: the deployment's handle

    def ask(self, request: Request) -> Iterator[Message]:
        reader = request.session if request.experiment.uses_session_cache else ""
        try:
            handle = self._handle(request.experiment.trains).options(stream=True, multiplexed_model_id=reader)
            yield from handle.answer.remote(request)
        except _LOST as lost:
            raise ReplicaLost from lost
        except RayTaskError as error:  # what the replica's own code did not foresee
            raise error.cause if isinstance(error.cause, Exception) else error from None

    def tell(self, sender: str, cancelled: frozenset[str], held: frozenset[str]) -> None:
        for handle in list(self._known.values()):  # without the lock: whoever has left need not wait for a start
            with contextlib.suppress(Exception):  # one that is gone, or just comes; what is wanted is said again
                handle.broadcast("hear", sender, cancelled, held).results(timeout_s=TELLS_S)

    def warm(self) -> None:
        self._handle(False).broadcast("warm").results(timeout_s=STARTS_S)

    def _handle(self, trains: bool) -> Any:
        """The deployment's, which is made if it is not there yet."""
        with self._lock:
            if trains not in self._known:
                _home.submit(connect).result()
                with _deploying:
                    self._known[trains] = _deployed(self._model_id, trains)
            return self._known[trains]


def _deployed(model_id: str, trains: bool) -> Any:
    name = f"{'trains' if trains else 'answers'}-{model_id}"
    with contextlib.suppress(serve.exceptions.RayServeException):
        return serve.get_app_handle(name)
    wanted = size()
    few = {"min_replicas": 0, "downscale_delay_s": IDLE_S} if trains else {"min_replicas": wanted.least}
    scaling = few | {"max_replicas": wanted.most, "target_ongoing_requests": 1 if trains else BUSY}
    fixed = wanted.least == wanted.most and not trains
    many: dict[str, Any] = {"num_replicas": wanted.least} if fixed else {"autoscaling_config": scaling}
    deployment: Any = serve.deployment(
        Replica,
        name=name,
        max_ongoing_requests=AT_ONCE,
        max_queued_requests=-1,  # the bound is the engine's, which tells a reader where they stand
        ray_actor_options={"num_cpus": wanted.cpus, "runtime_env": {"env_vars": _environment(wanted.cpus)}},
        graceful_shutdown_timeout_s=10,
        **many,
    )
    try:
        return serve.run(deployment.bind(model_id), name=name, route_prefix=None)
    except RuntimeError as error:
        raise ModelUnavailable("replicas_do_not_start", model=model_id) from error


def _environment(cpus: float) -> dict[str, str]:
    """Of a replica's process: settings that this one has, and threads for the cores that it is promised."""
    ours = {name: value for name, value in os.environ.items() if name.startswith("SESAME_")}
    count = str(max(1, min(threads.MOST_THREADS, int(cpus))))
    return ours | {"PYTHONPATH": str(paths.ROOT), "SESAME_THREADS": count, "OMP_NUM_THREADS": count}


@cache
def connect() -> None:
    """Join the cluster of the settings, or start one; once a process. Raises ConnectionError where there is none."""
    os.environ.setdefault("RAY_ENABLE_UV_RUN_RUNTIME_ENV", "0")
    if not ray.is_initialized():
        address = settings.value(ADDRESS)
        own: dict[str, Any] = {
            "num_cpus": max(threads.cores(), 4),  # promises, not a bound: a replica here is seldom at work
            "object_store_memory": STORE,
            "include_dashboard": False,
            "_node_ip_address": "127.0.0.1",
        }
        ray.init(log_to_driver=False, **({"address": address} if address else own))
    serve.start(proxy_location="Disabled")  # readers come to the app; nothing else listens


def disconnect() -> None:
    """Leave; a cluster that was started here ends with its replicas."""
    if ray.is_initialized():
        if not settings.value(ADDRESS):
            serve.shutdown()
        ray.shutdown()
    connect.cache_clear()
