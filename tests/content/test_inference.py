"""The pairs that teach inference: balanced, no premise in both parts, and the second sentence alone does not tell."""

from __future__ import annotations

from collections import Counter

import pytest

from explorer import paths
from tests.content.test_teaching_sets import ALIKE, units

LANGUAGES = ("zh", "en")
LABELS = {"entailment", "neutral", "contradiction"}
NO_MORE_THAN = 0.55  # of a bag of words on the hypothesis alone; a third is chance
FOLDS = 5


def rows(lang: str) -> list[tuple[str, str, str, str]]:
    lines = (paths.EXAMPLES / "teaching" / f"inference.{lang}.tsv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "part\tlabel\tpremise\thypothesis"
    found = []
    for line in lines[1:]:
        part, label, premise, hypothesis = line.split("\t")
        found.append((part, label, premise, hypothesis))
    return found


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_three_labels_are_as_many_and_there_are_enough(lang: str) -> None:
    counts = Counter((part, label) for part, label, *_ in rows(lang))
    assert set(counts) == {(part, label) for part in ("train", "test") for label in LABELS}
    for part, least in (("train", 200), ("test", 100)):
        assert len({counts[part, label] for label in LABELS}) == 1
        assert sum(counts[part, label] for label in LABELS) >= least


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_premise_has_each_label_once(lang: str) -> None:
    """So that no word of the premise is worth anything on its own."""
    labels: dict[str, list[str]] = {}
    for _, label, premise, _ in rows(lang):
        labels.setdefault(premise, []).append(label)
    assert all(sorted(given) == sorted(LABELS) for given in labels.values())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_premise_nor_one_nearly_like_it_is_in_both_parts(lang: str) -> None:
    found = rows(lang)
    assert all(text == text.strip() != "" for _, _, *pair in found for text in pair)
    hypotheses = [hypothesis for *_, hypothesis in found]
    assert len(set(hypotheses)) == len(hypotheses)
    taught, tested = (
        {premise: units(premise, lang) for part, _, premise, _ in found if part == one} for one in ("train", "test")
    )
    assert not [(a, b) for a, x in taught.items() for b, y in tested.items() if len(x & y) >= ALIKE * len(x | y)]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("weights", ["logistic", "naive"])
def test_the_hypothesis_alone_does_not_tell(lang: str, weights: str) -> None:
    """Cross-validated with the three pairs of a premise in one fold: told apart, each would give the others away."""
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GroupKFold, cross_val_score
    from sklearn.naive_bayes import MultinomialNB
    from sklearn.pipeline import make_pipeline

    unit = {"analyzer": "char"} if lang == "zh" else {"token_pattern": r"(?u)\b\w+\b"}
    model = LogisticRegression(max_iter=2000) if weights == "logistic" else MultinomialNB()
    bag = make_pipeline(CountVectorizer(ngram_range=(1, 2), binary=True, **unit), model)
    found = rows(lang)
    folds = GroupKFold(FOLDS, shuffle=True, random_state=0)
    premises = [premise for *_, premise, _ in found]
    labels = [label for _, label, *_ in found]
    reached = cross_val_score(bag, [hypothesis for *_, hypothesis in found], labels, groups=premises, cv=folds)
    assert reached.mean() <= NO_MORE_THAN


def test_line_by_line_both_languages_have_the_same_part_and_label() -> None:
    zh, en = ([(part, label) for part, label, *_ in rows(lang)] for lang in LANGUAGES)
    assert zh == en
