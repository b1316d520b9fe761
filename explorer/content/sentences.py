"""Sentence splitting: a running text cut into its sentences, and the pairs of neighbours in it.

Knows the marks that end a sentence in Chinese, Japanese and European scripts. It knows no model.
"""

from __future__ import annotations

import re

_END = re.compile(
    r"(?<=[。！？])(?![。！？”’」』）])|(?<=[。！？][”’」』）])"  # no blank follows
    r"|(?<=[.!?])\s+(?=[\"“'(¿¡]?[A-ZÀ-Þ0-9])|(?<=[.!?][\"”')])\s+(?=[\"“'(¿¡]?[A-ZÀ-Þ0-9])"
)
_ABBREVIATION = re.compile(r"(?:\b(?:Mr|Mrs|Ms|Dr|St|No|vs|etc|ca|bzw|Nr|Sr|Sra|z\. ?B|d\. ?h|[A-Z]|\d+))\.$")


def sentences(text: str) -> list[str]:
    """The sentences of `text`, trimmed, in order; a part that ends in an abbreviation goes with what follows."""
    found: list[str] = []
    for part in _END.split(text):
        part = part.strip()
        if not part:
            continue
        if found and _ABBREVIATION.search(found[-1]):
            found[-1] = f"{found[-1]} {part}"
        else:
            found.append(part)
    return found


def neighbours(text: str, low: int, high: int) -> list[tuple[str, str]]:
    """Pairs of neighbouring sentences of `low`…`high` characters; no sentence is in two pairs."""
    found, last = [], None
    for sentence in sentences(text):
        fits = low <= len(sentence) <= high
        if last is not None and fits:
            found.append((last, sentence))
            last = None
        else:
            last = sentence if fits else None
    return found
