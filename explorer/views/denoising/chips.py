"""What the encoder is given and the decoder is to say, as chips: holes, sentinels, moved and hidden tokens marked."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from explorer.components.token_strip import Chip, chip, token_strip
from explorer.lab.types.breaking import HOLE, Broken
from explorer.lab.types.core import Tokens
from explorer.lab.types.denoising import ordinary
from explorer.ui.i18n import t

_LETTERS = "XYZABCDEFGHIJKLMNOPQRSTUVW"  # T5's paper calls its sentinels <X>, <Y>, <Z>
MASK = "[MASK]"


def sentinel(id: int) -> str:
    """The name of a sentinel (Broken: −1 is the first)."""
    return f"<{_LETTERS[-1 - id]}>" if -id <= len(_LETTERS) else f"<{-id}>"


def surface(tokens: Tokens, first: int, last: int) -> str:
    """The reader's own characters from the token `first` to the token `last`, both counted as `Broken` does."""
    at = ordinary(tokens)
    return tokens.text[tokens.offsets[at[first]][0] : tokens.offsets[at[last]][1]]


def runs(places: tuple[int, ...]) -> list[tuple[int, int]]:
    """Neighbouring places together: (first, last)."""
    found = [[at for _, at in group] for _, group in groupby(enumerate(places), lambda pair: pair[1] - pair[0])]
    return [(run[0], run[-1]) for run in found]


def names(tokens: Tokens, ids: tuple[int, ...], places: tuple[int, ...]) -> list[str]:
    """A word for each: of `Broken.shown` with its origins, or of `Broken.target` with its sources."""
    at = ordinary(tokens)
    return [
        tokens.surface(at[place]) if place != HOLE else sentinel(id) if id < 0 else MASK
        for id, place in zip(ids, places, strict=True)
    ]


def shown(tokens: Tokens, broken: Broken) -> list[Chip]:
    """What the encoder is given. A moved token says where it stood; under a hole lies what was there."""
    at, moved = ordinary(tokens), set(broken.moved)
    under = iter(_under(tokens, broken))
    out = []
    for id, origin in zip(broken.shown, broken.origins, strict=True):
        if origin == HOLE:
            out.append(_hole(id, next(under)))
        elif origin in moved:
            out.append(chip(tokens, at[origin], under=t("denoising.breaking.stood", n=origin + 1), second=True))
        else:
            out.append(chip(tokens, at[origin]))
    return out


def target(tokens: Tokens, broken: Broken) -> list[Chip]:
    """What the decoder is to say; what the encoder was not given is marked."""
    at, hidden = ordinary(tokens), set(broken.hidden)
    return [
        _hole(id, "")
        if place == HOLE
        else chip(tokens, at[place], covered="keep" if place in hidden else None)
        for id, place in zip(broken.target, broken.sources, strict=True)
    ]  # fmt: skip


def strip(chips: Sequence[Chip], key: str, title: str) -> None:
    """The chips, to be looked at."""
    words = {
        "strip": title,
        "chip_mask": t("denoising.breaking.chip_hole", n="{n}", shown="{shown}"),
        "chip_keep": t("denoising.breaking.chip_unseen", n="{n}", text="{text}"),
        "tip_special": t("denoising.breaking.tip_hole"),
    }
    token_strip(chips, key=key, words=words, mode="show", title=title)


def _hole(id: int, original: str) -> Chip:
    name = sentinel(id) if id < 0 else MASK
    return Chip(text=name, id=id, start=0, end=0, original=original or name, kind="special", covered="mask", shown=name)


def _under(tokens: Tokens, broken: Broken) -> list[str]:
    """What each hole stands for, in order: a token each where there are as many, else all that is missing there."""
    holes: list[str] = []
    place = 0
    origins = broken.origins
    for hole, group in groupby(origins, lambda origin: origin == HOLE):
        count = len(list(group))
        if hole:
            before = origins[place - 1] if place else -1
            after = origins[place + count] if place + count < len(origins) else len(ordinary(tokens))
            missing = [at for at in broken.hidden if before < at < after]
            if len(missing) == count:
                holes += [surface(tokens, at, at) for at in missing]
            else:
                whole = surface(tokens, missing[0], missing[-1]) if missing else t("denoising.breaking.empty")
                holes += [whole] * count
        place += count
    return holes
