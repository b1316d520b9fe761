"""A stop button's word: known while its run lasts, to nobody else, and fit for the id of a component."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from explorer.errors import Cancelled
from explorer.lab.types.core import Progress, Waiting
from explorer.ui import stop_button, widgets
from explorer.ui.stop_button import Stop


def test_a_run_hears_its_own_word_and_only_while_it_lasts() -> None:
    with Stop() as first, Stop() as second:
        assert stop_button.ask(first._word)
        assert first.asked() and not second.asked()
        assert not stop_button.ask("no such word")
    assert not stop_button.ask(first._word)
    assert not stop_button.ask(second._word)


def test_words_are_hexadecimal_and_never_the_same() -> None:
    """Two underscores in a key would end the page: now and then, which is why many are drawn here."""
    words = [Stop()._word for _ in range(2000)]
    assert len(set(words)) == len(words)
    assert all(re.fullmatch("[0-9a-f]{32}", word) for word in words)


class Place:
    """What stands where a progress bar would."""

    def __init__(self) -> None:
        self.drawn: list[tuple[float, str]] = []

    def progress(self, share: float, text: str) -> None:
        self.drawn.append((share, text))

    def empty(self) -> None:
        self.drawn.clear()


def in_line(*values: Any) -> Iterator[Any]:
    yield from values


def test_who_waits_for_a_training_is_told_the_place_once_and_may_stop() -> None:
    place = Place()
    values = in_line(Waiting(2), Waiting(2), Waiting(1), Progress(1, 2), "result")
    with widgets.stoppable(values, place) as (_, steps):
        assert list(steps) == [Progress(1, 2), "result"]
    assert [share for share, _ in place.drawn] == [0.0, 0.0]
    assert ["2" in place.drawn[0][1], "1" in place.drawn[1][1]] == [True, True]

    with widgets.stoppable(in_line(*[Waiting(1)] * 9), place) as (stop, steps):
        stop_button.ask(stop._word)
        with pytest.raises(Cancelled):
            list(steps)
    assert place.drawn == []
