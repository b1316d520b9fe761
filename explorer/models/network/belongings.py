"""What belongs to a model and goes when it goes: heads and decoders that were made for it, what was read with it once.

Kept anywhere else it would keep the model in memory, which it holds itself.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import cached_property
from typing import Any, TypeVar, cast

from cachetools import LRUCache

MOST = 64

T = TypeVar("T")


class Belongings:
    """For whoever has some. One thread at a time, as with the model."""

    @cached_property
    def _belongings(self) -> LRUCache[Hashable, Any]:
        return LRUCache(MOST)

    def once(self, what: Hashable, make: Callable[[], T]) -> T:
        """What `make` gives, made when `what` is first asked for."""
        if what not in self._belongings:
            self._belongings[what] = make()
        return cast(T, self._belongings[what])
