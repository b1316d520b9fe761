"""Chapter 9, 微调, on labelled sentences of the reader's own; nothing in the app was computed beforehand.

Two starts grow on one chart; pause, reload, go on; then   test_a_training_is_paused_found_again_after_a_reload_…
… matrix, its sentences, one's own text, covered words
Another page and back; stop, the curve stays               test_a_training_goes_on_behind_another_page_and_stops_…
A head kept, opened by its link; names to be taught        test_a_head_is_kept_and_opened_by_its_link_and_…
A CSV as Excel writes it                                   test_a_file_in_gbk_with_semicolons_is_read
English, on a phone, in the dark; one's own question with   test_english_on_a_phone_in_the_dark
… four endings, the right one chosen; tasks on one body
"""

from __future__ import annotations

import math
import time

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, OpenPage
from tests.browser.journey import Reader, eventually, idle, linked, press, until
from tests.pace import PACE, PATIENCE

pytestmark = pytest.mark.usefixtures("quiet_log")

OWN = {
    "浇花": (
        "阳台上的茉莉该浇水了",
        "每三天给仙人掌浇一次水",
        "绿萝的土干了，浇透一点",
        "傍晚再给月季浇水",
        "水别浇到花瓣上",
        "浇花的壶漏了",
    ),
    "修车": (
        "自行车的链条掉了",
        "前胎扎了一颗钉子",
        "刹车捏着有点松",
        "车座要调高一些",
        "给轴承上一点油",
        "后轮转起来偏了",
    ),
    "下棋": (
        "这一步马走得太急",
        "他用两个炮将死了我",
        "车被堵在角落里出不来",
        "我让你先走三步",
        "这盘棋和了",
        "兵过了河就能横着走",
    ),
}
TEXT = "\n".join(f"{label}，{sentence}" for label, sentences in OWN.items() for sentence in sentences)
MINE = "链条上了油，还是掉"
QUESTION = (
    "Moths circled the lamp.",
    "Rent is due.",
    "It ran.",
    "No.",
    "At dawn they settled on the wall, quite still.",
)


def query(**more: str) -> dict[str, str]:
    return {"v": "2", "sentences": "own", "own": TEXT, "layers": "3", "rate": "0.001"} | more


def curves(reader: Reader) -> list[dict[str, list[float]]]:
    """What stands on the chart, live, paused or done."""
    key = reader.page.locator('[class*="st-key-finetuning-curve-"]').last.get_attribute("class") or ""
    found: list[dict[str, list[float]]] = reader.plot(
        next(k for k in key.split() if "curve" in k).removeprefix("st-key-")
    )
    return found


def test_a_training_is_paused_found_again_after_a_reload_and_its_head_is_asked(open_page: OpenPage) -> None:
    page = open_page("/finetuning", query=query(epochs="10"))
    reader = Reader(page, "finetuning", "zh")
    reader.sees(reader.say("own.read", labels="浇花、修车、下棋"))
    press(page, reader.say("train"))
    reader.cancels("hold")
    reader.sees(reader.say("held"))
    page.reload()
    reader.sees(reader.say("held"))
    idle(page)
    press(page, reader.say("go_on"))
    reader.sees(reader.say("matrix_head"))
    idle(page)
    done = eventually(page, lambda: curves(reader))
    assert [len(one["y"]) for one in done] == [10, 11, 10, 11], "a step and a look an epoch, for either start"
    assert done[0]["y"][-1] < done[0]["y"][0], "what is taught is learnt"
    main = page.locator("section.stMain, [data-testid='stMain']").first
    for label in OWN:
        expect(main.locator("table.plain-table").first).to_contain_text(label)
    # The head on a sentence that nobody has taught it.
    reader.picks("tools", reader.say("tool.use"))
    box = page.get_by_role("textbox", name=reader.say("use.box"), exact=True)
    box.fill(MINE)
    box.press("Enter")
    linked(page, "asked=")
    idle(page)
    press(page, reader.say("use.ask"))
    reader.sees(reader.say("use.words_caption"))
    idle(page)
    bars = reader.plot("finetuning-use-bars")[0]
    assert abs(sum(bars["x"]) - 1) < 1e-4 and len(bars["x"]) == len(OWN)
    words = page.locator(".words .word")
    assert "".join(word.split(" ")[0] for word in words.all_inner_texts()) == MINE


