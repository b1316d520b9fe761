"""微调 without a browser: the page as it opens, real trainings on few sentences, one's own labels, and what is told."""

from __future__ import annotations

import math
import re
import time

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explorer import chapters
from explorer.content import teaching, units
from explorer.engine.runs import runs
from explorer.errors import Cancelled
from explorer.ui import i18n
from explorer.ui.numbers import size, thousands
from explorer.views.finetuning import training
from tests.pace import PACE
from tests.pages.app import body, count, drawn, html, link, notices, open_page, snippets

TAUGHT, TESTED = 8, 12
QUICK = {"epochs": "2", "layers": "0"}
OWN = (
    "dog, it runs after the ball\ndog, it barks at the postman\ndog, it buries a bone\n"
    "cat, she sleeps on the sill\ncat, she licks her paws\ncat, she chases the wool"
)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sets cut short: the page's own way, in seconds."""
    whole = teaching.sentences
    pairs, tagged, named = teaching.pairs, units.tagged, units.named
    size = {"train": TAUGHT, "test": TESTED}
    monkeypatch.setattr(teaching, "sentences", lambda name, lang, part: whole(name, lang, part)[: size[part]])
    monkeypatch.setattr(teaching, "pairs", lambda name, lang, part: pairs(name, lang, part)[: size[part] - 2])
    monkeypatch.setattr(units, "tagged", lambda lang, part: tagged(lang, part)[: size[part]])
    monkeypatch.setattr(units, "named", lambda lang, part, by: named(lang, part, by)[: size[part]])


def words(key: str, lang: str, **values: object) -> str:
    return i18n.text(f"finetuning.{key}", lang, **values)


def press(at: AppTest, key: str) -> None:
    next(one for one in at.button if one.key == key).click().run()
    deadline = time.monotonic() + 90 * PACE  # a training gives way to everything else
    while time.monotonic() < deadline:
        if not [one for one in at.button if one.key in ("finetuning-train", "finetuning-hold")]:
            return
        time.sleep(0.1)
        at.run()
    raise AssertionError("the training did not end")


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
def test_the_page_opens_on_a_whole_training_and_says_that_it_was_computed_beforehand(lang: str) -> None:
    at = open_page("finetuning", lang)
    assert not at.exception
    assert notices(at) == []
    sizes = {part: len(teaching.sentences("judgement", lang, part)) for part in ("train", "test")}  # type: ignore[arg-type]
    seen = body(at)
    assert words("sizes", lang, **sizes) in seen
    assert words("beforehand", lang, seed=0) in seen
    assert words("bag", lang) in seen and words("majority", lang) in seen
    assert count(at, "plotly_chart") == 3  # curves, dots, layers
    assert {one.key for one in at.button if one.key} >= {"finetuning-again"}


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
@pytest.mark.parametrize("tool", chapters.get("finetuning").tools)
def test_every_tool_says_what_is_missing_before_anything_was_trained(tool: str, lang: str) -> None:
    at = open_page("finetuning", lang, tool=tool, seed="77", **QUICK)
    assert not at.exception
    key = "start_tool" if tool == "start" else tool
    assert words(f"{key}.title", lang) in body(at)
    assert (words("not_yet", lang) in body(at)) == (tool not in ("answer", "across", "choice", "exam", "papers"))


def test_a_press_trains_both_starts_and_every_tool_shows_what_came_of_it(few: None) -> None:
    lang = "zh"
    at = open_page("finetuning", lang, planted="1", told="1", **QUICK)
    press(at, "finetuning-train")
    assert not at.exception
    seen = body(at)
    for start in ("pre-trained", "random"):
        assert words(f"start.{start}", lang) in seen
    assert words("matrix_head", lang) in seen
    assert "50.0 %" in seen  # both labels are as many
    assert words("here", lang, seed=0, seconds="")[:12] in seen
    for tool in ("map", "use"):
        at.query_params["tool"] = tool
        at.run()
        assert not at.exception
    press(at, "finetuning-ask")
    assert words("use.words_caption", lang) in body(at)
    at.query_params["tool"] = "map"
    at.run()
    assert words("map.hardest", lang, n=TAUGHT) in body(at)
    assert words("map.planted", lang) in body(at)


