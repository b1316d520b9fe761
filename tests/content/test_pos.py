"""The sentences with parts of speech: enough, tags of the universal set, and a list of words does not tell them all."""

from __future__ import annotations

from collections import Counter

import pytest

from explorer import paths
from explorer.content import entities, pos
from explorer.content.corpora import TAGS

LANGUAGES = ("zh", "en")
NO_MORE_THAN = 0.8  # of words rightly tagged by whoever knows each word's commonest tag and calls all others nouns


@pytest.mark.parametrize("lang", LANGUAGES)
def test_there_are_enough_and_every_tag_is_one(lang: str) -> None:
    header = (paths.EXAMPLES / "teaching" / f"pos.{lang}.tsv").read_text(encoding="utf-8").splitlines()[0]
    assert header == "part\ttext"
    for part, least in (("train", 200), ("test", 100)):
        found = pos.sentences(lang, part)
        assert len(found) >= least
        assert all(word and tag in TAGS for sentence in found for word, tag in sentence)
        assert len({tag for sentence in found for _, tag in sentence}) >= 13


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_sentences_are_those_with_names_part_by_part(lang: str) -> None:
    """So that no test sentence is taught, neither here nor there, and names are names in both."""
    for part in ("train", "test"):
        known = {"".join(sentence.text.split()): sentence for sentence in entities.sentences(lang, part)}
        read = ["".join(word for word, _ in sentence) for sentence in pos.sentences(lang, part)]
        assert len(set(read)) == len(read)
        assert set(read) <= set(known)
        for text, sentence in zip(read, pos.sentences(lang, part), strict=True):
            names = {known[text].text[span.start : span.end] for span in known[text].spans}
            words = {word for name in names for word in name.replace("'s", " 's").split()}
            small = {"of", "and", "'s"}
            assert words - small <= {word for word, tag in sentence if tag == "PROPN"}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_list_of_words_is_not_enough(lang: str) -> None:
    tags: dict[str, Counter[str]] = {}
    for sentence in pos.sentences(lang, "train"):
        for word, tag in sentence:
            tags.setdefault(word.lower(), Counter())[tag] += 1
    asked = [pair for sentence in pos.sentences(lang, "test") for pair in sentence]
    told = sum(
        tag == (tags[word.lower()].most_common(1)[0][0] if word.lower() in tags else "NOUN") for word, tag in asked
    )
    assert 0.4 < told / len(asked) <= NO_MORE_THAN
