"""A tree of continuations, growing to the right: a node a token, with its probability; click one to take its path.

Knows nodes and numbers. It does not know whether a beam search or anything else made them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from explorer.components.events import last_seen, listener, whole
from explorer.components.labels import interface
from explorer.components.mounting import declare

TABLE = "tree"  # of assets/text/<lang>/components.toml
LABELS = (
    "tree",  # name of the figure
    "hint",  # what a click does
    "node",  # {path} {p} {s} {score}: one node in words
    "scrolls",  # for screen readers: it scrolls sideways
    "dropped",  # a node from which the search did not go on
    "csv_columns",  # 8 names: node, parent, depth, token, P, ln P of the path, score, kept
)

_mount = declare(Path(__file__).parent)


@dataclass(frozen=True)
class Leaf:
    """A node: `parent` is another's place in the list, −1 for those that follow the text itself; `best`: on the path
    that was chosen in the end; `kept`: the search went on from here."""

    parent: int
    depth: int
    text: str
    p: float
    log_p: float
    score: float
    kept: bool
    best: bool


def tree(
    nodes: Sequence[Leaf],
    *,
    key: str,
    root: str,
    on_pick: Callable[[int], None] | None = None,
    caption: str = "",
    title: str = "",
) -> None:
    """Mounts the tree; `root` stands at its left end, `on_pick` gets a node's place before the page's next run."""
    header = {
        "key": key,
        **interface(TABLE, LABELS),
        "nodes": [asdict(node) for node in nodes],
        "root": root,
        "caption": caption,
        "title": title,
        "n": last_seen(key),
    }
    parse = partial(parse_pick, count=len(nodes))
    _mount(header, on_pick_change=listener(key, "pick", parse, on_pick))


def parse_pick(value: Mapping[str, Any], count: int) -> int:
    """The node picked; MalformedEventError if no such node is on the screen."""
    return whole(value.get("node"), 0, count - 1)