@pytest.mark.parametrize(
    ("task", "lang", "more"),
    [("pos", "en", {}), ("entities", "zh", {"by": "word"}), ("inference", "zh", {}), ("stance", "en", {})],
)
def test_every_task_is_trained_shown_and_asked_on_the_same_page(
    few: None, task: str, lang: str, more: dict[str, str]
) -> None:
    at = open_page("finetuning", lang, task=task, epochs="1", layers="0", **more)
    assert words(f"task_line.{task}", lang) in body(at)
    press(at, "finetuning-train")
    assert not at.exception
    seen = body(at)
    assert words("matrix_head", lang) in seen
    assert words("usual" if task in ("pos", "entities") else "bag", lang) in seen
    if task == "entities":
        assert words("names_f1", lang, start=words("start.random", lang)) in seen
    assert count(at, "plotly_chart") == 3
    for tool in ("map", "land", "use"):
        at.query_params["tool"] = tool
        at.run()
        assert not at.exception
    assert (drawn(at.text_input, "finetuning-asked").value) == words(f"use.example.{task}", lang)
    press(at, "finetuning-ask")
    told = "use.tags_caption" if task in ("pos", "entities") else "use.words_caption"
    assert words(told, lang) in body(at)
    if task in ("inference", "stance"):
        drawn(at.text_input, "finetuning-beside").input("<b>一只猫</b> _x_").run()
        assert not at.exception and words("use.words_caption", lang) in body(at)


def test_a_head_is_kept_opened_by_its_link_elsewhere_and_put_down(few: None) -> None:
    lang = "en"
    at = open_page("finetuning", lang, tool="use", seed="42", **QUICK)
    press(at, "finetuning-train")
    next(one for one in at.button if one.key == "finetuning-keep").click().run()
    assert not at.exception
    link = next(one.value for one in at.code if "head=" in one.value)
    name = link.rpartition("head=")[2]
    assert len(name) > 20, "nobody guesses it"
    there = open_page("finetuning", lang, tool="use", head=name, asked="the kettle sings", seed="76", **QUICK)
    assert not there.exception
    seen = body(there)
    labels = i18n.text("finetuning.label.negative", lang), i18n.text("finetuning.label.positive", lang)
    assert words("keep.opened", lang) in seen and all(label in seen for label in labels)
    assert words("use.words_caption", lang) in seen
    next(one for one in there.button if one.key == "finetuning-put-down").click().run()
    assert words("keep.opened", lang) not in body(there)
    gone = open_page("finetuning", lang, tool="use", head="x" * 22, **QUICK)
    assert any(i18n.text("errors.head_lost", lang) in told for told in notices(gone))


def test_the_valley_is_walked_and_a_rate_is_looked_for(few: None) -> None:
    lang = "en"
    at = open_page("finetuning", lang, tool="land", seed="41", **QUICK)
    press(at, "finetuning-train")
    for key in ("finetuning-walk", "finetuning-find"):
        next(one for one in at.button if one.key == key).click().run()
        assert not at.exception
    seen = body(at)
    assert words("land.width", lang) in seen and words("find.honesty", lang)[:30] in seen
    assert count(at, "plotly_chart") == 3  # curves, line, rates


def test_one_s_own_labels_are_taught_and_shown_by_their_names() -> None:
    lang = "en"
    at = open_page("finetuning", lang, sentences="own", own=OWN, **QUICK)
    assert words("sizes", lang, train=4, test=2) in body(at)
    press(at, "finetuning-train")
    assert not at.exception
    for name in ("dog", "cat"):
        assert name in body(at)
    assert drawn(at.text_area, "finetuning-own").value == OWN


@pytest.mark.parametrize(
    ("own", "key"),
    [
        (" ", "own.nothing"),
        ("猫，她在打盹\n猫，她在洗脸\n猫，她在睡觉", "one_label"),
        ("猫，她在打盹\n猫，她在洗脸\n猫，她在睡觉\n狗，它在叫", "own.label_once"),
        ("\n".join(f"{n}，第{n}种句子{m}" for n in range(7) for m in range(3)), "too_many_labels"),
        ("\n".join(f"{'猫狗'[n % 2]}，这是第{n}句话" for n in range(2400)), "too_many_sentences"),
        ("猫，她在打盹\n猫，她在洗脸\n猫，\n狗，它在叫\n狗，它在跑\n，没有标签", "own.left_out"),
        ("猫，她在打盹\n猫，她在打盹\n猫，她在洗脸\n狗，它在叫\n狗，它在跑\n狗，它在跳", "own.doubled"),
        ("猫，她在打盹\n猫，她在洗脸\n猫，它在叫\n狗，它在叫\n狗，它在跑\n狗，它在跳", "both"),
    ],
)
def test_what_is_odd_about_one_s_own_sentences_is_said_and_nothing_typed_is_lost(own: str, key: str) -> None:
    at = open_page("finetuning", "zh", sentences="own", **QUICK)
    drawn(at.text_area, "finetuning-own").input(own).run()
    assert not at.exception
    head = ("errors." if key.startswith(("one_", "too_")) else "finetuning.") + key
    start = i18n.text(head, "zh").split("{")[0]
    assert any(start in told for told in notices(at)), notices(at)
    assert drawn(at.text_area, "finetuning-own").value == own


