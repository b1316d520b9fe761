"""What the networks of chapter 10's contest are asked: three tasks on the small language, defined by seeds.

Knows the language and its grammar; knows no network. The labels follow from how a sentence was made; no sentence that
is tested is among those that are taught or read before.

fit    does what is said go with the thing (a sweet train does not)? Half do: one adjective is changed in the others,
       so it is agreement of two words, up to eight places apart
order  are the words in order? Half are: in the others two neighbours are exchanged, so that the grammar is broken
sum    say the thing and what it is, nothing else: a row of words is to be written
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from explorer.lab.types import toy_language as toy

Words = tuple[int, ...]  # without END
Ask = Callable[[Words, int, Random], tuple[Words, Words]]
TAUGHT = {"fit": 400, "order": 400, "sum": 48}
TESTED = 400


@dataclass(frozen=True)
class Task:
    """A task: rows of words, each with its answer: (0,) or (1,), or the words that are to be said."""

    name: str
    taught: tuple[tuple[Words, Words], ...]
    tested: tuple[tuple[Words, Words], ...]


def text(count: int, seed: int, without: frozenset[Words]) -> list[Words]:
    """`count` sentences to be broken, each once, in both languages in turn; none of `without`."""
    found: dict[Words, None] = {}
    part = 0
    while len(found) < count:
        for row in toy.demonstrations(2 * count, seed * 1000 + part):
            if row[:-1] not in without:
                found.setdefault(row[:-1])
        part += 1
    return list(found)[:count]


def task(name: str, seed: int) -> Task:
    """The task called `name`; the same seed, the same sentences."""
    random = Random(f"{name} {seed}")
    tested = text(TESTED, seed, frozenset())
    taught = text(TAUGHT[name], seed + 1, frozenset(tested))
    ask = {"fit": _fit, "order": _order, "sum": _sum}[name]
    judged = tuple(ask(row, n, random) for n, row in enumerate(tested))
    known = frozenset(row for row, _ in judged)
    return Task(name, tuple(_unknown(ask, row, n, random, known) for n, row in enumerate(taught)), judged)


def tested(seed: int) -> frozenset[Words]:
    """The sentences that the tests are made from: no network reads them before."""
    return frozenset(text(TESTED, seed, frozenset()))


def _unknown(ask: Ask, row: Words, n: int, random: Random, known: frozenset[Words]) -> tuple[Words, Words]:
    """What `ask` makes of a row, made anew where it is `known`."""
    made = ask(row, n, random)
    while made[0] in known:
        made = ask(row, n, random)
    return made


def _fit(row: Words, n: int, random: Random) -> tuple[Words, Words]:
    fits = n % 4 < 2  # whichever language comes first, both labels in both
    return (row if fits else toy.misfit(row, random)), (int(fits),)


def _order(row: Words, n: int, random: Random) -> tuple[Words, Words]:
    if n % 4 < 2:
        return row, (1,)
    swaps = [(*row[:at], row[at + 1], row[at], *row[at + 2 :]) for at in range(1, len(row) - 1)]
    wrong = [one for one in swaps if toy.faults(one[0], (*one[1:], toy.END))]
    return random.choice(wrong), (0,)


def _sum(row: Words, n: int, random: Random) -> tuple[Words, Words]:
    return row, tuple(word for word in row if toy.WORDS[word].kind in ("subject", "adjective"))
