"""Journeys on 输入, on texts that are no preset: every step from characters to vectors, and texts that are too long."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, OpenPage
from tests.browser.journey import PATIENCE, Reader, Strip, eventually, figure, idle, numbers

if TYPE_CHECKING:
    from tests.browser.journey import Reference

TEXT = "外婆用mobile banking付了水费😂"
PAIR = ("楼下新开了一家面馆。", "中午总是坐满了人。")
SLOW = 4 * PATIENCE * 1000


def open_input(open_page: OpenPage, lang: str = "zh", **query: str) -> Reader:
    known = {"viewport", "theme"} & query.keys()
    options = {name: query.pop(name) for name in known}
    return Reader(open_page("/input", lang=lang, query={"v": "1", **query}, **options), "input", lang)


def strip(reader: Reader, key: str) -> Strip:
    return Strip(reader.page, figure(reader.page, key))


def test_any_two_tokenizers_side_by_side(open_page: OpenPage, reference: Reference) -> None:
    reader = open_input(open_page)
    reader.types("first", TEXT)
    strip(reader, "input-strip").reads(reference.pieces(TEXT))
    right = strip(reader, "input-strip-right")
    eventually(reader.page, lambda: _has(right.faces(), "<0xF0>"))
    table = reader.main.locator("table.plain-table").first
    row = table.locator("tr", has_text=reader.say("tokens.n")).first
    expect(row).to_contain_text(str(len(reference.pieces(TEXT)) - 2))
    bytes_row = table.locator("tr", has_text=reader.say("tokens.bytes")).first
    assert [int(cell) for cell in bytes_row.locator("td.n").all_inner_texts()] == [0, 4]
    reader.page.get_by_role("combobox").nth(1).click()
    reader.page.get_by_role("option", name="mini-mbert").click()
    eventually(reader.page, lambda: _same(right.faces(), strip(reader, "input-strip").faces()))


def test_ids_and_offsets(open_page: OpenPage, reference: Reference) -> None:
    reader = open_input(open_page, text=TEXT)
    reader.main.get_by_text(reader.say("tokens.list"), exact=True).click()
    rows = reader.main.locator("details table.plain-table").first.locator("tr").all()[1:]
    ids = [int(row.locator("td").nth(2).inner_text()) for row in rows]
    assert ids == reference.ids(TEXT)
    offsets = reference.tokenizer(TEXT, return_offsets_mapping=True).offset_mapping
    assert rows[3].locator("td").nth(3).inner_text() == f"{offsets[3][0]}–{offsets[3][1]}"


def test_a_word_is_cut_step_by_step(open_page: OpenPage, reference: Reference) -> None:
    reader = open_input(open_page, text=TEXT, tool="merges")
    reader.types("merges.word", "Sonnenschirmständer")
    lists = reader.main.locator("ol.cuts")
    expected = reference.tokenizer.tokenize("Sonnenschirmständer")
    eventually(reader.page, lambda: _same(lists.first.locator("li").last.locator(".cut").all_inner_texts(), expected))
    expect(lists.nth(1)).to_have_attribute("data-kind", "bpe")
    assert lists.nth(1).locator("li").count() > 3


def test_one_hot_times_the_table_is_a_row(open_page: OpenPage, reference: Reference) -> None:
    reader = open_input(open_page, text=TEXT, tool="lookup")
    expect(figure(reader.page, "input-row")).to_be_visible(timeout=SLOW)
    strip(reader, "input-strip").click(2)
    number = reference.ids(TEXT)[2]
    row = reader.main.locator("table.plain-table tr", has=reader.page.locator("td b")).first
    expect(row).to_contain_text(str(number), timeout=SLOW)
    own = reference.net.bert.embeddings.word_embeddings.weight[number, :6].detach().numpy()
    shown = numbers(" ".join(row.locator("td").all_inner_texts()[2:8]))
    np.testing.assert_allclose(shown, own, atol=6e-4)


def test_three_vectors_add_up_to_the_models_input(open_page: OpenPage, reference: Reference) -> None:
    import torch

    reader = open_input(open_page, text=PAIR[0], pair=PAIR[1], tool="sum", focus="14")
    expect(figure(reader.page, "input-sum")).to_be_visible(timeout=SLOW)
    given = reference.tokenizer(*PAIR, return_tensors="pt")
    with torch.no_grad():
        own = reference.net.bert(**given, output_hidden_states=True).hidden_states[0][0, 14, :5].numpy()
    rows = [numbers(" ".join(row.locator("td.n").all_inner_texts()))
            for row in reader.main.locator("table.plain-table").first.locator("tr").all()[1:]]  # fmt: skip
    np.testing.assert_allclose(np.sum(rows[:3], axis=0), rows[3], atol=2e-4)
    np.testing.assert_allclose(rows[4], own, atol=1e-4)
    reader.sees(reader.say("sum.segment"))


def test_the_map_of_positions(open_page: OpenPage) -> None:
    reader = open_input(open_page, tool="positions", place="250")
    eventually(reader.page, lambda: _same(len(reader.plot("input-profile")[0]["y"]), 512), seconds=120)
    row = np.array(reader.plot("input-profile")[0]["y"])
    assert row[250] == 1
    near = [int(word.split()[0]) for word in reader.main.locator(".words .word").all_inner_texts()]
    assert all(abs(place - 250) < 30 for place in near[:2])


def test_a_long_text_in_three_ways(open_page: OpenPage) -> None:
    reader = open_input(open_page, tool="long")
    story = "小镇的清晨很安静。卖豆浆的大爷推着车走过石桥。" * 40 + "火车站的大钟停在三点一刻。" + "后来天就黑了。" * 60
    box = reader.page.get_by_role("textbox", name=reader.say("long.text"))
    box.fill(story)
    box.press("Control+Enter")
    reader.types("long.ask", "大钟停在几点")
    idle(reader.page)
    reader.page.get_by_role("button", name=reader.say("long.run")).click()
    table = reader.main.locator("table.plain-table").first
    expect(table).to_be_visible(timeout=SLOW)
    rows = {
        row.locator("td").first.inner_text(): row.locator("td").all_inner_texts()
        for row in table.locator("tr").all()[1:]
    }
    assert "大钟" in rows[reader.say("long.way_slide")][3]
    assert "大钟" not in rows[reader.say("long.way_cut")][3]
    assert rows[reader.say("long.way_slide")][1] == "100 %"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_nothing_and_too_much_are_told(open_page: OpenPage, lang: str) -> None:
    reader = open_input(open_page, lang)
    reader.types("first", "   ")
    reader.sees(reader.say("errors.text_empty"))
    reader.types("first", "很长" * 300)
    reader.sees(reader.say("cut", limit=160, typed=600, used="").split("600")[0][:12])


def test_on_a_phone_nothing_sticks_out(open_page: OpenPage) -> None:
    page = open_page("/input", viewport=PHONE)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def _has(faces: list[str], piece: str) -> None:
    assert piece in faces


def _same(a: object, b: object) -> None:
    assert a == b
