"""The door between the browser and Python: what a component sends is checked here before anyone acts on it.

Knows how Streamlit hands a trigger's value to a callback and how to refuse malformed values. It does not know
what any event means: each component brings its own `parse`.

Every event carries `n`, a number that grows with each gesture. The last `n` seen goes back to the browser in the
component's header, so that an answer to an older gesture does not undo what the reader has done since. An event
brings along the `earlier` ones of its kind that no answer has shown to be heard (shared/outbox.js): Streamlit keeps one
message a component while it is busy, and a newer one takes the place of an older one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import streamlit as st

Event = TypeVar("Event")
_MAX_N = 2**31
_MOST_EARLIER = 40  # as many as a browser keeps


class MalformedEventError(ValueError):
    """A value from the browser that no component of ours would send; the event is dropped."""


def listener(
    key: str, event: str, parse: Callable[[Mapping[str, Any]], Event], act: Callable[[Event], None] | None
) -> Callable[[], None]:
    """A Streamlit callback: reads the trigger `event` of the component `key`, parses it, and calls `act`.

    Events that were not heard before come first, in their order; none is acted on twice.
    """
    memory = f"{_memory(key)}:{event}"

    def on_event() -> None:
        state = st.session_state.get(key)
        value = state.get(event) if isinstance(state, Mapping) else None
        if not isinstance(value, Mapping):
            return
        earlier = value.get("earlier")
        for one in (*(earlier[-_MOST_EARLIER:] if isinstance(earlier, list) else ()), value):
            try:
                if not isinstance(one, Mapping):
                    raise MalformedEventError(event)
                n = whole(one.get("n"), 0, _MAX_N)
                if n <= st.session_state.get(memory, -1):
                    continue
                parsed = parse(one)
            except MalformedEventError:
                continue
            st.session_state[memory] = n
            st.session_state[_memory(key)] = max(n, last_seen(key))
            if act is not None:
                act(parsed)

    return on_event


def last_seen(key: str) -> int:
    """The `n` of the last event of the component `key` in this session; 0 before the first."""
    return int(st.session_state.get(_memory(key), 0))


def whole(value: object, low: int, high: int) -> int:
    """`value` as an int in low…high, both included; MalformedEventError otherwise."""
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise MalformedEventError(f"{value!r} is no whole number in {low}…{high}")
    return value


def real(value: object, low: float, high: float) -> float:
    """`value` as a finite float in low…high, both included; MalformedEventError otherwise."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise MalformedEventError(f"{value!r} is no number")
    if not math.isfinite(value) or not low <= value <= high:
        raise MalformedEventError(f"{value!r} is not in {low}…{high}")
    return float(value)


def short_text(value: object, most: int) -> str:
    """`value` as a text of 1…`most` characters that UTF-8 can carry; MalformedEventError otherwise."""
    if not isinstance(value, str) or not 0 < len(value) <= most:
        raise MalformedEventError("no short text")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as error:
        raise MalformedEventError("no valid text") from error
    return value


def listed(value: object, most: int) -> list[Any]:
    """`value` as a list of at most `most` items; MalformedEventError otherwise."""
    if not isinstance(value, list) or len(value) > most:
        raise MalformedEventError("no list, or too long")
    return value


def _memory(key: str) -> str:
    return f"component-n:{key}"
