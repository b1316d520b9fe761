"""A text as it grows: the path so far, the offer of the next token with its dials, where chance falls, and a player.

Knows tokens, scores and settings. It does not know which model they come from. Offer and draw are worked out in the
browser (shared/candidates.js), so that a moving dial asks nobody; Python hears which token was taken.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from explorer.components.events import MalformedEventError, last_seen, listener, real, whole
from explorer.components.generator.known import known
from explorer.components.labels import interface
from explorer.components.mounting import declare
from explorer.lab.types.generation import Settings

TABLE = "generator"  # of assets/text/<lang>/components.toml
LABELS = (
    "path",  # name of the text
    "bars",  # name of the list of candidates
    "keys",  # how to use it from the keyboard
    "step",
    "play",
    "pause",
    "back",
    "branch",
    "close",  # take this branch away
    "seed",  # {seed}
    "free",  # name of the switch: a new number for every draw
    "again",  # another seed
    "speed",  # {n}: tokens a second
    "speed_most",  # as fast as it goes
    "verdict",  # {word} {p} {rank}: where chance falls
    "verdict_best",  # {word} {p}: temperature 0
    "verdict_only",  # {word}: nothing else was left
    "verdict_taken",  # {word} {p} {rank} {s}: what was taken at this place, and how surprising it was
    "force",  # {word}: the name of a candidate's button
    "cut",  # instead of a percentage
    "rest",  # {n}: all others
    "draw",  # what the ruler is
    "temperature",  # {t}
    "temperature_zero",
    "top_k",  # {k}
    "top_k_off",
    "top_p",  # {p}
    "min_p",  # {p}
    "repetition",  # {r}
    "repetition_off",
    "reset",
    "tip",  # {p} {rank} {s} {h}: a token of the path
    "tip_prompt",  # a token the reader wrote
    "bytes",  # {char}: this token is one of several bytes of a character
    "ended",  # the model closed the text
    "strip",  # what the strip of entropies shows
    "kind_special",
    "kind_prompt",
    "kind_new",
    "csv_columns",  # 8 names: place, token, id, kind, P(model), rank, surprisal, entropy
)
MOST_TOKENS = 4096

_mount = declare(Path(__file__).parent)


@dataclass(frozen=True)
class PathToken:
    """One token of the text. `group` is the same for tokens that spell one character in bytes; the last of them has
    that character in `whole`. Of a generated token: the model's own p and rank, surprisal and entropy in nats."""

    id: int
    text: str
    kind: Literal["special", "prompt", "new"]
    group: int
    whole: str = ""
    p: float | None = None
    rank: int | None = None
    nats: float | None = None
    entropy: float | None = None


@dataclass(frozen=True)
class Act:
    """One gesture. `token` is set for "take", `at` (a place in the text) for "take", "go" and "branch".

    kind "take" a token at a place · "go" to a place · "branch" there · "close" the branch · "dials" were moved ·
    "seed" another seed, please · "free" the seed or hold it
    """

    kind: str
    settings: Settings
    at: int
    token: int | None
    free: bool


def generator(
    logits: NDArray[np.float32],
    *,
    key: str,
    path: Sequence[PathToken],
    at: int,
    settings: Settings,
    seed: int,
    free: bool,
    chance: float,
    first: int,
    head: Mapping[int, str],
    ends: Sequence[int],
    vocab_url: str,
    tone: Literal["model", "b"] = "model",
    branch: Literal["can", "is", "no"] = "can",
    on_act: Callable[[Act], None] | None = None,
    caption: str = "",
    title: str = "",
) -> None:
    """Mounts one text. `on_act` runs as a Streamlit callback, once a gesture, before the page's next run.

    logits[vocab]  finite float32 scores of the token at place `at`, before the softmax
    path, at       all tokens, and the place looked at; at = len(path) is the next token
    first          the first place a reader may go back to: what stands before it was written
    chance         0 ≤ chance < 1, the number that decides the draw at `at`
    head           id → token, at least for the first 60 and the tokens of the path
    ends           tokens with which a model closes its text
    branch         "can": this text may be branched; "is": it is a branch and can be closed; "no": neither
    """
    if logits.ndim != 1 or logits.dtype != np.float32 or not np.isfinite(logits).any() or np.isnan(logits).any():
        raise ValueError("logits must be one row of float32 without NaN")
    header = {
        "key": key,
        **interface(TABLE, LABELS),
        "path": [asdict(token) for token in path],
        "at": at,
        "first": first,
        "settings": asdict(settings),
        "seed": seed,
        "free": free,
        "chance": chance,
        "head": [[int(id_), token] for id_, token in head.items()],
        "ends": list(ends),
        "vocab_url": vocab_url,
        "tone": tone,
        "branch": branch,
        "caption": caption,
        "title": title,
        "n": last_seen(key),
    }
    seen = np.array([token.id for token in path[:at]], dtype=np.int32)
    offered, arrays = known(logits, [token.id for token in path[: at + 1]], settings.temperature)
    parse = partial(parse_act, size=len(logits), last=len(path))
    _mount(
        header | offered,
        {**arrays, "seen": seen},
        {"logits": logits},
        on_act_change=listener(key, "act", parse, on_act),
    )


def parse_act(value: Mapping[str, Any], size: int, last: int) -> Act:
    """The event as an Act; MalformedEventError for a place, token or setting that cannot be meant."""
    kind = value.get("kind")
    if kind not in ("take", "go", "branch", "close", "dials", "seed", "free"):
        raise MalformedEventError("no such act")
    dials = value.get("settings")
    if not isinstance(dials, Mapping):
        raise MalformedEventError("no settings")
    settings = Settings(
        temperature=real(dials.get("temperature"), 0.0, 3.0),
        top_k=whole(dials.get("top_k"), 0, 100),
        top_p=real(dials.get("top_p"), 0.0, 1.0),
        min_p=real(dials.get("min_p"), 0.0, 1.0),
        repetition=real(dials.get("repetition"), 1.0, 2.0),
    )
    return Act(
        kind=kind,
        settings=settings,
        at=whole(value.get("at"), 0, min(last, MOST_TOKENS)),
        token=whole(value.get("token"), 0, size - 1) if kind == "take" else None,
        free=value.get("free") is True,
    )
