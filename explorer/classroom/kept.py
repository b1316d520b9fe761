"""Kept: the one home of this process's rooms, by the setting SESAME_ROOMS."""

from __future__ import annotations

from functools import lru_cache

from explorer import settings
from explorer.classroom.homes import Home, MemoryHome


@lru_cache(maxsize=1)
def home() -> Home:
    """In memory, or in Redis where SESAME_ROOMS names one ("redis://…")."""
    address = settings.value("SESAME_ROOMS")
    if address:
        from explorer.classroom.redis_home import RedisHome

        return RedisHome(address)
    return MemoryHome()
