"""Inputs and results of chapter 6, 跨语言: one space for several languages, and the arrow between two of them.

K languages in the order of `explorer.parallel.LANGUAGES`, N parallel sentences, L layers (hidden states: L + 1), width d,
vocabulary V, T tokens with the special ones. A layer is one of 0…L: 0 goes into the first layer, L into the head.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.lab.types.core import Tokens
from explorer.lab.types.masking import Floats, Ints

Halves = NDArray[np.float16]
Bytes = NDArray[np.uint8]

# What a token can be by its looks: the two scripts of Chinese and Japanese, a language in Latin letters, or none of them.
KINDS = ("han", "kana", "en", "fr", "de", "es", "other")
KIND = {name: number for number, name in enumerate(KINDS)}


def kinds_of(lang: str, source: str) -> tuple[int, ...]:
    """The kinds that count as `lang` in what was written in `source`.

    汉字 are Chinese, and Japanese as well; between these two only kana tells, so 汉字 count for Chinese alone.
    """
    if lang == "zh":
        return (KIND["han"],)
    if lang == "ja":
        return (KIND["kana"],) if source == "zh" else (KIND["kana"], KIND["han"])
    return (KIND[lang],)


@dataclass(frozen=True)
class SurveyInputs:
    """Look at the project's parallel sentences as they are now (`digest` of explorer/parallel.py)."""

    digest: str


@dataclass(frozen=True)
class SurveyResult:
    """What the model makes of all parallel sentences.

    means[3, K, L + 1, d]        language vectors: mean of a language's tokens in half a, in half b, in both
    kinds[V]                     what each token of the vocabulary is, a number of KINDS
    kinds_right, kinds_n         share of tokens of half b, unseen in half a, whose language half a's tokens told, of n
    accuracy, mrr[2, 2, L + 1, K, K]  sentence retrieval: (mean, [CLS]) pooling, (raw, centred), from a row's language
                                 to a column's; the right one first, and the mean of 1 / its rank
    meaning_layer                the layer of the best centred accuracy of mean vectors over all pairs of half a
    pool[K, N, d]                mean vectors of all sentences at that layer, not centred
    """

    means: Floats
    kinds: Bytes
    kinds_right: float
    kinds_n: int
    accuracy: Floats
    mrr: Floats
    meaning_layer: int
    pool: Halves


@dataclass(frozen=True)
class ShiftInputs:
    """Add alpha · arrow[layer] to every position of `text` at one layer, and read the head at every position.

    layers, alphas    every layer is tried with every alpha
    random_alphas     the same with a random direction of the arrow's length, drawn with `seed`
    arrow[L + 1, d]   mean of the target language minus mean of the source language
    kinds[V], meaning_layer   as in SurveyResult; pool[N, d] the source language's sentences there, not centred
    centres[2, d]     mean vectors of the source and the target language at that layer
    """

    text: str
    source: str
    target: str
    layers: tuple[int, ...]
    alphas: tuple[float, ...]
    random_alphas: tuple[float, ...]
    seed: int
    arrow: Floats
    kinds: Bytes
    meaning_layer: int
    pool: Halves
    centres: Floats


@dataclass(frozen=True)
class ShiftResult:
    """What stands at every ordinary position (T − 2 of them), for every layer and alpha.

    ids, p[layers, alphas, T − 2]        the likeliest token and its probability
    kinds[layers, alphas, T − 2]         its kind; right[…] 1 where a dictionary has it for the word that stood there
    curves[3, layers, alphas]            converted (share of target language), right, meaning (1 / rank of the sentence)
    random_curves[3, layers, random alphas]  the same for the random direction
    known[T − 2]                         1 where the dictionary has a word for what stands there
    """

    tokens: Tokens
    layers: tuple[int, ...]
    ids: Ints
    p: Floats
    kinds: Bytes
    right: Bytes
    known: Bytes
    curves: Floats
    random_curves: Floats


@dataclass(frozen=True)
class AverageInputs:
    """The same over the project's sentences; a sentence of one half is shifted by vectors made from the other.

    means as in SurveyResult. With `random` every sentence gets a direction of its own, of the arrow's length.
    `half`: only the sentences of this half; "" takes all.
    """

    digest: str
    source: str
    target: str
    layers: tuple[int, ...]
    alphas: tuple[float, ...]
    seed: int
    random: bool
    half: str
    means: Floats
    kinds: Bytes
    meaning_layer: int
    pool: Halves


@dataclass(frozen=True)
class AverageResult:
    """curves[4, layers, alphas]: converted, right, meaning (mean of 1 / rank), copied (share of tokens unchanged).

    Shares are of all ordinary tokens of all `n` sentences together; `known`: share of tokens that the dictionary has.
    """

    layers: tuple[int, ...]
    alphas: tuple[float, ...]
    curves: Floats
    n: int
    tokens: int
    known: float


@dataclass(frozen=True)
class AlignInputs:
    """Any parallel sentences: texts[language][n], line n meaning the same in each."""

    texts: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class AlignResult:
    """accuracy, mrr as in SurveyResult, of `n` sentences a language."""

    accuracy: Floats
    mrr: Floats
    n: int
