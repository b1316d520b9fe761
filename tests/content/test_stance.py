"""The comments that teach stance: each stands under a claim and under its opposite, so that only both together tell."""

from __future__ import annotations

from collections import Counter

import pytest

from explorer import paths
from tests.content.test_teaching_sets import ALIKE, units

LANGUAGES = ("zh", "en")
NO_MORE_THAN = 0.7  # of a bag of words; half is chance


def rows(lang: str) -> list[tuple[str, str, str, str]]:
    lines = (paths.EXAMPLES / "teaching" / f"stance.{lang}.tsv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "part\tlabel\tclaim\tcomment"
    found = []
    for line in lines[1:]:
        part, label, claim, comment = line.split("\t")
        found.append((part, label, claim, comment))
    return found


@pytest.mark.parametrize("lang", LANGUAGES)
def test_for_and_against_are_as_many_and_there_are_enough(lang: str) -> None:
    counts = Counter((part, label) for part, label, *_ in rows(lang))
    assert set(counts) == {(part, label) for part in ("train", "test") for label in ("for", "against")}
    for part, least in (("train", 100), ("test", 60)):
        assert counts[part, "for"] == counts[part, "against"] >= least / 2


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_comment_is_for_one_claim_and_against_its_opposite(lang: str) -> None:
    labels: dict[str, list[str]] = {}
    claims: dict[str, list[str]] = {}
    for _, label, claim, comment in rows(lang):
        assert claim == claim.strip() != "" and comment == comment.strip() != ""
        labels.setdefault(comment, []).append(label)
        claims.setdefault(claim, []).append(label)
    assert all(sorted(given) == ["against", "for"] for given in labels.values())
    assert all(set(given) == {"for", "against"} for given in claims.values())  # nor does the claim alone tell


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_topic_is_in_both_parts_and_no_comment_nearly(lang: str) -> None:
    found = rows(lang)
    taught, tested = ([row for row in found if row[0] == part] for part in ("train", "test"))
    assert not {claim for *_, claim, _ in taught} & {claim for *_, claim, _ in tested}
    known, asked = ({comment: units(comment, lang) for *_, comment in one} for one in (taught, tested))
    assert not [(a, b) for a, x in known.items() for b, y in asked.items() if len(x & y) >= ALIKE * len(x | y)]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("weights", ["logistic", "naive"])
def test_a_bag_of_the_words_of_both_does_not_tell(lang: str, weights: str) -> None:
    """Of the comment alone it can't: what it says of a comment is right under one claim and wrong under the other."""
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.naive_bayes import MultinomialNB
    from sklearn.pipeline import make_pipeline

    unit = {"analyzer": "char"} if lang == "zh" else {"token_pattern": r"(?u)\b\w+\b"}
    model = LogisticRegression(max_iter=2000) if weights == "logistic" else MultinomialNB()
    bag = make_pipeline(CountVectorizer(ngram_range=(1, 2), binary=True, **unit), model)
    taught, tested = ([row for row in rows(lang) if row[0] == part] for part in ("train", "test"))
    bag.fit([f"{claim}\n{comment}" for *_, claim, comment in taught], [label for _, label, *_ in taught])
    reached = bag.score([f"{claim}\n{comment}" for *_, claim, comment in tested], [label for _, label, *_ in tested])
    assert reached <= NO_MORE_THAN


def test_line_by_line_both_languages_have_the_same_part_and_label() -> None:
    zh, en = ([(part, label) for part, label, *_ in rows(lang)] for lang in LANGUAGES)
    assert zh == en
