"""Ways to break a text, and a text that is broken: what the encoder is given, what the decoder is to say (chapter 10).

Positions count tokens from 0, special tokens left out. Words are broken whole: a word is a token that begins one and
the pieces that go on with it; a 字 is a word.
"""

from __future__ import annotations

from dataclasses import dataclass

from explorer.lab.types.codec import wire

KINDS = ("mask", "delete", "permute", "rotate", "infill", "mass", "sentinels")
RATED = ("mask", "delete", "infill", "mass", "sentinels")  # those that take a share of the words away
SPANNED = ("permute", "infill", "sentinels")  # those that work on runs of words
UNMASKED = ("delete", "permute", "rotate", "sentinels")  # those that put no [MASK]
HOLE = -1  # the origin of what never stood in the text: [MASK], a sentinel


@wire("denoising/breakage")
@dataclass(frozen=True)
class Breakage:
    """How to break.

    kind    "mask": words drawn one by one, a [MASK] for each of their tokens · "delete": the same, and nothing is left
            "permute": neighbouring pieces exchanged · "rotate": another word begins, what stood before it follows the
            end · "infill": runs of words, of none as well, one [MASK] for each (the five of BART, Lewis et al. 2020;
            there the last three are called sentence permutation, document rotation and text infilling)
            "mass": one run, a [MASK] for each token, and it alone is to be said (Song et al. 2019)
            "sentinels": runs, a sentinel for each; to be said are the sentinels with what stood there (T5, Raffel et
            al. 2020)
    rate    the share of the words that is taken away (RATED)
    span    words of a run or piece on average (SPANNED)
    pieces  that are exchanged ("permute")
    seed    of the drawing
    """

    kind: str = "mask"
    rate: float = 0.15
    span: float = 3.0
    pieces: int = 3
    seed: int = 0


@wire("denoising/broken")
@dataclass(frozen=True)
class Broken:
    """A broken text. Ids below 0 are sentinels: −1 the first, −2 the second.

    shown    what the encoder is given: ids; `origins`: where each stood in the text, HOLE for what never did
    target   what the decoder is to say: ids; `sources`: where each stands in the text, HOLE for a sentinel
    hidden   positions of the text that the encoder isn't given, ascending
    moved    positions of the text that are given, but not in their place; where all are given
    """

    shown: tuple[int, ...]
    origins: tuple[int, ...]
    target: tuple[int, ...]
    sources: tuple[int, ...]
    hidden: tuple[int, ...]
    moved: tuple[int, ...]
