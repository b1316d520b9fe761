"""Judged together: what a class has given in its room is put on the page that works on it, by the teacher's click.

Labelled sentences go to 微调, examples to 语境学习, and which of two answers more of the class prefers to 家族.
It knows the three pages' states; the room it does not know.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from explorer.components.room import Taken
from explorer.content.comparisons import PAIRS
from explorer.lab.types.in_context import MOST_SHOTS
from explorer.views._shared import typed

TAKES = {"finetuning": "labelled", "in_context": "example", "family": "pairs"}


def take(page: str, taken: Taken) -> None:
    """Onto `page`; nothing where it works on something else."""
    if TAKES.get(page) == taken.kind:
        store = importlib.import_module(f"explorer.views.{page}.common").store()
        store.change(lambda state: GIVEN[taken.kind](state, taken))


def labels(state: Any, taken: Taken) -> Any:
    """微调 with the class's sentences after the teacher's own."""
    own = _after(state.own, [f"{label}\t{sentence}" for label, sentence in taken.lines])
    return replace(state, sentences="own", own=own, amount="all")


def examples(state: Any, taken: Taken) -> Any:
    """语境学习 with the class's examples after the teacher's own."""
    rows = _after(state.rows, [f"{question} → {answer}" for question, answer in taken.lines])
    return replace(state, rows=rows, k=min(len(typed.lines(rows)), MOST_SHOTS))


def pairs(state: Any, taken: Taken) -> Any:
    """家族 with the choices of most in the class."""
    return replace(state, tool="rlhf", panel="ours", choices=taken.sides[:PAIRS])


GIVEN: dict[str, Callable[[Any, Taken], Any]] = {"labelled": labels, "example": examples, "pairs": pairs}


def _after(text: str, lines: Sequence[str]) -> str:
    """`text` with the lines that do not stand there yet."""
    there = [line for line in typed.lines(text) if line.strip()]
    return "\n".join(dict.fromkeys([*there, *lines]))
