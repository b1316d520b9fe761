"""Chapter 5, 语境, on sentences of the reader's own; nothing in the app was computed beforehand.

    Ten sentences, cosines with numbers, within/between,      test_ten_sentences_part_as_the_library_says
    … AUC and silhouette that follow the scrubber, a curve
    … of anisotropy, input vectors that are one and the same
    The scrubber moves in the browser, and plays              test_all_layers_are_there_at_once_and_play
    PCA, UMAP, t-SNE, 2-D and 3-D, trustworthiness, hover     test_maps_three_ways_flat_and_deep
    Raw, centred, all but the top; given order or clustered   test_cosines_three_ways_and_rows_by_likeness
    A new sentence lands on the UMAP that stands              test_a_new_sentence_lands_where_no_old_point_moves
    Paste lines, label by clicking, by clustering; CSV        test_lines_are_pasted_labelled_and_taken_along
    The crossing of any four words, 0 for static vectors      test_any_four_words_cross
    Self- and intra-sentence similarity; 狗咬人 / 人咬狗      test_static_vectors_and_contextual_ones
    "Change the neighbours", with the trail                      test_the_point_walks_as_its_company_changes
    Plants, animals, electricity; neighbours in full space    test_neighbours_are_those_of_the_original_space
    CBOW live with loss curve and cancel; point and cloud     test_cbow_trains_while_one_looks_on_and_can_be_stopped
    More words                                                test_other_words_come_on_the_stage
    Both senses, tools and result without scrolling           test_both_senses_and_the_result_are_on_the_first_screen
    AUC behind "more"; why the input layer shows dots         test_auc_is_told_behind_more_and_the_input_layer_says_…
    Other tools fold the map                                  test_tools_with_pictures_of_their_own_fold_the_map
    What cannot be compared, and what is too much             test_a_word_missing_twice_and_in_pieces,
                                                              test_the_501st_line (equal ones: tests/pages),
                                                              test_files_in_either_encoding_and_one_that_is_too_large
    A model that reads from left to right                     test_a_model_that_sees_the_left_side_only
    English, on a phone, in the dark                          test_english_on_a_phone_in_the_dark

Vectors are held against the transformers library called directly, with the arithmetic in plain NumPy.
"""

from __future__ import annotations

import csv
import io
import itertools
import re
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.journey import Reader, Reference, eventually, exported, figure, idle, linked, paused, written
from tests.browser.server import Server
from tests.pace import PACE, PATIENCE

pytestmark = pytest.mark.usefixtures("quiet_log")

LINES = (
    "他在炉子上烧水。",
    "口渴了就喝一大杯水。",
    "花盆里的水浇得太多了。",
    "夏天的河里水很凉快。",
    "妈妈用热水洗毛巾。",
    "这场比赛的水很深，大家都不敢下注。",
    "记者说这个项目水太深，没人查得清。",
    "他的文凭有点水，面试时露了馅。",
    "这篇论文写得很水，被老师退了回来。",
    "裁判太水了，观众一片嘘声。",
)
SENSES = (0, 0, 0, 0, 0, 1, 1, 1, 1, 1)
WORD = "水"
FOUR = (LINES[0], LINES[1], LINES[5], LINES[6])
SIX = (*LINES[:3], *LINES[5:8])  # where UMAP is asked for: not compiled, it takes as long as there are pairs


def query(lines: tuple[str, ...] = LINES, word: str = WORD, **more: str) -> dict[str, str]:
    senses = {LINES: SENSES, FOUR: (0, 0, 1, 1), SIX: (0, 0, 0, 1, 1, 1)}.get(lines, ())
    state = {"v": "1", "text": "\n".join(lines), "word": word}
    return state | ({"senses": "~".join(map(str, senses))} if senses else {}) | more


def seen(page: Page, key: str = "context-map") -> dict[str, Any]:
    """What the figure says of itself at the layer on the screen."""
    found: dict[str, Any] = figure(page, key).locator("figure").first.evaluate("f => ({...f.dataset})")
    return found


def told(page: Page, key: str = "context-map", **wanted: str) -> None:
    """Wait until the figure says so."""

    def look() -> None:
        now = seen(page, key)
        assert {name: now.get(name) for name in wanted} == wanted

    eventually(page, look, seconds=90)


