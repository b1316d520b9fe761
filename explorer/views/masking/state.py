"""The state of 填空: one frozen record, which is the page's link. It knows its bounds and nothing of models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from explorer.lab.types.core import MAX_TOKENS
from explorer.ui.state import MAX_LINK, limit

Tool = Literal["cover", "road", "see", "repair", "lottery", "joint", "lens", "compare", "budget"]
How = Literal["mask", "random", "keep"]
Cover = Literal["one", "several"]


@dataclass(frozen=True)
class State:
    """The whole page. An empty `text` stands for the page's own example in the reader's language.

    bare    nothing is covered because the reader wants it so; else the page covers something by itself (defaults.py)
    cover   whether a click moves the one mask or adds another (covering.py)
    """

    text: str = limit("", longest=MAX_LINK)
    tool: Tool = "cover"
    masks: tuple[int, ...] = limit((), low=1, high=510, longest=MAX_TOKENS)
    focus: int = limit(0, low=0, high=510)
    how: How = "mask"
    cover: Cover = "one"
    bare: bool = False
    t: float = limit(1.0, low=0.1, high=3.0)
    k: int = limit(6, low=3, high=30)
    watch: tuple[str, ...] = limit((), longest=8)
    hide: bool = False
    seed: int = limit(0, low=0, high=9999)
    unit: Literal["token", "word"] = "token"
    wrong: str = limit("", longest=16)
    b: str = limit("", longest=MAX_LINK)
    b_mask: int = limit(0, low=0, high=510)
