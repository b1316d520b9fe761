"""Evidence of chapter 5, 语境: the vectors of one word part by sense, measured on the chapter's own labelled sentences.

Knows the claims and how each is measured through the engine. The layer is chosen on one half of the words (the first
of the best in leave-one-out accuracy) and reported on the other, both ways. The ten sentences with 苹果 belong to
neither half, and are read at the layer chosen on the half "choose".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.content import examples
from explorer.engine import get_engine
from explorer.evidence.texts import OWN, Row, row
from explorer.lab.types import embedding_metrics as geometry
from explorer.lab.types.context import EMBED, EmbedInputs, EmbedResult, Occurrence
from explorer.models.catalog import catalog

DEEP = 6  # the layers from here on are asked for a gap between senses
BELOW_LAST = -2  # where the published curve has its peak: layer 11 of 12
ETHAYARAJH = "Ethayarajh 2019, How Contextual are Contextualized Word Representations? (EMNLP), D19-1006"
LECTURE = "Hung-yi Lee, Machine Learning 2021, BERT P2 (slide: ten sentences with 蘋果)"

Array = NDArray[Any]


def measure(data: Path | None) -> Iterator[Row]:
    """The chapter's rows. `data` is not needed: the sentences are the project's own."""
    model_id = catalog.default("masked").id
    sets = examples.load("context")["sets"]
    results = {name: _embed(model_id, examples.word_set(name).items) for name in sets}
    labels = {name: _labels(entry) for name, entry in sets.items()}
    accuracy = {name: by_layer(results[name], labels[name]) for name in sets}
    layer = chosen_layer(sets, accuracy)
    yield from _guo(model_id, results["guo"], labels["guo"], layer)
    yield from _senses(model_id, sets, results, accuracy, labels, layer)
    yield _crossing(model_id, sets, layer)
    yield _anisotropy(model_id, sets)


def by_layer(result: EmbedResult, labels: tuple[int, ...]) -> Array:
    """Leave-one-out accuracy of the nearest neighbour's sense at every layer; centred, but raw at the input, where
    nothing is left after centring."""
    centred, raw = geometry.all_cosines(result, "centred"), geometry.all_cosines(result, "raw")
    return np.array([geometry.nearest_sense(raw[0] if n == 0 else centred[n], labels) for n in range(len(raw))])


def chosen_layer(sets: Mapping[str, Any], accuracy: Mapping[str, Array], half: str = "choose") -> int:
    """The first of the best layers, on the words of one half alone."""
    mean = np.mean([accuracy[name] for name, entry in sets.items() if entry.get("half") == half], axis=0)
    return int(mean.argmax())


def _guo(model_id: str, result: EmbedResult, labels: tuple[int, ...], layer: int) -> Iterator[Row]:
    parted = geometry.parted(geometry.all_cosines(result, "centred"), labels)
    n = len(labels)
    yield _row(
        model_id,
        id="context.guo_auc",
        words={"layer": layer, "layers": _all(parted["auc"])},
        source=LECTURE,
        measured=float(parted["auc"][layer]),
        op=">=",
        target=0.9,
        n=n,
        data="context.toml sets.guo",
    )
    gap = parted["within"] - parted["between"]
    yield _row(
        model_id,
        id="context.guo_gap_layers",
        words={"deep": len(gap) - DEEP, "layers": _all(gap)},
        source=OWN,
        measured=float((gap[DEEP:] > 0).sum()),
        op=">=",
        target=float(len(gap) - DEEP),
        n=n,
        data="context.toml sets.guo",
    )


def _senses(
    model_id: str,
    sets: Mapping[str, Any],
    results: Mapping[str, EmbedResult],
    accuracy: Mapping[str, Array],
    labels: Mapping[str, tuple[int, ...]],
    layer: int,
) -> Iterator[Row]:
    # Every word is held out once: the layer it is read at was chosen on the words of the other half.
    read_at = {"report": layer, "choose": chosen_layer(sets, accuracy, "report")}
    found = {name: accuracy[name][read_at[entry["half"]]] for name, entry in sets.items() if "half" in entry}
    n = sum(len(labels[name]) for name in found)
    yield _row(
        model_id,
        id="context.sense_accuracy",
        words={
            "words": len(found),
            "sentences": n,
            "report": read_at["report"],
            "choose": read_at["choose"],
            "each": tuple(f"{sets[name]['word']} {value:.2f}" for name, value in found.items()),
            "layers": _all(np.mean([accuracy[name] for name in found], axis=0)),
        },
        source=OWN,
        measured=float(np.mean(list(found.values()))),
        op=">=",
        target=0.8,
        n=n,
        data="context.toml sets",
    )
    yield _row(
        model_id,
        id="context.sense_static",
        source=OWN,
        measured=float(np.mean([accuracy[name][0] for name in found])),
        op="<=",
        target=0.6,
        n=n,
        data="context.toml sets",
    )


def _crossing(model_id: str, sets: Mapping[str, Any], layer: int) -> Row:
    """In how many quadruples the word of each sense leans to its own partner, more than the other sense does."""
    table = examples.load("context")
    gaps = []
    for entry in table["crossings"]:
        word = sets[entry["set"]]
        a, b = (_sentences(table["partners"][word["lang"]], partner) for partner in entry["partners"])
        items = examples.word_set(entry["set"]).items
        first = len(next(iter(word["senses"].values()))["lines"])
        x = _embed(model_id, (*items, *a, *b))
        v = x.vectors.astype(np.float64)
        n = len(items)
        found = geometry.crossing(v[:, :first], v[:, first:n], v[:, n : n + len(a)], v[:, n + len(a) :], x.common)
        gaps.append(found["gap"])
    said = ", ".join(
        f"{sets[e['set']]['word']}:{'/'.join(e['partners'])} {gap[layer]:+.2f}"
        for e, gap in zip(table["crossings"], gaps, strict=True)
    )
    return _row(
        model_id,
        id="context.crossing",
        words={"quadruples": len(gaps), "layer": layer, "said": said},
        source=f"{OWN}; exactly 0 for static vectors",
        measured=float(np.mean([gap[layer] > 0 for gap in gaps])),
        op=">=",
        target=5 / 6,
        n=len(gaps),
        data="context.toml crossings",
    )


def _anisotropy(model_id: str, sets: Mapping[str, Any]) -> Row:
    items = tuple(item for name in sets if "half" in sets[name] for item in examples.word_set(name).items)
    result = _embed(model_id, items)
    return _row(
        model_id,
        id="context.anisotropy",
        words={"layers": _all(result.anisotropy)},
        source=f"{ETHAYARAJH}; figures from its code's result files",
        measured=float(result.anisotropy[BELOW_LAST]),
        op=">",
        target=float(result.anisotropy[0]),
        n=result.n_tokens,
        data="context.toml sets",
    )


def _embed(model_id: str, items: tuple[Occurrence, ...]) -> EmbedResult:
    result = get_engine().run(EMBED, model_id, EmbedInputs(items)).result
    return result


def _labels(entry: Mapping[str, Any]) -> tuple[int, ...]:
    return tuple(n for n, sense in enumerate(entry["senses"].values()) for _ in sense["lines"])


def _sentences(table: Mapping[str, Any], word: str) -> tuple[Occurrence, ...]:
    return tuple(Occurrence(line, line.index(word), line.index(word) + len(word)) for line in table[word])


def _all(values: NDArray[np.floating[Any]]) -> str:
    """A figure of every layer, the input first."""
    return " ".join(map(_written, values))


def _written(value: float) -> str:
    return "-" if not np.isfinite(value) else f"{value:.2f}"


_row = partial(row, "context")
