"""Sequences and nonsense: what is shipped keeps its parts apart; what is typed wrongly is told; a word stays a word."""

from __future__ import annotations

import pytest

from explorer.content import dna, nonsense, teaching
from explorer.engine import catalog, get_engine
from explorer.errors import Told
from explorer.ui import i18n

TYPED = "甲 ATTCGA\n甲 attcgg\n甲, ATTCGN\n\n乙 GGTCAA\n乙：GGTCAC\n乙\tGGTCAT\n"


def test_no_sequence_is_taught_and_tested_not_even_in_its_middle() -> None:
    train, test = dna.splice("train"), dna.splice("test")
    assert (len(train), len(test)) == (800, 200)
    rows = [letters for letters, _ in (*train, *test)]
    assert {len(letters) for letters in rows} == {60}
    assert len({dna.middle(letters, 30) for letters in rows}) == len(rows)
    assert set("".join(rows)) <= set("ACGTN")
    assert {label for _, label in train[:50]} == {0, 1, 2}
    donors = [letters for letters, label in train if label == dna.LABELS.index("EI")]
    assert sum(letters[30:32] == "GT" for letters in donors) / len(donors) > 0.95, "an intron begins with GT"


def test_a_sequence_becomes_a_sentence_and_its_middle_is_in_the_middle() -> None:
    assert dna.written("ATCGN", ("a", "b", "c", "d")) == "a b c d ?"
    assert dna.middle("123456", 4) == "2345"
    assert dna.middle("123", 30) == "123"


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
def test_every_word_that_can_be_drawn_is_one_token(lang: str) -> None:
    model = catalog.default("masked").id
    words = [*dna.WORDS["zh"]] if lang == "zh" else dna.WORDS["en"].split()
    for word in (*words, *dna.FIRST[lang], dna.ANY_AS):
        tokens = get_engine().tokens(model, word)
        assert len(tokens) - sum(tokens.special) == 1 and not any(tokens.unknown), word
    assert dna.first_words(lang, 0) == dna.FIRST[lang]
    assert dna.first_words(lang, 1) == dna.first_words(lang, 1) != dna.first_words(lang, 2)


def test_typed_sequences_are_read_however_they_are_parted() -> None:
    own = dna.parsed(TYPED)
    assert own.labels == ("甲", "乙")
    assert own.train == (("ATTCGA", 0), ("ATTCGG", 0), ("GGTCAA", 1), ("GGTCAC", 1))
    assert own.held_out == (("ATTCGN", 0), ("GGTCAT", 1))


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (" \n ", "text_empty"),
        ("甲", "dna_line"),
        ("甲 ATUCG", "dna_letter"),
        ("甲 <b>ATC", "dna_letter"),
        ("甲 ATCG\n甲 ATC", "dna_lengths"),
        ("甲 " + "A" * 61, "dna_long"),
        ("甲 ATCG\n甲 ATCC", "dna_few"),
        ("甲 ATCG\n甲 ATCG\n甲 ATCG", "dna_few"),
    ],
)
def test_what_is_no_sequence_is_told(text: str, key: str) -> None:
    with pytest.raises(Told, match=key):
        dna.parsed(text)


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
@pytest.mark.parametrize("way", ["swapped", "made_up"])
def test_every_word_has_one_other_and_no_two_share_it(lang: str, way: nonsense.Way) -> None:
    words = nonsense.vocabulary(lang)
    others = [nonsense.changed(word, way, lang) for word in words]
    assert len(set(others)) == len(words)
    assert all(word != other for word, other in zip(words, others, strict=True))


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
def test_labels_stay_and_shuffling_keeps_the_words(lang: str) -> None:
    for part in teaching.PARTS:
        plain = teaching.sentences("judgement", lang, part)
        for way in nonsense.WAYS:
            assert [label for _, label in nonsense.sentences(part, way, lang)] == [label for _, label in plain]
        assert nonsense.sentences(part, "as_is", lang) == plain
        for (text, _), (shuffled, _) in zip(plain, nonsense.sentences(part, "shuffled", lang), strict=True):
            assert sorted(nonsense.units(text)) == sorted(nonsense.units(shuffled))


def test_words_that_nobody_has_seen_are_changed_too_and_marks_stay() -> None:
    assert nonsense.changed("龘龘！ 42", "swapped", "zh")[2:] == "！ 42"
    assert nonsense.changed("龘", "swapped", "zh") != "龘"
    assert nonsense.changed("Quokka, quokka", "made_up", "en").replace(",", "").split()[0] in nonsense.changed(
        "quokka", "made_up", "en"
    )
