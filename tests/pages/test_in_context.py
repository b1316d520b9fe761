"""语境学习 without a browser: every tool in both languages on prompts of the reader's own, however odd they are."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, get_args

import numpy as np
import pytest

from explorer.content import measured, tasks
from explorer.engine import catalog, get_engine, uses
from explorer.lab.types.in_context import ANSWERS, AnswersInputs, Prompt, TableResult
from explorer.lab.types.likelihood import LIKELIHOOD, LikelihoodInputs
from explorer.lab.types.scaling import SCALING, ScalingInputs
from explorer.models.catalog.catalog import default_for
from explorer.ui import i18n, permission
from explorer.ui.numbers import signed, size
from explorer.ui.state import to_query
from explorer.views.in_context import common, scale, scaling, scores, speech, stage, write
from tests.pages.app import body, drawn, html, link, notices, open_page, snippets

ROWS = {"zh": "苹果 → 红\n香蕉 → 黄\n葡萄 → 紫", "en": "apple → red\nbanana → yellow\ngrape → purple"}
OWN = {
    "zh": {"rows": ROWS["zh"], "text": "橙子", "answer": "橙", "line": "水果的颜色", "k": "3"},
    "en": {"rows": ROWS["en"], "text": "lemon", "answer": "yellow", "line": "The colour of each fruit", "k": "3"},
}


def words(key: str, lang: str, **values: object) -> str:
    return i18n.text(key, lang, **values)


@pytest.fixture(autouse=True)
def nothing_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the curve, which comes when the page stands; one test below asks for it."""
    monkeypatch.setattr(stage, "complete", lambda *drawn: None)


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
def test_every_tool_draws_on_a_prompt_of_the_reader_s_own(lang: str) -> None:
    for tool in get_args(common.Tool):
        at = open_page("in_context", lang, tool=tool, **OWN[lang])
        assert not at.exception
        assert notices(at) == []
        seen = body(at)
        assert words("common.honesty", lang) in seen
        assert words("in_context.prompt", lang, k=3, n=len(prompt_tokens(lang))) in seen
        assert len(snippets(at)) == (tool in ("answers", "speech"))


def prompt_tokens(lang: str) -> Any:
    own = OWN[lang]
    rows = tuple(tuple(line.split(" → ")) for line in own["rows"].split("\n"))
    prompt = Prompt(own["line"], rows, own["text"])  # type: ignore[arg-type]
    return get_engine().tokens(default_for("in_context").id, prompt.text())


def test_the_prompt_stands_there_token_by_token() -> None:
    at = open_page("in_context", "zh", **OWN["zh"])
    (shown,) = [piece for piece in html(at) if '<div class="prompt"' in piece]
    pieces = prompt_tokens("zh").pieces
    assert shown.count("<i") == len(pieces)
    assert shown.count("⏎</i>") == 4
    assert shown.count("<p ") == 5


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
def test_the_snippet_gives_the_page_s_numbers(lang: str) -> None:
    at = open_page("in_context", lang, **OWN[lang])
    (code,) = snippets(at)
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(code, "snippet", "exec"), {"__name__": "__main__"})
    scene_answers = [line.split(" [")[0] for line in out.getvalue().splitlines()]
    rows = tuple(tuple(line.split(" → ")) for line in ROWS[lang].split("\n"))
    prompt = Prompt(OWN[lang]["line"], rows, OWN[lang]["text"])  # type: ignore[arg-type]
    found = get_engine().run(ANSWERS, default_for("in_context").id, AnswersInputs(prompt, tuple(scene_answers))).result
    for line, log_p in zip(out.getvalue().splitlines(), found.log_p, strict=True):
        assert float(line.split()[-1]) == pytest.approx(float(np.exp(log_p.sum())), abs=2e-3)


@pytest.mark.parametrize(
    ("rows", "key", "values"),
    [
        ("苹果 → 红\n香蕉", "row_no_sign", {"row": 2, "sign": "→"}),
        ("苹果 → 红 → 圆", "row_two_signs", {"row": 1, "sign": "→"}),
        ("苹果 →", "row_empty", {"row": 1}),
    ],
)
def test_a_row_that_is_none_is_told_and_the_boxes_stay(rows: str, key: str, values: dict[str, Any]) -> None:
    at = open_page("in_context", "zh", rows=rows)
    assert not at.exception
    assert notices(at) == [words(f"errors.{key}", "zh", **values)]
    assert drawn(at.text_area, "in_context-rows").value == rows


