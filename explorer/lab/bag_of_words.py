"""The baseline that reads no order: a logistic regression on which characters or words a sentence has, and which pairs.

Knows sentences and labels; no model. scikit-learn is imported when it is asked.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from explorer.lab.experiment import implements
from explorer.lab.types.finetuning import BAG, BagInputs, BagResult


@implements(BAG)
def bag(model: None, inputs: BagInputs) -> BagResult:
    """What it says of the held-out sentences: words and pairs of them, or 汉字 and pairs where there are no blanks."""
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression

    texts = [text for text, _ in inputs.train]
    spaced = sum(" " in text.strip() and any(map(str.isalnum, text)) for text in texts) * 2 > len(texts)
    options: dict[str, Any] = {"token_pattern": r"(?u)\b\w+\b"} if spaced else {"analyzer": "char"}
    there = CountVectorizer(ngram_range=(1, 2), binary=True, **options)
    x = there.fit_transform(texts)
    head = LogisticRegression(C=1.0, max_iter=2000).fit(x, [label for _, label in inputs.train])
    return BagResult(head.predict(there.transform([text for text, _ in inputs.held_out])).astype(np.int64))
