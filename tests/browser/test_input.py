"""Journeys on 输入, on texts that are no preset: every step from characters to vectors, and texts that are too long.

Two tokenizers, ids, offsets      test_any_two_tokenizers_side_by_side, test_ids_and_offsets
字 against word pieces            test_characters_against_word_pieces
A word cut step by step           test_a_word_is_cut_step_by_step
One-hot × matrix                  test_one_hot_times_the_table_is_a_row
Three vectors and LayerNorm       test_three_vectors_add_up_to_the_models_input
[CLS], [SEP], 0…0 1…1             test_one_sentence_or_a_pair
The map of positions              test_the_map_of_positions
Over 512                          test_a_long_text_in_three_ways
Dials cost nothing                test_picking_a_token_or_a_place_runs_no_model
What is refused                   test_nothing_and_too_much_are_told, test_a_tokenizer_without_separators_says_so
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.journey import Reader, Strip, eventually, figure, idle, numbers
from tests.browser.server import Server
from tests.pace import PATIENCE

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
    idle(reader.page)  # a list that is open while the page is drawn closes
    reader.page.get_by_role("combobox").nth(1).click()
    reader.page.get_by_role("option", name="mini-mbert").click()
    eventually(reader.page, lambda: _same(right.faces(), strip(reader, "input-strip").faces()))


def test_ids_and_offsets(open_page: OpenPage, reference: Reference) -> None:
    reader = open_input(open_page, text=TEXT)
    reader.main.get_by_text(reader.say("tokens.list"), exact=True).click()
    idle(reader.page)
    rows = reader.main.locator("details table.plain-table").first.locator("tr")
    expect(rows).to_have_count(len(reference.ids(TEXT)) + 1)
    rows = rows.all()[1:]
    ids = [int(row.locator("td").nth(2).inner_text()) for row in rows]
    assert ids == reference.ids(TEXT)
    offsets = reference.tokenizer(TEXT, return_offsets_mapping=True).offset_mapping
    assert rows[3].locator("td").nth(3).inner_text() == f"{offsets[3][0]}–{offsets[3][1]}"


def test_characters_against_word_pieces(open_page: OpenPage, reference: Reference) -> None:
    text = "灯塔守护人 whistled thoughtfully"
    reader = open_input(open_page, text=text)
    strip(reader, "input-strip").reads(reference.pieces(text))
    table = reader.main.locator("table.plain-table").first

    def share(name: str) -> float:
        row = table.locator("tr", has_text=reader.say(f"tokens.{name}")).first
        return float(row.locator("td.n").first.inner_text())

    pieces = [piece for piece in reference.pieces(text)[1:-1] if piece.removeprefix("##").isascii()]
    assert share("per_han") == 1
    assert share("per_word") == round(len(pieces) / 2, 2) > 1


def test_one_sentence_or_a_pair(open_page: OpenPage, reference: Reference) -> None:
    reader = open_input(open_page, text=PAIR[0])
    reader.types("second", PAIR[1])
    given = reference.tokenizer(*PAIR)
    pieces = reference.tokenizer.convert_ids_to_tokens(given.input_ids)
    strip(reader, "input-strip").reads(pieces)
    assert pieces.count("[SEP]") == 2
    reader.main.get_by_text(reader.say("tokens.list"), exact=True).click()
    segments = reader.main.locator("details table.plain-table").first.locator("td:nth-child(5)")
    eventually(reader.page, lambda: _same([int(n) for n in segments.all_inner_texts()], given.token_type_ids))
    second = strip(reader, "input-strip").chips.and_(reader.page.locator(".second"))
    expect(second).to_have_count(sum(given.token_type_ids))
    reader.types("second", "")
    strip(reader, "input-strip").reads(reference.pieces(PAIR[0]))


def test_picking_a_token_or_a_place_runs_no_model(open_page: OpenPage, server: Server, reference: Reference) -> None:
    text = "屋檐下的燕子孵出了四只小鸟。"
    reader = open_input(open_page, text=text, tool="sum")
    expect(figure(reader.page, "input-sum")).to_be_visible(timeout=SLOW)
    idle(reader.page)
    before = server.status()["forward_passes"]
    for position in (5, 9):
        strip(reader, "input-strip").click(position)
        piece, number = reference.pieces(text)[position], reference.ids(text)[position]
        reader.sees(reader.say("sum.which", token=piece, id=number, segment=0, position=position))
    reader.picks("tools", reader.say("tool.positions"))
    idle(reader.page)  # a key pressed while the page is drawn may be lost
    slider = reader.page.get_by_role("slider", name=reader.say("positions.place"))
    slider.focus()
    slider.press("ArrowRight")
    reader.sees(reader.say("positions.profile", place=101))
    idle(reader.page)
    assert server.status()["forward_passes"] == before


def test_a_tokenizer_without_separators_says_so(open_page: OpenPage) -> None:
    reader = open_input(open_page, "en", text="Who knocked?", pair="Nobody.")
    reader.sees(reader.say("tokens.no_separator", model="Gemma 3 270M lite", special="<bos> <bos>"))


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
    idle(reader.page)
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
    idle(reader.page)  # the words come after the figure
    row = np.array(reader.plot("input-profile")[0]["y"])
    assert row[250] == 1
    near = [int(word.split()[0]) for word in reader.main.locator(".words .word").all_inner_texts()]
    assert all(abs(place - 250) < 30 for place in near[:2])


def test_a_long_text_in_three_ways(open_page: OpenPage) -> None:
    reader = open_input(open_page, tool="long")
    story = "小镇的清晨很安静。卖豆浆的大爷推着车走过石桥。" * 24 + "火车站的大钟停在三点一刻。" + "后来天就黑了。" * 20
    box = reader.page.get_by_role("textbox", name=reader.say("long.text"))
    ask = reader.page.get_by_role("textbox", name=reader.say("long.ask"), exact=True)
    ask.evaluate("box => { box.same = true }")
    box.fill(story)
    box.press("Control+Enter")
    reader.sees(reader.say("common.link_long"))
    idle(reader.page)  # by then it would have been made anew
    assert ask.evaluate("box => box.same"), "a box made anew forgets what is typed in it meanwhile"
    reader.types("long.ask", "大钟停在几点")
    idle(reader.page)
    reader.page.get_by_role("button", name=reader.say("long.run")).click()
    table = reader.main.locator("table.plain-table").first
    expect(table).to_be_visible(timeout=SLOW)
    idle(reader.page)
    rows = {
        row.locator("td").first.inner_text(): row.locator("td").all_inner_texts()
        for row in table.locator("tr").all()[1:]
    }
    assert "大钟" in rows[reader.say("long.way_slide")][3]
    assert "大钟" not in rows[reader.say("long.way_cut")][3]
    assert rows[reader.say("long.way_slide")][1] == "100 %"
    votes, windows, mean = _merged(reader, rows[reader.say("long.way_slide")][2])
    reader.main.get_by_text(reader.say("long.each"), exact=True).click()
    each = reader.main.locator("details table.plain-table").first.locator("tr")
    expect(each).to_have_count(windows + 1)
    each = each.all()[1:]
    p = [numbers(row.locator("td").nth(2).inner_text())[0] for row in each]
    assert (len(p), sum(one > 50 for one in p)) == (windows, votes), "the class is voted on"
    assert abs(sum(p) / len(p) - mean) < 0.11
    scores = [numbers(row.locator("td").nth(4).inner_text())[0] for row in each]
    assert numbers(rows[reader.say("long.way_slide")][4])[0] == max(scores), "the span is that of the best score"


def test_nothing_and_too_much_are_told(open_page: OpenPage) -> None:
    reader = open_input(open_page)
    reader.types("first", "   ")
    reader.sees(reader.say("errors.text_empty"))
    reader.types("first", "很长" * 300)
    reader.sees(reader.say("cut", limit=160, typed=600, used="").split("600")[0][:12])


def _merged(reader: Reader, text: str) -> tuple[int, int, float]:
    """Votes, windows and mean as the page writes them."""
    pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[\\d.]+(?: %)?)", re.escape(reader.say("long.merged")))
    found = re.fullmatch(pattern, text)
    assert found, (pattern, text)
    return int(found["votes"]), int(found["n"]), numbers(found["mean"])[0]


def _has(faces: list[str], piece: str) -> None:
    assert piece in faces


def _same(a: object, b: object) -> None:
    assert a == b
