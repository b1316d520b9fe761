"""Examples as a reader writes them, one a line; the labels in them, and the candidates that come of both.

It knows lines and answers; it knows no state and no page.
"""

from __future__ import annotations

from explorer.content import tasks
from explorer.errors import Told
from explorer.lab.types.in_context import MOST_ANSWERS, Row
from explorer.views._shared import typed

SIGN = "→"
MARKS = ("\t", SIGN, "=>", "->")  # any of them parts a question from its answer


def parsed(text: str) -> tuple[Row, ...]:
    """The examples of a text, one a line, question and answer parted by any of MARKS.

    Raises Told, with the number of the line: row_no_sign, row_two_signs, row_empty.
    """
    rows = []
    for n, line in enumerate(typed.lines(text), start=1):
        if not line.strip():
            continue
        mark = next((mark for mark in MARKS if mark in line), None)
        if mark is None:
            raise Told("row_no_sign", row=n, sign=SIGN)
        parts = [part.strip() for part in line.split(mark)]
        if len(parts) > 2:
            raise Told("row_two_signs", row=n, sign=mark.replace("\t", "Tab"))
        if not all(parts):
            raise Told("row_empty", row=n)
        rows.append((parts[0], parts[1]))
    return tuple(rows)


def labels(rows: tuple[Row, ...], gold: str) -> tuple[str, ...]:
    """Every answer there is, the right one first."""
    return tuple(dict.fromkeys([*([gold] if gold else []), *(answer for _, answer in rows)]))


def candidates(others: str, rows: tuple[Row, ...], gold: str, taught: str) -> tuple[str, ...]:
    """`others`, parted by /, where the reader gives any; or the right answer, what the examples make of it, and what
    they answer elsewhere. Raises Told: answer_empty, answers_many."""
    if others.strip():
        own = [part.strip() for part in others.split("/")]
        if not all(own):
            raise Told("answer_empty")
        if len(dict.fromkeys(own)) > MOST_ANSWERS:
            raise Told("answers_many", limit=MOST_ANSWERS, used=len(dict.fromkeys(own)))
        return tuple(dict.fromkeys(own))
    found = dict.fromkeys([taught] if taught and taught != gold else [])
    found |= dict.fromkeys(tasks.candidates(rows, gold))
    return tuple(dict.fromkeys([*([gold] if gold else []), *found]))[: tasks.CANDIDATES + 1]


def beginnings(answers: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """The candidates that begin another one, each with that one: what the longer one gets, the shorter gets too."""
    return tuple((a, b) for a in answers for b in answers if a != b and b.startswith(a))
