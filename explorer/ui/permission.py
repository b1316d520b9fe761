"""What the people in front of this server may do to its models: everything, where only this machine reaches it."""

from __future__ import annotations

import os
import sys

import streamlit as st

from explorer.engine import uses


def policy() -> uses.Policy:
    """By the address the server is bound to and the teacher's setting (SESAME_READERS_MAY, --readers-may).

    Raises ValueError for a setting that names no such permission.
    """
    return uses.allowed(st.get_option("server.address"), os.environ, sys.argv[1:])
