"""What is measured of each task of chapter 8: how many of its items, and what stands before them.

Knows the tasks and the list in assets/examples/in_context.toml, which was written before anything was measured.
"""

from __future__ import annotations

from explorer.content import examples, tasks
from explorer.lab.types.in_context import TableInputs

BESIDE = ("smollm2-135m-instruct",)  # asked the same once, and do not come with the app: their answers do
MOST, FEWER = 100, 40  # items: of the tasks that the chapter's first claim is about, of the others


def names() -> tuple[str, ...]:
    """Every task that is measured, in the order of the table."""
    listed = examples.load("in_context")["measured"]
    return tuple(dict.fromkeys([*listed["few_over"], *listed["table"]]))


def measured(name: str) -> TableInputs:
    """What is asked of the model for this task."""
    task = tasks.named(name)
    most = MOST if name in examples.load("in_context")["measured"]["few_over"] else FEWER
    return TableInputs(tasks.line(task), tasks.items(task)[:most])
