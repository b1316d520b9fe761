"""How an answer is marked: F1 over words as SQuAD's own script counts, F1 with 汉字 and kana one by one, exact match.

A script that cuts at blanks (evaluate-v1.1; XQuAD is marked with it) takes a Chinese answer for one word, right or
wrong as a whole: which of the two is meant has to stand beside every figure.
"""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Literal

Unit = Literal["words", "mixed"]
_ONE_BY_ONE = re.compile("[\u3400-\u9fff\u3040-\u30ff]")


def words(text: str) -> list[str]:
    """Lower case, without ASCII punctuation and English articles (SQuAD's evaluate-v1.1)."""
    bare = "".join(sign for sign in text.lower() if sign not in string.punctuation)
    return re.sub(r"\b(a|an|the)\b", " ", bare).split()


def mixed(text: str) -> list[str]:
    """As `words`, but every 汉字 and kana is a word of its own, and punctuation of any script is none."""
    bare = "".join(
        sign if sign.isalnum() or sign.isspace() else " " * (sign not in string.punctuation) for sign in text
    )
    return words(_ONE_BY_ONE.sub(r" \g<0> ", bare))


UNITS: dict[Unit, Callable[[str], list[str]]] = {"words": words, "mixed": mixed}


def f1(said: str, answers: Sequence[str], unit: Unit) -> float:
    """The harmonic mean of precision and recall over what both have in common, with the answer that fits best; two that
    are empty agree."""
    return max(_f1(UNITS[unit](said), UNITS[unit](answer)) for answer in answers)


def exact(said: str, answers: Sequence[str]) -> bool:
    """The same words as one of the answers."""
    return any(words(said) == words(answer) for answer in answers)


def _f1(said: Sequence[str], right: Sequence[str]) -> float:
    if not said or not right:
        return float(list(said) == list(right))
    common = sum((Counter(said) & Counter(right)).values())
    return 2 * common / (len(said) + len(right))
