"""Chapter 12, 家族, with choices of the reader's own; nothing in the app was computed beforehand.

Pairs judged with the keyboard, changed, taken back; the three     test_the_reader_s_own_choices_train_the_three_steps
steps run live, one of them stopped and begun again
Weights counted from published numbers, drawn to scale             test_a_model_of_the_line_is_counted
Where the norm sits: two networks trained at one rate              test_two_networks_are_trained_and_the_loss_is_seen
Who sees whom in one's own sentence; a task written as a text    test_own_sentences_are_guessed_and_gone_on_with
English, on a phone, in the dark                                   test_english_on_a_phone_in_the_dark
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from explorer.content.comparisons import LEAST
from explorer.lab.types.gpt_line import LINE, count
from tests.browser.conftest import PHONE, OpenPage
from tests.browser.journey import Reader, idle, linked, press, until
from tests.pace import PACE, PATIENCE

pytestmark = pytest.mark.usefixtures("quiet_log")


def judge(page: Page, sides: str, after: int = 0) -> None:
    """Choose left or right, pair after pair, with the arrow keys; each once the page knows of the last.

    A button hears its key a moment after it is drawn: a press that nothing has come of in so many seconds was not
    heard. One that is only answered late is not made twice, as it would judge the next pair too.
    """
    shown = page.locator(".words .word")

    def pressed(n: int, side: str) -> None:
        page.get_by_test_id("stMain").press("ArrowLeft" if side == "←" else "ArrowRight")
        expect(shown.nth(n)).to_have_text(re.compile(f"^{n + 1} [←→]$"), timeout=6_000 * PACE)

    for n, side in enumerate(sides, after):
        until(page, lambda n=n, side=side: pressed(n, side))
        assert shown.nth(n).inner_text() == f"{n + 1} {side}"


def test_the_reader_s_own_choices_train_the_three_steps(open_page: OpenPage) -> None:
    page = open_page("/family", query={"v": "1", "panel": "ours"})
    reader = Reader(page, "family", "zh")
    reader.sees(reader.say("choose.nobody", least=LEAST))
    idle(page)
    judge(page, "←→→←→←←→→")
    idle(page)  # until it has said 9, what it says is of the choice before
    page.get_by_test_id("stMain").press("Backspace")
    reader.sees(reader.say("choose.few", made=8, missing=LEAST - 8))
    idle(page)
    judge(page, "→→", after=8)
    linked(page, "choices=")
    press(page, reader.say("sft.start"))
    reader.sees(reader.say("sft.training"))
    stop(reader)
    press(page, reader.say("sft.start"))
    trained(reader, "sft.writes")
    press(page, reader.say("reward.start"))
    trained(reader, "reward.held")
    press(page, reader.say("tune.start"))
    reader.sees(reader.say("tune.training"))
    stop(reader)


def trained(reader: Reader, told: str) -> None:
    """Wait for what a step shows at its end; trainings give way to everything else that the machine does."""
    expect(reader.main).to_contain_text(reader.say(told), timeout=4 * PATIENCE * 1000)
    idle(reader.page)


def stop(reader: Reader) -> None:
    """Press stop; the step ends, and what was done of it stays."""
    reader.cancels()
    reader.sees(reader.say("run.left_off").split("{")[0])


def test_a_model_of_the_line_is_counted(open_page: OpenPage) -> None:
    page = open_page("/family", query={"v": "1", "tool": "line"})
    reader = Reader(page, "family", "zh")
    reader.picks("line.which", "GPT-3")
    spec = LINE["gpt3"]
    assert spec is not None
    reader.sees(reader.say("line.sum", model="GPT-3", n=f"{count(spec).total / 1e8:,.2f} 亿"))
    linked(page, "model=gpt3")
    reader.picks("line.which", "GPT-4")
    reader.sees(reader.say("line.unpublished"))


def test_two_networks_are_trained_and_the_loss_is_seen(open_page: OpenPage) -> None:
    page = open_page("/family", query={"v": "1", "tool": "norms", "deep": "4"})
    reader = Reader(page, "family", "zh")
    press(page, reader.say("norms.start"))
    reader.sees(reader.say("norms.honesty")[:12])
    both = page.locator(".st-key-family-norms-losses .js-plotly-plot")
    expect(both).to_be_visible(timeout=2 * PATIENCE * 1000)
    idle(page)
    pre, post = (trace["y"] for trace in reader.plot("family-norms-losses"))
    assert len(pre) == len(post) > 10 and min(pre) < pre[0], "one that learns without warm-up, and one that may not"
    expect(page.locator(".st-key-family-norms-start")).to_have_count(0)


def test_own_sentences_are_guessed_and_gone_on_with(open_page: OpenPage) -> None:
    page = open_page("/family", query={"v": "1", "tool": "roads", "text": "弟弟把皮球踢进了河里。"})
    reader = Reader(page, "family", "zh")
    page.get_by_role("button", name="河").click()
    reader.sees(reader.say("roads.guesses", word="河"))
    linked(page, "blank=")
    reader.picks("tools", reader.say("tool.tasks"))
    box = page.locator(".st-key-family-given input")
    box.fill("The river is deep.")
    box.press("Enter")
    linked(page, "given=")
    press(page, reader.say("tasks.write"))
    reader.sees(reader.say("tasks.without_task"))


def test_english_on_a_phone_in_the_dark(open_page: OpenPage) -> None:
    page = open_page("/family", lang="en", theme="dark", viewport=PHONE, query={"v": "1", "tool": "losses"})
    reader = Reader(page, "family", "en")
    reader.sees(reader.say("losses.title"))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
