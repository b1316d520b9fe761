"""Tasks of chapter 8: question-and-answer pairs of our own writing, or made by a rule that stands here.

Knows files and rules; knows no model and no prompt. An item is (question, answer). What is made by a rule is made from
a seed, so that a measurement can be repeated.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, get_args

import numpy as np

from explorer import paths
from explorer.content import examples

Item = tuple[str, str]
TaskId = Literal[
    "translate", "capitals", "antonyms", "categories", "sentiment", "arithmetic", "nonsense", "letters", "logic", "past"
]
TASKS: tuple[TaskId, ...] = get_args(TaskId)
Tongue = Literal["zh", "en", "fr", "de", "es", "ja"]
TONGUES: tuple[Tongue, ...] = get_args(Tongue)
MADE = 120  # items of a task that a rule makes
SEED = 406  # of which the dish that the lecture translates is the first question
SYLLABLES = ("ba", "do", "fi", "gu", "ke", "la", "mo", "ne", "pi", "ru", "so", "ta", "vu", "wi", "zo")
NONSENSE = {"a": "blick", "o": "toma"}  # the last vowel decides; neither word is one
NAMES = {
    "zh": ("小明", "小红", "小刚", "小丽", "小华", "小军"),
    "en": ("Anna", "Ben", "Clara", "David", "Emma", "Frank"),
}
COMPARISONS = {
    "zh": (("高", "矮"), ("快", "慢"), ("重", "轻"), ("大", "小")),
    "en": (("taller", "shorter"), ("faster", "slower"), ("heavier", "lighter"), ("older", "younger")),
}
LOGIC = {
    "zh": "{a}比{b}{more}，{b}比{c}{more}，最{asked}的是谁",
    "en": "{a} is {more} than {b}, {b} is {more} than {c}, who is {asked} than both",
}


@dataclass(frozen=True)
class Task:
    """One task in one language; of a translation `lang` is the language it is from, `to` the one it is into."""

    id: TaskId
    lang: str
    to: str = ""
    digits: int = 1

    @property
    def name(self) -> str:
        """As the list of measured tasks writes it: "capitals.zh", "translate.en-zh", "arithmetic.2"."""
        if self.id == "translate":
            return f"{self.id}.{self.lang}-{self.to}"
        return f"{self.id}.{self.digits}" if self.id == "arithmetic" else f"{self.id}.{self.lang}"


def named(name: str) -> Task:
    """The task that `Task.name` calls so."""
    id, _, rest = name.partition(".")
    if id not in TASKS:
        raise LookupError(f"no task {name!r}")
    if id == "translate":
        source, _, target = rest.partition("-")
        return Task("translate", source, target)
    return Task("arithmetic", "en", digits=int(rest)) if id == "arithmetic" else Task(id, rest)


def has(id: TaskId, lang: str) -> bool:
    """Whether the task is to be had in this language: Chinese verbs have no past tense."""
    return id != "past" or lang == "en"


@lru_cache(maxsize=64)
def items(task: Task) -> tuple[Item, ...]:
    """All items of the task, in an order drawn once, each question once."""
    rng = np.random.default_rng(SEED)
    if task.id == "arithmetic":
        return _sums(task.digits, rng)
    if task.id == "nonsense":
        return _nonsense(rng)
    if task.id == "logic":
        return _logic(task.lang, rng)
    found = list(dict(_written(task)).items())
    return tuple(found[n] for n in rng.permutation(len(found)))


def line(task: Task) -> str:
    """The sentence that says what is to be done."""
    words = examples.load("in_context")["lines"][task.lang if task.id != "arithmetic" else "en"]
    if task.id == "translate":
        names = examples.load("in_context")["tongues"][task.lang]
        return str(words[task.id]).format(source=names[task.lang], target=names[task.to])
    return str(words[task.id])


def labels(task: Task) -> tuple[str, ...]:
    """All answers there are, where they are few; () where every question has its own."""
    answers = tuple(dict.fromkeys(answer for _, answer in items(task)))
    return answers if len(answers) <= 8 else ()


def _written(task: Task) -> list[Item]:
    if task.id in ("translate", "categories", "letters"):
        source, target = {
            "translate": (task.lang, task.to),
            "categories": (task.lang, f"category_{task.lang}"),
            "letters": (task.lang, task.lang),
        }[task.id]
        pairs = [(row[source], row[target]) for row in table("words")]
        return [(word, word[-1]) for word, _ in pairs if len(word) > 1] if task.id == "letters" else pairs
    if task.id == "capitals":
        return [(row[task.lang], row[f"capital_{task.lang}"]) for row in table("capitals")]
    return [(row["question"], row["answer"]) for row in table(f"{task.id}.{task.lang}")]


@lru_cache(maxsize=16)
def table(name: str) -> tuple[dict[str, str], ...]:
    """The rows of a file of assets/examples/in_context, by the names of its columns."""
    with (paths.EXAMPLES / "in_context" / f"{name}.tsv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file, delimiter="\t"))


def _sums(digits: int, rng: np.random.Generator) -> tuple[Item, ...]:
    """Additions of two numbers of so many digits; of one digit there are only 81."""
    low, high = 10 ** (digits - 1), 10**digits
    if digits == 1:
        pairs = [(a, b) for a in range(1, 10) for b in range(1, 10)]
        pairs = [pairs[n] for n in rng.permutation(len(pairs))]
    else:
        drawn = rng.integers(low, high, size=(2 * MADE, 2)).tolist()
        pairs = list(dict.fromkeys((a, b) for a, b in drawn))[:MADE]
    return tuple((f"{a} + {b}", str(a + b)) for a, b in pairs)


def _nonsense(rng: np.random.Generator) -> tuple[Item, ...]:
    """Words that are none; the answer depends on their last vowel alone."""
    words: dict[str, str] = {}
    while len(words) < MADE:
        ending = "ao"[len(words) % 2]
        starts = "".join(SYLLABLES[n] for n in rng.integers(len(SYLLABLES), size=2))
        words[starts + "bdgklmnprst"[int(rng.integers(11))] + ending] = NONSENSE[ending]
    return tuple(words.items())


def _logic(lang: str, rng: np.random.Generator) -> tuple[Item, ...]:
    """Three people in an order that follows from two comparisons."""
    made: dict[str, str] = {}
    while len(made) < MADE:
        a, b, c = (NAMES[lang][n] for n in rng.permutation(len(NAMES[lang]))[:3])
        more, less = COMPARISONS[lang][int(rng.integers(len(COMPARISONS[lang])))]
        first = bool(rng.integers(2))
        made[LOGIC[lang].format(a=a, b=b, c=c, more=more, asked=more if first else less)] = a if first else c
    return tuple(made.items())


SHOWN = 16  # examples that a page starts from; the items after them are its questions
CANDIDATES = 6


def shown(task: Task, at: int = 0) -> tuple[tuple[Item, ...], Item]:
    """The examples that a page starts from, and the `at`-th question beside them."""
    found = items(task)
    rest = found[SHOWN:] or found
    return found[:SHOWN], rest[at % len(rest)]


def candidates(rows: tuple[Item, ...], answer: str) -> tuple[str, ...]:
    """The right answer ("" where nobody knows it) and the first other ones that the examples give, each once."""
    others = dict.fromkeys(given for _, given in rows if given != answer)
    return tuple([*([answer] if answer else []), *others][:CANDIDATES])


def usual(lang: str) -> Task:
    """The task that the page opens with in the reader's language: the lecture's, into English."""
    return Task("translate", "zh" if lang == "zh" else "fr", "en")
