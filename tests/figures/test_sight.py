"""The square of who sees whom names as many words as stand side by side, the blank always among them."""

from __future__ import annotations

import pytest

from explorer.figures import sight


@pytest.mark.parametrize(("n", "at"), [(1, 0), (13, 5), (14, 5), (27, 26), (60, 33)])
def test_as_many_words_are_named_as_fit_and_the_blank_is_one_of_them(n: int, at: int) -> None:
    words = [f"w{place}" for place in range(n)]
    fig = sight.square(sight.seen(n, "both"), words, at, ("guessed", "seen"))
    for axis in (fig.layout.xaxis, fig.layout.yaxis):
        assert len(axis.tickvals) <= sight.ROOMY
        assert at in axis.tickvals
        assert list(axis.ticktext) == [words[place] for place in axis.tickvals]
    if n <= sight.ROOMY:
        assert len(fig.layout.xaxis.tickvals) == n
