"""问答 and 英文教，中文问 without a browser: own questions, dials that ask no model, what can't be asked, the code."""

from __future__ import annotations

import html as markup
from pathlib import Path

import pytest

from explorer import paths, texts
from explorer.content import passages
from explorer.engine import get_engine
from explorer.errors import ModelUnavailable
from explorer.lab.types.answering import ANSWER, EXAM, AnswerInputs, spans
from explorer.ui import i18n
from explorer.views.finetuning import answer_parts
from tests.pages.app import body, drawn, html, link, notices, open_page, snippets

MODEL = "mini-mbert"
OWN = {
    "zh": (
        "<b>后院</b>的水缸是爷爷用旧木桶改的，缸底铺着鹅卵石。*阿禾*每周二换水，换下来的水拿去浇丝瓜。",
        "水缸每周几换水？",
    ),
    "en": ("The <b>shed</b> behind the school was built by Marta Quill in nine days. *Rain* runs off its roof into a "
           "tub, and the ducks drink from it.", "Who put up the shed?"),
}  # fmt: skip


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
def test_a_passage_stands_there_answered_and_one_s_own_is_answered_as_the_head_says(lang: str) -> None:
    loads = get_engine().counters().model_loads
    at = open_page("finetuning", lang, tool="answer")
    assert not at.exception and notices(at) == []
    assert get_engine().counters().model_loads == loads, "the first passage comes computed"
    passage, question = OWN[lang]
    drawn(at.text_area, "finetuning-passage").set_value(passage).run()
    drawn(at.text_input, "finetuning-question").set_value(question).run()
    assert not at.exception and notices(at) == []
    assert link(at)["passage"] == passage and link(at)["question"] == question
    found = get_engine().run(ANSWER, MODEL, AnswerInputs("en", question, passage)).result
    best = spans(found, 5)
    marked = next(piece for piece in html(at) if "<mark" in piece)
    assert f">{markup.escape(passage[best[0].low : best[0].high])}</mark>" in marked and "<b>" not in marked
    seen = body(at)
    for one in best:
        assert passage[one.low : one.high] in seen and f"{one.score:.2f}".replace("-", "−") in seen


def test_dials_that_need_no_model_ask_none() -> None:
    passage, question = OWN["en"]
    at = open_page("finetuning", "en", tool="answer", passage=passage, question=question)
    passes = get_engine().counters().forward_passes
    found = get_engine().run(ANSWER, MODEL, AnswerInputs("en", question, passage)).result
    drawn(at.slider, "finetuning-longest").set_value(2).run()
    best = spans(found, 1, longest=2)[0]
    assert f">{markup.escape(passage[best.low : best.high])}</mark>" in "".join(html(at))
    drawn(at.slider, "finetuning-place").set_value(7).run()
    assert not at.exception and link(at)["place"] == "6" and link(at)["longest"] == "2"
    assert get_engine().counters().forward_passes == passes
    drawn(at.slider, "finetuning-window").set_value(48).run()
    assert any("48" in told or "96" in told for told in notices(at)), "too much overlap, with the dials still there"
    drawn(at.slider, "finetuning-overlap").set_value(0).run()
    assert not at.exception
    assert get_engine().counters().forward_passes > passes, "other windows are read anew"
    assert i18n.text("finetuning.answer.cut.short", "en", overlap=0, longest=2) in notices(at)


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
def test_the_gallery_says_what_a_reader_would(lang: str) -> None:
    for one in passages.mistakes(lang):
        at = open_page("finetuning", lang, tool="answer", mistake=one.kind)
        assert not at.exception
        answer = one.answer or i18n.text("finetuning.answer.not_told", lang)
        assert notices(at) == [i18n.text("finetuning.answer.reader", lang, answer=answer)]
        assert i18n.text(f"finetuning.answer.why.{one.kind}", lang)[:20] in body(at)
        assert drawn(at.text_area, "finetuning-passage").value == one.text
    assert "3 " in body(open_page("finetuning", lang, tool="answer", mistake="border"))


@pytest.mark.parametrize(
    ("fields", "key", "values"),
    [
        ({"passage": " "}, "passage_empty", {}),
        ({"question": " "}, "question_empty", {}),
        ({"question": "谁" * 150}, "question_long", {"limit": 88, "used": 150}),
        ({"window": "48", "overlap": "90"}, "windows_overlap", {"overlap": 90, "room": 34}),
    ],
)
def test_what_cannot_be_asked_is_said_and_nothing_typed_is_lost(
    fields: dict[str, str], key: str, values: dict[str, int]
) -> None:
    at = open_page("finetuning", "zh", tool="answer", **fields)
    assert not at.exception
    assert i18n.text(f"errors.{key}", "zh", **values) in notices(at)
    if "question" in fields:
        assert drawn(at.text_input, "finetuning-question").value == fields["question"]


