"""A stop button's word: known while its run lasts, to nobody else, and fit for the id of a component."""

from __future__ import annotations

import re

from explorer.ui import stop_button
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
