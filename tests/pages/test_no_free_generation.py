"""A class of young pupils: models go on from what lies here, on every page, and say why nothing can be typed."""

from __future__ import annotations

import pytest

from explorer.content import examples
from explorer.models.catalog import policy
from explorer.ui import i18n
from tests.pages.app import body, notices, open_page

OWN = "放学以后我们在操场上捉蜻蜓，"
PLACES = [
    ("generation", {"text": OWN, "tool": "write", "long": "10"}),
    ("generation", {"text": OWN, "path": "15000.15001"}),
    ("family", {"tool": "asked", "question": OWN}),
    ("family", {"tool": "tasks", "given": OWN}),
]


@pytest.fixture(autouse=True)
def young(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(policy.FREE, "no")


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
@pytest.mark.parametrize(("page", "query"), PLACES)
def test_what_a_pupil_wrote_is_not_gone_on_from(page: str, query: dict[str, str], lang: str) -> None:
    at = open_page(page, lang, **query)
    assert not at.exception
    assert i18n.text("common.no_free_generation", lang) in notices(at)
    assert [box for box in at.text_input if box.value == OWN] == [], "there is no line to write in"
    assert OWN not in body(at)


def test_open_answers_to_rows_of_one_s_own_are_not_written() -> None:
    at = open_page("in_context", "zh", tool="write", rows="蜻蜓 → 飞\n蚂蚁 → 爬", text="青蛙")
    assert not at.exception
    assert i18n.text("common.no_free_generation", "zh") in notices(at)
    own = open_page("in_context", "zh", tool="write")
    assert i18n.text("common.no_free_generation", "zh") not in notices(own)


def test_an_example_can_still_be_chosen_and_gone_on_from() -> None:
    text = examples.entry("generation", "unicorn", "zh")["text"]
    at = open_page("generation", "zh", text=text, tool="write", long="10")
    assert not at.exception
    at.button(key="generation-write-go").click().run()
    assert not at.exception
    assert text[:4] in body(at)


def test_the_setting_is_yes_or_no() -> None:
    assert policy.of_server(None, {}).free_generation
    assert not policy.of_server(None, {}, ["--free-generation", "no"]).free_generation
    with pytest.raises(ValueError, match=policy.FREE):
        policy.of_server(None, {policy.FREE: "nope"})
