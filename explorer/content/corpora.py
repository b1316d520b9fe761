"""Corpora of the project's own: parallel sentences and words in six languages, and POS-tagged sentences.

At the bottom of the house: it knows files (assets/examples/parallel and assets/examples/tagged); experiments, views and
evidence may read it. What the files are for, and which half serves what, is told in their README.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache

from explorer import paths

LANGUAGES = ("zh", "en", "ja", "fr", "de", "es")
HALVES = ("a", "b")
TRAIN_LINES = 96  # of the tagged sentences; the rest is for testing
TAGS = (
    "NOUN", "VERB", "ADJ", "ADV", "PRON", "DET", "AUX", "ADP", "CCONJ", "SCONJ", "PART", "NUM", "PROPN", "INTJ",
    "PUNCT", "SYM", "X",
)  # fmt: skip


@lru_cache(maxsize=1)
def halves() -> tuple[str, ...]:
    """ "a" or "b" for every line of sentences."""
    return tuple(row[0] for row in _rows("sentences"))


@lru_cache(maxsize=8)
def sentences(lang: str) -> tuple[str, ...]:
    """All sentences in one language; line n means the same in every language."""
    return tuple(row[1 + LANGUAGES.index(lang)] for row in _rows("sentences"))


@lru_cache(maxsize=1)
def classes() -> tuple[str, ...]:
    """ "noun", "verb", "adjective" or "function" for every line of words."""
    return tuple(row[0] for row in _rows("words"))


@lru_cache(maxsize=8)
def forms(lang: str) -> tuple[tuple[str, ...], ...]:
    """The forms of every word in one language, the one for a word list first."""
    return tuple(tuple(row[1 + LANGUAGES.index(lang)].split("/")) for row in _rows("words"))


@lru_cache(maxsize=8)
def tagged(lang: str) -> tuple[tuple[tuple[str, str], ...], ...]:
    """Sentences as (word, universal tag) pairs; line n is line n of `sentences`."""
    text = (paths.EXAMPLES / "tagged" / f"{lang}.txt").read_text(encoding="utf-8")
    return tuple(tagged_words(line) for line in text.splitlines())


def tagged_words(line: str) -> tuple[tuple[str, str], ...]:
    """The (word, universal tag) pairs of a line: `猫/NOUN 睡/VERB`."""
    return tuple((word, tag) for word, _, tag in (item.rpartition("/") for item in line.split()))


@lru_cache(maxsize=1)
def digest() -> str:
    """What changes when any of the files does: results made from them are kept under it."""
    files = sorted([*(paths.EXAMPLES / "parallel").glob("*.tsv"), *(paths.EXAMPLES / "tagged").glob("*.txt")])
    return hashlib.sha256(b"\0".join(path.read_bytes().replace(b"\r\n", b"\n") for path in files)).hexdigest()[:16]


def _rows(name: str) -> list[list[str]]:
    lines = (paths.EXAMPLES / "parallel" / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    assert tuple(lines[0].split("\t")[1:]) == LANGUAGES
    return [line.split("\t") for line in lines[1:]]
