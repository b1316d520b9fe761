"""Small cards to pick from: a title, a line below, one click.

Knows titles and lines; what a card does is the page's business.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from explorer.components.events import MalformedEventError, last_seen, listener, short_text
from explorer.components.labels import reader_lang
from explorer.components.mounting import declare

_mount = declare(Path(__file__).parent)


@dataclass(frozen=True)
class Card:
    """`id` comes back when the card is picked."""

    id: str
    title: str
    text: str


def cards(cards: Sequence[Card], *, key: str, label: str, on_pick: Callable[[str], None] | None = None) -> None:
    """Mounts the cards as a list of buttons named `label`; `on_pick` gets the id before the page's next run."""
    header = {
        "key": key,
        "lang": reader_lang(),
        "label": label,
        "cards": [asdict(card) for card in cards],
        "n": last_seen(key),
    }
    parse = partial(parse_pick, ids=tuple(card.id for card in cards))
    _mount(header, on_pick_change=listener(key, "pick", parse, on_pick))


def parse_pick(value: Mapping[str, Any], ids: Sequence[str]) -> str:
    """The id picked; MalformedEventError if no such card is on the screen."""
    picked = short_text(value.get("id"), 64)
    if picked not in ids:
        raise MalformedEventError("no such card")
    return picked
