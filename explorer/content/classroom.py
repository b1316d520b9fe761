"""What a lesson is held with: questions to vote on, quizzes, cards with a mistake, lesson plans; as data.

At the bottom of the house: it knows files (assets/classroom). A chapter joins by a file of its name there.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl

from explorer import chapters, paths
from explorer.classroom.answers import Question
from explorer.errors import Told
from explorer.texts import LANGUAGES

FOLDER = paths.ASSETS / "classroom"


@dataclass(frozen=True)
class Option:
    """One answer of a quiz: what it says and why it is right or wrong."""

    text: str
    because: str


@dataclass(frozen=True)
class QuizQuestion:
    """A question to answer alone: in one language, with the place to look."""

    ask: str
    options: tuple[Option, ...]
    right: int
    page: str
    query: dict[str, str]


@dataclass(frozen=True)
class Mistake:
    """A claim that is nearly right: which it is, what is wrong, and where the running model shows it.

    `id` is the card's in both languages.
    """

    id: str
    claim: str
    wrong: str
    put_right: str
    page: str
    query: dict[str, str]


@dataclass(frozen=True)
class Step:
    """A step of a lesson: minutes, what is done, what to ask, what will be said wrongly and how to answer."""

    minutes: int
    do: str
    ask: str
    wrong: str
    answer: str
    page: str
    query: dict[str, str]


@dataclass(frozen=True)
class Plan:
    """A lesson in one language."""

    id: str
    title: str
    for_whom: str
    minutes: int
    steps: tuple[Step, ...]


def chapters_with_questions() -> tuple[str, ...]:
    """The chapters that have a file of questions, in reading order."""
    return tuple(name for name in chapters.IDS if (FOLDER / "questions" / f"{name}.toml").is_file())


@lru_cache(maxsize=32)
def questions(page: str) -> dict[str, Question]:
    """The questions that are ready to be voted on at a page, by id; none for a page without a file."""
    told = _questions(page)
    votes = [_choice(entry) for entry in told.get("question", [])] + [_vote(entry) for entry in told.get("vote", [])]
    return {f"{page}.{n}": vote for n, vote in enumerate(votes, 1)}


def question(id: str) -> Question:
    """The ready question with this id. Raises Told where there is none."""
    page = id.partition(".")[0]
    found = questions(page).get(id) if page in chapters.PAGES else None
    if found is None:
        raise Told("room_request")
    return found


@lru_cache(maxsize=64)
def quiz(page: str, lang: str) -> tuple[QuizQuestion, ...]:
    """A chapter's questions to answer alone."""
    return tuple(
        QuizQuestion(
            entry[lang]["ask"],
            tuple(Option(text, because) for text, because in entry[lang]["options"]),
            entry["right"],
            *where(f"{page}?{entry.get('link', '')}"),
        )
        for entry in _questions(page).get("question", [])
    )


@lru_cache(maxsize=2)
def mistakes(lang: str) -> tuple[Mistake, ...]:
    """The cards, in the order of the chapters."""
    return tuple(
        Mistake(one["id"], one[lang]["claim"], one[lang]["wrong"], one[lang]["right"], *where(_link(one, lang)))
        for one in _load("mistakes.toml")["card"]
    )


@lru_cache(maxsize=2)
def plans(lang: str) -> tuple[Plan, ...]:
    """The lesson plans."""

    def step(one: dict[str, Any]) -> Step:
        told = one[lang]
        page, query = where(_link(one, lang))
        return Step(one["minutes"], told["do"], told["ask"], told["wrong"], told["answer"], page, query)

    return tuple(
        Plan(one["id"], one[lang]["title"], one[lang]["for"], one["minutes"], tuple(map(step, one["step"])))
        for one in _load("plans.toml")["plan"]
    )


def where(link: str) -> tuple[str, dict[str, str]]:
    """A page and its state from "masking?tool=road&…"."""
    name, _, query = link.partition("?")
    return name, dict(parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query)))


def _link(entry: dict[str, Any], lang: str) -> str:
    """What an entry links to: of this language, else of all."""
    return str(entry[lang].get("link", entry.get("link", "")))


def _choice(entry: dict[str, Any]) -> Question:
    """A question of the quiz, as a room votes on it: what is said of the right option is why."""
    right = entry["right"]
    return Question(
        "choice",
        {lang: entry[lang]["ask"] for lang in LANGUAGES},
        {lang: [text for text, _ in entry[lang]["options"]] for lang in LANGUAGES},
        right=right,
        why={lang: entry[lang]["options"][right][1] for lang in LANGUAGES},
    )


def _vote(entry: dict[str, Any]) -> Question:
    """A question that only a room is asked: a number on a scale, words, or what a page then works on."""
    ask = {lang: entry[lang]["ask"] for lang in LANGUAGES}
    if entry["kind"] == "pairs":
        options = {lang: _pairs(lang) for lang in LANGUAGES}
    else:
        options = {lang: entry[lang]["options"] for lang in LANGUAGES if "options" in entry[lang]}
    return Question(
        entry["kind"], ask, options, low=entry.get("low", 0.0), high=entry.get("high", 0.0), unit=entry.get("unit", "")
    )


def _pairs(lang: str) -> list[str]:
    """Both sides of the pairs of answers that 家族 has compared, in turn, each behind its question."""
    from explorer.content import comparisons  # these bring numpy, which the first page does without
    from explorer.lab.types import toy_language as toy

    def said(prompt: int, answer: tuple[int, ...]) -> str:
        return f"{toy.WORDS[prompt].text} {toy.written(answer)}"

    return [
        said(pair.prompt, side)
        for pair in comparisons.pairs("zh" if lang == "zh" else "en")
        for side in (pair.better, pair.worse)
    ]


def _questions(page: str) -> dict[str, Any]:
    name = f"questions/{page}.toml"
    return _load(name) if (FOLDER / name).is_file() else {}


@lru_cache(maxsize=64)
def _load(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))
