"""What the people in front of this server may do to its models: everything, where only this machine reaches it."""

from __future__ import annotations

import os
import sys
from urllib.parse import urlsplit

import streamlit as st

from explorer.engine import uses


def policy() -> uses.Policy:
    """By the address the server is bound to and the teacher's settings (models/catalog/policy.py).

    Raises ValueError for a setting that names no such permission.
    """
    return uses.allowed(st.get_option("server.address"), os.environ, sys.argv[1:])


def free_generation() -> bool:
    """Whether a model may go on from what readers write (SESAME_FREE_GENERATION, --free-generation)."""
    return policy().free_generation


def at_this_machine() -> bool:
    """Whether this reader's browser runs on the machine that serves the page, as far as can be told.

    Enough to show where a file lies; what a reader may do goes by `policy`.
    """
    if policy().alone:
        return True
    host = urlsplit(st.context.url or "").hostname
    return host is None or (st.context.ip_address is None and uses.is_loopback(host))
