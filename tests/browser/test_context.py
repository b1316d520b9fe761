"""Journeys through 语境 on sentences that are no preset: one test a promise, nothing computed beforehand."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, settle
from tests.browser.journey import MODEL_FOLDER, PATIENCE, Reader, eventually, figure
from tests.browser.server import Server

LINES = (
    "他把水壶放在炉子上烧水。",
    "炉子上的水开了，快去泡茶。",
    "这场比赛的水很深，大家都不敢下注。",
    "记者说这个项目水太深，没人查得清。",
)
SENSES = (0, 0, 1, 1)
WORD = "水"


def query(lines: tuple[str, ...] = LINES, word: str = WORD, **more: str) -> dict[str, str]:
    state = {"v": "1", "text": "\n".join(lines), "word": word}
    if lines is LINES:
        state["senses"] = "~".join(map(str, SENSES))
    return state | more


def seen(page: Page, key: str = "context-map") -> dict[str, Any]:
    """What the figure says of itself at the layer on the screen."""
    found: dict[str, Any] = figure(page, key).locator("figure").first.evaluate("f => ({...f.dataset})")
    return found


def scrub(page: Page, layer: int) -> None:
    figure(page, "context-map").locator("input[data-scrub]").evaluate(
        "(r, v) => { r.value = v; r.dispatchEvent(new Event('input')); }", layer
    )


def parted(lines: tuple[str, ...], places: list[int], layer: int) -> tuple[float, float]:
    """Mean centred cosine within and between senses, with the transformers library alone."""
    import torch
    from transformers import AutoModel, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(MODEL_FOLDER)
    model = AutoModel.from_pretrained(MODEL_FOLDER, dtype=torch.float32).eval()
    rows = []
    for line, place in zip(lines, places, strict=True):
        read = tokenizer(line, return_tensors="pt", return_offsets_mapping=True)
        offsets = read.pop("offset_mapping")[0].tolist()
        at = next(i for i, (a, b) in enumerate(offsets) if a <= place < b)
        with torch.no_grad():
            rows.append(model(**read, output_hidden_states=True).hidden_states[layer][0, at].numpy())
    x = np.array(rows) - np.mean(rows, axis=0)
    unit = x / np.linalg.norm(x, axis=1, keepdims=True)
    cos = unit @ unit.T
    same = np.equal.outer(SENSES, SENSES)
    upper = np.triu(np.ones_like(same), 1)
    return float(cos[same & upper].mean()), float(cos[~same & upper].mean())


def test_sentences_of_one_s_own_part_as_the_library_says_and_scrubbing_runs_nothing(
    open_page: OpenPage, server: Server
) -> None:
    page = open_page("/context", query=query(layer="9"))
    places = [line.index(WORD) for line in LINES]
    within, between = parted(LINES, places, 9)
    now = seen(page)
    assert now["layer"] == "9"
    assert float(now["within"]) == pytest.approx(within, abs=2e-3)
    assert float(now["between"]) == pytest.approx(between, abs=2e-3)
    before = server.status()["forward_passes"]
    for layer in range(13):
        scrub(page, layer)
        eventually(page, lambda layer=layer: _at(page, layer))
    assert server.status()["forward_passes"] == before
    scrub(page, 0)
    eventually(page, lambda: _is(seen(page)["same"], "true"))


def _at(page: Page, layer: int) -> None:
    assert seen(page)["layer"] == str(layer)


def _is(found: object, wanted: object) -> None:
    assert found == wanted


def test_it_plays_turns_and_measures_three_ways(open_page: OpenPage) -> None:
    page = open_page("/context", query=query(layer="1"))
    root = figure(page, "context-map")
    root.locator(".play").click()
    eventually(page, lambda: _more(seen(page)["layer"], 3))
    root.locator(".play").click()
    for way in ("raw", "top"):
        root.locator(f'.seg button[data-value="{way}"]').click()
        eventually(page, lambda way=way: _is(seen(page)["treatment"], way))
        settle(page)
    root.locator('.seg button[data-value="deep"]').click()
    eventually(page, lambda: _is(seen(page)["method"], "pca:deep"))
    root.locator('.seg button[data-value="clustered"]').click()
    root.locator("canvas.map").hover()


def _more(found: str, least: int) -> None:
    assert int(found) >= least


def test_a_click_on_a_sentence_labels_it(open_page: OpenPage) -> None:
    page = open_page("/context", query=query(tool="own"))
    item = figure(page, "context-map").locator("li").nth(0)
    expect(item).to_have_attribute("data-sense", "0")
    item.click()
    expect(figure(page, "context-map").locator("li").nth(0)).to_have_attribute(
        "data-sense", "1", timeout=PATIENCE * 1000
    )


def test_any_four_words_cross_and_static_vectors_do_not(open_page: OpenPage) -> None:
    page = open_page("/context", query=query(tool="cross", a="茶", b="钱"))
    reader = Reader(page, "context", "zh")
    reader.sees(re.compile("输入层正好是 0"))
    gap = reader.plot("context-cross")[2]["y"]
    assert gap[0] == 0
    assert len(gap) == 13
    assert any(abs(value) > 1e-3 for value in gap[1:])


def test_a_sum_cannot_read_an_order(open_page: OpenPage) -> None:
    page = open_page("/context", query=query(tool="static", orders="猫追老鼠。/ 老鼠追猫。"))
    reader = Reader(page, "context", "zh")
    reader.sees(reader.say("orders.equal"))
    own = reader.plot("context-static")[0]["y"]
    assert own[0] == pytest.approx(1, abs=1e-4)
    assert own[-1] < 0.999


def test_change_the_company_and_the_point_leaves_a_trail(open_page: OpenPage) -> None:
    page = open_page("/context", query=query(tool="swap", pick="0", swap="他把水壶放在办公室里喝水。"))
    assert figure(page, "context-swap-map").locator("li").count() == 5
    reader = Reader(page, "context", "zh")
    reader.types("swap.line", "记者说这壶水太深，没人敢喝。")
    settle(page)
    expect(figure(page, "context-swap-map").locator("li").nth(4)).to_contain_text("这壶水", timeout=PATIENCE * 1000)


def test_a_new_sentence_lands_on_the_umap_that_stands(open_page: OpenPage) -> None:
    page = open_page("/context", query=query(tool="own", method="umap", layer="8", new="请给我一杯热水。"))
    eventually(page, lambda: _is(seen(page)["method"], "umap:flat"), seconds=120)
    eventually(page, lambda: _is(seen(page, "context-arrive")["method"], "umap:flat"), seconds=60)
    reader = Reader(page, "context", "zh")
    reader.sees(reader.say("arrive.umap"))


def test_the_small_map_finds_neighbours_in_the_original_space(open_page: OpenPage) -> None:
    page = open_page("/context", query=query(tool="things"))
    reader = Reader(page, "context", "zh")
    reader.sees(reader.say("things.table"))
    assert sum(len(trace["x"]) for trace in reader.plot("context-things")) == 12


def test_cbow_trains_while_one_looks_on(open_page: OpenPage) -> None:
    passage = "\n".join([*LINES * 12])
    page = open_page("/context", query=query(tool="cbow", passage=passage[:900]))
    reader = Reader(page, "context", "zh")
    page.get_by_role("button", name=reader.say("cbow.train")).click()
    reader.sees(reader.say("cbow.near", word=WORD))
    losses = reader.plot("context-cbow-loss")[0]["y"]
    assert losses[-1] < losses[0]


# --- bad input ------------------------------------------------------------------------------------------------


def test_a_line_without_the_word_a_word_twice_and_a_word_in_pieces(open_page: OpenPage) -> None:
    lines = (*LINES, "今天没有风。", "水里有鱼，水上有船。")
    page = open_page("/context", query=query(lines, tool="own"))
    reader = Reader(page, "context", "zh")
    reader.sees(re.compile("有 1 句里没有“水”"))
    reader.sees(re.compile("有 1 句里“水”不止一个"))
    reader.picks("own.nth", reader.say("own.nth_one", n=2))
    settle(page)
    marks = figure(page, "context-map").locator("li").nth(4).locator(".line span").first
    expect(marks).to_have_text("水里有鱼，", timeout=PATIENCE * 1000)
    reader.types("own.word", "有鱼")
    reader.sees(re.compile("最多拆成 2 块"))
    reader.types("own.word", "龙")
    reader.sees(re.compile("这些句子里都没有“龙”"))


def test_two_sentences_and_equal_sentences_still_show_something(open_page: OpenPage) -> None:
    page = open_page("/context", query=query((LINES[0], LINES[0]), method="umap"))
    reader = Reader(page, "context", "zh")
    reader.sees(reader.say("few", n=2))
    reader.sees(reader.say("alike"))
    reader.sees(re.compile("至少要 4 个点"))
    assert seen(page)["same"] == "true"


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_a_csv_in_either_encoding_is_read(encoding: str, open_page: OpenPage) -> None:
    page = open_page("/context", query=query(tool="own"))
    reader = Reader(page, "context", "zh")
    rows = "sentence,word,sense\n山顶的雪化了,雪,天气\n她的皮肤像雪一样白,雪,比喻\n今年的雪来得早,雪,天气\n"
    page.get_by_role("button", name=reader.say("own.open")).first.click()
    page.locator('input[type="file"]').first.set_input_files(
        {"name": "own.csv", "mimeType": "text/csv", "buffer": rows.encode(encoding)}
    )
    expect(figure(page, "context-map").locator("li")).to_have_count(3, timeout=PATIENCE * 1000)
    senses = figure(page, "context-map").locator("li").evaluate_all("rows => rows.map(r => r.dataset.sense)")
    assert senses == ["0", "1", "0"]


def test_english_on_a_phone_in_the_dark(open_page: OpenPage) -> None:
    lines = (
        "The seal swam under the ice.",
        "A seal eats fish every day.",
        "Break the seal of the letter.",
        "The seal on the jar was broken.",
    )
    page = open_page("/context", lang="en", theme="dark", viewport=(390, 844), query=query(lines, "seal"))
    assert figure(page, "context-map").locator("li").count() == 4
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
