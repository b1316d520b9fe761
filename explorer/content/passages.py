"""Passages of the project's own with questions about each, the same in six languages; and 找错: where a span can't do.

It knows files (assets/examples/passages) and how they are asked about. Nothing is ever taught with them.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, get_args

from explorer import paths
from explorer.content.corpora import LANGUAGES

if TYPE_CHECKING:
    from explorer.lab.types.answering import ExamInputs

LANGS = LANGUAGES
Kind = Literal["no_answer", "two_answers", "negation", "counting", "sum", "border", "coreference", "yes_no"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True)
class Question:
    """`answer` stands in the passage once, at `start` (characters); "" and -1 where the passage doesn't tell."""

    id: str
    text: str
    answer: str
    start: int


@dataclass(frozen=True)
class Passage:
    """A short text and what is asked about it."""

    id: str
    text: str
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class Mistake:
    """A question that one span of the text answers badly, or that is easily answered with a wrong one.

    `answer` is what a reader would say ("" where the text doesn't tell); `spans` are the stretches of the text that are
    right, each on its own: none where the answer can't be copied.
    """

    id: str
    kind: Kind
    text: str
    question: str
    answer: str
    spans: tuple[str, ...]


@lru_cache(maxsize=len(LANGS))
def passages(lang: str) -> tuple[Passage, ...]:
    """All passages in `lang`, one of LANGS; passage and question n are the same in every language."""
    return tuple(_passage(**row) for row in _read(lang)["passages"])


def exam(taught_in: str, lang: str) -> ExamInputs:
    """All questions of a language, for the head that was taught in another (or the same)."""
    from explorer.lab.types.answering import AskedPassage, ExamInputs

    return ExamInputs(
        taught_in,
        tuple(
            AskedPassage(
                one.text, tuple((asked.text, (asked.answer,) if asked.answer else ()) for asked in one.questions)
            )
            for one in passages(lang)
        ),
    )


@lru_cache(maxsize=2)
def mistakes(lang: str) -> tuple[Mistake, ...]:
    """The gallery 找错 in `lang`, zh or en: one example a kind, in the order of KINDS."""
    return tuple(Mistake(**{**row, "spans": tuple(row["spans"])}) for row in _read(f"mistakes.{lang}")["mistakes"])


def _passage(id: str, text: str, questions: list[dict[str, str]]) -> Passage:
    return Passage(id, text, tuple(_question(text, **one) for one in questions))


def _question(passage: str, id: str, question: str, answer: str) -> Question:
    return Question(id, question, answer, passage.index(answer) if answer else -1)


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((paths.EXAMPLES / "passages" / f"{name}.toml").read_text(encoding="utf-8"))
