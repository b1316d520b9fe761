"""Links with anything in any field open every page without a traceback: a few of each page, `python -m benchmarks
scale` opens a thousand."""

from __future__ import annotations

import pytest

from benchmarks import hostile, scale
from explorer import chapters
from explorer.views.home import stage

EACH = 1


@pytest.mark.parametrize("page", chapters.PAGES)
def test_a_hostile_link_opens_the_page(page: str) -> None:
    for visit in hostile.drawn(hostile.visits([page]), EACH + 1)[1:]:  # the first one drawn is nearly empty
        assert scale.trouble(visit) == ""


def test_a_traceback_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr(stage, "page", broken)
    assert scale.trouble(hostile.Visit("home", "zh", {})) != ""