def test_candidates_that_can_not_be_compared_are_told() -> None:
    for others, key, values in (
        ("红 / / 黄", "answer_empty", {}),
        ("/".join("abcdefghijklmnopq"), "answers_many", {"limit": 16, "used": 17}),
    ):
        at = open_page("in_context", "zh", others=others)
        assert notices(at) == [words(f"errors.{key}", "zh", **values)]
    at = open_page("in_context", "zh", **{**OWN["zh"], "others": "New / New York"})
    assert notices(at) == [words("in_context.begins", "zh", a="New", b="New York")]


def test_two_hundred_rows_and_more_examples_than_there_are() -> None:
    many = "\n".join(f"{n} + 1 → {n + 1}" for n in range(200))
    at = open_page("in_context", "en")
    drawn(at.text_area, "in_context-rows").set_value(many).run()
    assert not at.exception
    assert words("in_context.unused", "en", limit=16, n=184) in notices(at)
    at = open_page("in_context", "en", **{**OWN["en"], "k": "9"})
    assert notices(at) == [words("in_context.short", "en", n=3)]


def test_the_oldest_examples_that_do_not_fit_are_told() -> None:
    rows = "\n".join(f"{'很长的问题' * 40}{n} → 答" for n in range(16))
    at = open_page("in_context", "zh", k="16")
    drawn(at.text_area, "in_context-rows").set_value(rows).run()
    assert not at.exception
    told = [one for one in notices(at) if one.startswith(words("in_context.dropped", "zh", n="x")[:8])]
    assert len(told) == 1


def test_sums_of_twenty_digits_are_read() -> None:
    at = open_page("in_context", "zh", task="arithmetic", rows="12345678901234567890 + 1 → 12345678901234567891", k="1",
                   text="98765432109876543210 + 1", answer="98765432109876543211")  # fmt: skip
    assert not at.exception
    assert notices(at) == []


def test_labels_order_and_switches_change_the_prompt() -> None:
    base = common.State(rows=ROWS["en"], text="lemon", answer="yellow", k=3)
    gold = common.read(base)
    assert [answer for _, answer in gold.prompt.rows] == ["red", "yellow", "purple"]
    flipped = common.read(common.State(**{**vars(base), "labels": "flipped"}))
    assert not set(flipped.prompt.rows) & set(gold.prompt.rows)
    assert flipped.gold != flipped.taught
    assert {"yellow", flipped.taught} <= set(flipped.answers)
    renamed = common.read(common.State(**{**vars(base), "labels": "foo"}))
    assert renamed.taught == "foo"
    mixed = common.read(common.State(**{**vars(base), "order": 5}))
    assert sorted(mixed.prompt.rows) == sorted(gold.prompt.rows)
    assert mixed.prompt.rows != gold.prompt.rows
    bare = common.read(common.State(**{**vars(base), "told": False, "sign": False}))
    assert bare.prompt.text() == "apple red\nbanana yellow\ngrape purple\nlemon"


def test_division_by_what_n_a_gets_is_zhao_s() -> None:
    log_p, free = np.log(np.array([0.4, 0.1], np.float32)), np.log(np.array([0.8, 0.1], np.float32))
    lengths = np.array([2, 1], np.float32)
    plain = scores.compared(log_p, free, lengths, common.State())
    np.testing.assert_allclose(plain, [0.4, 0.1], rtol=1e-5)
    fair = scores.compared(log_p, free, lengths, common.State(fair=True))
    np.testing.assert_allclose(fair, np.array([0.5, 1.0]) / 1.5, rtol=1e-5)
    per = scores.compared(log_p, free, lengths, common.State(per=True))
    np.testing.assert_allclose(per, [np.sqrt(0.4), 0.1], rtol=1e-5)


def test_the_rule_that_marks_an_open_answer() -> None:
    assert write.same(" Paris ", "paris")
    assert write.same("ＡＢ", "ab")
    assert not write.same("Paris.", "Paris")
    assert not write.same("the capital Paris", "Paris")


def test_a_button_computes_both_checksums_and_they_are_the_same() -> None:
    at = open_page("in_context", "zh", tool="still", **OWN["zh"])
    at.button(key="in_context-still").click().run()
    assert not at.exception
    (told,) = notices(at)
    start = words("in_context.still.same", "zh", n="x", answer="x", first="x", last="x", k="x", bytes="x").split("x")[0]
    assert told.startswith(start)
    sums = [line for line in body(at).split("…") if len(line.strip()) >= 32]
    assert sums


