"""Chapter 10, 还原, on sentences of the reader's own; nothing was computed beforehand.

An own sentence broken one way and another, another seed,    test_an_own_sentence_is_broken_and_the_link_finds_it
its link opened anew, what is exported
Who sees whom at a click, the papers' other columns; in      test_who_sees_whom_and_the_papers_on_a_phone
English, on a phone, in the dark
"""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, OpenPage
from tests.browser.journey import Reader, eventually, exported, idle, linked, press
from tests.pace import PATIENCE

pytestmark = pytest.mark.usefixtures("quiet_log")

OWN = "老木匠用一块旧门板做了张小桌子。"
WORDS = "Our neighbour mended the broken kite with yellow paper."


def test_an_own_sentence_is_broken_and_the_link_finds_it(open_page: OpenPage) -> None:
    page = open_page("/denoising")
    reader = Reader(page, "denoising", "zh")
    given, said = reader.strip_of("denoising-given"), reader.strip_of("denoising-said")
    reader.types("input", OWN)
    linked(page, "text=")
    eventually(page, lambda: expect_equal(said.faces(), list(OWN)))
    reader.picks("kinds", reader.say("kind.permute"))
    linked(page, "kind=permute")
    eventually(page, lambda: expect_equal(sorted(given.faces()), sorted(OWN)))
    before = given.faces()
    assert before != list(OWN), "as many tokens, in another order"

    def mirrored() -> None:
        cells = reader.heat("denoising-matrix")
        assert (cells > 0).sum(0).tolist() == (cells > 0).sum(1).tolist() == [1] * len(OWN)
        assert [OWN[at] for at in (cells > 0).argmax(1)] == given.faces()

    eventually(page, mirrored)
    press(page, reader.say("again"))
    linked(page, "seed=1")
    eventually(page, lambda: expect_equal(given.faces() != before, True))
    reader.picks("kinds", reader.say("kind.sentinels"))
    linked(page, "kind=sentinels")
    eventually(page, lambda: expect_equal(said.faces()[0], "<X>"))
    seen = given.faces(), said.faces()
    signs = [[face for face in faces if face.startswith("<")] for faces in seen]
    assert signs[0] == signs[1][:-1], "the same sentinels, and one that ends the answer"
    assert len(said.treated("keep")) == len(seen[1]) - len(signs[1]), "only what the encoder was not given"
    assert "<X>" in exported(page, "denoising-given")
    idle(page)
    again = open_page(page.url[page.url.index("/denoising") :])
    reader = Reader(again, "denoising", "zh")
    eventually(again, lambda: expect_equal(reader.strip_of("denoising-said").faces(), seen[1]))
    assert reader.strip_of("denoising-given").faces() == seen[0]


def test_who_sees_whom_and_the_papers_on_a_phone(open_page: OpenPage) -> None:
    query = {"v": "2", "tool": "see", "text": WORDS, "kind": "delete"}
    page = open_page("/denoising", lang="en", theme="dark", viewport=PHONE, query=query)
    reader = Reader(page, "denoising", "en")
    strip = reader.strip_of("denoising-see")
    expect(strip.chips.first).to_be_visible(timeout=PATIENCE * 1000)
    idle(page)
    strip.click(0)
    linked(page, "place=0")
    idle(page)
    read, decoder, both = (reader.heat(f"denoising-sight-{one}") for one in ("encoder", "decoder", "both"))
    n = len(read)
    assert (read > 0).all()
    assert ((decoder > 0) == np.tri(len(decoder), dtype=bool)).all()
    assert (both[:n, :n] > 0).all() and (both[n:, :n] > 0).all() and not both[:n, n:].any()
    assert ((both[n:, n:] > 0) == np.tri(len(both) - n, dtype=bool)).all()
    reader.sees(reader.say("see.sees", word="Our", n=n))
    reader.picks("tools", reader.say("tool.papers"))
    reader.picks("papers.bart_which", reader.say("papers.bart_column.xsum"))
    linked(page, "bart=xsum")
    reader.sees(reader.say("papers.bart_caption_down", column=reader.say("papers.bart_column.xsum")))
    idle(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def expect_equal(found: object, expected: object) -> None:
    assert found == expected
