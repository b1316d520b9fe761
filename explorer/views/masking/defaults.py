"""What 填空 covers or changes by itself on a sentence of the reader's own, so that something is seen at once.

Rules on tokens and characters only: no model is asked. `alone` and `several` name places to cover, `other_word` and
`slips` what a second sentence or a typo could start from.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from explorer.lab.types.core import Tokens

# Words that are easy to guess and tell little: a blank there is a poor first sight.
FUNCTION_WORDS = frozenset(
    "的 了 着 过 地 得 吗 呢 吧 啊 呀 嘛 么 们 是 在 和 也 都 就 "
    "a an the this that it its of to in on at by for with from and or but as is are was were be been do does did "
    "he she they we you i his her their our your my not so very "
    "le la les de un une des et der die das und el los".split()
)


def content(tokens: Tokens, least: int = 1) -> tuple[int, ...]:
    """Positions worth covering: whole words of one token that are no function words.

    Where there are fewer than `least` of them: all words of one token; else every word, character or piece.
    """
    readable = [
        at
        for at in range(len(tokens))
        if not tokens.special[at] and not tokens.unknown[at] and any(map(str.isalnum, tokens.surface(at)))
    ]
    whole = [at for at in readable if tokens.words.count(tokens.words[at]) == 1 or tokens.words[at] < 0]
    telling = [at for at in whole if tokens.surface(at).strip().lower() not in FUNCTION_WORDS]
    return tuple(next((found for found in (telling, whole) if len(found) >= least), readable))


def alone(tokens: Tokens) -> int | None:
    """The last word of content; None where there is nothing to cover."""
    found = content(tokens)
    return found[-1] if found else None


def several(tokens: Tokens, covered: Sequence[int]) -> tuple[int, ...]:
    """Two places: what is `covered` already and its nearest neighbour of content, or the last two of content."""
    found = content(tokens, 2)
    start = covered[0] if covered else alone(tokens)
    others = sorted((at for at in found if at != start), key=lambda at: (abs(at - (start or 0)), at))
    return tuple(sorted(at for at in (start, *others[:1]) if at is not None))


def another_pair(tokens: Tokens, covered: Sequence[int]) -> tuple[int, ...]:
    """The next two neighbours of content after the first that is `covered`, around the end of the sentence."""
    found = content(tokens, 3)
    if len(found) < 2:
        return tuple(covered)
    pairs = list(itertools.pairwise(found))
    later = [pair for pair in pairs if covered and pair[0] > covered[0]]
    return (later or pairs)[0]


def replaced(tokens: Tokens, position: int, word: str) -> tuple[str, int]:
    """The text with another `word` at `position`, and how many characters longer it is."""
    start, end = tokens.offsets[position]
    return tokens.text[:start] + word + tokens.text[end:], len(word) - (end - start)


def other_word(tokens: Tokens, focus: int, pairs: Sequence[Sequence[str]]) -> tuple[int, str] | None:
    """Where the sentence has a word of one of the `pairs`, nearest to `focus`, and the other word of that pair.

    A capital letter at the beginning is kept. None where it has none.
    """
    words = {word: other for a, b in pairs for word, other in ((a, b), (b, a))}
    for at in sorted(range(len(tokens)), key=lambda at: abs(at - focus)):
        surface = "" if tokens.special[at] else tokens.surface(at)
        other = words.get(surface.lower())
        if other is not None and at != focus:
            return at, other.capitalize() if re.match(r"[A-Z]", surface) else other
    return None


def slips(tokens: Tokens, pairs: Sequence[Sequence[str]]) -> list[tuple[int, str]]:
    """Every place where a slip of the pen is easy, with the wrong word: `pairs` are words that are often confused."""
    words = {word: other for a, b in pairs for word, other in ((a, b), (b, a))}
    found = ((at, words.get(tokens.surface(at).lower(), "")) for at in range(len(tokens)) if not tokens.special[at])
    return [(at, wrong) for at, wrong in found if wrong]


def place_after(tokens: Tokens, start: int) -> int | None:
    """The position of the token that begins at character `start`."""
    return next((at for at, (a, b) in enumerate(tokens.offsets) if a == start and b > a), None)