def test_an_example_is_moved_by_two_buttons() -> None:
    at = open_page("in_context", "zh", **OWN["zh"])
    assert drawn(at.radio, "in_context-row").options[0].startswith("1")
    assert at.button(key="in_context-up").disabled
    at.button(key="in_context-down").click().run()
    assert not at.exception
    assert drawn(at.text_area, "in_context-rows").value.split("\n") == ["香蕉 → 黄", "苹果 → 红", "葡萄 → 紫"]
    at.button(key="in_context-down").click().run()  # the same example goes on
    assert drawn(at.text_area, "in_context-rows").value.split("\n") == ["香蕉 → 黄", "葡萄 → 紫", "苹果 → 红"]
    assert at.button(key="in_context-down").disabled
    drawn(at.radio, "in_context-row").set_value(1).run()
    at.button(key="in_context-up").click().run()
    assert drawn(at.text_area, "in_context-rows").value.split("\n") == ["葡萄 → 紫", "香蕉 → 黄", "苹果 → 红"]
    assert link(at)["rows"] == "葡萄 → 紫\n香蕉 → 黄\n苹果 → 红"


def test_a_shuffled_order_is_kept_when_an_example_moves_and_so_are_lines_beyond_the_limit() -> None:
    many = tuple(f"{n} → {n + 1}" for n in range(18))
    state = common.State(rows="\n".join(many), order=5, row=3, text="40")
    before = common.read(state).whole.rows
    at = open_page("in_context", "en", **to_query(state))
    at.button(key="in_context-up").click().run()
    lines = drawn(at.text_area, "in_context-rows").value.split("\n")
    assert lines[16:] == list(many[16:])
    moved = [*before[:2], before[3], before[2], *before[4:]]
    assert lines[:16] == [f"{question} → {answer}" for question, answer in moved]
    assert "order" not in link(at)


