"""Several distributions side by side, each a column: three treatments of one position, two models, A and B.

Knows scores, words and titles. There is no dial, so the softmax is done here and only what is drawn travels.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from explorer import numerics
from explorer.components.labels import interface
from explorer.components.mounting import declare
from explorer.lab.types.head import best

TABLE = "compare"  # of assets/text/<lang>/components.toml
LABELS = (
    "series",  # name of the whole figure
    "headline",  # {word} {p} {rank}: the original in one column
    "rest",  # name of the remainder row
    "csv_columns",  # 5 names, comma-separated: column, word, id, probability, rank
    "csv_answers",  # 4 names, comma-separated: column, row, probability, right or wrong
)

SHOWN = 5  # words a column

_mount = declare(Path(__file__).parent)


@dataclass(frozen=True)
class Series:
    """One column: `logits[vocab]` float32, the id of its original (None: none), blue ("model") or purple ("b").

    `vocabulary`: the tokens by id where they are not those of the other columns.
    `apart`: ids that stand for no text; none is a word of the column unless it is the original."""

    title: str
    logits: NDArray[np.float32]
    original_id: int | None = None
    tone: Literal["model", "b"] = "model"
    note: str = ""
    vocabulary: Sequence[str] | None = None
    apart: Sequence[int] = ()


def compare(
    series: Sequence[Series],
    *,
    key: str,
    vocabulary: Sequence[str],
    caption: str = "",
    title: str = "",
) -> None:
    """Mounts one column a series: title, the original's probability and rank, the first words, the rest.

    vocabulary   all tokens by id
    """
    columns = [column(one, one.vocabulary or vocabulary) for one in series]
    _draw(columns, key=key, caption=caption, title=title)


@dataclass(frozen=True)
class Said:
    """What was asked, P(yes) (None: not drawn, `note` says why), whether the answer is right (None: nobody knows).

    `note` is written beside the bar; a right one gets ✓ before it, a wrong one ✗.
    """

    name: str
    p: float | None
    right: bool | None = None
    note: str = ""


@dataclass(frozen=True)
class Answers:
    """One column of yes-or-no probabilities, a row each; they are no distribution together."""

    title: str
    rows: Sequence[Said]
    note: str = ""


def answers(
    columns: Sequence[Answers],
    *,
    key: str,
    alt: str,
    caption: str = "",
    title: str = "",
) -> None:
    """Mounts one column of bars for each; `alt` says all of it in words."""
    drawn = [
        {
            "title": one.title,
            "tone": "model",
            "note": one.note,
            "rows": [{"word": row.name, "p": row.p, "right": row.right, "said": row.note} for row in one.rows],
        }
        for one in columns
    ]
    _draw(drawn, key=key, caption=caption, title=title, alt=alt)


def _draw(columns: Sequence[Mapping[str, Any]], *, key: str, **texts: str) -> None:
    header = {"key": key, **interface(TABLE, LABELS), "columns": columns, **texts}
    _mount(header)


def column(series: Series, vocabulary: Sequence[str]) -> dict[str, Any]:
    """What is drawn of one series: the first SHOWN words, the original if it is not among them, and the rest."""
    p = numerics.softmax(series.logits)
    text = series.logits.copy()
    text[list(series.apart)] = -np.inf
    ids = [id_ for id_ in best(text, SHOWN).tolist() if np.isfinite(text[id_])]
    if series.original_id is not None and series.original_id not in ids:
        ids.append(series.original_id)
    rows = [
        {
            "id": id_,
            "word": vocabulary[id_],
            "p": float(p[id_]),
            "rank": int((series.logits > series.logits[id_]).sum()) + 1,
            "original": id_ == series.original_id,
        }
        for id_ in ids
    ]
    return {
        "title": series.title,
        "tone": series.tone,
        "note": series.note,
        "rows": rows,
        "rest": max(0.0, 1.0 - float(p[ids].sum())),
    }