def test_a_passage_of_ten_thousand_signs_is_refused_and_kept() -> None:
    at = open_page("finetuning", "zh", tool="answer")
    long = "河" * 10_000
    drawn(at.text_area, "finetuning-passage").set_value(long).run()
    assert not at.exception
    assert i18n.text("errors.passage_long", "zh", limit=2000, used=10_000) in notices(at)
    assert drawn(at.text_area, "finetuning-passage").value == long


@pytest.mark.parametrize("text", ["🙂🙂 👩‍👩‍👧", "مرحبا بالعالم", "ꦲꦏ꧀ꦱꦫ", "a\u0301\u200b\u202e"])
def test_any_script_is_answered_or_told(text: str) -> None:
    at = open_page("finetuning", "en", tool="answer", passage=text, question=text)
    assert not at.exception
    assert "<mark" in "".join(html(at)) or notices(at)


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
def test_six_languages_are_marked_and_every_answer_is_listed(lang: str) -> None:
    loads = get_engine().counters().model_loads
    at = open_page("finetuning", lang, tool="across", reading="de")
    assert not at.exception and notices(at) == []
    assert get_engine().counters().model_loads == loads, "all languages come computed"
    found = {one: get_engine().run(EXAM, MODEL, passages.exam("en", one)).result for one in passages.LANGS}
    f1 = {one: float(result.f1_mixed[result.answered].mean()) for one, result in found.items()}
    seen = body(at)
    for one in passages.LANGS:
        if one != "en":
            assert f"{f1[one] / f1['en']:.2f}" in seen
    questions = [question for one in passages.passages("de") for question in one.questions]
    assert all(question.text in seen for question in questions)
    nothing = found["de"].over_nothing < 0
    told = i18n.text(
        "finetuning.across.no_answer_note", lang, n=6, seen=int(nothing[~found["de"].answered].sum()), all=90,
        wrongly=int(nothing[found["de"].answered].sum()),
    )  # fmt: skip
    assert told.replace("`", "") in seen


def test_the_code_says_what_the_page_says(capsys: pytest.CaptureFixture[str]) -> None:
    passage, question = passages.mistakes("zh")[5].text, "谁把包裹带到了山下？"
    at = open_page("finetuning", "zh", tool="answer", passage=passage, question=question, longest="12")
    code = next(code for code in snippets(at) if "head.edges" in code)
    exec(compile(code, "snippet", "exec"), {"__name__": "__main__"})
    best = spans(get_engine().run(ANSWER, MODEL, AnswerInputs("en", question, passage)).result, 1, 12)[0]
    said, score = capsys.readouterr().out.strip().rsplit(" ", 1)
    assert said == repr(passage[best.low : best.high]) and float(score) == pytest.approx(best.score, abs=2e-3)


def test_where_the_head_is_missing_the_page_says_how_to_make_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from explorer.models.network import answerer

    monkeypatch.setattr(answerer, "folder", lambda info, taught_in: tmp_path / taught_in)
    at = open_page("finetuning", "en", tool="answer", passage=OWN["en"][0], question="Where do the ducks drink?")
    assert not at.exception
    (told,) = notices(at)
    assert "python -m training.qa" in told and "mini-mbert" in told
    assert drawn(at.text_area, "finetuning-passage").value == OWN["en"][0]
    with pytest.raises(ModelUnavailable, match="answerer_missing"):
        get_engine().run(ANSWER, MODEL, AnswerInputs("en", "Where do they swim?", OWN["en"][0]))


def test_only_heads_that_lie_here_are_offered() -> None:
    at = open_page("finetuning", "zh", tool="answer")
    (offered,) = (one for one in at.segmented_control if str(one.key).startswith("finetuning-taught"))
    assert list(offered.options) == [texts.text(f"finetuning.answer.taught_in.{lang}", "zh") for lang in ("en", "zh")]
    for lang in ("en", "zh"):
        assert answer_parts.folder(lang) == paths.MODELS / f"mini-mbert-qa-{lang}"
        assert answer_parts.folder(lang).is_dir()


def test_the_chinese_head_is_asked_in_six_languages_and_the_page_says_so() -> None:
    at = open_page("finetuning", "zh", tool="across", taught="zh")
    assert not at.exception
    assert texts.text("finetuning.across.from_chinese.title", "zh") in body(at)
