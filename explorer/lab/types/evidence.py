"""What a row of evidence is, and what a page may ask of the bench that measures them. Runs nothing."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

OPERATORS: dict[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}

OWN = "own measurement"  # how the source of a row begins that has none but us


@dataclass(frozen=True)
class Row:
    """One claim: what was published about it, and what this installation measures.

    `holds` says whether `measured op target`. `published` is the source's own figure or finding, never ours;
    it is empty where nothing comparable was published. `n` counts what was averaged, `data` names the text.
    `published` and `unit` are English, with `_zh` beside them for the Chinese page.
    """

    id: str
    chapter: str
    claim_zh: str
    claim_en: str
    published: str
    source: str
    measured: float
    unit: str
    op: str
    target: float
    model: str
    revision: str
    command: str
    n: int
    data: str
    published_zh: str = ""
    unit_zh: str = ""
    holds: bool = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "holds", OPERATORS[self.op](self.measured, self.target))


@dataclass(frozen=True)
class Figure:
    """A row as it stands here.

    when    the day it was measured (ISO 8601)
    here    True: on this installation; False: it came with the app, measured by those who made it
    stale   measured with other weights than this installation has under that model's name
    held_out   the same claim measured on a public test set that is not part of the project: (figure, n, data)
    """

    row: Row
    when: str
    here: bool
    stale: bool
    held_out: tuple[float, int, str] | None = None


@dataclass(frozen=True)
class Measuring:
    """A measurement as it stands. `done` of `expected` rows; `step`: (done, total) within the row; `error`: its key."""

    chapter: str
    running: bool
    done: int
    expected: int
    step: tuple[int, int] = (0, 0)
    error: str = ""


class Bench(Protocol):
    """Measures claims beside the app, one chapter at a time. Every method may be called from any thread."""

    def chapters(self) -> tuple[str, ...]:
        """The chapters that have evidence, in reading order."""
        ...

    def figures(self, chapter: str) -> tuple[Figure, ...]:
        """The newest figures of a chapter: measured here, else those that came with the app."""
        ...

    def start(self, chapter: str) -> None:
        """Measure a chapter again; nothing happens while a measurement runs."""
        ...

    def cancel(self) -> None:
        """End what runs within a step; the rows measured so far stay."""
        ...

    def status(self) -> Measuring | None:
        """How the running measurement stands, or how the last one ended; None if there was none."""
        ...
