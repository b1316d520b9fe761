"""What an engine is: where experiments run, as seen by a page.

Pages and views know this interface only. It imports neither torch nor transformers.
"""

from __future__ import annotations

import threading
from collections.abc import Generator
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from explorer.lab.types.core import ModelFacts, Progress, Specials, Tokens, Waiting
from explorer.lab.types.experiment import Experiment, Inputs, Partial, Result
from explorer.lab.types.inputs import Cutting

__all__ = ["Answer", "CancelToken", "Counters", "Engine", "Progress", "Waiting"]

Found = TypeVar("Found")


class CancelToken:
    """Ends a stream, or holds it up: the engine looks at it between two steps."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self.holds = False  # while nobody who watches wants the next step, it is not taken

    def cancel(self) -> None:
        self._event.set()

    @property
    def cancelled(self) -> bool:
        return self._event.is_set()


@dataclass(frozen=True)
class Counters:
    """What the engine has done since it started. No reader's text is in here."""

    forward_passes: int
    model_loads: int
    runs: int
    batches: int
    memory_hits: int
    precomputed_hits: int
    joined_in_flight: int
    waiting: int
    in_flight: int
    models_ready: tuple[str, ...]


@dataclass(frozen=True)
class Answer(Generic[Found]):
    """A result, the seconds it took to get it, and whether it was `fetched`: there without being computed."""

    result: Found
    seconds: float
    fetched: bool


class Engine(Protocol):
    """Runs experiments. Every method may be called from any thread.

    `model_id` is None for an experiment that runs without a model (`Experiment.runs`).
    """

    def run(
        self,
        experiment: Experiment[Inputs, Result, Partial],
        model_id: str | None,
        inputs: Inputs,
        *,
        session: str = "",
    ) -> Answer[Result]:
        """The answer, from memory, from the precomputed files, or from the model (in this order).

        Raises Busy, ModelUnavailable, or Told (explorer/errors.py) for inputs the experiment refuses.
        """
        ...

    def stream(
        self,
        experiment: Experiment[Inputs, Result, Partial],
        model_id: str | None,
        inputs: Inputs,
        *,
        session: str = "",
        cancel: CancelToken | None = None,
    ) -> Generator[Waiting | Progress | Partial | Result]:
        """Partial results (`Progress` among them), the result last. Raises Cancelled within a step of `cancel()`.

        A training (`Experiment.trains`) that has to wait for others yields `Waiting`, again and again, until it begins.
        """
        ...

    def peek(
        self, experiment: Experiment[Inputs, Result, Partial], model_id: str | None, inputs: Inputs
    ) -> Result | None:
        """The result if it lies in memory or among the precomputed files; never runs or loads a model."""
        ...

    def beforehand(self, experiment: Experiment[Inputs, Result, Partial], model_id: str | None, inputs: Inputs) -> bool:
        """Whether this result comes with the app: what it says of seconds is another machine's."""
        ...

    def tokens(self, model_id: str, text: str, pair: str | None = None) -> Tokens:
        """How the model's tokenizer cuts `text`. Needs no weights and no torch."""
        ...

    def cuttings(self, model_id: str, text: str) -> tuple[Cutting, ...]:
        """The steps by which the tokenizer cuts each word of a short `text`. Needs no weights and no torch."""
        ...

    def asked(self, model_id: str, question: str) -> tuple[int, ...]:
        """The ids of a conversation in which `question` is asked, up to where the model's answer begins; () where the
        model was not taught to follow instructions. Needs no torch."""
        ...

    def simplify(self, model_id: str, text: str) -> tuple[str, bool]:
        """`text` with the 繁体字 the model lacks read as 简体 (one character for one), and whether any was."""
        ...

    def vocabulary(self, model_id: str) -> tuple[str, ...]:
        """Token strings by id. Needs no weights and no torch."""
        ...

    def specials(self, model_id: str) -> Specials:
        """Its special tokens: all, the one that begins a text, those that end one. Needs no weights and no torch."""
        ...

    def facts(self, model_id: str) -> ModelFacts:
        """Sizes read from the files' headers. Needs no torch."""
        ...

    def warm(self, model_id: str | None) -> None:
        """Load a model in the background, so that the first reader does not wait; None: what UMAP has to compile."""
        ...

    def state(self, model_id: str | None) -> str:
        """Whether a model (None: UMAP) is "cold" (not in memory), "loading", "ready", or "failed" to load."""
        ...

    def unload(self, model_id: str) -> None:
        """Let a model's memory go. The next request loads it anew."""
        ...

    def counters(self) -> Counters: ...
