"""Errors a reader or teacher can be told: one class, `Told`, with a key into the texts and the values that fill it.

Knows no interface language (the sentences are in assets/text/<lang>/errors.toml; a test holds keys and values against
them) and no layer: whoever refuses something raises `Told` itself. The subclasses are those that somebody tells apart.
"""

from __future__ import annotations

from typing import Any


class Told(Exception):
    """`key` names the sentence, `values` fill it. Survives pickling, so it can cross a process boundary."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(f"{key} {values}")
        self.key = key
        self.values = values

    def __reduce__(self) -> tuple[Any, ...]:
        return (_rebuild, (type(self), self.key, self.values))


def _rebuild(kind: type[Told], key: str, values: dict[str, object]) -> Told:
    return kind(key, **values)


class Busy(Told):
    """The queue is full: `values["position"]` says how many requests stand before this one."""


class Cancelled(Told):
    """Somebody ended it: the reader, the closed page, the teacher who stopped a download."""


class ModelUnavailable(Told):
    """A model cannot be had or used: its files are missing, damaged or too large, or no source gave them."""