def test_a_training_goes_on_behind_another_page_and_stops_within_a_second(open_page: OpenPage) -> None:
    page = open_page("/finetuning", query=query(epochs="10", layers="12", seed="3", sentences="judgement", own=""))
    reader = Reader(page, "finetuning", "zh")
    press(page, reader.say("train"))
    expect(page.get_by_role("button", name=reader.say("hold"), exact=True)).to_be_visible(timeout=PATIENCE * 1000)
    page.get_by_role("link", name="证据").first.click()
    page.wait_for_url("**/evidence*")
    idle(page)
    page.get_by_role("link", name="微调").first.click()
    stop = page.get_by_role("button", name=reader.say("stop"), exact=True)
    expect(stop).to_be_visible(timeout=PATIENCE * 1000)
    until(page, lambda: _begun(reader), seconds=60)
    pressed = time.monotonic()
    stop.click()
    expect(page.get_by_role("button", name=reader.say("train"), exact=True)).to_be_visible(timeout=PATIENCE * 1000)
    assert time.monotonic() - pressed < 3 * PACE, "a step, and the page once more"
    reader.sees(reader.say("stopped", done="").split("{")[0][:5])
    idle(page)  # the chart that stays has taken the place of the one that grew
    assert len(curves(reader)[0]["y"]) >= 2, "the curve stays"


def _begun(reader: Reader) -> None:
    assert len(curves(reader)[0]["y"]) >= 2


def test_a_head_is_kept_and_opened_by_its_link_and_names_are_there_to_be_taught(open_page: OpenPage) -> None:
    page = open_page("/finetuning", query=query(epochs="1", layers="0", tool="use"))
    reader = Reader(page, "finetuning", "zh")
    press(page, reader.say("train"))
    expect(page.get_by_role("button", name=reader.say("again"), exact=True)).to_be_visible(timeout=PATIENCE * 1000)
    idle(page)
    press(page, reader.say("keep.press"))
    link = page.locator("[data-testid='stCode']").filter(has_text="head=")
    expect(link).to_be_visible(timeout=PATIENCE * 1000)
    page.goto(link.inner_text().strip())
    reader.sees(reader.say("keep.opened"))
    reader.sees(reader.say("keep.labels", n=3, labels="浇花、修车、下棋"))
    expect(page.locator(".words .word").first).to_be_visible(timeout=PATIENCE * 1000)
    press(page, reader.say("keep.put_down"))
    expect(page.get_by_text(reader.say("keep.opened"), exact=True)).to_have_count(0, timeout=PATIENCE * 1000)
    reader.picks("task", reader.say("tasks.entities"))
    reader.sees(reader.say("task_line.entities"))
    linked(page, "task=entities")
    reader.picks("tools", reader.say("tool.start"))
    reader.sees(reader.say("names_f1", start=reader.say("usual")))


def test_a_file_in_gbk_with_semicolons_is_read(open_page: OpenPage) -> None:
    page = open_page("/finetuning", query={"v": "2", "sentences": "own"})
    reader = Reader(page, "finetuning", "zh")
    reader.sees(reader.say("own.nothing"))
    rows = [f"{sentence};{label}" for label, sentences in OWN.items() for sentence in sentences]
    data = "\r\n".join(["句子;标签", *rows, ";浇花"]).encode("gbk")
    page.get_by_role("button", name=reader.say("own.open")).first.click()
    given = page.get_by_test_id("stPopoverBody").locator('input[type="file"]')
    given.set_input_files({"name": "own.csv", "mimeType": "text/csv", "buffer": data})
    reader.sees(reader.say("sizes", train=12, test=6))
    reader.sees(reader.say("own.left_out", n=1))


def test_english_on_a_phone_in_the_dark(open_page: OpenPage) -> None:
    page = open_page("/finetuning", lang="en", theme="dark", viewport=PHONE, query={"v": "2", "tool": "papers"})
    reader = Reader(page, "finetuning", "en")
    reader.sees(reader.say("papers.title"))
    idle(page)
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    assert len(reader.plot("finetuning-hao-RTE")) == 2
    # A question of one's own with four endings, and which of them is right.
    reader.picks("tools", reader.say("tool.choice"))
    box = page.get_by_role("textbox", name=reader.say("choice.box_a"), exact=True)
    until(page, lambda: box.fill("\n".join(QUESTION)))
    box.press("ControlOrMeta+Enter")
    linked(page, "question_a=")
    reader.picks("choice.right_a", "D")
    linked(page, "right_a=4")
    idle(page)
    bars = reader.plot("finetuning-choice-a")[0]
    assert list(bars["y"]) == ["A", "B", "C", "D ✓"] and abs(sum(bars["x"]) - 1) < 1e-4
    reader.sees(f"{-math.log(bars['x'][3]):.2f}")
    rows = page.locator("table.token-rows tr")
    expect(rows).to_have_count(8)
    assert len({row.locator("td").count() for row in rows.all()}) == 1, "padded to one length"
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    reader.picks("tools", reader.say("tool.exam"))
    reader.sees(reader.say("exam.out.CoLA"))
    idle(page)
    people = next(one for one in reader.plot("finetuning-exam-glue") if one["name"] == reader.say("exam.person"))
    assert len(people["x"]) == 9
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
