"""Permissions: who may fetch, switch, evict or remove models; all where only this machine reaches the server.

Knows the address that a server is bound to and the teacher's setting; knows no server and no page. A visitor's own
address decides nothing: behind a proxy all of them look alike.
"""

from __future__ import annotations

import argparse
import ipaddress
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from explorer import settings
from explorer.errors import ModelUnavailable

VARIABLE = "SESAME_READERS_MAY"  # e.g. "fetch switch"; also after `--` on the command line: --readers-may fetch,switch
ACTIONS = ("fetch", "switch", "evict", "remove")
FREE = "SESAME_FREE_GENERATION"  # "no": models go on only from what the project wrote; also --free-generation no
_YES, _NO = ("yes", "on", "1", "true"), ("no", "off", "0", "false")
FOLDER = "folder"  # naming a folder of this machine: never given to the readers of a shared server


@dataclass(frozen=True)
class Policy:
    """`alone`: the server is bound to loopback, so whoever uses it sits at this machine.

    `free_generation`: models may go on from what readers write; without, from the project's own beginnings alone.
    """

    alone: bool
    allowed: frozenset[str] = frozenset()
    free_generation: bool = True

    def may(self, action: str) -> bool:
        """`action` is one of ACTIONS, or FOLDER."""
        return self.alone or (action in self.allowed and action != FOLDER)

    def require(self, action: str) -> None:
        """Raises ModelUnavailable("not_allowed")."""
        if not self.may(action):
            raise ModelUnavailable("not_allowed", action=action)


def of_server(address: str | None, environment: Mapping[str, str], arguments: Sequence[str] = ()) -> Policy:
    """The policy of a server bound to `address` (None or "": to all of them), with the teacher's setting.

    Raises ValueError for a setting that names anything but ACTIONS: a misspelt permission is no permission; and for a
    word about free generation that is neither yes nor no.
    """
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--readers-may", default=settings.value(VARIABLE, environment))
    parser.add_argument("--free-generation", default=settings.value(FREE, environment))
    given = parser.parse_known_args(list(arguments))[0]
    written, free = given.readers_may, given.free_generation.strip().strip("\"'").lower()
    if free not in ("", *_YES, *_NO):
        raise ValueError(f"{FREE} / --free-generation: {free}; there is: yes, no")
    words = frozenset(word for word in re.split(r"[,\s]+", written.strip()) if word)
    if unknown := sorted(words - set(ACTIONS)):
        raise ValueError(f"{VARIABLE} / --readers-may: {', '.join(unknown)}; there is: {', '.join(ACTIONS)}")
    return Policy(alone=is_loopback(address), allowed=words, free_generation=free not in _NO)


def is_loopback(address: str | None) -> bool:
    """True for localhost, 127.0.0.0/8 and ::1; false for no address, which means every address."""
    if not address:
        return False
    try:
        return address == "localhost" or ipaddress.ip_address(address.strip("[]")).is_loopback
    except ValueError:
        return False
