"""Sentences cut into what has a label of its own, names read back from labels, and how names are counted."""

from __future__ import annotations

import pytest

from explorer.content import entities, pos, units


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("by", ["char", "word"])
def test_labels_of_units_give_the_names_back(lang: str, by: units.By) -> None:
    """By the character always; by the word where no cut goes through a name."""
    whole = 0
    for one, (text, marks) in zip(entities.sentences(lang, "test"), units.named(lang, "test", by), strict=True):
        assert text == one.text
        labels = [entities.LABELS[label] for _, _, label in marks]
        back = entities.names(labels, [(start, end) for start, end, _ in marks])
        edges = {edge for start, end, _ in marks for edge in (start, end)}
        clean = all({span.start, span.end} <= edges for span in one.spans)
        assert clean or by == "word"
        if clean:
            assert back == one.spans
            whole += 1
    assert whole > 0.7 * len(entities.sentences(lang, "test"))


def test_an_i_that_goes_on_with_nothing_begins_a_name() -> None:
    tokens = [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5)]
    found = entities.names(["I-PER", "I-PER", "I-LOC", "O", "B-LOC"], tokens)
    assert [(one.start, one.end, one.kind) for one in found] == [(0, 2, "PER"), (2, 3, "LOC"), (4, 5, "LOC")]
    beside = entities.names(["B-PER", "B-PER"], tokens[:2])
    assert len(beside) == 2


def test_a_name_counts_when_both_ends_and_the_kind_are_right() -> None:
    there = [[entities.Span(0, 2, "PER"), entities.Span(5, 7, "LOC")], []]
    said = [[entities.Span(0, 2, "PER"), entities.Span(5, 8, "LOC")], [entities.Span(0, 1, "ORG")]]
    found = entities.matched(said, there)
    assert (found.right, found.said, found.there) == (1, 3, 2)
    assert found.f1 == pytest.approx(2 * 1 / 5)
    assert entities.matched([[]], [[]]).f1 == 0


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_word_of_a_tagged_sentence_stands_where_its_mark_says(lang: str) -> None:
    for sentence, (text, marks) in zip(pos.sentences(lang, "train"), units.tagged(lang, "train"), strict=True):
        assert [(text[start:end], units.tags()[label]) for start, end, label in marks] == list(sentence)
