"""Text as token ids on disk, and the batches that are drawn from it.

    prepare(text, cutter, work) → {language: Corpus}

Reads <lang>.txt.xz (a paragraph a line), cuts it into sentences and those into tokens once, and keeps them in `work` as
memory-mapped arrays. A batch is a function of the seed and of its number alone, so that a run that was interrupted goes
on exactly, and several processes draw different batches without asking each other. Knows no model.
"""

from __future__ import annotations

import hashlib
import lzma
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from explorer.content.sentences import sentences

LINES = 2_000  # cut at a time
SUFFIX = ".txt.xz"


@dataclass(frozen=True)
class Corpus:
    """The tokens of a language one after the other; where each sentence ends, and which is a paragraph's first.

    tokens[n]  uint16; ends[sentences + 1] with ends[0] = 0; firsts[paragraphs + 1], the last beyond the last sentence.
    """

    tokens: NDArray[np.uint16]
    ends: NDArray[np.int64]
    firsts: NDArray[np.int64]

    def of(self, first: int, last: int) -> NDArray[np.uint16]:
        """The tokens of sentences first … last − 1."""
        return self.tokens[self.ends[first] : self.ends[last]]

    def window(self, rng: np.random.Generator, most: int) -> tuple[int, int]:
        """Neighbouring sentences of one paragraph with at most `most` tokens in all, from a random one on; one that is
        longer by itself stands alone."""
        first = int(rng.integers(len(self.ends) - 1))
        paragraph = int(np.searchsorted(self.firsts, first, side="right"))
        last = int(np.searchsorted(self.ends, self.ends[first] + most, side="right")) - 1
        return first, max(first + 1, min(last, int(self.firsts[paragraph])))


def padded(rows: Sequence[Sequence[int]], fill: int) -> Tensor:
    """Rows of one length, `fill` behind those that are shorter."""
    length = max(map(len, rows))
    return torch.tensor([[*row, *[fill] * (length - len(row))] for row in rows])


def prepare(
    text: Path, cutter: Any, work: Path, languages: Iterable[str], edges: tuple[int, int] | None = None
) -> dict[str, Corpus]:
    """A `Corpus` for each language that has a file; `edges` stand before and after every paragraph.

    cutter  a tokenizer of the `transformers` library, of at most 65,536 tokens
    """
    found = {}
    for language in languages:
        path = text / f"{language}{SUFFIX}"
        if not path.exists():
            continue
        folder = work / "tokens" / f"{language}-{_named(path, cutter, edges)}"
        if not (folder / "done").exists():
            folder.mkdir(parents=True, exist_ok=True)
            for name, array in _arrays(path, cutter, edges).items():
                np.save(folder / f"{name}.npy", array)
            (folder / "done").touch()
        arrays = {name: np.load(folder / f"{name}.npy", mmap_mode="r") for name in ("tokens", "ends", "firsts")}
        found[language] = Corpus(**arrays)
    if not found:
        raise ValueError(f"{text} has no *{SUFFIX} of {', '.join(languages)}")
    return found


def _named(path: Path, cutter: Any, edges: tuple[int, int] | None) -> str:
    """A name that changes with the file, the vocabulary and the edges."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
    digest.update(repr((sorted(cutter.get_vocab().items()), edges)).encode())
    return digest.hexdigest()[:16]


def _arrays(path: Path, cutter: Any, edges: tuple[int, int] | None) -> dict[str, NDArray[Any]]:
    pieces: list[NDArray[np.uint16]] = []
    firsts = [0]
    before, after = ([], []) if edges is None else ([edges[0]], [edges[1]])
    every = _paragraphs(path)
    while paragraphs := list(islice(every, LINES)):
        ids = iter(
            cutter([line for paragraph in paragraphs for line in paragraph], add_special_tokens=False)["input_ids"]
        )
        for paragraph in paragraphs:
            rows = [row for row in islice(ids, len(paragraph)) if row]
            if rows:
                rows[0] = before + rows[0]
                rows[-1] = rows[-1] + after
                pieces += [np.array(row, np.uint16) for row in rows]
                firsts.append(len(pieces))
    return {
        "tokens": np.concatenate(pieces),
        "ends": np.cumsum([0, *map(len, pieces)], dtype=np.int64),
        "firsts": np.array(firsts, np.int64),
    }


def _paragraphs(path: Path) -> Iterator[list[str]]:
    for line in lines(path):
        if found := sentences(line.strip()):
            yield found


def lines(path: Path) -> Iterator[str]:
    """The lines of a text, packed (.xz) or not, without their ends."""
    with (lzma.open if path.suffix == ".xz" else open)(path, "rt", encoding="utf-8") as file:
        yield from (line.rstrip("\r\n") for line in file)


def language_of(rng: np.random.Generator, corpora: Mapping[str, Corpus], shares: Mapping[str, float]) -> Corpus:
    """One of the languages that are there, drawn by their shares."""
    names = list(corpora)
    weights = np.array([shares[name] for name in names])
    return corpora[names[int(rng.choice(len(names), p=weights / weights.sum()))]]
