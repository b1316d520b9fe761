"""What grows while it is computed: how far it is and the button that stops it in one line, what there is so far below.

It knows streams and places on the page. The line stands before anything is drawn below it, so the button stays where a
reader reaches for it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explorer.ui import widgets

V = TypeVar("V")


@dataclass(frozen=True)
class Growing(Generic[V]):
    """values: what the stream yields; tell(share, words): how far it is; shown: an st.empty below it."""

    values: Iterator[V]
    tell: Callable[[float, str], None]
    shown: DeltaGenerator


@contextlib.contextmanager
def growing(stream: Generator[V]) -> Iterator[Growing[V]]:
    """A stream on the page for as long as it runs; the line comes with the first word of how far it is.

    Raises Cancelled when the reader stopped it; nothing of it is left on the page then, nor at its end.
    """
    line, shown = st.empty(), st.empty()
    bar: DeltaGenerator | None = None

    def tell(share: float, words: str) -> None:
        nonlocal bar
        if bar is None:
            with line.container(horizontal=True, vertical_alignment="center"):
                bar = st.empty()
                stop.button()
        bar.progress(share, text=words)

    with widgets.stoppable(stream, line, shown, waiting=lambda words: tell(0.0, words)) as (stop, values):
        yield Growing(values, tell, shown)
    line.empty()
    shown.empty()
