"""Two readers on one server, by turns, on every page that takes a text: nothing that is sent to one is the other's.

All that a page sends is looked at: words, boxes, notices, code, figures and what our components are handed.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from explorer import chapters
from tests.pages.app import html, link, open_page

Link = dict[str, str]
READERS = {"鲸": ("鲸鱼游过了灯塔。", "灯塔下有一头鲸鱼。"), "鹭": ("白鹭停在果园里。", "果园飞来一只白鹭。")}
WORDS = {"鲸": ("鲸", "灯塔"), "鹭": ("鹭", "果园")}
PLACES: dict[str, Callable[[str, str], Link]] = {
    "home": lambda text, word: {"text": text},
    "input": lambda text, word: {"text": text, "pair": text},
    "masking": lambda text, word: {"text": text, "watch": word},
    "pairs": lambda text, word: {"a": text, "b": text[::-1]},
    "attention": lambda text, word: {"text": text},
    "context": lambda text, word: {"text": f"{text}\n{text[:-1]}！\n那里{text}", "word": word},
    "languages": lambda text, word: {"text": text},
    "generation": lambda text, word: {"text": text},
    "in_context": lambda text, word: {"text": word, "rows": f"{text} → 好\n{text[::-1]} → 坏"},
    "finetuning": lambda text, word: {"tool": "answer", "passage": text * 2, "question": f"{word}在哪里？"},
    "denoising": lambda text, word: {"text": text},
    "beyond": lambda text, word: {"tool": "nonsense", "sentence": text},
    "family": lambda text, word: {"tool": "roads", "text": text},
    "classroom": lambda text, word: {"tool": "papers", "chapter": "masking", "own": text},
}


def sent(at: AppTest) -> str:
    """Everything that the page's last run sent, and its link."""
    elements = [element.proto for element in (*at.main, *at.sidebar) if getattr(element, "proto", None) is not None]
    return "\n".join([*(one.SerializeToString().decode("utf-8", "replace") for one in elements), *link(at).values()])


def holds_its_own(at: AppTest, reader: str) -> None:
    assert not at.exception
    said = sent(at)
    (other,) = set(READERS) - {reader}
    assert any(word in said for word in WORDS[reader])
    assert not [word for word in WORDS[other] if word in said]


def test_every_chapter_that_takes_a_text_is_here() -> None:
    assert {chapter.id for chapter in chapters.CHAPTERS if chapter.examples} <= set(PLACES)


@pytest.mark.usefixtures("unscanned")
@pytest.mark.parametrize("page", PLACES)
def test_nothing_of_one_reader_comes_to_the_other(page: str) -> None:
    open_at = {}
    for n in range(2):
        for reader, texts in READERS.items():
            given = PLACES[page](texts[n], reader)
            if reader not in open_at:
                open_at[reader] = open_page(page, "zh", **given)
                continue
            for name, value in given.items():
                open_at[reader].query_params[name] = value
            open_at[reader].run()
        for reader, at in open_at.items():
            holds_its_own(at, reader)
            holds_its_own(at.run(), reader)


def test_what_one_reader_has_written_stands_on_the_own_page_alone() -> None:
    drafts = {}
    for reader, texts in READERS.items():
        at = open_page("generation", "zh", tool="write", text=texts[0], long="10", seed="7")
        at.button(key="generation-write-go").click().run()
        drafts[reader] = at, [piece for piece in html(at) if "written" in piece and 'class="w"' in piece]
    assert drafts["鲸"][1] != drafts["鹭"][1]
    for reader, (at, written) in drafts.items():
        at.run()
        assert [piece for piece in html(at) if "written" in piece and 'class="w"' in piece][-1:] == written[-1:]
        holds_its_own(at, reader)