def test_without_two_examples_there_is_nothing_to_move() -> None:
    for rows in ("苹果 → 红", "苹果 → 红\n香蕉"):
        at = open_page("in_context", "zh", rows=rows)
        assert not at.exception
        assert not at.radio


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
def test_scaling_opens_complete_and_draws_another_seed_at_a_click(lang: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found = get_engine().peek(SCALING, None, ScalingInputs())
    assert found is not None
    at = open_page("in_context", lang, tool="scaling")
    assert not at.exception
    seen = body(at)
    for number in (found.loss.min(), found.best, found.blind):
        assert f"{number:.2f}" in seen
    small = ScalingInputs(widths=(4, 8), sentences=(30, 60), steps=25, unread=50)
    monkeypatch.setattr(scaling, "ScalingInputs", lambda seed: replace(small, seed=seed))
    at.button(key="in_context-scaling").click().run()
    assert not at.exception
    assert link(at)["seed"] == "1"
    assert words("in_context.scaling.runs", lang, n=4) in body(at)


def test_the_table_says_that_no_other_model_lies_here() -> None:
    at = open_page("in_context", "zh", tool="table")
    others = [one for one in uses.offered("in_context", permission.policy()) if not one.embedded]
    told = words("in_context.scale.alone", "zh", model=default_for("in_context").name)
    assert (told in body(at)) == (not others)


def test_a_model_that_was_asked_once_is_told_of_without_lying_here() -> None:
    (name,) = measured.BESIDE
    model = catalog.entry(name)
    assert not model.weights_file.is_file()
    for tool in ("table", "speech"):
        at = open_page("in_context", "en", tool=tool)
        assert not at.exception and model.name in body(at)
        assert not any(model.id in str(button.key) for button in at.button), "it can't be asked anew"
    at = open_page("in_context", "en", tool="table")
    assert words("in_context.scale.beforehand", "en", models=model.name) in body(at)


def test_models_are_compared_on_the_tasks_that_all_were_asked() -> None:
    names = measured.names()

    def result(share: float) -> TableResult:
        right = np.zeros((3, 10), np.float32)
        right[:, : round(10 * share)] = 1
        return TableResult(right, right, 5)

    shared, lines = scale.means({"a": {names[0]: result(0.2), names[2]: result(0.4)}, "b": {names[2]: result(0.9)}})
    assert shared == (names[2],)
    np.testing.assert_allclose(lines["a"], 0.4)
    np.testing.assert_allclose(lines["b"], 0.9)
    assert scale.means({"a": {names[0]: result(0.2)}, "b": {names[2]: result(0.9)}}) == ((), {})


def test_fine_tuning_needs_an_example_and_the_bytes_are_those_of_the_file() -> None:
    at = open_page("in_context", "zh", tool="still", **{**OWN["zh"], "k": "0"})
    assert not at.exception
    assert words("errors.no_examples", "zh") in notices(at)
    file = default_for("in_context").weights_file.stat().st_size
    assert size(100 * file) in body(at)
    assert words("in_context.still.bytes_note", "zh", bytes="x", file=size(file)).split("，")[0] in body(at)


def test_a_tool_that_follows_one_answer_says_where_there_is_none() -> None:
    for tool in ("still", "heads"):
        at = open_page("in_context", "zh", tool=tool, rows=" ", text="橙子")
        assert not at.exception
        assert words("errors.answer_empty", "zh") in notices(at)


def test_other_orders_are_asked_at_a_click() -> None:
    at = open_page("in_context", "en", tool="orders", **{**OWN["en"], "k": "2"})
    at.button(key="in_context-orders").click().run()
    assert not at.exception
    assert words("in_context.orders.all", "en", n=2) in body(at)


def test_another_question_and_another_task() -> None:
    at = open_page("in_context", "zh")
    before = drawn(at.text_input, "in_context-text").value
    at.button(key="in_context-next").click().run()
    assert drawn(at.text_input, "in_context-text").value != before
    assert link(at) == {"item": "1"}
    drawn(at.selectbox, "in_context-task-zh").set_value("capitals").run()
    assert not at.exception
    assert drawn(at.text_input, "in_context-text").value == tasks.shown(tasks.Task("capitals", "zh"))[1][0]


@pytest.fixture
def curve_too(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(stage, "complete", lambda scene, state: [one() for one in scene.later])
    yield


@pytest.mark.usefixtures("curve_too")
def test_the_curve_comes_when_the_page_stands() -> None:
    at = open_page("in_context", "en", **OWN["en"])
    assert not at.exception
    assert words("in_context.curve.caption", "en") in body(at)
    assert any(
        name in body(at) for name in (words("in_context.curve.saved", "en", alone="x", read="x", ratio="x")[:30],)
    )


def test_a_state_survives_its_link() -> None:
    state = common.State(task="sentiment", labels="foo", k=7, rows="a → b\nc → d", order=3, fair=True)
    at = open_page("in_context", "en", **to_query(state))
    assert link(at) == to_query(state)


PAIR = {
    "zh": ("抽屉里有三支铅笔。", "抽屉里有三头铅笔。"),
    "en": ("The lamps in the hall are broken.", "The lamps in the hall is broken."),
}


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
def test_of_two_sentences_the_likelier_one_is_told_and_the_code_says_the_same(lang: str) -> None:
    first, second = PAIR[lang]
    at = open_page("in_context", lang, tool="speech", first=first, second=second)
    assert not at.exception and notices(at) == []
    inputs = LikelihoodInputs((first, second))
    log_p = get_engine().run(LIKELIHOOD, default_for("in_context").id, inputs).result.log_p()
    seen = body(at)
    for value in log_p:
        assert f"ln p = {signed(value, 1)}" in seen
    which = words(f"in_context.speech.{'first' if log_p[0] > log_p[1] else 'second'}", lang)
    gap = abs(log_p[0] - log_p[1])
    assert words("in_context.speech.verdict", lang, which=which, gap=f"{gap:.1f}", times=speech._times(gap)) in seen
    assert words("in_context.speech.all", lang, n=48) in seen, "ours were read beforehand"
    (code,) = snippets(at)
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(compile(code, "snippet", "exec"), {"__name__": "__main__"})
    for line, value in zip(said.getvalue().splitlines(), log_p, strict=True):
        assert float(line.split("ln p = ")[1].split(" ")[0]) == pytest.approx(value, abs=0.02)


@pytest.mark.parametrize(
    ("first", "second", "key"),
    [(" ", "好的。", "text_empty"), ("井边坐着三个人，" * 48, "好的。", "too_long"), ("晴天。", "晴天。", "")],
)
def test_two_odd_sentences_are_told_and_ours_stand_all_the_same(first: str, second: str, key: str) -> None:
    at = open_page("in_context", "zh", tool="speech", first=first, second=second)
    assert not at.exception
    seen = body(at)
    assert words("in_context.speech.all", "zh", n=48) in seen
    if key:
        assert any(words(f"errors.{key}", "zh", limit="", used="")[:4] in said for said in notices(at))
    else:
        assert words("in_context.speech.even", "zh") in seen