class Ending:
    """A run that ends between the first and the second look at it."""

    so_far: tuple[object, ...] = ()
    place, held, error = 0, False, Cancelled("cancelled")

    def __init__(self) -> None:
        self.looks = 0

    @property
    def ended(self) -> bool:
        self.looks += 1
        return self.looks > 1

    def hold(self) -> None: ...
    def stop(self) -> None: ...


def test_a_run_that_ends_while_its_page_is_drawn_leaves_no_button_to_stop_it(monkeypatch: pytest.MonkeyPatch) -> None:
    run = Ending()
    monkeypatch.setattr(training, "_run", lambda bench: run)
    at = open_page("finetuning", "zh", seed="78", **QUICK)
    assert not at.exception and run.looks > 1
    keys = {one.key for one in at.button}
    assert "finetuning-train" in keys and "finetuning-stop" not in keys


def test_a_run_that_is_held_up_is_found_by_a_new_session_and_goes_on(few: None) -> None:
    link = {"epochs": "10", "layers": "2", "amount": "8", "seed": "5"}
    at = open_page("finetuning", "zh", **link)
    from explorer.lab.types.finetuning import TUNE
    from explorer.views.finetuning import common

    state = common.State(epochs=10, layers=2, amount="8", seed=5)
    asked = common.inputs(state, "zh")
    run = runs().start(TUNE, common.model().id, asked, session="elsewhere")
    run.hold()
    at = open_page("finetuning", "zh", **link)
    assert words("held", "zh") in body(at)
    press(at, "finetuning-go-on")
    assert words("matrix_head", "zh") in body(at)
    assert run.ended and run.error is None


ASKED = {
    "zh": ("猫趴在窗台上晒太阳。\n它打了一个哈欠。\n银行九点开门。\n窗台把猫叠好。\n三加四等于七。", "C"),
    "en": (
        "The kettle began to sing.\nShe took it off the stove.\nBanks open at nine.\nTwo is even.\nIt is a verb.",
        "A",
    ),
}


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
def test_two_questions_stand_there_computed_and_one_s_own_is_scored_as_the_head_says(lang: str) -> None:
    from explorer.content import choice
    from explorer.engine import catalog, get_engine
    from explorer.lab.types.pairs import JUDGE, JudgeInputs

    loads = get_engine().counters().model_loads
    at = open_page("finetuning", lang, tool="choice")
    assert not at.exception and notices(at) == []
    assert get_engine().counters().model_loads == loads, "both questions come computed"
    written, letter = ASKED[lang]
    drawn(at.text_area, "finetuning-question-b").set_value(written).run()
    drawn(at.segmented_control, f"finetuning-right-b-{lang}").set_value(letter).run()
    assert not at.exception
    kept = link(at)
    assert kept["question_b"] == written and kept.get("right_b", "3") == str("ABCD".index(letter) + 1)
    asked = [choice.read(choice.example("a", lang)), choice.read(written)]
    model = catalog.default("masked").id
    both = get_engine().run(JUDGE, model, JudgeInputs(choice.rows(asked))).result.next.scores.astype(float)
    scores = (both[:, 0] - both[:, 1]).reshape(2, 4)
    p = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    seen = body(at)
    right = int("ABCD".index(letter))
    losses = [-math.log(p[0, 1]), -math.log(p[1, right])]
    for loss in (*losses, sum(losses) / 2):
        assert f"{loss:.2f}" in seen
    for score in scores.ravel():
        assert f"{score:.2f}".replace("-", "−") in seen
    lengths = [len(get_engine().tokens(model, *row)) for row in choice.rows(asked)]
    rows = next(piece for piece in html(at) if "token-rows" in piece)
    assert rows.count('class="padding"') == 8 * max(lengths) - sum(lengths)
    assert f"[2, 4, {max(lengths)}]" in seen and f"[8, {max(lengths)}]" in seen


