"""Chapter 12, 家族, with choices of the reader's own; nothing in the app was computed beforehand.

Left in mid-run, come back, reloaded                               test_a_run_that_was_left_is_told_and_a_reload_…
Pairs judged with the keyboard, changed, taken back; the three     test_the_reader_s_own_choices_train_the_three_steps
steps run live, each of them stopped and begun again
RLOO without a leash at the highest rate: where it ends is told,   test_without_a_leash_the_model_s_score_rises_…
the answers change, best-of-n stands beside it by √KL
Two panels, two policies, each judged by both                      test_two_panels_judge_two_policies
Always the same side; four answers that are voted on               test_always_the_left_one_is_told_and_a_vote_is_…
Weights counted from published numbers, drawn to scale; months     test_a_model_of_the_line_is_counted
Where the norm sits: two networks trained at one rate              test_two_networks_are_trained_and_the_loss_is_seen
Two losses, the dial moved: less is forgotten                      test_the_dial_between_two_losses_is_moved_and_both_…
Who sees whom in one's own sentence; a task written as a text      test_own_sentences_are_guessed_and_gone_on_with
A question of one's own; what demonstrations change, on the toy    test_a_question_of_one_s_own_is_gone_on_with_and_…
Prompts, copies, adapters: the number of tasks moved               test_more_tasks_take_more_copies_but_not_more_prompts
English, on a phone, in the dark                                   test_english_on_a_phone_in_the_dark
"""

from __future__ import annotations

import math
import re

import pytest
from playwright.sync_api import Page, expect

from explorer.content.comparisons import LEAST
from explorer.lab.types.gpt_line import LINE, count
from explorer.lab.types.norms import LossesInputs
from explorer.lab.types.rlhf import MOST_N, UPDATES
from explorer.views.family.common import PAIRS
from explorer.views.family.line import TIMELINE
from tests.browser.conftest import PHONE, OpenPage
from tests.browser.journey import Reader, eventually, idle, linked, numbers, press, until
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


def test_a_run_that_was_left_is_told_and_a_reload_begins_where_the_link_says(open_page: OpenPage) -> None:
    page = open_page("/family", query={"v": "2", "panel": "vivid"})
    reader = Reader(page, "family", "zh")
    press(page, reader.say("sft.start"))
    reader.sees(reader.say("sft.training"))
    page.get_by_role("link", name="证据").first.click()
    page.wait_for_url("**/evidence*")
    idle(page)
    page.get_by_role("link", name="家族").first.click()
    page.wait_for_url("**/family*")
    reader.sees(reader.say("run.left_off").split("{")[0])
    idle(page)
    press(page, reader.say("sft.start"))
    reader.sees(reader.say("sft.training"))
    page.reload()
    reader.sees(reader.say("panel_note.vivid"))
    linked(page, "panel=vivid")
    idle(page)
    expect(page.get_by_role("button", name=reader.say("sft.start"), exact=True)).to_be_visible()
    expect(reader.main).not_to_contain_text(reader.say("sft.writes"))


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
    reader.cancels()
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


def ready(open_page: OpenPage, **query: str) -> Reader:
    """In front of the three steps with the first two run, by whoever came first."""
    page = open_page("/family", query={"v": "2", **query})
    reader = Reader(page, "family", "zh")
    runs(reader, "sft", "sft.writes")
    runs(reader, "reward", "reward.held")
    return reader


def runs(reader: Reader, step: str, told: str) -> None:
    """Run a step unless it has been."""
    idle(reader.page)
    start = reader.page.locator(f".st-key-family-{step}-start button")
    if start.count():
        start.click()
    trained(reader, told)


FREE = {"beta": "0", "rate": "1", "method": "rloo"}  # both dials at an end: the policy is lost within few updates


