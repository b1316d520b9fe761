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
        claim_zh="十句“苹果”里，同义的两个“果”比异义的两个更近",
        claim_en="In ten sentences with 苹果, two 果 of one sense are nearer than two of different senses",
        published="In the lecture's picture every pair within a sense is more alike than every pair across (AUC 1)",
        published_zh="讲义的图里，同义的任何一对都比异义的任何一对更像（AUC 为 1）",
        source=LECTURE,
        measured=float(parted["auc"][layer]),
        unit=f"AUC of pairs, centred cosine, layer {layer} (chosen on other words); "
        + "all layers: "
        + " ".join(_written(value) for value in parted["auc"]),
        unit_zh=f"各对的 AUC，减去平均后的余弦，第 {layer} 层（用别的词选出）；各层："
        + " ".join(_written(value) for value in parted["auc"]),
        op=">=",
        target=0.9,
        n=n,
        data="context.toml sets.guo",
    )
    gap = parted["within"] - parted["between"]
    yield _row(
        model_id,
        id="context.guo_gap_layers",
        claim_zh="从第 6 层起，每一层都是同义比异义近",
        claim_en="From layer 6 on, same-sense pairs are nearer on average at every layer",
        published="",
        source=OWN,
        measured=float((gap[DEEP:] > 0).sum()),
        unit=f"of {len(gap) - DEEP} layers; gap at all layers: " + " ".join(_written(value) for value in gap),
        unit_zh=f"共 {len(gap) - DEEP} 层；各层的差：" + " ".join(_written(value) for value in gap),
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
    words = (
        f"{len(found)} words, {n} sentences; those of one half at layer {read_at['report']}, of the other at "
        f"{read_at['choose']}, each chosen on"
    )
    each = ", ".join(f"{sets[name]['word']} {value:.2f}" for name, value in found.items())
    all_layers = " ".join(_written(v) for v in np.mean([accuracy[name] for name in found], axis=0))
    yield _row(
        model_id,
        id="context.sense_accuracy",
        claim_zh="最近的邻居，意思多半也一样",
        claim_en="The nearest neighbour mostly has the same sense",
        published="",
        source=OWN,
        measured=float(np.mean(list(found.values()))),
        unit=f"leave-one-out accuracy; {words} the other half; {each}; all layers: {all_layers}",
        unit_zh=f"留一法正确率；{len(found)} 个词，{n} 句；"
        f"一半的词看第 {read_at['report']} 层，另一半看第 {read_at['choose']} 层，都由对方那一半选出；"
        f"{each}；各层：{all_layers}",
        op=">=",
        target=0.8,
        n=n,
        data="context.toml sets",
    )
    yield _row(
        model_id,
        id="context.sense_static",
        claim_zh="静态的词向量分不出：同一个词就是同一个向量",
        claim_en="A static vector cannot tell: the same word is the same vector",
        published="",
        source=OWN,
        measured=float(np.mean([accuracy[name][0] for name in found])),
        unit="expected leave-one-out accuracy under ties, input vectors without positions",
        unit_zh="留一法正确率，并列时取期望；用不带位置的输入向量",
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
        claim_zh="水果的“果”更靠近“草”，公司的“果”更靠近“电”：交叉大于零",
        claim_en="果 of the fruit leans to 草, 果 of the company to 电: the crossing is above zero",
        published="",
        source=f"{OWN}; exactly 0 for static vectors",
        measured=float(np.mean([gap[layer] > 0 for gap in gaps])),
        unit=f"share of {len(gaps)} quadruples above zero at layer {layer} ({said})",
        unit_zh=f"{len(gaps)} 组四个词里，第 {layer} 层交叉大于零的比例（{said}）",
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
        claim_zh="往上走，任意两个词元越来越像，到第 11 层最像；最后一层又回落",
        claim_en="Going up, any two tokens become more alike, most so at layer 11; the last layer falls back",
        published="BERT: mean cosine of random words 0.105 at layer 0, 0.477 at layer 12, highest 0.675 at layer 11",
        published_zh="BERT：任意两个词的平均余弦，第 0 层 0.105，第 12 层 0.477，最高是第 11 层的 0.675",
        source=f"{ETHAYARAJH}; figures from its code's result files",
        measured=float(result.anisotropy[BELOW_LAST]),
        unit="mean cosine of two random tokens, layer 11; target: at the input. It was expected of the last layer "
        "too, and is not so there. All layers: " + " ".join(_written(value) for value in result.anisotropy),
        unit_zh="任意两个词元的平均余弦，第 11 层；对照是输入处。原以为最后一层也如此，其实不是。各层："
        + " ".join(_written(value) for value in result.anisotropy),
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


def _written(value: float) -> str:
    return "-" if not np.isfinite(value) else f"{value:.2f}"


_row = partial(row, "context")
