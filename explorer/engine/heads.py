"""Heads that lie here for a while: opened from a file, or left by another reader for whoever has the link.

Knows names that can't be guessed and what a file says of itself; it reads no weight.
"""

from __future__ import annotations

import secrets

from explorer.errors import Told
from explorer.learning import keeping
from explorer.models.catalog import catalog


def new_name() -> str:
    """A name that nobody can guess: whoever has it has the head."""
    return secrets.token_urlsafe(16)


def laid(data: bytes) -> str:
    """The name under which a file lies from now on. Raises Told: head_too_large (limit), head_no_file,
    head_other_labels, head_other_model."""
    about = keeping.about(data)
    if about.model != catalog.default("masked").revision:
        raise Told("head_other_model")
    name = new_name()
    keeping.kept.put(name, data)
    return name


def about(name: str) -> keeping.About:
    """What the head under `name` is. Raises Told("head_lost")."""
    return keeping.about(keeping.kept.get(name))


def file(name: str) -> bytes:
    """The file under `name`. Raises Told("head_lost")."""
    return keeping.kept.get(name)


HOURS = keeping.HOURS