def test_without_a_leash_the_model_s_score_rises_and_the_rule_s_falls(open_page: OpenPage) -> None:
    reader = ready(open_page, beta=FREE["beta"], rate=FREE["rate"])
    page = reader.page
    reader.picks("tune.method", "RLOO")
    linked(page, "method=rloo")
    reader.sees(reader.say("method_note.rloo"))
    idle(page)
    runs(reader, "tune", "tune.sentences")
    ends = [reader.say(f"tune.{how}").split("，")[1].split("{")[0] for how in ("diverged", "far")]
    reader.sees(re.compile("|".join(map(re.escape, ends))))
    model, rule = (trace["y"] for trace in eventually(page, lambda: reader.plot("family-tune-reward")))
    last = len(model) - 1
    assert 0 < last < UPDATES, "it is stopped, and what was sound is kept"
    assert model[-1] > model[0] and rule[-1] < rule[0]
    reader.sees(reader.say("tune.hacked").split("：")[0])
    (kl,) = (trace["y"] for trace in reader.plot("family-tune-kl"))
    assert kl[0] == pytest.approx(0, abs=1e-6) and kl[-1] > 1
    *run, best, _ = reader.plot("family-distance")
    assert [len(trace["x"]) for trace in run] == [last + 1] * 2
    assert best["x"][-1] == pytest.approx((math.log(MOST_N) - (MOST_N - 1) / MOST_N) ** 0.5, abs=1e-6)
    assert best["y"] == sorted(best["y"]), "the best of more is better, by the model that chooses"
    answers = page.locator("table.plain-table").filter(has_text=reader.say("tune.at", n=last))
    expect(answers.locator("tr:has(td)")).to_have_count(6)
    dial = reader.main.get_by_role("slider", name=reader.say("tune.update"))
    until(page, lambda: dial.press("Home"))
    linked(page, "update=0")
    expect(answers).to_have_count(0)


def test_two_panels_judge_two_policies(open_page: OpenPage) -> None:
    reader = ready(open_page, **FREE)
    runs(reader, "tune", "tune.sentences")
    polite, vivid = (reader.say(f"panel.{name}") for name in ("polite", "vivid"))
    reader.sees(reader.say("judged.missing").split("{")[0])
    reader.picks("rlhf.panels", vivid)
    linked(reader.page, "panel=vivid")
    runs(reader, "reward", "reward.held")
    runs(reader, "tune", "judged.by")
    rows = reader.page.locator("table.plain-table").filter(has_text=reader.say("judged.by")).locator("tr:has(td)")
    expect(rows).to_have_count(2)
    for n, panel in enumerate((polite, vivid)):
        expect(rows.nth(n)).to_contain_text(panel)
        assert sum(numbers(rows.nth(n).inner_text())) == pytest.approx(100, abs=0.2), "one of the two is preferred"


def test_always_the_left_one_is_told_and_a_vote_is_taken_back(open_page: OpenPage) -> None:
    page = open_page("/family", query={"v": "2", "panel": "ours", "choices": "~".join("1" * PAIRS)})
    reader = Reader(page, "family", "zh")
    reader.sees(reader.say("choose.one_side", n=PAIRS))
    reader.sees(re.compile(r"前后一致的有 0 对，共 2 对"))
    answer = reader.page.locator(".st-key-family-vote-2 button")
    answer.click()
    reader.sees(reader.say("voted.because2"))
    table = page.locator("table.plain-table").filter(has_text=reader.say("voted.harmless"))
    eventually(page, lambda: _marks(table.locator("tr:has(td)").nth(1).inner_text(), "✓✓✗"))
    linked(page, "vote=2")
    answer.click()
    expect(table).to_have_count(0)
    expect(page).not_to_have_url(re.compile("vote="))


def _marks(text: str, wanted: str) -> None:
    assert re.sub(r"[^✓✗]", "", text) == wanted


def test_a_model_of_the_line_is_counted(open_page: OpenPage) -> None:
    page = open_page("/family", query={"v": "1", "tool": "line"})
    reader = Reader(page, "family", "zh")
    reader.picks("line.which", "GPT-3")
    spec = LINE["gpt3"]
    assert spec is not None
    reader.sees(reader.say("line.sum", model="GPT-3", n=f"{count(spec).total / 1e8:,.2f} 亿"))
    linked(page, "model=gpt3")
    reader.sees(reader.say("line.same"))
    months = page.locator("table.plain-table").filter(has_text=reader.say("timeline.month")).locator("td:first-child")
    found = [text.replace("\u2011", "-") for text in eventually(page, months.all_inner_texts)]
    assert found == sorted(found) and len(found) == len(TIMELINE)
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
    gap = sum(post[-5:]) / 5 - sum(pre[-5:]) / 5
    fell = reader.say("norms.fell", fallen="post-LN", other="pre-LN", gap=f"{gap:.2f}")
    reader.sees(fell if gap > 1 else reader.say("norms.neither", n=1))


