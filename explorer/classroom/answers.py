"""Answers: what a phone may say to a question, cleaned and bounded, and how answers are counted.

Whatever comes from a phone is data: it is checked against the question here, and kept as a number or a short text.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from explorer.errors import Told

Kind = Literal["choice", "scale", "text", "labelled", "example", "pairs"]
Answer = int | float | str | list[int | str]
COLLECTED: tuple[Kind, ...] = ("labelled", "example")  # what a page works on; nothing is counted
WORDS: tuple[Kind, ...] = ("text", *COLLECTED)  # what a phone writes
PARTS = ("\t", "→", "=>", "->")  # what parts question and answer on the page that examples go to
LEFT, RIGHT = 1, 2  # of a pair; 0: not compared yet

MAX_ASK = 200  # characters of a question
MAX_OPTION = 80
MAX_OPTIONS = 12
MAX_ANSWER = 120  # characters of a free answer
BINS = 10  # of the histogram of a scale
MOST_MARKS = 2  # combining marks on one letter; more than that is a prank that covers the lines around it


@dataclass(frozen=True)
class Question:
    """What a room is asked, in every language it is asked in.

    kind     "labelled": a sentence and one of the options; "example": a question and its answer; "pairs": which of two
    ask      language → the question
    options  language → what can be chosen; of pairs both sides in turn; empty for a scale and where a phone writes
    low, high, unit   of a scale
    right    the option or the number that is right; None where nothing is
    why      language → why; shown with the answer
    """

    kind: Kind
    ask: dict[str, str]
    options: dict[str, list[str]] = field(default_factory=dict)
    low: float = 0.0
    high: float = 0.0
    unit: str = ""
    right: int | float | None = None
    why: dict[str, str] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many options there are."""
        return len(next(iter(self.options.values()), []))


def own(line: str) -> Question:
    """A teacher's own question from one line.

    "question / this / that"  a choice;  "question 0-100"  a number on a scale;  "+ question / this / that"  a sentence
    with a label;  "+ question"  a question with its answer;  anything else is answered in words.
    Raises Told where the line can't be asked.
    """
    line = clean(line, MAX_ASK + MAX_OPTIONS * (MAX_OPTION + 3))
    collects = line[:1] in ("+", "＋")
    line = line[1:] if collects else line
    ask, *options = (part.strip() for part in line.replace("／", "/").split("/"))
    if not ask or len(ask) > MAX_ASK:
        raise Told("room_question")
    if options:
        if not 2 <= len(options) <= MAX_OPTIONS or any(not 0 < len(one) <= MAX_OPTION for one in options):
            raise Told("room_question")
        return Question("labelled" if collects else "choice", {"": ask}, {"": options})
    if collects:
        return Question("example", {"": ask})
    words, _, last = ask.rpartition(" ")
    ends = last.replace("—", "-").replace("–", "-").replace("~", "-").split("-")
    if words and len(ends) == 2 and all(end.isascii() and end.isdigit() and len(end) < 7 for end in ends):
        low, high = map(int, ends)
        if low < high:
            return Question("scale", {"": words.strip()}, low=low, high=high)
    return Question("text", {"": ask})


def checked(question: Question, value: object) -> Answer:
    """`value` as an answer to `question`. Raises Told for what is none."""
    if question.kind == "choice":
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < question.count:
            raise Told("room_answer")
        return value
    if question.kind == "scale":
        if isinstance(value, bool) or not isinstance(value, int | float) or not question.low <= value <= question.high:
            raise Told("room_answer")
        return round(float(value), 4)
    if question.kind == "pairs":
        return _compared(question, value)
    if question.kind in COLLECTED:
        return _collected(question, value)
    if not isinstance(value, str) or len(value) > 4 * MAX_ANSWER or not (said := clean(value, MAX_ANSWER)):
        raise Told("room_answer")
    return said


def _collected(question: Question, value: object) -> Answer:
    """A sentence with its label's number, or a question with its answer: one line each, without what parts them."""
    if not isinstance(value, list) or len(value) != 2:
        raise Told("room_answer")
    said = [_line(part) for part in value[: 2 if question.kind == "example" else 1]]
    if question.kind == "example":
        return [*said]
    label = value[1]
    if isinstance(label, bool) or not isinstance(label, int) or not 0 <= label < question.count:
        raise Told("room_answer")
    return [*said, label]


def _line(value: object) -> str:
    if not isinstance(value, str) or len(value) > 4 * MAX_ANSWER:
        raise Told("room_answer")
    for part in PARTS:
        value = value.replace(part, " ")
    if not (said := clean(value, MAX_ANSWER)):
        raise Told("room_answer")
    return said


def _compared(question: Question, value: object) -> Answer:
    """Which side of each pair is the better one."""
    sides = (0, LEFT, RIGHT)
    if not isinstance(value, list) or len(value) != question.count // 2 or not any(value):
        raise Told("room_answer")
    if any(isinstance(side, bool) or not isinstance(side, int) or side not in sides for side in value):
        raise Told("room_answer")
    return [*value]


def clean(text: str, longest: int) -> str:
    """One line without what turns, hides or covers other writing; cut at `longest` characters.

    Control characters, direction marks and half surrogates go, spaces become one, a letter keeps two marks at most.
    """
    kept: list[str] = []
    marks = 0
    for sign in unicodedata.normalize("NFC", text):
        category = unicodedata.category(sign)
        if category in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"):
            sign = " " if sign in "\n\r\t\u2028\u2029" else ""
        marks = marks + 1 if category.startswith("M") else 0
        if sign and marks <= MOST_MARKS:
            kept.append(sign)
    return " ".join("".join(kept).split())[:longest]


def histogram(question: Question, answers: Iterable[Answer]) -> list[int]:
    """How often each option was chosen, or the numbers in ten equal bins; [] for what is written."""
    if question.kind in ("choice", "pairs"):
        counts = [0] * question.count
        for answer in answers:
            if not isinstance(answer, list):
                counts[int(answer)] += 1
                continue
            for pair, side in enumerate(answer):
                if side in (LEFT, RIGHT):
                    counts[2 * pair + int(side) - LEFT] += 1
        return counts
    if question.kind == "scale":
        counts = [0] * BINS
        width = (question.high - question.low) / BINS
        for answer in answers:
            at = float(answer) if isinstance(answer, int | float) else question.low
            counts[min(int((at - question.low) / width), BINS - 1)] += 1
        return counts
    return []


def is_right(question: Question, answer: Answer) -> bool:
    """Whether an answer is the right one: the option, or a number within a tenth of the scale."""
    if question.right is None or isinstance(answer, str | list):
        return False
    if question.kind == "choice":
        return answer == question.right
    return abs(answer - question.right) <= (question.high - question.low) / BINS


def advice(question: Question, answers: Sequence[Answer]) -> str:
    """What a first vote is good for: "talk" where 30 to 70 % are right, else "many" or "few"; "" where nothing is."""
    if question.right is None or not answers:
        return ""
    share = sum(is_right(question, answer) for answer in answers) / len(answers)
    return "few" if share < 0.3 else "many" if share > 0.7 else "talk"


def as_data(question: Question) -> dict[str, Any]:
    """The question without what only the answer may show."""
    told: dict[str, Any] = {"kind": question.kind, "ask": question.ask}
    if question.options:
        told["options"] = question.options
    if question.kind == "scale":
        told |= {"low": question.low, "high": question.high, "unit": question.unit}
    return told