def test_the_code_of_a_choice_says_what_the_page_says(capsys: pytest.CaptureFixture[str]) -> None:
    from explorer.content import choice
    from explorer.engine import catalog, get_engine
    from explorer.lab.types.pairs import JUDGE, JudgeInputs

    at = open_page("finetuning", "en", tool="choice", question_b=ASKED["en"][0])
    code = next(code for code in snippets(at) if "BertForNextSentencePrediction" in code)
    exec(compile(code, "snippet", "exec"), {"__name__": "__main__"})
    printed = capsys.readouterr().out
    asked = [choice.read(choice.example("a", "en")), choice.read(ASKED["en"][0])]
    found = get_engine().run(JUDGE, catalog.default("masked").id, JudgeInputs(choice.rows(asked))).result
    scores = (found.next.scores[:, 0] - found.next.scores[:, 1]).reshape(2, 4).astype(float)
    for question, row in zip(asked, scores, strict=True):
        p = np.exp(row - row.max()) / np.exp(row - row.max()).sum()
        for ending, share in zip(question.endings, p, strict=True):
            said = next(line for line in printed.splitlines() if line.endswith(ending))
            assert float(said.split()[0]) == pytest.approx(share, abs=2e-3)


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
@pytest.mark.parametrize(
    ("written", "key", "values"),
    [
        (" ", "choice_empty", {"wanted": 4}),
        ("a\nb\n\nd\ne", "choice_ending", {"n": 2}),
        ("a\nb\nc", "choice_endings", {"wanted": 4, "used": 2}),
        ("a\nb\nc\nd\ne\nf", "choice_endings", {"wanted": 4, "used": 5}),
    ],
)
def test_a_question_that_is_none_is_told_and_nothing_typed_is_lost(
    written: str, key: str, values: dict[str, int], lang: str
) -> None:
    at = open_page("finetuning", lang, tool="choice")
    drawn(at.text_area, "finetuning-question-a").set_value(written).run()
    assert not at.exception
    assert notices(at) == [i18n.text(f"errors.{key}", lang, **values)]
    assert drawn(at.text_area, "finetuning-question-a").value == written
    assert "token-rows" not in "".join(html(at))


def test_a_long_ending_is_told_and_markup_in_one_stays_text() -> None:
    at = open_page("finetuning", "zh", tool="choice", question_a="雨停了。\n<b>一</b> _二_\n三\n四\n" + "雨" * 200)
    assert notices(at) == [i18n.text("errors.too_long", "zh", limit=128, used=207)]
    drawn(at.text_area, "finetuning-question-a").set_value("雨停了。\n<b>一</b> _二_\n三\n四\n五").run()
    assert not at.exception and notices(at) == []
    assert "<b>一</b>" not in "".join(html(at)) and "<b>一</b> _二_" in body(at)


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
def test_the_exam_hall_lists_its_tasks_and_counts_bytes_by_the_files_that_are_here(lang: str) -> None:
    from explorer.engine import catalog, get_engine

    at = open_page("finetuning", lang, tool="exam", many="3")
    assert not at.exception and notices(at) == []
    seen = body(at)
    for task in ("CoLA", "SST-2", "MRPC", "STS-B", "QQP", "MNLI", "QNLI", "RTE", "WNLI"):
        assert words(f"exam.out.{task}", lang) in seen
    assert words("exam.number", lang) in seen
    info = catalog.default("masked")
    stored = info.weights_file.stat().st_size
    head = 3 * (get_engine().facts(info.id).d_model + 1) * 2
    assert size(3 * stored) in seen and size(stored + 3 * head) in seen
    assert words("exam.bytes", lang, n=thousands(head)) in seen
    drawn(at.slider, "finetuning-many").set_value(50).run()
    assert link(at)["many"] == "50" and size(50 * stored) in body(at)
    drawn(at.segmented_control, f"finetuning-exam-{lang}").set_value("superglue").run()
    assert not at.exception
    assert {words("exam.over", lang), words("exam.below", lang), words("exam.unknown", lang)} <= cells(at)
    there = open_page("finetuning", lang, tool="exam", exam="clue")
    assert not there.exception and words("exam.clue", lang) in body(there)


def cells(at: AppTest) -> set[str]:
    return set(re.findall(r"<td[^>]*>(?:<[^>]*>)*([^<]*)", "".join(html(at))))
