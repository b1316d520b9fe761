"""Questions about short passages of the project's own, the same in six languages, with the place of each answer.

At the bottom of the house: it knows files (assets/examples/teaching/questions.*). Nothing is ever taught with them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from explorer import paths


@dataclass(frozen=True)
class Asked:
    """A question and its passage. The answer stands in the passage at `start` (characters); None if it isn't there."""

    passage_id: str
    passage: str
    question: str
    answer: str | None
    start: int | None


@lru_cache(maxsize=8)
def questions(lang: str) -> tuple[Asked, ...]:
    """All questions in `lang` (content/corpora.py lists the six); question n asks the same in every language."""
    lines = (paths.EXAMPLES / "teaching" / f"questions.{lang}.tsv").read_text(encoding="utf-8").splitlines()[1:]
    return tuple(_asked(*line.split("\t")) for line in lines)


def _asked(passage_id: str, kind: str, question: str, answer: str, passage: str) -> Asked:
    if kind == "unanswered":
        return Asked(passage_id, passage, question, None, None)
    return Asked(passage_id, passage, question, answer, passage.index(answer))
