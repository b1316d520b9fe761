"""Every word of the vocabulary under two sentences: its probability in A across, in B upwards.

Knows two rows of scores and the words; it does not know the sentences. Softmax, lists and nearest points are
computed in the browser.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from explorer import numerics
from explorer.components.labels import interface
from explorer.components.mounting import declare

TABLE = "scatter"  # of assets/text/<lang>/components.toml
LABELS = (
    "scatter",  # name of the figure
    "summary",  # {a} {b}: the first words of both lists, for screen readers
    "axis_a",
    "axis_b",
    "more_a",  # heading of the list of words that A prefers
    "more_b",
    "rule",  # {p}: which words the lists are drawn from
    "tip",  # {a} {b}: both probabilities of one word
    "original",  # marks the words the reader wrote
    "times",  # {x}: how many times likelier
    "words_failed",  # the vocabulary could not be fetched
    "csv_columns",  # 5 names, comma-separated: id, token, p in A, p in B, ln(B / A)
)

LISTED = 10
LEAST_P = 1e-4

_mount = declare(Path(__file__).parent)


def scatter_ab(
    logits_a: NDArray[np.float32],
    logits_b: NDArray[np.float32],
    *,
    key: str,
    vocabulary: Sequence[str],
    vocabulary_url: str,
    originals: tuple[int | None, int | None] = (None, None),
    apart: Collection[int] = (),
    caption: str = "",
) -> None:
    """Mounts the scatter. logits_a[vocab] and logits_b[vocab] are finite float32 scores before the softmax.

    vocabulary      all tokens by id; only the listed ones travel with the figure
    vocabulary_url  a JSON array of the same, relative to the page's base, for the words under the pointer
    originals       the ids the reader wrote in A and in B; ringed in green
    apart           ids that stand for no text: points like all others, but in neither list
    The lists hold the `LISTED` words with the largest |ln p_B − ln p_A| on each side, of those with p ≥ `LEAST_P`
    in at least one sentence: below that, ratios are noise.
    """
    for logits in (logits_a, logits_b):
        if logits.shape != (len(vocabulary),) or logits.dtype != np.float32 or not np.isfinite(logits).all():
            raise ValueError("logits must be finite float32, one a word of the vocabulary")
    named = {*extremes(logits_a, logits_b, apart), *(id_ for id_ in originals if id_ is not None)}
    header = {
        "key": key,
        **interface(TABLE, LABELS),
        "head": [[id_, vocabulary[id_]] for id_ in sorted(named)],
        "vocab_url": vocabulary_url,
        "originals": list(originals),
        "apart": sorted(apart),
        "listed": LISTED,
        "least_p": LEAST_P,
        "caption": caption,
    }
    _mount(header, {"a": logits_a, "b": logits_b})


def extremes(logits_a: NDArray[np.float32], logits_b: NDArray[np.float32], apart: Collection[int] = ()) -> list[int]:
    """The ids of both lists and a few more, so that rounding at their ends cannot leave a word without its name."""
    log_a, log_b = numerics.log_softmax(logits_a), numerics.log_softmax(logits_b)
    likely = np.maximum(log_a, log_b) >= np.log(LEAST_P) - 1e-3
    likely[list(apart)] = False
    candidates = np.flatnonzero(likely)
    order = candidates[np.argsort((log_b - log_a)[candidates], kind="stable")]
    return [*order[: LISTED + 2].tolist(), *order[-LISTED - 2 :].tolist()]
