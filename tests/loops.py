"""Coroutines in a test: run in a thread of their own, because Playwright leaves a running loop in the tests' thread."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """`asyncio.run`, wherever a test finds itself: what a worker ran before does not matter."""
    with ThreadPoolExecutor(1) as another:
        return another.submit(asyncio.run, coroutine).result()
