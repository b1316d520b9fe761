"""Baselines for sequences: logistic regression on counted pieces of 1 to k letters, and on letters in their places.

Knows sequences and labels; no model. scikit-learn is imported when it is asked.
"""

from __future__ import annotations

import numpy as np

from explorer.lab.experiment import implements
from explorer.lab.types.arrays import Ints
from explorer.lab.types.kmers import KMERS, KmersInputs, KmersResult


@implements(KMERS)
def kmers(_: None, inputs: KmersInputs) -> KmersResult:
    """What both say of the held-out sequences."""
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import OneHotEncoder

    texts, labels = [text for text, _ in inputs.train], [label for _, label in inputs.train]
    tests = [text for text, _ in inputs.held_out]
    pieces = CountVectorizer(analyzer="char", ngram_range=(1, inputs.k), lowercase=False)
    places = OneHotEncoder(handle_unknown="ignore")

    def said(train: object, test: object) -> Ints:
        head = LogisticRegression(C=1.0, max_iter=2000).fit(train, labels)
        found: Ints = head.predict(test).astype(np.int64)
        return found

    return KmersResult(
        said(pieces.fit_transform(texts), pieces.transform(tests)),
        said(places.fit_transform([[*text] for text in texts]), places.transform([[*text] for text in tests])),
    )
