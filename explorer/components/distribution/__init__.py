"""A whole distribution over the vocabulary as bars, sent once; its dials act in the browser.

Knows scores, words and how to show probabilities. It does not know which model or position they come from.
The softmax and the ranks are computed in the browser from the scores (shared/softmax.js).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.components.events import last_seen, listed, listener, real, short_text, whole
from explorer.components.labels import interface
from explorer.components.mounting import declare

TABLE = "bars"  # of assets/text/<lang>/components.toml
LABELS = (
    "bars",  # name of the list of bars
    "summary",  # {list}: one sentence for screen readers
    "verdict",  # {word} {p} {rank}: about the original
    "verdict_first",  # {word} {p}: where there is no original
    "hidden",  # predict, then reveal: instead of the verdict
    "show_answer",  # the button that reveals
    "rest",  # name of the remainder row; short
    "rest_long",  # {n}: its name for screen readers
    "rank",  # {rank}: "第 57"
    "temperature",  # {t}
    "show",  # {k}
    "reset",  # name of the button that sets a dial back
    "watch",  # name and placeholder of the word box
    "guess",  # the same while the answer is hidden: a place for the reader's guess
    "watch_remove",  # {word}
    "watch_waiting",  # a word of several tokens that Python is scoring
    "words_failed",  # the vocabulary could not be fetched
    "csv_columns",  # 5 names, comma-separated: rank, id, token, score, probability
)

TEMPERATURE = (0.1, 3.0)
SHOW = (3, 30)
MAX_WATCHED = 8
MAX_WORD = 40
_HEAD = 60

_mount = declare(Path(__file__).parent)


@dataclass(frozen=True)
class Extra:
    """A watched word that is not one token: its joint probability `p`, computed in Python, and how (`note`)."""

    label: str
    p: float
    note: str = ""


@dataclass(frozen=True)
class Dials:
    """Where the reader left the dials, and the words watched (those of several tokens included)."""

    temperature: float
    show: int
    watch: tuple[str, ...]


@dataclass(frozen=True)
class Watch:
    """The reader asked for `word`, which is not in the vocabulary. `watch` is the whole list with it."""

    word: str
    watch: tuple[str, ...]


def distribution(
    logits: NDArray[np.float32],
    *,
    key: str,
    head: Mapping[int, str],
    vocab_url: str,
    original_id: int | None = None,
    temperature: float = 1.0,
    show: int = 5,
    watch: Sequence[str] = (),
    extra: Sequence[Extra] = (),
    hide: bool = False,
    on_dials: Callable[[Dials], None] | None = None,
    on_watch: Callable[[Watch], None] | None = None,
    caption: str = "",
    title: str = "",
) -> None:
    """Mounts the bars. Callbacks run before the page's next run; dials speak once, when they are let go.

    logits[vocab]  finite float32 scores before the softmax
    head           id → token, at least for the first 60 (see `head_ids`) and the original, so that bars are drawn
                   before the vocabulary is there
    vocab_url      a JSON array of all tokens by id, relative to the page's base; fetched when first needed
    original_id    the token the reader wrote there; it is always shown, with its rank. None: there is none
    temperature, show, watch   where the dials stand; the browser keeps its own place until these change
    extra          rows for the watched words that are not one token
    hide           predict, then reveal: words and numbers stay secret until the reader asks
    """
    if logits.ndim != 1 or logits.dtype != np.float32 or not np.isfinite(logits).all():
        raise ValueError("logits must be one row of finite float32")
    header = {
        "key": key,
        **interface(TABLE, LABELS),
        "head": [[int(id_), token] for id_, token in head.items()],
        "vocab_url": vocab_url,
        "original": original_id,
        "temperature": temperature,
        "show": show,
        "watch": list(watch),
        "extra": [asdict(row) for row in extra],
        "hide": hide,
        "caption": caption,
        "title": title,
        "n": last_seen(key),
    }
    _mount(
        header,
        {"logits": logits},
        on_dials_change=listener(key, "dials", parse_dials, on_dials),
        on_watch_change=listener(key, "watch", parse_watch, on_watch),
    )


def head_ids(logits: NDArray[np.float32], count: int = _HEAD) -> NDArray[np.int64]:
    """The ids of the `count` highest scores, best first, ties by id: those whose tokens `head` must hold."""
    count = min(count, logits.shape[0])
    threshold = np.partition(logits, -count)[-count]
    candidates = np.flatnonzero(logits >= threshold)
    return candidates[np.argsort(-logits[candidates], kind="stable")][:count]


def parse_dials(value: Mapping[str, Any]) -> Dials:
    """The event as Dials; MalformedEventError if a value is outside its dial."""
    return Dials(
        temperature=real(value.get("temperature"), *TEMPERATURE),
        show=whole(value.get("show"), *SHOW),
        watch=_watch(value.get("watch")),
    )


def parse_watch(value: Mapping[str, Any]) -> Watch:
    """The event as a Watch; MalformedEventError if the word is empty, too long or no text."""
    return Watch(word=short_text(value.get("word"), MAX_WORD), watch=_watch(value.get("watch")))


def _watch(value: object) -> tuple[str, ...]:
    return tuple(short_text(word, MAX_WORD) for word in listed(value, MAX_WATCHED))
