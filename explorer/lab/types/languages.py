"""Inputs and results of chapter 6, 跨语言: one space for several languages, and the arrow between two of them.

K languages in the order of LANGUAGES, N parallel sentences, L layers (hidden states: L + 1), width d, vocabulary V,
T tokens with the special ones. A layer is one of 0…L: 0 goes into the first layer, L into the head.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.lab.types.arrays import Floats, Ints
from explorer.lab.types.codec import wire
from explorer.lab.types.core import Tokens
from explorer.lab.types.experiment import Experiment, Ref

MAX_TOKENS = 64  # of a reader's sentence, special tokens included: every alpha of every layer is computed

Halves = NDArray[np.float16]
Bytes = NDArray[np.uint8]

# What a token can be by its looks: the scripts of Chinese and Japanese, a language in Latin letters, or none of them.
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


@wire("languages/survey-inputs")
@dataclass(frozen=True)
class SurveyInputs:
    """Look at the project's parallel sentences as they are now (`digest` of explorer/content/corpora.py)."""

    digest: str


@wire("languages/survey-result")
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


@wire("languages/shift-inputs")
@dataclass(frozen=True)
class ShiftInputs:
    """Add alpha · arrow[layer] to every position of `text` at one layer, and read the head at every position.

    layers, alphas    every layer is tried with every alpha
    random_alphas     the same with a random direction of the arrow's length, drawn with `seed`
    survey            where the arrow (mean of the target language minus mean of the source language) comes from
    """

    text: str
    source: str
    target: str
    layers: tuple[int, ...]
    alphas: tuple[float, ...]
    random_alphas: tuple[float, ...]
    seed: int
    survey: Ref[SurveyResult]


@wire("languages/shift-result")
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


@wire("languages/average-inputs")
@dataclass(frozen=True)
class AverageInputs:
    """The same over the project's sentences; a sentence of one half is shifted by vectors made from the other.

    With `random` every sentence gets a direction of its own, of the arrow's length.
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
    survey: Ref[SurveyResult]


@wire("languages/average-result")
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


@wire("languages/align-inputs")
@dataclass(frozen=True)
class AlignInputs:
    """Any parallel sentences: texts[language][n], line n meaning the same in each."""

    texts: tuple[tuple[str, ...], ...]


@wire("languages/align-result")
@dataclass(frozen=True)
class AlignResult:
    """accuracy, mrr as in SurveyResult, of `n` sentences a language."""

    accuracy: Floats
    mrr: Floats
    n: int


LANGUAGES = ("zh", "en", "ja", "fr", "de", "es")
ALPHAS = tuple(round(-1 + n / 4, 2) for n in range(17))
RANDOM_ALPHAS = (-1.0, 0.0, 0.5, 1.0, 1.5, 2.0, 3.0)
AVERAGE_ALPHAS = RANDOM_ALPHAS
BOTH = 2  # row of `means` that was made from both halves
MAP_LINES = tuple(range(0, 96, 4))  # the sentences on the map
RIGHT = 1  # row of an average's curves


def survey_of(digest: str) -> Ref[SurveyResult]:
    """The survey of the sentences with this digest, as other inputs name it."""
    return SURVEY.ref(SurveyInputs(digest))


def shift_inputs(digest: str, text: str, source: str, target: str, layers: tuple[int, ...]) -> ShiftInputs:
    """`text` moved from `source` to `target` at `layers`, with the language vectors of both halves."""
    return ShiftInputs(text, source, target, layers, ALPHAS, RANDOM_ALPHAS, 0, survey_of(digest))


def average_inputs(
    digest: str, source: str, target: str, layers: tuple[int, ...], alphas: tuple[float, ...],
    *, random: bool = False, half: str = "", seed: int = 0,
) -> AverageInputs:  # fmt: skip
    """The project's sentences moved from `source` to `target`."""
    return AverageInputs(digest, source, target, layers, alphas, seed, random, half, survey_of(digest))


def profile_inputs(digest: str, source: str, target: str, n_layers: int) -> AverageInputs:
    """Every layer at alpha 1, on half a alone: what a pair's best layer is chosen by."""
    return average_inputs(digest, source, target, tuple(range(n_layers + 1)), (1.0,), half="a")


