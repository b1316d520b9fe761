"""The sentences that teach and test a judgement: enough, no part knows the other, words alone don't tell."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from explorer import paths

SETS = [(name, lang) for name in ("judgement", "sentiment") for lang in ("zh", "en")]
NO_MORE_THAN = 0.75  # of a bag of words: what is left is for reading
ALIKE = 0.5  # shared character pairs (zh) or words (en), of all that two sentences have


def rows(name: str, lang: str) -> list[tuple[str, str, str]]:
    lines = (paths.EXAMPLES / "teaching" / f"{name}.{lang}.tsv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "part\tlabel\ttext"
    found = []
    for line in lines[1:]:
        part, label, text = line.split("\t")
        found.append((part, label, text))
    return found


def units(text: str, lang: str) -> set[str]:
    plain = re.sub(r"\W+", "" if lang == "zh" else " ", text.lower())
    return {plain[n : n + 2] for n in range(len(plain) - 1)} if lang == "zh" else set(plain.split())


@pytest.mark.parametrize("name, lang", SETS)
def test_both_labels_are_as_many_and_there_are_enough(name: str, lang: str) -> None:
    counts = Counter((part, label) for part, label, _ in rows(name, lang))
    assert set(counts) == {(part, label) for part in ("train", "test") for label in ("positive", "negative")}
    for part, least in (("train", 200), ("test", 300)):
        assert counts[part, "positive"] == counts[part, "negative"] >= least / 2


@pytest.mark.parametrize("name, lang", SETS)
def test_no_sentence_is_there_twice_nor_nearly_in_both_parts(name: str, lang: str) -> None:
    found = rows(name, lang)
    assert all(text == text.strip() != "" for *_, text in found)
    assert len({text for *_, text in found}) == len(found)
    taught, tested = (
        [(units(text, lang), text) for part, _, text in found if part == one] for one in ("train", "test")
    )
    alike = [(a, b) for x, a in taught for y, b in tested if len(x & y) >= ALIKE * len(x | y)]
    assert not alike


@pytest.mark.parametrize("name, lang", SETS)
@pytest.mark.parametrize("weights", ["logistic", "naive"])
@pytest.mark.parametrize("sizes", [(1, 1), (1, 2), (2, 3)])
def test_a_bag_of_words_does_not_reach_it(name: str, lang: str, weights: str, sizes: tuple[int, int]) -> None:
    """Characters and pairs of them in Chinese, words in English, at the better of two linear models."""
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.naive_bayes import MultinomialNB
    from sklearn.pipeline import make_pipeline

    unit = {"analyzer": "char"} if lang == "zh" else {"token_pattern": r"(?u)\b\w+\b"}
    model = LogisticRegression(max_iter=2000) if weights == "logistic" else MultinomialNB()
    bag = make_pipeline(CountVectorizer(ngram_range=sizes, binary=True, **unit), model)
    taught, tested = ([row for row in rows(name, lang) if row[0] == one] for one in ("train", "test"))
    bag.fit([text for *_, text in taught], [label for _, label, _ in taught])
    reached = bag.score([text for *_, text in tested], [label for _, label, _ in tested])
    assert 0.5 < reached <= NO_MORE_THAN
