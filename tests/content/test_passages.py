"""The passages: the same in six languages, each answer in its passage once and made of whole tokens; and 找错."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from itertools import pairwise
from typing import Any

import pytest

from explorer import paths
from explorer.content import questions as others
from explorer.content.passages import KINDS, LANGS, Passage, mistakes, passages
from explorer.content.sentences import sentences
from tests.content.test_questions import words

MARKS = {"zh": "？", "ja": "。"}
PASSAGES, QUESTIONS = 12, 4
LONGEST = 190  # tokens of question and passage
KANA = re.compile(r"[぀-ヿ]")
HAN = re.compile(r"[㐀-鿿]")
ENDS = {"zh": "。", "ja": "。"}


@lru_cache(maxsize=1)
def tokenizer() -> Any:
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(paths.MODELS / "mini-mbert")


def encoded(text: str) -> tuple[list[str], list[tuple[int, int]]]:
    """Tokens and their places in the text."""
    found = tokenizer()(text, return_offsets_mapping=True, add_special_tokens=False)
    return found.tokens(), found["offset_mapping"]


def whole(text: str, start: int, end: int) -> bool:
    """Whether the characters start…end are whole tokens."""
    _, places = encoded(text)
    return start in {first for first, _ in places} and end in {last for _, last in places}


def shape(lang: str) -> list[tuple[str, tuple[str, ...]]]:
    return [(passage.id, tuple(question.id for question in passage.questions)) for passage in passages(lang)]


def texts(passage: Passage) -> list[str]:
    return [passage.text, *(text for question in passage.questions for text in (question.text, question.answer))]


@pytest.mark.parametrize("lang", LANGS)
def test_there_are_twelve_with_four_questions_each_and_the_same_in_every_language(lang: str) -> None:
    assert shape(lang) == shape("en")
    ids = [id for passage, asked in shape(lang) for id in (passage, *asked)]
    assert len(set(ids)) == len(ids) == PASSAGES * (1 + QUESTIONS)
    assert all(
        len(asked) == QUESTIONS and id.startswith(f"{passage}-") for passage, asked in shape(lang) for id in asked
    )


@pytest.mark.parametrize("lang", LANGS)
def test_the_reader_has_what_the_file_says(lang: str) -> None:
    raw = tomllib.loads((paths.EXAMPLES / "passages" / f"{lang}.toml").read_text(encoding="utf-8"))["passages"]
    for row, passage in zip(raw, passages(lang), strict=True):
        assert (row["id"], row["text"]) == (passage.id, passage.text)
        kept = [{"id": one.id, "question": one.text, "answer": one.answer} for one in passage.questions]
        assert kept == row["questions"]


@pytest.mark.parametrize("lang", LANGS)
def test_each_answer_stands_once_and_is_whole_tokens(lang: str) -> None:
    for passage in passages(lang):
        for one in passage.questions:
            end = one.start + len(one.answer)
            assert one.answer == one.answer.strip() != "" and passage.text[one.start : end] == one.answer
            assert passage.text.count(one.answer) == 1, one.id
            assert whole(passage.text, one.start, end), one.id
            assert any(one.answer in sentence for sentence in sentences(passage.text)), one.id
            assert 1 <= len(one.answer.split()) <= 8 and len(encoded(one.answer)[0]) <= 14, one.id


@pytest.mark.parametrize("lang", LANGS)
def test_no_two_answers_of_a_passage_share_a_place(lang: str) -> None:
    for passage in passages(lang):
        places = sorted((one.start, one.start + len(one.answer)) for one in passage.questions)
        assert all(end <= start for (_, end), (start, _) in pairwise(places)), passage.id


@pytest.mark.parametrize("lang", LANGS)
def test_the_model_knows_every_character_and_question_and_passage_fit(lang: str) -> None:
    for passage in passages(lang):
        assert all("[UNK]" not in encoded(text)[0] for text in texts(passage)), passage.id
        for one in passage.questions:
            assert len(tokenizer()(one.text, passage.text).input_ids) <= LONGEST, one.id


def test_english_passages_are_of_one_length() -> None:
    assert all(55 <= len(passage.text.split()) <= 95 for passage in passages("en"))


@pytest.mark.parametrize("lang", LANGS)
def test_each_is_written_in_its_language(lang: str) -> None:
    for passage in passages(lang):
        written = " ".join(texts(passage))
        assert written == written.strip() and "  " not in written and "\n" not in written
        assert passage.text.endswith(ENDS.get(lang, "."))
        assert bool(HAN.search(written)) == (lang in ("zh", "ja"))
        assert bool(KANA.search(passage.text)) == (lang == "ja")
        if lang in ("zh", "ja"):
            assert not re.search(r"[A-Za-z,.?!;:]", written), passage.id


def test_chinese_is_in_simplified_characters() -> None:
    from opencc import OpenCC

    convert = OpenCC("t2s").convert
    written = [text for passage in passages("zh") for text in texts(passage)]
    written += [text for one in mistakes("zh") for text in (one.text, one.question, one.answer)]
    assert all(convert(text) == text for text in written)


@pytest.mark.parametrize("lang", LANGS)
def test_no_passage_shares_a_sentence_with_another(lang: str) -> None:
    found = [one for passage in passages(lang) for one in sentences(passage.text)]
    found += [one for text in {asked.passage for asked in others.questions(lang)} for one in sentences(text)]
    if lang in ("zh", "en"):
        found += [one for mistake in mistakes(lang) for one in sentences(mistake.text)]
    assert len(set(found)) == len(found)


@pytest.mark.parametrize("lang", LANGS)
def test_no_question_gives_its_answer_away_or_is_asked_twice(lang: str) -> None:
    asked = [one for passage in passages(lang) for one in passage.questions]
    assert len({one.text for one in asked}) == len(asked)
    assert all(one.answer.lower() not in one.text.lower() for one in asked)
    assert all(one.text == one.text.strip() and one.text.endswith(MARKS.get(lang, "?")) for one in asked)
    assert all(one.text.startswith("¿") == (lang == "es") for one in asked)


@pytest.mark.parametrize("lang", LANGS)
def test_shared_words_seldom_point_to_the_right_sentence(lang: str) -> None:
    """The sentence that shares most words with the question holds the answer in no more than six of ten."""
    found = 0
    for passage in passages(lang):
        for one in passage.questions:
            wanted = words(one.text, lang)
            nearest = max(sentences(passage.text), key=lambda text: len(wanted & words(text, lang)))
            found += one.answer in nearest
    assert found / (PASSAGES * QUESTIONS) <= 0.6


def test_answers_stand_at_about_the_same_place_in_every_language() -> None:
    """A translator keeps the order of what is told: no answer wanders further than two fifths of its passage."""
    for n in range(PASSAGES):
        for k in range(QUESTIONS):
            pairs = [(passage, passage.questions[k]) for passage in (passages(lang)[n] for lang in LANGS)]
            places = [one.start / len(passage.text) for passage, one in pairs]
            assert max(places) - min(places) <= 0.4, pairs[0][1].id


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_one_mistake_a_kind_the_same_in_both_languages(lang: str) -> None:
    assert tuple(one.kind for one in mistakes(lang)) == KINDS
    assert [one.id for one in mistakes(lang)] == [one.id for one in mistakes("en")]
    assert len({one.id for one in mistakes(lang)}) == len(KINDS)
    for one in mistakes(lang):
        assert one.question.endswith(MARKS.get(lang, "?"))
        assert all("[UNK]" not in encoded(text)[0] for text in (one.text, one.question, one.answer))
        assert bool(HAN.search(one.text + one.question)) == (lang == "zh")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_mistake_s_spans_stand_in_its_text_once_and_are_whole_tokens(lang: str) -> None:
    for one in mistakes(lang):
        for span in one.spans:
            assert one.text.count(span) == 1 and whole(one.text, one.text.index(span), one.text.index(span) + len(span))
        expected = {"two_answers": 2, "negation": 1, "border": 1, "coreference": 1}.get(one.kind, 0)
        assert len(one.spans) == expected
        if expected == 1:
            assert one.spans == (one.answer,)
        else:
            assert not one.answer or one.answer not in one.text


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_kinds_are_what_they_say(lang: str) -> None:
    by_kind = {one.kind: one for one in mistakes(lang)}
    assert by_kind["no_answer"].answer == ""
    assert all(one.answer for one in mistakes(lang) if one.kind != "no_answer")
    two = by_kind["two_answers"]
    first, second = (two.text.index(span) for span in two.spans)
    assert second - first > len(two.text) / 2 and all(span in two.answer for span in two.spans)
    long = by_kind["border"]
    tokens = len(encoded(long.text)[0])
    place = len(encoded(long.text[: long.text.index(long.answer)])[0])
    assert tokens > 200 and 0.4 <= place / tokens <= 0.6
    assert all(len(encoded(one.text)[0]) < 128 for one in mistakes(lang) if one.kind != "border")
