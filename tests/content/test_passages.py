"""The passages: the same in six languages, each answer in its passage once and of whole tokens, some none; and 找错."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from itertools import pairwise
from typing import Any

import pytest

from explorer import paths
from explorer.content.passages import KINDS, LANGS, Passage, Question, mistakes, passages
from explorer.content.sentences import sentences
from tests.content.test_teaching_sets import units

MARKS = {"zh": "？", "ja": "。"}
SHORT, LONG = slice(0, 12), slice(12, 18)  # the short passages have four questions each, the long ones eight
QUESTIONS = (4,) * 12 + (8,) * 6
LONGEST = (190,) * 12 + (240,) * 6  # tokens of question and passage
CUT = {("ja", "garden-makers"), ("ja", "cat-name")}  # a particle after the answer is in one token with its end
UNKNOWN = {("zh", "骡")}  # what the model has no token for
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
    return [passage.text, *(text for one in passage.questions for text in (one.text, one.answer) if text)]


def answered(passage: Passage) -> list[Question]:
    return [one for one in passage.questions if one.answer]


def words(text: str, lang: str) -> set[str]:
    return units(text, "zh" if lang == "ja" else lang)  # pairs of characters where no blanks part the words


def place(passage: Passage, one: Question) -> int:
    """The number of the sentence in which the answer stands."""
    return next(n for n, sentence in enumerate(sentences(passage.text)) if one.answer in sentence)


@pytest.mark.parametrize("lang", LANGS)
def test_there_are_eighteen_with_four_or_eight_questions_each_and_the_same_in_every_language(lang: str) -> None:
    assert shape(lang) == shape("en")
    assert tuple(len(asked) for _, asked in shape(lang)) == QUESTIONS
    ids = [id for passage, asked in shape(lang) for id in (passage, *asked)]
    assert len(set(ids)) == len(ids)
    assert all(id.startswith(f"{passage}-") for passage, asked in shape(lang) for id in asked)


@pytest.mark.parametrize("lang", LANGS)
def test_the_last_question_of_each_long_passage_has_no_answer_and_no_other(lang: str) -> None:
    found = [one for passage in passages(lang) for one in passage.questions if not one.answer]
    assert found == [passage.questions[-1] for passage in passages(lang)[LONG]]
    assert all((one.answer, one.start) == ("", -1) for one in found)
    assert sum(len(answered(passage)) for passage in passages(lang)) == 90 and len(found) == 6


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
        for one in answered(passage):
            end = one.start + len(one.answer)
            assert one.answer == one.answer.strip() and passage.text[one.start : end] == one.answer
            assert passage.text.count(one.answer) == 1, one.id
            assert whole(passage.text, one.start, end) == ((lang, one.id) not in CUT), one.id
            assert any(one.answer in sentence for sentence in sentences(passage.text)), one.id
            assert 1 <= len(one.answer.split()) <= 8 and len(encoded(one.answer)[0]) <= 14, one.id


@pytest.mark.parametrize("lang", LANGS)
def test_no_two_answers_of_a_passage_share_a_place(lang: str) -> None:
    for passage in passages(lang):
        places = sorted((one.start, one.start + len(one.answer)) for one in answered(passage))
        assert all(end <= start for (_, end), (start, _) in pairwise(places)), passage.id


@pytest.mark.parametrize("lang", LANGS)
def test_the_model_knows_the_characters_and_question_and_passage_fit(lang: str) -> None:
    unknown = set()
    for passage, longest in zip(passages(lang), LONGEST, strict=True):
        for text in texts(passage):
            tokens, places = encoded(text)
            unknown |= {(lang, text[a:b]) for token, (a, b) in zip(tokens, places, strict=True) if token == "[UNK]"}
        for one in passage.questions:
            assert len(tokenizer()(one.text, passage.text).input_ids) <= longest, one.id
    assert unknown == {one for one in UNKNOWN if one[0] == lang}


def test_english_passages_are_of_one_length() -> None:
    assert all(55 <= len(passage.text.split()) <= 95 for passage in passages("en")[SHORT])
    assert all(85 <= len(passage.text.split()) <= 130 for passage in passages("en")[LONG])


@pytest.mark.parametrize("lang", LANGS)
def test_a_long_passage_is_six_to_eight_sentences(lang: str) -> None:
    assert all(6 <= len(sentences(passage.text)) <= 8 for passage in passages(lang)[LONG])


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
    if lang in ("zh", "en"):
        found += [one for mistake in mistakes(lang) for one in sentences(mistake.text)]
    assert len(set(found)) == len(found)


@pytest.mark.parametrize("lang", LANGS)
def test_no_question_gives_its_answer_away_or_is_asked_twice(lang: str) -> None:
    asked = [one for passage in passages(lang) for one in passage.questions]
    assert len({one.text for one in asked}) == len(asked)
    assert all(one.answer.lower() not in one.text.lower() for one in asked if one.answer)
    assert all(one.text == one.text.strip() and one.text.endswith(MARKS.get(lang, "?")) for one in asked)
    assert all(one.text.startswith("¿") == (lang == "es") for one in asked)


@pytest.mark.parametrize("part, most", [(SHORT, 0.6), (LONG, 0.7), (slice(None), 0.6)])
@pytest.mark.parametrize("lang", LANGS)
def test_shared_words_seldom_point_to_the_right_sentence(lang: str, part: slice, most: float) -> None:
    """The sentence that shares most words with the question holds the answer in six of ten at most (long: seven)."""
    found = []
    for passage in passages(lang)[part]:
        for one in answered(passage):
            wanted = words(one.text, lang)
            nearest = max(sentences(passage.text), key=lambda text: len(wanted & words(text, lang)))
            found.append(one.answer in nearest)
    assert sum(found) / len(found) <= most


def test_answers_stand_at_about_the_same_place_in_every_language() -> None:
    """A translator keeps the order of what is told: no answer wanders further than two fifths of its passage."""
    for translated in zip(*(passages(lang) for lang in LANGS), strict=True):
        for asked in zip(*(passage.questions for passage in translated), strict=True):
            assert len({one.answer == "" for one in asked}) == 1, asked[0].id
            if not asked[0].answer:
                continue
            pairs = list(zip(translated, asked, strict=True))
            places = [one.start / len(passage.text) for passage, one in pairs]
            assert max(places) - min(places) <= 0.4, asked[0].id


def test_answers_of_long_passages_stand_in_the_same_sentence_or_one_further() -> None:
    for translated in zip(*(passages(lang)[LONG] for lang in LANGS), strict=True):
        for asked in zip(*(answered(passage) for passage in translated), strict=True):
            numbers = [place(passage, one) for passage, one in zip(translated, asked, strict=True)]
            assert max(numbers) - min(numbers) <= 1, asked[0].id


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