def best_of(profile: AverageResult) -> int:
    """The layer with most right conversions at alpha 1."""
    return profile.layers[int(profile.curves[RIGHT, :, 0].argmax())]


def curve_inputs(digest: str, source: str, target: str, layer: int) -> tuple[AverageInputs, AverageInputs]:
    """All sentences at one layer along the arrow, and in random directions."""
    ask = (digest, source, target, (layer,), AVERAGE_ALPHAS)
    return average_inputs(*ask), average_inputs(*ask, random=True)


@wire("languages/words-inputs")
@dataclass(frozen=True)
class WordsInputs:
    """Translate `words` without a dictionary; the dictionary of the project (`digest`) only judges."""

    words: tuple[str, ...]
    source: str
    target: str
    digest: str


@wire("languages/words-result")
@dataclass(frozen=True)
class WordsResult:
    """Nearest words of the target language, raw and after the shift (second axis 0, 1), at every layer.

    nearest[words, 2, L + 1, 5]  numbers of lines of the project's word list, nearest first; cos of the same shape
    precision[2, 2, L + 1]       (raw, shifted), (first, among five), over the `n` words of the list
    """

    words: tuple[str, ...]
    nearest: Ints
    cos: Floats
    precision: Floats
    n: int


@wire("languages/keep-inputs")
@dataclass(frozen=True)
class KeepInputs:
    """Cover every `every`-th ordinary token of each text in turn, and look at the languages of the `top` likeliest."""

    texts: tuple[str, ...]
    every: int
    top: int
    survey: Ref[SurveyResult]


@wire("languages/keep-result")
@dataclass(frozen=True)
class KeepResult:
    """text[n], position[n] of every blank; own[n] the kind of the covered token; shares[n, kinds] of the likeliest;
    ids[n, 8] and p[n, 8] the first of them."""

    text: Ints
    position: Ints
    own: Ints
    shares: Floats
    ids: Ints
    p: Floats


@wire("languages/place-inputs")
@dataclass(frozen=True)
class PlaceInputs:
    """A map of these lines of the project's sentences in all languages, at every layer; method "pca" or "umap"."""

    digest: str
    lines: tuple[int, ...]
    method: str


@wire("languages/place-result")
@dataclass(frozen=True)
class PlaceResult:
    """maps[2, L + 1, K, lines, 2]: raw and with each language's mean taken away; in the unit disc.

    kept[2, L + 1]     share of the variance that two dimensions keep (PCA; NaN for UMAP)
    apart[2, L + 1]    mean distance of languages' centres, by the mean distance of meanings' centres, in all dimensions
    turn[2, L + 1, d, 2], offset[2, L + 1, K, 2]   where any other sentence's vector lies on these maps: v @ turn +
                       offset of its language (PCA; NaN for UMAP, which places none but those it has seen)
    """

    method: str
    maps: Floats
    kept: Floats
    apart: Floats
    turn: Floats
    offset: Floats


@wire("languages/point-inputs")
@dataclass(frozen=True)
class PointInputs:
    """One sentence as a vector."""

    text: str


@wire("languages/point-result")
@dataclass(frozen=True)
class PointResult:
    """vectors[L + 1, d]: the mean of the sentence's tokens without the special ones, at every layer."""

    vectors: Floats


SURVEY = Experiment[SurveyInputs, SurveyResult]("languages/survey", version=1, kind="stream", persist=True)
ALIGN = Experiment[AlignInputs, AlignResult]("languages/align", version=1, kind="stream")
SHIFT = Experiment[ShiftInputs, ShiftResult]("languages/shift", version=1, uses_results=True)
SHIFT_ALL = Experiment[ShiftInputs, ShiftResult]("languages/shift-all", version=1, kind="stream", uses_results=True)
AVERAGE = Experiment[AverageInputs, AverageResult]("languages/average", version=1, kind="stream", uses_results=True)
WORDS = Experiment[WordsInputs, WordsResult]("languages/words", version=1)
KEEP = Experiment[KeepInputs, KeepResult]("languages/keep", version=2, kind="stream", uses_results=True)
PLACE = Experiment[PlaceInputs, PlaceResult]("languages/place", version=2, kind="stream")
POINT = Experiment[PointInputs, PointResult]("languages/point", version=1)
