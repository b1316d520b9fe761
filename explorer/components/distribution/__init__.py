"""A distribution over the vocabulary as bars: its head is sent, its dials act in the browser.

Knows scores, words and how to show probabilities. It does not know which model or text they come from. Probabilities
are computed in the browser (shared/head.js). The answers at several positions may come together; then a gesture on a
token strip is answered at once, before Python runs.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from explorer.components.events import last_seen, listed, listener, real, short_text, whole
from explorer.components.labels import interface
from explorer.components.mounting import declare
from explorer.components.packing import json_array
from explorer.lab.types.arrays import Doubles, Floats, Ids
from explorer.lab.types.head import Known, head_of, known
from explorer.lab.types.masking import HeadsResult, WordsResult

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
    "ghost",  # what the outline on a bar means
    "summary_before",  # {list}: the same for screen readers
    "csv_columns",  # 5 names, comma-separated: rank, id, token, score, probability
)

TEMPERATURE = (0.1, 3.0)
SHOW = (3, 30)
MAX_WATCHED = 8
MAX_WORD = 40
_NAMED = SHOW[1]  # so many of the best have their names with them: those that can be shown

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


@dataclass(frozen=True)
class Answers:
    """The heads of one or more positions of a text (lab/types/head.py), and what else can be shown of them.

    positions[n]   ids[n, k]   logits[n, k]   tail[n, nodes]
    original[n]    the token the reader wrote there, with its score and rank; None where there is none
    watched[w]     tokens whose score and rank are known at every position: watched_logit[n, w], watched_rank[n, w]
    size           of the vocabulary
    """

    positions: Sequence[int]
    ids: Ids
    logits: Floats
    tail: Doubles
    original: Sequence[Known | None]
    watched: Sequence[int]
    watched_logit: Floats
    watched_rank: Ids
    size: int


def one_answer(logits: Floats, position: int, original: int | None, watched: Sequence[int]) -> Answers:
    """The answer at one position, from all its scores logits[vocab]. Raises ValueError as `head_of` does."""
    head = head_of(logits)
    places = known(logits, watched)
    return Answers(
        positions=(position,), ids=head.ids[None], logits=head.logits[None], tail=head.tail[None],
        original=(None if original is None else known(logits, (original,))[0],), watched=tuple(watched),
        watched_logit=np.array([[one.logit for one in places]], dtype=np.float32),
        watched_rank=np.array([[one.rank for one in places]], dtype=np.int32),
        size=head.size,
    )  # fmt: skip


def all_answers(heads: HeadsResult) -> Answers:
    """The answers at all positions of a text that can be covered, no word watched."""
    n = len(heads.positions)
    return Answers(
        positions=heads.positions.tolist(), ids=heads.ids, logits=heads.logits, tail=heads.tails,
        original=[heads.known(row) for row in range(n)], watched=(),
        watched_logit=np.zeros((n, 0), dtype=np.float32), watched_rank=np.zeros((n, 0), dtype=np.int32),
        size=heads.vocab_size,
    )  # fmt: skip


def with_words(answers: Answers, words: WordsResult) -> Answers:
    """The same answers with the watched words' scores and ranks at every position."""
    return replace(answers, watched=words.ids, watched_logit=words.logits, watched_rank=words.rank)


def distribution(
    answers: Answers,
    *,
    key: str,
    position: int,
    word_of: Callable[[int], str],
    vocab_url: str,
    follows: str | None = None,
    whole: Floats | None = None,
    temperature: float = 1.0,
    show: int = 5,
    watch: Sequence[str] = (),
    placed: Mapping[str, int] | None = None,
    by_name: bool = True,
    apart: Collection[int] = (),
    extra: Sequence[Extra] = (),
    hide: bool = False,
    on_dials: Callable[[Dials], None] | None = None,
    on_watch: Callable[[Watch], None] | None = None,
    on_whole: Callable[[], None] | None = None,
    caption: str = "",
    title: str = "",
    verdict: str | None = None,
) -> None:
    """Mounts the bars. Callbacks run before the page's next run; dials speak once, when they are let go.

    position     the one of `answers` that is shown; its original is always shown, with its rank
    word_of      id → token; the best at each position, the originals and the watched travel with their names
    vocab_url    a JSON array of all tokens by id, relative to the page's base; fetched when all scores are exported
    follows      the key of a token strip: when just one token is covered there, its answer is shown at once. None: no
    whole        all scores at `position`; sent when `on_whole` has been called, which asks for them
    temperature, show, watch   where the dials stand; the browser keeps its own place until these change
    placed       the token that a watched word is where the blank stands
    by_name      whether a word that is asked for is simply the token of this name
    apart        tokens that stand for no text and are never shown as an answer
    extra          rows for the watched words that are not one token
    hide           predict, then reveal: words and numbers stay secret until the reader asks
    verdict        what is said of the original, where it is no original; with {word} {p} {rank}
    """
    never = set(apart)
    skipped = int(np.isin(answers.ids[:, : 2 * _NAMED], list(never)).sum(axis=1).max()) if never else 0
    named = {*answers.ids[:, : _NAMED + skipped].ravel().tolist(), *answers.watched}
    named |= {one.id for one in answers.original if one is not None}
    about = {
        "positions": list(answers.positions),
        "original": [None if one is None else [one.id, one.logit, one.rank] for one in answers.original],
        "names": [[id_, word_of(id_)] for id_ in sorted(named)],
    }
    small = answers.size <= np.iinfo(np.uint16).max
    arrays = {
        "about": json_array(about),
        "ids": answers.ids.astype(np.uint16 if small else np.int32),
        "logits": answers.logits,
        "tail": answers.tail,
        "watched": np.array(answers.watched, dtype=np.int32),
        "watched_logit": answers.watched_logit,
        "watched_rank": answers.watched_rank,
        **({} if whole is None else {"whole": whole}),
    }
    header = {
        "key": key,
        **interface(TABLE, LABELS, None if verdict is None else {"verdict": verdict}),
        "size": answers.size,
        "position": position,
        "follows": follows,
        "follows_n": 0 if follows is None else last_seen(follows),
        "vocab_url": vocab_url,
        "temperature": temperature,
        "show": show,
        "watch": list(watch),
        "placed": [[word, id_] for word, id_ in (placed or {}).items()],
        "by_name": by_name,
        "apart": sorted(never & {*answers.ids.ravel().tolist()}),
        "extra": [asdict(row) for row in extra],
        "hide": hide,
        "caption": caption,
        "title": title,
        "n": last_seen(key),
    }
    _mount(
        header,
        arrays,
        on_dials_change=listener(key, "dials", parse_dials, on_dials),
        on_watch_change=listener(key, "watch", parse_watch, on_watch),
        on_whole_change=listener(key, "whole", lambda _: None, lambda _: on_whole and on_whole()),
    )


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
