"""The sentence that travels: from the page where it was written to the next one, in the session alone."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from explorer.errors import Told
from explorer.ui import carried
from explorer.ui.carried import Carry, Sentence
from explorer.ui.state import VERSION, Store, limit
from tests.ui.conftest import Reader

LONGEST = 20


@dataclass(frozen=True)
class Sample:
    text: str = limit("", longest=100)
    tool: str = limit("", longest=9)


def take(state: Sample, sentence: Sentence) -> Sample:
    if len(sentence.text) > LONGEST:
        raise Told("carried_long", limit=LONGEST, used=len(sentence.text))
    return Sample(sentence.text, state.tool)


def page(name: str) -> Store[Sample]:
    return Store(Sample, name, carry=Carry(lambda state: (state.text, ""), take))


def turn(reader: Reader, name: str) -> Store[Sample]:
    """Another page by a link of the navigation, which brings no link of the page."""
    reader.link.from_dict({})
    opened = page(name)
    opened.get()
    return opened


def test_what_is_written_on_one_page_is_there_on_the_next(reader: Reader) -> None:
    page("a").get()
    page("a").write(text="天晴了。")
    opened = turn(reader, "b")
    assert opened.get().text == "天晴了。"
    assert dict(reader.link) == {"text": "天晴了。", "v": VERSION}, "a link to this page brings it along"
    opened.write(text="又下雨了。")
    assert turn(reader, "a").get().text == "又下雨了。", "the newest travels, back as well"


def test_a_page_meets_a_sentence_once(reader: Reader) -> None:
    page("a").write(text="天晴了。")
    opened = turn(reader, "b")
    opened.show_example()
    assert opened.get() == Sample()
    assert turn(reader, "b").get() == Sample(), "the reader has put it away here"
    assert turn(reader, "c").get().text == "天晴了。"
    opened = turn(reader, "b")
    assert carried.newest() is not None
    opened.take(carried.newest())
    assert opened.get().text == "天晴了。"


def test_a_preset_does_not_travel_and_takes_nothing_away(reader: Reader) -> None:
    page("a").write(text="天晴了。")
    page("a").put(Sample("我们的例子。"))
    assert turn(reader, "b").get().text == "天晴了。"
    turn(reader, "a")
    assert page("a").get().text == "我们的例子。", "where it was chosen the preset stays"
    assert not page("a").shows(carried.newest())


def test_a_link_wins(reader: Reader) -> None:
    page("a").write(text="天晴了。")
    reader.link.from_dict({"text": "链接里的话。"})
    assert page("b").get().text == "链接里的话。"
    page("b").reset()
    assert page("b").get() == Sample(), "what the link put aside does not come in by itself afterwards"


def test_the_link_that_opens_a_session_brings_its_sentence(reader: Reader) -> None:
    reader.opens(text="链接里的话。")
    page("a").get()
    assert turn(reader, "b").get().text == "链接里的话。"
    page("b").write(text="天晴了。")
    reader.link.from_dict({"text": "另一个链接。"})
    page("c").get()
    assert turn(reader, "d").get().text == "天晴了。", "what was written stays the newest"


def test_what_a_page_cannot_read_is_said_and_its_own_example_stands_there(reader: Reader) -> None:
    opened = turn(reader, "b")
    opened.put(Sample("更早的话。", "lens"))
    page("a").write(text="长" * (LONGEST + 1))
    opened = turn(reader, "b")
    assert opened.get() == Sample(tool="lens")
    problem = carried.refused("b")
    assert problem is not None and problem.key == "carried_long"
    page("a").write(text="短。")
    assert turn(reader, "b").get().text == "短。"
    assert carried.refused("b") is None


@pytest.mark.parametrize("text", ["", " ", "\n"])
def test_an_emptied_box_carries_nothing(reader: Reader, text: str) -> None:
    page("a").write(text="天晴了。")
    page("a").write(text=text)
    assert turn(reader, "b").get().text == "天晴了。"


def test_two_tabs_do_not_mix(reader: Reader) -> None:
    page("a").write(text="天晴了。")
    reader.opens()
    assert page("b").get() == Sample()


def test_nothing_of_it_is_logged(reader: Reader, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(0)
    page("a").write(text="天晴了。" * 9)
    turn(reader, "b")
    assert "天晴了" not in caplog.text
