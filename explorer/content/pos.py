"""Sentences of the project's own with every word's part of speech, in zh and in en, to teach and to test.

At the bottom of the house: it knows files (assets/examples/teaching/pos.*). Shorter and in six languages, for
comparing them: content/corpora.py.
"""

from __future__ import annotations

from functools import lru_cache

from explorer import paths
from explorer.content.corpora import tagged_words


@lru_cache(maxsize=4)
def sentences(lang: str, part: str) -> tuple[tuple[tuple[str, str], ...], ...]:
    """The (word, universal tag) pairs of every sentence of one part: "train" or "test"."""
    lines = (paths.EXAMPLES / "teaching" / f"pos.{lang}.tsv").read_text(encoding="utf-8").splitlines()[1:]
    rows = (line.split("\t") for line in lines)
    return tuple(tagged_words(text) for one, text in rows if one == part)
