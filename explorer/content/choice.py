"""选择题: a beginning and four endings as a reader writes them, a line each; and the rows that a model reads of them.

It knows text; no model and no page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from explorer import texts
from explorer.errors import Told
from explorer.lab.types.pairs import Pair

ENDINGS = 4
QUESTIONS = ("a", "b")  # of the page
LETTERS = "ABCD"


@dataclass(frozen=True)
class Question:
    """A beginning, and the endings one of which is to be chosen."""

    beginning: str
    endings: tuple[str, ...]


def example(which: str, lang: str) -> str:
    """The page's own question `which` ("a" or "b"), as it stands in the box."""
    return texts.text(f"finetuning.choice.example.{which}", lang)


def read(written: str) -> Question:
    """The first line is the beginning, each of the next four an ending; blank lines at the end do not count.

    Raises Told: choice_empty, choice_ending (`n`: which one is empty), choice_endings (too few or too many).
    """
    lines = [line.strip() for line in written.rstrip().split("\n")]
    if not lines[0]:
        raise Told("choice_empty", wanted=ENDINGS)
    endings = tuple(lines[1:])
    if "" in endings:
        raise Told("choice_ending", n=endings.index("") + 1)
    if len(endings) != ENDINGS:
        raise Told("choice_endings", wanted=ENDINGS, used=len(endings))
    return Question(lines[0], endings)


def rows(questions: Sequence[Question]) -> tuple[Pair, ...]:
    """[questions, endings] made flat: every beginning with each of its endings, a pair a row."""
    return tuple((one.beginning, ending) for one in questions for ending in one.endings)
