"""The sentence as chips that can be covered: click, drag over several, keyboard.

Knows how a text's tokens look and what a gesture on them means; it does not know why someone covers a token, nor
what the model says about it beyond the numbers in a chip's tooltip.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal, get_args

from explorer.components.events import MalformedEventError, last_seen, listed, listener, whole
from explorer.components.labels import interface
from explorer.components.mounting import declare
from explorer.components.packing import json_array
from explorer.lab.types.core import Tokens

TABLE = "strip"  # of assets/text/<lang>/components.toml
LABELS = (
    "strip",  # name of the whole group
    "keys",  # how to use it from the keyboard, for screen readers
    "keys_one",  # the same in mode "one"
    "count",  # {n} {all}: how many are covered, always in sight
    "chip",  # {text} {n}
    "chip_mask",  # {n}
    "chip_random",  # {n} {shown}
    "chip_keep",  # {n} {text}
    "chip_unknown",  # {n} {text}
    "chip_special",  # {text}
    "tip_id",  # {id} {start} {end}
    "tip_special",  # {id}
    "tip_unknown",  # {original}
    "tip_hidden",  # the covered original is kept secret
    "tip_original",  # {original}
    "tip_guess",  # {p} {rank}: what the model gives the original when only it is covered
    "tip_surprisal",  # {s}
    "tint",  # what the blue mark at the foot of a chip means
    "csv_columns",  # 11 names, comma-separated: see `csv` in token_strip.js
)

_mount = declare(Path(__file__).parent)

Cover = Literal["mask", "random", "keep"]
COVERS: dict[str, Cover] = {name: name for name in get_args(Cover)}  # by what a result calls them


@dataclass(frozen=True)
class Chip:
    """One token. `start`, `end` are its half-open character range in the text, `word` its word's number (-1: none).

    text        the token as the tokenizer names it ("##ing", "[CLS]")
    original    the reader's own characters there ("" for special tokens)
    covered     how the position is treated; None: as written
    shown       the token that stands there when `covered` is "random"; in mode "show" also what
                a cover says (？ if nothing)
    surprisal   nats, −ln P(original) with only this position covered; p and rank (1 = first) of the same prediction
    note        one more line for the tooltip
    second      belongs to the second of two sentences: underlined in that one's colour
    blank       written as the mask token: there is nothing under it, so no gesture uncovers it
    under       a few words in small type below the token
    """

    text: str
    id: int
    start: int
    end: int
    original: str
    kind: Literal["token", "special", "unknown"] = "token"
    word: int = -1
    covered: Cover | None = None
    shown: str | None = None
    surprisal: float | None = None
    p: float | None = None
    rank: int | None = None
    note: str = ""
    second: bool = False
    blank: bool = False
    under: str = ""


def chip(tokens: Tokens, position: int, *, named: bool = False, **marks: Any) -> Chip:
    """The chip of one token as its tokenizer cut it; `marks` are the fields of `Chip` that a page adds.

    named   with the tokenizer's own sign for a blank (Ġis), where the page is about how texts are cut
    """
    special, piece = tokens.special[position], tokens.pieces[position]
    return Chip(
        text=piece[1:] if piece[:1] in ("Ġ", "▁") and len(piece) > 1 and not named else piece,
        id=tokens.ids[position],
        start=tokens.offsets[position][0],
        end=tokens.offsets[position][1],
        original="" if special else tokens.surface(position),
        kind="special" if special else "unknown" if tokens.unknown[position] else "token",
        word=tokens.words[position],
        **marks,
    )


@dataclass(frozen=True)
class StripChange:
    """One gesture: the covered positions (ascending) and the position in focus after it (None: none)."""

    covered: tuple[int, ...]
    focus: int | None


def token_strip(
    chips: Sequence[Chip],
    *,
    key: str,
    focus: int | None = None,
    on_change: Callable[[StripChange], None] | None = None,
    mode: Literal["toggle", "one", "pick", "show"] = "toggle",
    reveal: bool = True,
    quick: bool = False,
    words: Mapping[str, str] | None = None,
    tint: float | None = None,
    caption: str = "",
    title: str = "",
) -> None:
    """Mounts the strip. `on_change` runs as a Streamlit callback, once a gesture, before the page's next run.

    mode "toggle"  a click covers or uncovers a token. With several covered, a click on a covered one that is not in
                   focus brings it into focus; the next uncovers it. A drag covers all tokens it passes.
         "one"     there is one cover (beside the blanks that were written): a click on a token moves it there, a click
                   on the covered one takes it off; an arrow key on the covered token, or a drag, takes it along.
         "pick"    a click picks one token (`focus`); special tokens can be picked too; nothing is covered.
         "show"    nothing can be clicked; tooltips work.
    focus   the position the page speaks about: it gets the orange ring
    reveal  a covered chip shows its original on hover, focus and long press; False keeps it secret
    quick   figures of the page that follow this strip (see `distribution`) may show the answer when just one token is
            covered with the mask; `on_change` then hears of it when the reader rests
    tint    the surprisal (nats) that fills a chip's blue mark; None draws none. ln(vocabulary) is the guessing line.
    words   texts of LABELS that this page says differently
    """
    header = {
        "key": key,
        **interface(TABLE, LABELS, words),
        "covered": [[i, chip.covered, chip.shown] for i, chip in enumerate(chips) if chip.covered is not None],
        "focus": focus,
        "mode": mode,
        "reveal": reveal,
        "quick": quick,
        "tint": tint,
        "caption": caption,
        "title": title,
        "n": last_seen(key),
    }
    # What a gesture changes goes with the header; the tokens themselves stay the same, and so need to come only once.
    still = [{k: value for k, value in asdict(chip).items() if k not in ("covered", "shown")} for chip in chips]
    parse = partial(parse_change, kinds=tuple(chip.kind for chip in chips))
    _mount(header, {"chips": json_array(still)}, on_change_change=listener(key, "change", parse, on_change))


def parse_change(value: Mapping[str, Any], kinds: Sequence[str]) -> StripChange:
    """The event as a StripChange; MalformedEventError if it names a position that cannot be meant.

    `kinds` are those of the chips on the screen; special tokens cannot be covered.
    """
    last = len(kinds) - 1
    covered = sorted({whole(position, 0, last) for position in listed(value.get("covered"), len(kinds))})
    if any(kinds[position] == "special" for position in covered):
        raise MalformedEventError("a special token cannot be covered")
    focus = value.get("focus")
    return StripChange(tuple(covered), None if focus is None else whole(focus, 0, last))
