"""Values and a tiny fake model for the engine's tests. No torch: the engine runs any function of (model, inputs)."""

from __future__ import annotations

import pickle
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import numpy as np
import pytest

from explorer.engine.handles import Handles
from explorer.engine.local import LocalEngine
from explorer.engine.model_worker import WAITING_BOUND
from explorer.engine.ray_serve.engine import RayEngine
from explorer.engine.ray_serve.served import Message, Request, Served
from explorer.engine.trainings import AT_ONCE
from explorer.errors import ModelUnavailable
from explorer.lab.experiment import Implementation
from explorer.lab.types.core import ModelFacts, Specials, Tokens
from explorer.lab.types.experiment import Experiment
from explorer.lab.types.masking import FillInputs, FillResult, ScanInputs
from tests.pace import PATIENCE

VOCABULARY = 33_627


def a_fill(text: str, *, rows: int = 1, vocabulary: int = VOCABULARY) -> FillResult:
    """A result of the size that the masking page asks for."""
    pieces = ("[CLS]", *text, "[SEP]")
    numbers = np.random.default_rng(0)
    return FillResult(
        tokens=Tokens(
            text=text,
            pieces=pieces,
            ids=tuple(range(len(pieces))),
            type_ids=(0,) * len(pieces),
            offsets=((0, 0), *((i, i + 1) for i in range(len(text))), (0, 0)),
            special=(True, *(False,) * len(text), True),
            unknown=(False,) * len(pieces),
            words=(-1, *range(len(text)), -1),
        ),
        read=tuple(range(1, 1 + rows)),
        original=np.arange(rows, dtype=np.int64),
        hidden=numbers.normal(size=(rows, 384)).astype(np.float32),
        transformed=numbers.normal(size=(rows, 384)).astype(np.float32),
        logits=numbers.normal(size=(rows, vocabulary)).astype(np.float32),
        precision="fp32",
    )


@pytest.fixture
def fill() -> FillResult:
    return a_fill("窗外的雨下了一整天")


@pytest.fixture
def fill_inputs() -> FillInputs:
    return FillInputs(text="窗外的雨下了一整天", edits=(), read=(4,))


class FakeModel:
    """Reads texts. Hooks see every text read, as the hooks of a real network would."""

    def __init__(self) -> None:
        self.forward_passes = 0
        self.hooks: list[Callable[[str], str]] = []
        self.threads: set[str] = set()

    def read(self, text: str) -> FillResult:
        self.forward_passes += 1
        self.threads.add(threading.current_thread().name)
        for hook in list(self.hooks):
            text = hook(text)
        return a_fill(text, vocabulary=8)


class FakeModels:
    """Stands where explorer.models stands. `broken` is raised by the next loads while it is set."""

    def __init__(self) -> None:
        self.loaded: list[FakeModel] = []
        self.broken: Exception | None = None
        self.may_load = threading.Event()
        self.may_load.set()
        self.bytes = 100

    def revision(self, model_id: str) -> str:
        if not model_id.startswith("fake"):
            raise ModelUnavailable("model_unknown", model=model_id)
        return f"sha of {model_id}"

    def tokens(self, model_id: str, text: str, pair: str | None) -> Tokens:
        return a_fill(text).tokens

    def asked(self, model_id: str, question: str) -> tuple[int, ...]:
        return ()

    def simplify(self, model_id: str, text: str) -> tuple[str, bool]:
        return text, False

    def vocabulary(self, model_id: str) -> tuple[str, ...]:
        return ("[PAD]",)

    def specials(self, model_id: str) -> Specials:
        return Specials((0,), None, ())

    def facts(self, model_id: str) -> ModelFacts:
        raise ModelUnavailable("model_missing", model=model_id, path="nowhere")

    def needs(self, model_id: str) -> int:
        return self.bytes

    def load(self, model_id: str) -> FakeModel:
        assert self.may_load.wait(PATIENCE)
        if self.broken is not None:
            raise self.broken
        self.loaded.append(FakeModel())
        return self.loaded[-1]


