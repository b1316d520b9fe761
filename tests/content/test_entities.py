"""The sentences that teach names: marks are read right, each kind is there often, few names can be remembered."""

from __future__ import annotations

from collections import Counter

import pytest

from explorer import paths
from explorer.content import entities
from explorer.content.entities import KINDS, Marked, Span, bio, marked
from tests.content.test_teaching_sets import ALIKE, units

LANGUAGES = ("zh", "en")
UNSEEN = 0.7  # of the names in the test part, at least


def names(found: tuple[Marked, ...]) -> list[tuple[str, str]]:
    return [(sentence.text[span.start : span.end], span.kind) for sentence in found for span in sentence.spans]


def test_a_mark_is_read_as_text_and_place() -> None:
    read = marked("[李雷|PER]在[杭州|LOC]的[城西书店|ORG]打工")
    assert read.text == "李雷在杭州的城西书店打工"
    assert read.spans == (Span(0, 2, "PER"), Span(3, 5, "LOC"), Span(6, 10, "ORG"))
    assert marked("今天下雨") == Marked("今天下雨", ())


@pytest.mark.parametrize(
    "line", ["[李雷|PER", "李雷|PER]", "[[李雷|PER]|ORG]", "[李雷|MAN]", "[|PER]", "[李雷 |PER]", "a|b"]
)
def test_a_mark_that_cannot_be_read_is_refused(line: str) -> None:
    with pytest.raises(ValueError):
        marked(line)


def test_tokens_of_a_name_are_begun_by_b_and_go_on_with_i() -> None:
    spans = marked("[李雷|PER][杭州|LOC]见").spans  # two names without a gap: the second has its own B
    characters = [(n, n + 1) for n in range(5)]
    assert bio(spans, characters) == ("B-PER", "I-PER", "B-LOC", "I-LOC", "O")
    assert bio(spans, [(0, 0), (0, 2), (2, 4), (4, 5), (0, 0)]) == ("O", "B-PER", "B-LOC", "O", "O")
    assert bio(spans, [(0, 1), (1, 3), (3, 4)]) == ("B-PER", "I-PER", "B-LOC")  # a token over an edge: the first name
    assert bio((), characters) == ("O",) * 5


@pytest.mark.parametrize("lang", LANGUAGES)
def test_labels_of_characters_say_where_the_names_are(lang: str) -> None:
    for sentence in entities.sentences(lang, "test"):
        labels = bio(sentence.spans, [(n, n + 1) for n in range(len(sentence.text))])
        starts = [n for n, label in enumerate(labels) if label.startswith("B")]
        assert starts == [span.start for span in sentence.spans]
        assert sum(label != "O" for label in labels) == sum(span.end - span.start for span in sentence.spans)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_there_are_enough_sentences_and_enough_names_of_each_kind(lang: str) -> None:
    for part, least, least_names in (("train", 200, 60), ("test", 100, 30)):
        found = entities.sentences(lang, part)
        assert len(found) >= least
        counts = Counter(kind for _, kind in names(found))
        assert set(counts) == set(KINDS)
        assert min(counts.values()) >= least_names
        assert 0.1 <= sum(not sentence.spans for sentence in found) / len(found) <= 0.4  # some hold no name


@pytest.mark.parametrize("lang", LANGUAGES)
def test_names_lie_in_their_sentence_one_after_another(lang: str) -> None:
    header = (paths.EXAMPLES / "teaching" / f"entities.{lang}.tsv").read_text(encoding="utf-8").splitlines()[0]
    assert header == "part\ttext"
    for sentence in entities.sentences(lang, "train") + entities.sentences(lang, "test"):
        assert sentence.text == sentence.text.strip() != ""
        edges = [edge for span in sentence.spans for edge in (span.start, span.end)]
        assert edges == sorted(edges)
        assert all(0 <= span.start < span.end <= len(sentence.text) for span in sentence.spans)
        if lang == "en":  # a name is whole words
            around = f" {sentence.text} "
            assert not any(around[s.start].isalnum() or around[s.end + 1].isalnum() for s in sentence.spans)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_sentence_is_there_twice_nor_nearly_in_both_parts(lang: str) -> None:
    taught, tested = (entities.sentences(lang, part) for part in ("train", "test"))
    assert len({sentence.text for sentence in taught + tested}) == len(taught + tested)
    known = [(units(sentence.text, lang), sentence.text) for sentence in taught]
    asked = [(units(sentence.text, lang), sentence.text) for sentence in tested]
    assert not [(a, b) for x, a in known for y, b in asked if len(x & y) >= ALIKE * len(x | y)]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_most_names_that_are_asked_for_were_never_taught(lang: str) -> None:
    known = {name for name, _ in names(entities.sentences(lang, "train"))}
    asked = [name for name, _ in names(entities.sentences(lang, "test"))]
    assert sum(name not in known for name in asked) / len(asked) >= UNSEEN


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_list_of_names_is_not_enough(lang: str) -> None:
    """Some words are a name in one sentence and none, or one of another kind, in the next."""
    found = entities.sentences(lang, "train") + entities.sentences(lang, "test")
    kinds: dict[str, set[str]] = {}
    for name, kind in names(found):
        kinds.setdefault(name, set()).add(kind)
    blank = " " if lang == "en" else ""
    unmarked = {
        name
        for name in kinds
        for sentence in found
        if blank + name.lower() + blank in blank + sentence.text.lower() + blank
        and all(name not in sentence.text[span.start : span.end] for span in sentence.spans)
    }
    assert len(unmarked) >= 15
    assert sum(len(of) > 1 for of in kinds.values()) >= 2
