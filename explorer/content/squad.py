"""Question sets in SQuAD's form (.json or .json.xz): what is asked about which passage, and what counts as right.

At the bottom of the house: it knows files. None of such a set is in the project.
"""

from __future__ import annotations

import json
import lzma
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Question:
    """A question about a passage; `start` is where its first answer stands, in characters: −1 where it does not, and
    then nothing can be learnt from it."""

    text: str
    passage: str
    start: int
    answers: tuple[str, ...]


def read(path: Path) -> list[Question]:
    """The questions of a set, in its order, without those that have no word (two in CMRC 2018). Where an answer stands
    elsewhere than it is said to (there too), its first occurrence is taken."""
    text = lzma.decompress(path.read_bytes()) if path.suffix == ".xz" else path.read_bytes()
    found = []
    for article in json.loads(text)["data"]:
        for paragraph in article["paragraphs"]:
            passage = paragraph["context"]
            for one in (one for one in paragraph["qas"] if one["question"].strip()):
                answers = [(answer["text"], int(answer["answer_start"])) for answer in one["answers"]]
                first, start = answers[0]
                if not passage.startswith(first, start):
                    start = passage.find(first)
                found.append(Question(one["question"], passage, start, tuple(text for text, _ in answers)))
    return found