class Bench:
    """An engine on the fake model, experiments defined by the test, and a gate that holds the worker still."""

    def __init__(self) -> None:
        self.models = FakeModels()
        self.implemented: dict[str, Implementation] = {}
        self.engines: list[LocalEngine] = []
        self.gate = threading.Event()
        self.held = threading.Event()
        self.add("read", lambda model, inputs: model.read(inputs.text))
        self.add("hold", lambda model, inputs: self._hold(model, inputs))

    def engine(self, **options: Any) -> LocalEngine:
        self.engines.append(LocalEngine(self.models, find=self.find, **options))
        return self.engines[-1]

    def remote_engine(self, **options: Any) -> LocalEngine:
        """The engine of a cluster, with its one replica in this process; all that is said goes through bytes."""
        bound = options.get("waiting_bound", WAITING_BOUND)
        replicas = partial(InBytes, models=self.models, find=self.find, waiting_bound=bound)
        more = {"trainings_at_once": AT_ONCE, **options}
        self.engines.append(RayEngine(self.models, replicas=replicas, find=self.find, **more))
        return self.engines[-1]

    def find(self, experiment: Experiment[Any, Any, Any]) -> Implementation:
        return self.implemented[experiment.wire]

    def __getitem__(self, name: str) -> Experiment[Any, Any, Any]:
        """The experiment that was added under this name."""
        return self.implemented[f"t/{name}"].experiment

    def add(
        self, name: str, fn: Callable[..., Any], kind: Any = "single", batch_forward: Any = None, **options: Any
    ) -> None:
        experiment = Experiment[Any, Any, Any](f"t/{name}", **{"version": 1, "kind": kind, **options})
        self.implemented[experiment.wire] = Implementation(experiment, fn, batch_forward)

    def _hold(self, model: FakeModel, inputs: ScanInputs) -> FillResult:
        self.held.set()
        assert self.gate.wait(PATIENCE)
        return model.read(inputs.text)

    @contextmanager
    def worker_held(self, engine: LocalEngine, model_id: str = "fake") -> Iterator[None]:
        """Inside, the worker is busy, so what is asked for waits."""
        holder = Asking(lambda: engine.run(self["hold"], model_id, ScanInputs("held"), session="holder"))
        assert self.held.wait(PATIENCE)
        try:
            yield
        finally:
            self.gate.set()
        holder.answer()


class InBytes:
    """Replicas of a model, one, and what is said to it and by it pickled, as between two machines."""

    def __init__(self, model_id: str, **options: Any) -> None:
        self.served = Served("here", model_id, **options)
        self._handles = Handles()

    def ask(self, request: Request) -> Iterator[Message]:
        for message in self.served.answer(pickle.loads(pickle.dumps(request)), self._handles):
            yield pickle.loads(pickle.dumps(message))

    def tell(self, sender: str, cancelled: frozenset[str], held: frozenset[str]) -> None:
        self.served.hear(sender, cancelled, held)

    def warm(self) -> None:
        self.served.warm()


class Asking:
    """A call in a thread of its own, as a page makes it."""

    def __init__(self, call: Callable[[], Any]) -> None:
        self._call = call
        self._result: Any = None
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._result = self._call()
        except BaseException as error:
            self._error = error

    def answer(self) -> Any:
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive(), "no answer"
        if self._error is not None:
            raise self._error
        return self._result


def until(condition: Callable[[], bool]) -> None:
    """Wait for what another thread is about to do."""
    deadline, never = time.monotonic() + PATIENCE, threading.Event()
    while not condition():
        assert time.monotonic() < deadline, "did not happen"
        never.wait(0.001)


@pytest.fixture
def bench() -> Iterator[Bench]:
    bench = Bench()
    yield bench
    bench.gate.set()
    bench.models.may_load.set()
    for engine in bench.engines:
        engine.close()