def scrub(page: Page, layer: int) -> None:
    idle(page)  # a page that is drawn once more may put the dial back
    figure(page, "context-stage").locator("input[data-scrub]").evaluate(
        "(r, v) => { r.value = v; r.dispatchEvent(new Event('input')); }", layer
    )


def press(page: Page, value: str) -> None:
    """One of the choices in the figure on the stage."""
    figure(page, "context-map").locator(f'.seg button[data-value="{value}"]').click()


def numbers_of(page: Page, key: str = "context-map") -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """places[n, 2] and cosines[n, n] as the figure would export them."""
    text = exported(page, key)
    rows = list(itertools.takewhile(bool, csv.reader(io.StringIO(text.lstrip("\ufeff")))))[1:]
    values = np.array([[float(cell) if cell else np.nan for cell in row[5:]] for row in rows])
    return values[:, :2], values[:, 2:]


def vectors(reference: Reference, lines: tuple[str, ...] = LINES, word: str = WORD) -> NDArray[np.float64]:
    """[layer, sentence, dimension] of the word, with the transformers library alone."""
    import torch

    rows = []
    for line in lines:
        read = reference.tokenizer(line, return_tensors="pt", return_offsets_mapping=True)
        offsets = read.pop("offset_mapping")[0].tolist()
        place = line.index(word)
        at = [i for i, (a, b) in enumerate(offsets) if a < place + len(word) and b > place]
        with torch.no_grad():
            states = reference.net.bert(**read, output_hidden_states=True).hidden_states
        rows.append(torch.stack([state[0, at].mean(0) for state in states]).double().numpy())
    return np.stack(rows, axis=1)