def test_the_dial_between_two_losses_is_moved_and_both_numbers_are_there(open_page: OpenPage) -> None:
    page = open_page("/family", query={"v": "2", "tool": "losses", "weight": "0"})
    reader = Reader(page, "family", "zh")
    runs(reader, "losses", "losses.after")
    reader.picks("losses.dial", "2")
    linked(page, "weight=2")
    runs(reader, "losses", "losses.caption")
    task, language = eventually(page, lambda: reader.plot("family-losses"))
    assert len(task["y"]) == len(language["y"]) == LossesInputs.steps
    rows = page.locator("table.plain-table").filter(has_text=reader.say("losses.after")).locator("tr:has(td)")
    expect(rows).to_have_count(2)
    (weight, *_, without), (other, accuracy, majority, before, beside) = map(numbers, rows.all_inner_texts())
    assert (weight, other) == (0, 2)
    assert before < beside < without, "the more the language model's loss counts, the less is forgotten"
    assert accuracy > majority


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


def test_a_question_of_one_s_own_is_gone_on_with_and_the_toy_learns_to_answer(open_page: OpenPage) -> None:
    page = open_page("/family", query={"v": "2", "tool": "asked"})
    reader = Reader(page, "family", "zh")
    question = "为什么猫不爱下水？"
    reader.types("asked.box", question)
    linked(page, "question=")
    idle(page)
    press(page, reader.say("asked.write"))
    texts = page.locator("table.plain-table").filter(has_text=reader.say("asked.nth")).locator("tr:has(td)")
    expect(texts).to_have_count(3, timeout=2 * PATIENCE * 1000)
    asks = [
        sum(sign in row.split(question, 1)[1] for sign in "?？") > 0 for row in eventually(page, texts.all_inner_texts)
    ]
    reader.sees(reader.say("asked.count", n=3, asks=sum(asks)))
    runs(reader, "told", "told.second")
    table = page.locator("table.plain-table").filter(has_text=reader.say("told.second"))
    again, answers, second = map(numbers, eventually(page, table.locator("tr:has(td)").all_inner_texts))
    assert again[0] > 50 > again[1], "raw text asks on, demonstrations answer"
    assert answers[1] > answers[0] and second[2] > second[1], "a second answer needs dialogues"


def test_more_tasks_take_more_copies_but_not_more_prompts(open_page: OpenPage) -> None:
    page = open_page("/family", query={"v": "2", "tool": "adapt", "many": "3"})
    reader = Reader(page, "family", "zh")
    dial = reader.main.get_by_role("slider", name=reader.say("adapt.many"))
    until(page, lambda: dial.press("ArrowRight"))
    linked(page, "many=4")
    reader.sees(reader.say("adapt.tune_caption").split("，")[0].format(n=4))
    squares = {way: page.locator(f".st-key-family-shared-{way} .js-plotly-plot") for way in ("tune", "adapt", "prompt")}

    def drawn() -> None:
        shapes = {way: plot.evaluate("p => p.layout.shapes.map(s => s.fillcolor)") for way, plot in squares.items()}
        assert [len(shapes[way]) for way in squares] == [4, 5, 5]
        assert len(set(shapes["tune"])) == 1 and len(set(shapes["prompt"])) == 2

    eventually(page, drawn)
    rows = page.locator("table.plain-table").filter(has_text=reader.say("adapt.every")).locator("tr:has(td)")
    copies, _, notes = map(numbers, eventually(page, rows.all_inner_texts))
    assert notes[-2] > copies[-2] > 0, "a note is read with every question: more tokens"


def test_english_on_a_phone_in_the_dark(open_page: OpenPage) -> None:
    page = open_page("/family", lang="en", theme="dark", viewport=PHONE, query={"v": "1", "tool": "losses"})
    reader = Reader(page, "family", "en")
    reader.sees(reader.say("losses.title"))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
