"""DNA as words: splice junctions (assets/examples/sequences), the words for letters, sequences of a reader's own.

At the bottom of the house: it knows files and letters, no model and no page.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from random import Random

from explorer import paths
from explorer.errors import Told

LETTERS = "ATCG"
ANY = "N"  # a letter that could not be read
ANY_AS = "?"
LABELS = ("EI", "IE", "N")
LONGEST = 60
EVERY = 3  # of a reader's own sequences every third of a label is held out
LEAST = 3  # of each label: two to teach, one to test
FIRST = {"zh": ("我", "你", "他", "她"), "en": ("we", "you", "he", "she")}
WORDS = {
    "zh": "天地山水火木风雨红白东西大小上下春夏秋冬猫狗牛马茶书手口左右",
    "en": "dog cat red blue day night hand eye north south tree fish book door king sun one two run sing",
}
Sequences = tuple[tuple[str, int], ...]
_BETWEEN = re.compile(r"[\s,，;；:：|]+")


@dataclass(frozen=True)
class Own:
    """A reader's labelled sequences, all of one length; labels by name, in the order in which they come."""

    labels: tuple[str, ...]
    train: Sequences
    held_out: Sequences


@lru_cache(maxsize=2)
def splice(part: str) -> Sequences:
    """(60 letters, number of the label in LABELS) of one part, "train" or "test", in the file's order.

    No two of all are the same in their middle 30 letters.
    """
    lines = (paths.EXAMPLES / "sequences" / "splice.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")][1:]
    return tuple((letters, LABELS.index(label)) for own, label, letters in rows if own == part)


def middle(letters: str, width: int) -> str:
    """As many letters as `width` around the middle; all where there are fewer."""
    cut = max(0, (len(letters) - width) // 2)
    return letters[cut : len(letters) - cut]


def parts(amount: int, width: int) -> tuple[Sequences, Sequences]:
    """So many of the splice junctions that teach, and all that test, as many letters wide as `width`."""
    train, held_out = (
        tuple((middle(letters, width), label) for letters, label in part)
        for part in (splice("train")[:amount], splice("test"))
    )
    return train, held_out


def first_words(lang: str, drawn: int) -> tuple[str, ...]:
    """The words for A, T, C and G: those of the lecture's slide, or, from the first draw on, four by chance."""
    if not drawn:
        return FIRST[lang]
    words = [*WORDS[lang]] if lang == "zh" else WORDS[lang].split()
    return tuple(Random(drawn).sample(words, len(LETTERS)))


def written(letters: str, words: tuple[str, ...]) -> str:
    """A sequence as a sentence: a word for each letter."""
    spelt = {**dict(zip(LETTERS, words, strict=True)), ANY: ANY_AS}
    return " ".join(spelt[letter] for letter in letters)


def parsed(text: str) -> Own:
    """One sequence a line, its label before it.

    Raises Told: text_empty, dna_line (line), dna_letter (line, letter), dna_lengths (line, length, first), dna_long
    (limit, used), dna_few (label, least).
    """
    rows: dict[tuple[str, str], None] = {}
    length = 0
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        label, _, letters = _BETWEEN.sub("\t", line.strip(), count=1).partition("\t")
        letters = "".join(letters.split()).upper()
        if not letters:
            raise Told("dna_line", line=number)
        if odd := next((letter for letter in letters if letter not in LETTERS + ANY), ""):
            raise Told("dna_letter", line=number, letter=odd)
        if len(letters) > LONGEST:
            raise Told("dna_long", limit=LONGEST, used=len(letters))
        length = length or len(letters)
        if len(letters) != length:
            raise Told("dna_lengths", line=number, length=len(letters), first=length)
        rows[label, letters] = None
    if not rows:
        raise Told("text_empty")
    return _parted(list(rows))


def _parted(rows: list[tuple[str, str]]) -> Own:
    names = tuple(dict.fromkeys(label for label, _ in rows))
    seen: dict[str, int] = defaultdict(int)
    kept: dict[bool, list[tuple[str, int]]] = {False: [], True: []}
    for label, letters in rows:
        seen[label] += 1
        kept[seen[label] % EVERY == 0].append((letters, names.index(label)))
    for label in names:
        if seen[label] < LEAST:
            raise Told("dna_few", label=label, least=LEAST)
    return Own(names, tuple(kept[False]), tuple(kept[True]))
