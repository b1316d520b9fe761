"""Baselines that read no order: a logistic regression on the words of a sentence; for words, what each mostly was.

Knows sentences and labels; no model. scikit-learn is imported when it is asked.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any, cast

import numpy as np

from explorer.lab.experiment import implements
from explorer.lab.types.arrays import Ints
from explorer.lab.types.finetuning import BAG, BagInputs, BagResult, Tagged, truths


@implements(BAG)
def bag(model: None, inputs: BagInputs) -> BagResult:
    """What it says of the held-out sentences: words and pairs of them, or 汉字 and pairs where there are no blanks.

    Of units: the label that the same unit mostly had in training; of one that was never seen, the commonest.
    """
    if inputs.train and not isinstance(inputs.train[0][1], int):
        return BagResult(_usual(inputs.train, cast("Tagged", inputs.held_out)))
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression

    texts = [text for text, _ in inputs.train]
    spaced = sum(" " in text.strip() and any(map(str.isalnum, text)) for text in texts) * 2 > len(texts)
    options: dict[str, Any] = {"token_pattern": r"(?u)\b\w+\b"} if spaced else {"analyzer": "char"}
    there = CountVectorizer(ngram_range=(1, 2), binary=True, **options)
    x = there.fit_transform(texts)
    head = LogisticRegression(C=1.0, max_iter=2000).fit(x, [label for _, label in inputs.train])
    return BagResult(head.predict(there.transform([text for text, _ in inputs.held_out])).astype(np.int64))


def _usual(train: Tagged, held_out: Tagged) -> Ints:
    counts: defaultdict[str, Counter[int]] = defaultdict(Counter)
    for text, marks in train:
        for start, end, label in marks:
            counts[text[start:end]][label] += 1
    usual = {unit: labels.most_common(1)[0][0] for unit, labels in counts.items()}
    commonest = int(np.bincount(truths(train)).argmax())
    said = [usual.get(text[start:end], commonest) for text, marks in held_out for start, end, _ in marks]
    return np.array(said, dtype=np.int64)