def cosines(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(unit @ unit.T)


def test_ten_sentences_part_as_the_library_says(open_page: OpenPage, reference: Reference) -> None:
    from sklearn.metrics import roc_auc_score, silhouette_score

    page = open_page("/context", query=query(layer="9"))
    told(page, layer="9")
    x = vectors(reference)
    upper = np.triu_indices(len(LINES), 1)
    same = np.equal.outer(SENSES, SENSES)[upper]
    for layer in (9, 3):
        scrub(page, layer)
        told(page, layer=str(layer))
        expected = cosines(x[layer] - x[layer].mean(axis=0))
        np.testing.assert_allclose(numbers_of(page)[1], expected, atol=2e-3)
        pairs, now = expected[upper], seen(page)
        assert float(now["within"]) == pytest.approx(pairs[same].mean(), abs=2e-3)
        assert float(now["between"]) == pytest.approx(pairs[~same].mean(), abs=2e-3)
        assert float(now["auc"]) == pytest.approx(roc_auc_score(same, pairs), abs=0.02)
        distance = np.clip(1 - expected, 0, None)
        np.fill_diagonal(distance, 0)
        silhouette = silhouette_score(distance, SENSES, metric="precomputed")
        assert float(now["silhouette"]) == pytest.approx(silhouette, abs=5e-3)
        assert 0 < float(now["anisotropy"]) < 1
    reader = Reader(page, "context", "zh")
    scrub(page, 0)
    told(page, layer="0", same="true")
    assert np.ptp(numbers_of(page)[0], axis=0).max() == 0, "one and the same vector: one point"
    reader.sees(reader.say("components.layers.verdict_same", layer=reader.say("components.layers.layer0"), n=10))
    reader.sees(reader.say("look.honesty"))


def test_all_layers_are_there_at_once_and_play(open_page: OpenPage, server: Server) -> None:
    page = open_page("/context", query=query(layer="2"))
    before = server.status()["forward_passes"]
    places = []
    for layer in range(1, 13):
        scrub(page, layer)
        told(page, layer=str(layer))
        places.append(numbers_of(page)[0])
    assert all(np.abs(a - b).max() > 1e-3 for a, b in itertools.pairwise(places)), "every layer its own map"
    root = figure(page, "context-stage")
    scrub(page, 4)
    root.locator(".play").click()
    eventually(page, lambda: _more(seen(page)["layer"], 6))
    paused(page, root.locator(".play"))
    idle(page)
    assert server.status()["forward_passes"] == before
    scrub(page, 3)
    root.locator("input[data-scrub]").press("ArrowRight")
    expect(page).to_have_url(re.compile(r"[?&]layer=4\b"), timeout=PATIENCE * 1000)


def _more(found: str, least: int) -> None:
    assert int(found) >= least


def test_maps_three_ways_flat_and_deep(open_page: OpenPage) -> None:
    page = open_page("/context", query=query(SIX, layer="9"))
    root = figure(page, "context-map")
    told(page, method="pca:flat")
    expect(root.locator(".under")).to_contain_text("邻居可信度")
    press(page, "deep")
    told(page, method="pca:deep")
    press(page, "flat")
    told(page, method="pca:flat")
    pca = numbers_of(page)[0]
    for method in ("tsne", "umap"):
        press(page, method)
        told(page, method=f"{method}:flat")
        assert np.abs(numbers_of(page)[0] - pca).max() > 1e-2
        assert 0.5 < float(seen(page)["trust"]) <= 1
        press(page, "deep")
        told(page, method=f"{method}:deep")
        press(page, "flat")
        told(page, method=f"{method}:flat")
    # Linked: a sentence that is pointed at is marked, and a cell names both of its sentences.
    lines = figure(page, "context-stage").locator("li[data-on]")
    figure(page, "context-stage").locator("li").nth(4).hover()
    expect(lines).to_have_count(1)
    heat = root.locator("canvas.heat")
    left, top, cell = (float(heat.get_attribute(f"data-{name}") or 0) for name in ("left", "top", "cell"))
    heat.hover(position={"x": left + 2.5 * cell, "y": top + 4.5 * cell})
    expect(lines).to_have_count(2)
    expect(root.get_by_role("tooltip")).to_contain_text(SIX[4])
    expect(root.get_by_role("tooltip")).to_contain_text(SIX[2])


def test_cosines_three_ways_and_rows_by_likeness(open_page: OpenPage, reference: Reference) -> None:
    page = open_page("/context", query=query(layer="9"))
    x = vectors(reference)[9]
    press(page, "raw")
    told(page, treatment="raw")
    np.testing.assert_allclose(numbers_of(page)[1], cosines(x), atol=2e-3)
    raw = float(seen(page)["between"])
    press(page, "top")
    told(page, treatment="top")
    assert float(seen(page)["between"]) < raw - 0.1, "what all tokens have in common is gone"
    idle(page)
    linked(page, "treatment=top")
    press(page, "clustered")
    eventually(page, lambda: _clustered(seen(page)["order"]))


def _clustered(order: str) -> None:
    assert sorted(map(int, order.split())) == list(range(len(LINES)))
    assert order != " ".join(map(str, range(len(LINES))))


def test_a_new_sentence_lands_where_no_old_point_moves(open_page: OpenPage) -> None:
    page = open_page("/context", query=query(SIX, tool="own", method="umap", layer="8"))
    reader = Reader(page, "context", "zh")
    told(page, method="umap:flat")
    landed = []
    for text in ("请给我一杯热水。", "这部电视剧太水了，没有人看。"):
        reader.types("arrive.line", text)
        expect(figure(page, "context-arrive").locator("li").last).to_contain_text(text[-6:], timeout=PATIENCE * 1000)
        told(page, "context-arrive", method="umap:flat")
        places = numbers_of(page, "context-arrive")[0]
        assert len(places) == len(SIX) + 1
        landed.append(places)
    np.testing.assert_array_equal(landed[0][:-1], landed[1][:-1])
    assert np.abs(landed[0][-1] - landed[1][-1]).max() > 1e-3
    reader.sees(reader.say("arrive.umap"))


def test_lines_are_pasted_labelled_and_taken_along(open_page: OpenPage) -> None:
    page = open_page("/context", query={"v": "1", "tool": "own"})
    reader = Reader(page, "context", "zh")
    reader.types("own.word", WORD)
    reader.sees(reader.say("errors.word_missing", word=WORD))  # not one of our sentences holds it
    idle(page)
    box = page.get_by_role("textbox", name=reader.say("own.lines"), exact=True)
    box.fill("\n".join(LINES))
    assert written(page.get_by_text("Press Ctrl+Enter to apply")) == reader.say("common.widgets.ctrl_enter")
    box.press("Control+Enter")
    items = figure(page, "context-stage").locator("li")
    eventually(page, lambda: _labels(items, [-1] * 10))
    idle(page)
    for _ in range(2):
        before = items.nth(5).get_attribute("data-sense")
        items.nth(5).click()
        expect(items.nth(5)).not_to_have_attribute("data-sense", str(before), timeout=PATIENCE * 1000)
        idle(page)
    eventually(page, lambda: _labels(items, [-1] * 5 + [1] + [-1] * 4))
    page.get_by_role("button", name=re.compile(reader.say("own.kmeans"))).click()
    eventually(page, lambda: _all_labelled(items))
    idle(page)
    with page.expect_download() as download:
        page.get_by_role("button", name=reader.say("own.save")).click()
    rows = list(csv.reader(io.StringIO(download.value.path().read_text(encoding="utf-8-sig"))))
    assert rows[0] == ["sentence", "word", "sense"]
    assert [row[0] for row in rows[1:]] == list(LINES)
    assert {row[1] for row in rows[1:]} == {WORD}


def _labels(items: Any, wanted: list[int]) -> None:
    assert [int(value) for value in items.evaluate_all("rows => rows.map(r => r.dataset.sense)")] == wanted


def _all_labelled(items: Any) -> None:
    found = items.evaluate_all("rows => rows.map(r => Number(r.dataset.sense))")
    assert min(found) == 0 and len(set(found)) >= 2


def test_any_four_words_cross(open_page: OpenPage, reference: Reference) -> None:
    page = open_page("/context", query=query(tool="cross", a="[茶]要趁热喝。", b="[钱]不够用。", layer="9"))
    reader = Reader(page, "context", "zh")
    reader.sees(reader.say("cross.static"))
    gap = reader.plot("context-cross")[2]["y"]
    # By hand: means, minus the mean of all tokens, then a difference of differences of cosines.
    lines = (*LINES, "茶要趁热喝。", "钱不够用。")
    x = [vectors(reference, LINES)[9], *(vectors(reference, (line,), line[0])[9] for line in lines[10:])]
    everything = np.concatenate([vectors_of_all(reference, line)[9] for line in lines])
    means = [x[0][:5].mean(0), x[0][5:].mean(0), x[1][0], x[2][0]]
    first, second, a, b = (row / np.linalg.norm(row) for row in (mean - everything.mean(0) for mean in means))
    assert gap[0] == 0
    assert gap[9] == pytest.approx((first @ a - first @ b) - (second @ a - second @ b), abs=2e-3)
    reader.types("cross.first", "酒")
    idle(page)
    reader.types("cross.second", "把[票]给我")
    eventually(page, lambda: _starts_elsewhere(reader.plot("context-cross")[2]["y"]))
    reader.sees(reader.say("cross.alone"))


def _starts_elsewhere(gap: list[float]) -> None:
    assert abs(gap[0]) > 1e-3, "two different words have different static vectors"


def vectors_of_all(reference: Reference, line: str) -> NDArray[np.float64]:
    import torch

    with torch.no_grad():
        states = reference.net.bert(**reference.tokenizer(line, return_tensors="pt"), output_hidden_states=True)
    return np.stack([state[0, 1:-1].double().numpy() for state in states.hidden_states])


def test_static_vectors_and_contextual_ones(open_page: OpenPage, reference: Reference) -> None:
    page = open_page("/context", query=query(tool="static", orders="猫追老鼠。/ 老鼠追猫。", layer="9"))
    reader = Reader(page, "context", "zh")
    reader.sees(reader.say("orders.equal"))
    own, alike, intra, random = (trace["y"] for trace in reader.plot("context-static"))
    raw = [cosines(layer)[np.triu_indices(len(LINES), 1)].mean() for layer in vectors(reference)]
    assert own[0] == pytest.approx(1, abs=1e-5) and alike[0] == pytest.approx(1, abs=1e-5)
    assert own[1:] == pytest.approx(raw[1:], abs=2e-3)
    means = [vectors_of_all(reference, line) for line in LINES]
    by_hand = np.mean([[(_unit(rows[9]) @ _unit(rows[9].mean(0))).mean()] for rows in means])
    assert intra[9] == pytest.approx(by_hand, abs=2e-3)
    tokens = _unit(np.concatenate([rows[9] for rows in means]))
    n = len(tokens)
    assert random[9] == pytest.approx((np.sum(tokens.sum(0) ** 2) - n) / (n * (n - 1)), abs=2e-3)
    reader.types("orders.line", "猫追老鼠。/ 狗追老鼠。")
    reader.sees(reader.say("orders.unequal"))


def _unit(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(rows / np.linalg.norm(rows, axis=-1, keepdims=True))


def test_the_point_walks_as_its_company_changes(open_page: OpenPage) -> None:
    page = open_page("/context", query=query(tool="swap", pick="0", layer="9"))
    reader = Reader(page, "context", "zh")
    reader.sees(reader.say("swap.same"))
    items = figure(page, "context-swap-map").locator("li")
    for n, text in enumerate(("他在台上吹水。", "他在台上讲得很水。"), start=1):
        reader.types("swap.line", text)
        expect(items).to_have_count(len(LINES) + n, timeout=PATIENCE * 1000)
        reader.sees(reader.say("swap.after", n=n))
        idle(page)
    places = numbers_of(page, "context-swap-map")[0]
    assert np.abs(places[10] - places[0]).max() > 1e-2 and np.abs(places[11] - places[10]).max() > 1e-2
    page.get_by_role("button", name=reader.say("swap.again")).click()
    reader.sees(reader.say("swap.same"))


def test_neighbours_are_those_of_the_original_space(open_page: OpenPage) -> None:
    page = open_page("/context", query=query(FOUR, tool="things", layer="9"))
    reader = Reader(page, "context", "zh")
    reader.sees(reader.say("things.table"))
    traces = reader.plot("context-things")
    assert sum(len(trace["x"]) for trace in traces) == 14
    rows = [row.locator("td").all_inner_texts() for row in reader.main.locator("table.plain-table tr").all()[1:]]
    names = {row[0]: row[1:] for row in rows}
    assert len(names) == 14
    near = {name: (cells[0].rsplit(" ", 1)[0], float(cells[0].rsplit(" ", 1)[1])) for name, cells in names.items()}
    for name, (other, cos) in near.items():  # nearest of all: nobody is nearer to a neighbour than it says itself
        assert near[other][1] >= cos - 0.011, (name, other)
    reader.sees(reader.say("things.honesty"))


def test_cbow_trains_while_one_looks_on_and_can_be_stopped(open_page: OpenPage) -> None:
    passage = "\n".join(LINES * 6)[:1500]
    page = open_page("/context", query=query(tool="cbow", passage=passage))
    reader = Reader(page, "context", "zh")
    train = page.get_by_role("button", name=reader.say("cbow.train"))
    train.click()
    reader.sees(reader.say("cbow.near", word=WORD))
    idle(page)
    losses = reader.plot("context-cbow-loss")[0]["y"]
    assert losses[-1] < losses[0] - 1
    assert [trace["x"] for trace in reader.plot("context-cbow-map")][1:][0], "one point"
    assert sum(len(trace["x"]) for trace in reader.plot("context-cbow-cloud")) == len(LINES), "against a cloud"
    # A text that takes long, stopped on the way.
    page.get_by_text(reader.say("cbow.text"), exact=True).first.click()
    box = page.get_by_role("textbox", name=reader.say("cbow.text"), exact=True)
    expect(box).to_be_visible()
    words = [f"w{n * 7919 % 2903}" for n in range(8500)]
    box.fill("\n".join(" ".join(words[at : at + 50]) for at in range(0, len(words), 50)))
    box.press("Control+Enter")
    idle(page)
    train.click()
    reader.cancels()
    expect(train).to_be_visible(timeout=PATIENCE * 1000)
    idle(page)
    expect(page.locator(".st-key-context-cbow-loss")).to_have_count(0)


def test_other_words_come_on_the_stage(open_page: OpenPage) -> None:
    page = open_page("/context", query=query(FOUR))
    reader = Reader(page, "context", "zh")
    page.get_by_text(reader.say("sets"), exact=True).first.click()
    marked = figure(page, "context-stage").locator("li mark")
    for word in ("打", "spring"):
        reader.picks("sets", word)
        expect(marked).to_have_count(14, timeout=PATIENCE * 1000)
        eventually(page, lambda word=word: _same(set(marked.all_inner_texts()), {word}))


def _same(found: object, wanted: object) -> None:
    assert found == wanted


# --- bad input ------------------------------------------------------------------------------------------------


def test_a_word_missing_twice_and_in_pieces(open_page: OpenPage) -> None:
    lines = (*FOUR, "今天没有风。", "水里有鱼，水上有船。")
    page = open_page("/context", query=query(lines, tool="own"))
    reader = Reader(page, "context", "zh")
    reader.sees(reader.say("missing", n=1, word=WORD, lines="今天没有风。"))
    reader.sees(reader.say("own.twice", n=1, word=WORD))
    reader.picks("own.nth", reader.say("own.nth_one", n=2))
    before = figure(page, "context-stage").locator("li").nth(4).locator(".line span").first
    expect(before).to_have_text("水里有鱼，", timeout=PATIENCE * 1000)
    idle(page)
    reader.types("own.word", "有鱼")
    reader.sees(reader.say("pieces", word="有鱼", n=2))
    idle(page)
    reader.types("own.word", "龙")
    reader.sees(reader.say("errors.word_missing", word="龙"))
    box = page.get_by_role("textbox", name=reader.say("own.lines"), exact=True)
    assert box.input_value() == "\n".join(lines), "nothing is lost"


def test_the_501st_line(open_page: OpenPage) -> None:
    page = open_page("/context", query={"v": "1", "tool": "own", "word": WORD, "text": WORD})
    reader = Reader(page, "context", "zh")
    box = page.get_by_role("textbox", name=reader.say("own.lines"), exact=True)
    box.fill("\n".join(f"水{n}" for n in range(501)))
    box.press("Control+Enter")
    reader.sees(reader.say("dropped", limit=500, n=1))
    expect(figure(page, "context-stage").locator("li")).to_have_count(500, timeout=2 * PATIENCE * 1000)
    scrub(page, 12)
    told(page, layer="12")
    assert box.input_value().endswith("水500"), "nothing is lost"


def test_files_in_either_encoding_and_one_that_is_too_large(open_page: OpenPage) -> None:
    page = open_page("/context", query=query(FOUR, tool="own"))
    reader = Reader(page, "context", "zh")
    items = figure(page, "context-stage").locator("li")
    rows = "sentence,word,sense\n{0}化了,{0},天气\n她的皮肤像{0}一样白,{0},比喻\n今年的{0}来得早,{0},NaN\n"
    for word, encoding in (("雪", "utf-8"), ("霜", "gbk")):
        give(page, reader, "own.csv", rows.format(word).encode(encoding))
        expect(items.locator("mark").first).to_have_text(word, timeout=PATIENCE * 1000)
        eventually(page, lambda: _labels(items, [0, 1, -1]))
        idle(page)
    give(page, reader, "big.csv", b"\n" * 6_000_000)
    dialog = page.get_by_test_id("stPopoverBody")
    refused = dialog.get_by_role("alert")
    expect(refused).to_contain_text("5.0MB", timeout=PATIENCE * 1000)
    assert written(refused) == reader.say("common.widgets.refused", mb=5)
    assert refused.bounding_box()["height"] > 10, "the reason is seen, not only read aloud"
    expect(dialog).to_contain_text(reader.say("own.file", limit=500, mb=5))
    expect(items).to_have_count(3)


def give(page: Page, reader: Reader, name: str, content: bytes) -> None:
    """Upload a file; the door may stand open from the last one."""
    uploader = page.get_by_test_id("stPopoverBody").locator('input[type="file"]')

    def opened() -> None:
        if not uploader.count():
            page.get_by_role("button", name=reader.say("own.open")).first.click()
            uploader.first.wait_for(state="attached", timeout=5000 * PACE)

    eventually(page, opened)
    uploader.first.set_input_files({"name": name, "mimeType": "text/csv", "buffer": content})


def test_a_model_that_sees_the_left_side_only(open_page: OpenPage) -> None:
    page = open_page(
        "/context", query=query(("水很凉快。", "水很深。", "水开了。", "喝水。"), model="gemma-3-270m-lite", layer="3")
    )
    reader = Reader(page, "context", "zh")
    expect(reader.main.get_by_role("status").filter(has_text=reader.say("causal"))).to_be_visible(
        timeout=120_000 * PACE
    )
    told(page, layer="3")
    cos = numbers_of(page)[1]
    assert cos.shape == (4, 4)
    press(page, "raw")
    told(page, treatment="raw")
    assert numbers_of(page)[1][0, 1] == pytest.approx(1, abs=1e-4), "the same left side, the same vector"


def test_both_senses_and_the_result_are_on_the_first_screen(open_page: OpenPage) -> None:
    for viewport in ((390, 844), (1280, 720)):
        page = open_page("/context", viewport=viewport, query=query(layer="9"))
        told(page, layer="9")
        list_, tools = figure(page, "context-stage").locator(".lines"), page.locator(".st-key-context-tool-zh")
        assert list_.evaluate("e => e.scrollHeight <= e.clientHeight + 1"), "no box that scrolls within the page"
        words = list_.locator("li mark")
        assert words.count() == len(LINES)
        for n in range(len(LINES)):
            assert _bottom(words.nth(n)) < viewport[1], "every sentence's word is seen"
        assert {item.get_attribute("data-sense") for item in list_.locator("li").all()} == {"0", "1"}
        pictures = figure(page, "context-map")
        verdict, heat = pictures.locator(".verdict"), pictures.locator("canvas.heat")
        assert _bottom(list_) < _bottom(tools) < _bottom(verdict) < viewport[1], "the tools stand above the map"
        box = heat.bounding_box()
        assert box and viewport[1] - box["y"] > box["height"] / 2, "more than half of the matrix is seen"
        assert "余弦" in verdict.inner_text()
        assert "AUC" not in verdict.inner_text()


def _bottom(place: Any) -> float:
    box = place.bounding_box()
    assert box
    return float(box["y"] + box["height"])


def test_auc_is_told_behind_more_and_the_input_layer_says_why_it_is_empty(open_page: OpenPage) -> None:
    page = open_page("/context", query=query(layer="9"))
    told(page, layer="9")
    root = figure(page, "context-map")
    expect(root.locator("[data-curve]")).to_have_count(2)
    root.locator("summary").click()
    expect(root.locator("[data-curve]")).to_have_count(5)
    expect(root.locator(".meanings dd").first).to_contain_text("乱猜")
    expect(root.locator(".why")).to_be_empty()
    scrub(page, 0)
    expect(root.locator(".why")).to_contain_text("同一个向量")
    press(page, "raw")
    told(page, treatment="raw", layer="0")
    expect(root.locator(".why")).to_contain_text("1")


def test_tools_with_pictures_of_their_own_fold_the_map(open_page: OpenPage) -> None:
    page = open_page("/context", query=query(tool="static", layer="9"))
    reader = Reader(page, "context", "zh")
    reader.sees(reader.say("static.title"))
    assert not figure(page, "context-map").count()
    heading = reader.main.get_by_role("heading", name=reader.say("static.title")).bounding_box()
    assert heading and heading["y"] < 720, "the tool is on the first screen"
    page.get_by_text(reader.say("pictures"), exact=True).click()
    told(page, layer="9")


def test_english_on_a_phone_in_the_dark(open_page: OpenPage) -> None:
    lines = (
        "The seal swam under the ice.",
        "A seal eats fish every day.",
        "Break the seal of the letter.",
        "The seal on the jar was broken.",
    )
    page = open_page("/context", lang="en", theme="dark", viewport=(390, 844), query=query(lines, "seal"))
    expect(figure(page, "context-stage").locator("li")).to_have_count(4)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    box = figure(page, "context-stage").locator("input[data-scrub]").bounding_box()
    assert box and box["y"] + box["height"] < 844, "what one touches first is on the first screen"
