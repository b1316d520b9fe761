"""Models that several test folders share: tiny ones with random weights, made here, and the embedded ones.

Nothing heavy is imported until a test asks for a fixture.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Iterator
from functools import cache
from typing import TYPE_CHECKING

import pytest

from tests import tiny
from tests.durations import Durations
from tests.pace import PACE

if TYPE_CHECKING:
    from explorer.models.catalog.catalog import ModelInfo
    from explorer.models.network.model import Model

# Several processes test at once, each with an app beside it: two threads in each would only wait for one another.
if "PYTEST_XDIST_WORKER" in os.environ:
    for name in ("SESAME_THREADS", "OMP_NUM_THREADS"):
        os.environ.setdefault(name, "1")
# Among several workers what gives way would hardly ever have its turn; that trainings do, tests/engine sees to.
os.environ.setdefault("SESAME_NICE", "0")
# Compiling UMAP takes half a minute of a processor in every process that draws a map, and 200 MB; the few points of a
# test are placed without it in one or two seconds. tests/lab/test_languages.py compiles it.
os.environ.setdefault("NUMBA_DISABLE_JIT", "1")


# Several workers take file after file: a long one must not be begun when the others have nothing left to do.
LONG = ("tests/test_quality.py", "tests/test_snippets_run.py", "tests/browser/", "tests/test_snippets.py")


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):  # not one of several workers
        config.pluginmanager.register(Durations(config))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What a test may take at most is longer where the machine is busy; files that take long are handed out first."""
    items.sort(key=lambda item: next((n for n, start in enumerate(LONG) if item.nodeid.startswith(start)), len(LONG)))
    for item in items:
        own = item.get_closest_marker("timeout")
        seconds = own.args[0] if own else float(config.getini("timeout"))
        item.add_marker(pytest.mark.timeout(seconds * PACE), append=False)


@pytest.fixture(scope="session", autouse=True)
def own_models_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test reads or changes what its author has fetched, chosen or measured on this machine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SESAME_MODELS", str(tmp_path_factory.mktemp("models")))
        yield


@pytest.fixture(scope="session")
def tiny_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], ModelInfo]:
    """The folder of a tiny network of a family ("bert", "llama" …): 3 layers, 4 heads, width 32, ≈ 300 tokens."""
    return cache(lambda family: tiny.make(family, tmp_path_factory.mktemp(f"tiny-{family}")))


@pytest.fixture(scope="session")
def tiny_model_of(tiny_of: Callable[[str], ModelInfo]) -> Callable[[str], Model]:
    """The same, loaded by the app."""
    from explorer.models.network.loader import load

    return cache(lambda family: load(tiny_of(family), device="cpu"))


@pytest.fixture(scope="session")
def tiny_bert(tiny_of: Callable[[str], ModelInfo]) -> ModelInfo:
    """The tiny BERT, which reads simplified characters only."""
    return dataclasses.replace(tiny_of("bert"), simplified=True)


@pytest.fixture(scope="session")
def tiny_model(tiny_bert: ModelInfo) -> Model:
    from explorer.models.network.loader import load

    return load(tiny_bert, device="cpu")


@pytest.fixture(scope="session")
def mini_mbert() -> Model:
    """The embedded masked model."""
    from explorer.models.catalog.catalog import default
    from explorer.models.network.loader import load

    return load(default("masked"), device="cpu")


@pytest.fixture(scope="session")
def gemma() -> Model:
    """The embedded causal model; the first time on a machine it is converted, which takes a while."""
    from explorer.models.catalog.catalog import default
    from explorer.models.network.loader import load

    return load(default("causal"), device="cpu")
