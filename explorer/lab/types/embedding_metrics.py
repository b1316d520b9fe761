"""Embedding metrics: cosines at every layer, how well two senses part, groups and their order, how true a map is.

Pure NumPy, so that a first paint needs nothing else; UMAP and t-SNE (explorer/lab/umap_client.py) are imported apart.
Knows vectors and labels; no model, no words.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer import numerics
from explorer.lab.types.context import EmbedResult

Array = NDArray[Any]
TREATMENTS = ("raw", "centred", "top")
TINY = 1e-5  # vectors shorter than this share of their layer's mean length have no direction
LEAST_SILHOUETTE = 1e-6  # rounding alone gives equal points a little more than 0


def treated(result: EmbedResult, treatment: str) -> Array:
    """vectors[layers + 1, n, d] as they are; minus the mean of these points; or all-but-the-top.

    The last takes away what the sampled tokens of all sentences have in common: their mean and their first three
    principal directions (Mu & Viswanath 2018).
    """
    x = result.vectors.astype(np.float64)
    if treatment == "raw":
        return x
    if treatment == "centred":
        return np.asarray(x - x.mean(axis=1, keepdims=True))
    x = x - result.common[:, None]
    return np.asarray(x - np.einsum("lnk,lkd->lnd", np.einsum("lnd,lkd->lnk", x, result.top), result.top))


def principal(result: EmbedResult, treatment: str) -> tuple[Array, Array]:
    """The treated vectors' principal coordinates [layers + 1, n, 3], and the share kept; equal sentences lie on one
    spot, also where what they have in common was taken away and nothing but rounding is left."""
    whole = np.linalg.norm(result.vectors.astype(np.float64), axis=(1, 2))
    return numerics.pca(treated(result, treatment), scale=whole)


def cosines(x: Array, scale: Array | None = None) -> Array:
    """cos[layers, n, n]; NaN where a vector is (all but) zero and has no direction.

    `scale[layers]`: the mean length of the untreated vectors, against which "zero" is judged.
    """
    length = np.linalg.norm(x, axis=-1, keepdims=True)
    floor = TINY * (length.mean(axis=1, keepdims=True) if scale is None else scale[:, None, None])
    with np.errstate(invalid="ignore", divide="ignore"):
        unit = np.where(length > floor, x / length, np.nan)
    return np.asarray(np.clip(unit @ unit.transpose(0, 2, 1), -1, 1))


def all_cosines(result: EmbedResult, treatment: str) -> Array:
    scale = np.linalg.norm(result.vectors, axis=-1).mean(axis=1)
    return cosines(treated(result, treatment), scale)


def parted(cos: Array, labels: Sequence[int]) -> dict[str, Array]:
    """Per layer: mean cosine `within` and `between` senses, `auc` (a pair within beats one between), `silhouette`.

    Points with a label below 0 have none and are left out. NaN where a number does not exist.
    """
    known = np.flatnonzero(np.asarray(labels) >= 0)
    cos, label = cos[:, known][:, :, known], np.asarray(labels)[known]
    a, b = np.triu_indices(len(known), 1)
    same = label[a] == label[b]
    pairs = cos[:, a, b]
    layers = range(len(cos))
    return {
        "within": np.array([_mean(pairs[n][same]) for n in layers]),
        "between": np.array([_mean(pairs[n][~same]) for n in layers]),
        "auc": np.array([auc(pairs[n][same], pairs[n][~same]) for n in layers]),
        "silhouette": np.array([silhouette(1 - cos[n], label) for n in layers]),
    }


def auc(high: Array, low: Array) -> float:
    """P(a value of `high` > one of `low`), ties counted half; NaN if either is empty or not finite."""
    if not len(high) or not len(low) or not (np.isfinite(high).all() and np.isfinite(low).all()):
        return float("nan")
    ordered = np.sort(low)
    below, upto = np.searchsorted(ordered, high, "left"), np.searchsorted(ordered, high, "right")
    return float((below + upto).mean() / 2 / len(low))


def silhouette(distance: Array, labels: Array) -> float:
    """Mean silhouette (Rousseeuw 1987) of given distances; NaN for one group, for none, or for no distances."""
    kinds = np.unique(labels)
    if len(kinds) < 2 or not np.isfinite(distance).all():
        return float("nan")
    scores = []
    for n, own in enumerate(labels):
        mates = (labels == own) & (np.arange(len(labels)) != n)
        if not mates.any():
            scores.append(0.0)
            continue
        a = float(distance[n, mates].mean())
        b = min(float(distance[n, labels == other].mean()) for other in kinds if other != own)
        scores.append((b - a) / max(a, b, 1e-12))
    return float(np.mean(scores))


def nearest_sense(cos: Array, labels: Sequence[int]) -> float:
    """Leave-one-out accuracy of the nearest neighbour's label for one layer's cos[n, n].

    Several equally near neighbours count with the share of them that is right: the expected accuracy of a drawn one.
    """
    label = np.asarray(labels)
    right = []
    for n in range(len(label)):
        row = np.where(np.isnan(cos[n]), -np.inf, cos[n]).copy()
        row[n] = -np.inf
        best = np.delete(row >= row[np.arange(len(label)) != n].max() - 1e-6, n)
        right.append((np.delete(label, n)[best] == label[n]).mean())
    return float(np.mean(right))


def trustworthiness(cos: Array, placed: Array, k: int) -> float:
    """How many of the neighbours on the map are neighbours in truth, 1 = all (Venna & Kaski 2001); one layer.

    cos[n, n] in the original space, placed[n, dims] on the map; NaN with too few points or no directions.
    """
    n = len(cos)
    if n < 4 or np.isnan(cos).any():
        return float("nan")
    k = min(k, (n - 1) // 2)
    truth, shown = 1 - cos, np.linalg.norm(placed[:, None] - placed[None], axis=-1)
    for distance in (truth, shown):
        np.fill_diagonal(distance, np.inf)
    rank = truth.argsort(axis=1, kind="stable").argsort(axis=1) + 1
    near = shown.argsort(axis=1, kind="stable")[:, :k]
    excess = np.maximum(np.take_along_axis(rank, near, axis=1) - k, 0).sum()
    return float(1 - excess * 2 / (n * k * (2 * n - 3 * k - 1)))


def crossing(first: Array, second: Array, a: Array, b: Array, common: Array) -> dict[str, Array]:
    """Does the word lean to `a` in its first sense and to `b` in its second? Per layer, from vectors[layers, n, d].

    lean_first = cos(first, a) − cos(first, b), lean_second likewise, `gap` their difference; every cosine is of mean
    vectors, after the tokens' `common` vector is taken away.
    """
    f, s, a, b = (_middle(rows) - common for rows in (first, second, a, b))
    lean_first, lean_second = _cos(f, a) - _cos(f, b), _cos(s, a) - _cos(s, b)
    return {"lean_first": lean_first, "lean_second": lean_second, "gap": lean_first - lean_second}


def proposals(cos: Array, kind: str, seed: int = 0) -> tuple[tuple[int, ...], float]:
    """Two to four groups that clustering finds in one layer's cos[n, n], and their silhouette; the best number wins.

    All in one group and NaN where none has a silhouette above 0: points that lie no nearer to their own group than to
    another are no groups.

    kind "agglomerative" joins the pair of groups whose members are nearest on average; "kmeans" moves
    centres on the sphere until they rest, from a dozen random starts.
    """
    n = len(cos)
    if n < 3 or np.isnan(cos).any():
        return (0,) * n, float("nan")
    best: tuple[tuple[int, ...], float] = ((0,) * n, float("nan"))
    for k in range(2, min(4, n - 1) + 1):
        labels = _agglomerate(1 - cos, k) if kind == "agglomerative" else _kmeans(cos, k, seed)
        score = silhouette(1 - cos, labels)
        if score > max(LEAST_SILHOUETTE, np.nan_to_num(best[1])):
            best = tuple(int(i) for i in _in_order(labels)), score
    return best


def order(cos: Array) -> list[int]:
    """The points so that alike ones stand together: average linkage of one layer, leaves from left to right."""
    if np.isnan(cos).any():
        return list(range(len(cos)))
    groups = [[n] for n in range(len(cos))]
    distance = (1 - cos).copy()
    np.fill_diagonal(distance, np.inf)
    while len(groups) > 1:
        i, j = sorted(np.unravel_index(distance.argmin(), distance.shape))
        _join(groups, distance, int(i), int(j))
    return groups[0]


def _agglomerate(distance: Array, k: int) -> Array:
    groups = [[n] for n in range(len(distance))]
    distance = distance.copy()
    np.fill_diagonal(distance, np.inf)
    while len(groups) > k:
        i, j = sorted(np.unravel_index(distance.argmin(), distance.shape))
        _join(groups, distance, int(i), int(j))
    labels = np.zeros(sum(map(len, groups)), dtype=np.int64)
    for label, members in enumerate(groups):
        labels[members] = label
    return labels


def _join(groups: list[list[int]], distance: Array, i: int, j: int) -> None:
    """Group j goes into i; distances of the two are averaged by their sizes. j's row stays, infinitely far away."""
    a, b = len(groups[i]), len(groups[j])
    mixed = (a * distance[i] + b * distance[j]) / (a + b)
    distance[i], distance[:, i] = mixed, mixed
    distance[i, i] = np.inf
    groups[i] += groups[j]
    last = len(groups) - 1
    distance[[j, last]] = distance[[last, j]]
    distance[:, [j, last]] = distance[:, [last, j]]
    distance[last], distance[:, last] = np.inf, np.inf
    groups[j], groups[last] = groups[last], groups[j]
    groups.pop()


def _kmeans(cos: Array, k: int, seed: int) -> Array:
    """Spherical k-means from the cosines alone: a centre is the mean of its members' unit vectors."""
    n = len(cos)
    rng = np.random.default_rng(seed)
    best, best_labels = -np.inf, np.zeros(n, dtype=np.int64)
    for _ in range(12):
        labels = cos[:, rng.choice(n, k, replace=False)].argmax(axis=1)
        for _ in range(50):
            member = np.eye(k)[labels]
            size = np.maximum(member.sum(axis=0), 1e-12)
            length = np.sqrt(np.maximum(np.einsum("ik,ij,jk->k", member, cos, member), 1e-12)) / size
            likeness = (cos @ member) / size / length
            moved = likeness.argmax(axis=1)
            if (moved == labels).all():
                break
            labels = moved
        score = likeness[np.arange(n), labels].sum()
        if score > best and len(np.unique(labels)) == k:
            best, best_labels = score, labels
    return best_labels


def _in_order(labels: Array) -> list[int]:
    """Groups numbered as they first appear."""
    seen: dict[int, int] = {}
    return [seen.setdefault(int(label), len(seen)) for label in labels]


def _middle(rows: Array) -> Array:
    """Mean over n of rows[layers, n, d]; where all are one and the same, exactly that one, whatever n is."""
    same = (rows == rows[:, :1]).all(axis=(1, 2))
    return np.asarray(np.where(same[:, None], rows[:, 0], rows.mean(axis=1)))


def _cos(a: Array, b: Array) -> Array:
    lengths = np.linalg.norm(a, axis=-1) * np.linalg.norm(b, axis=-1)
    return np.asarray((a * b).sum(axis=-1) / np.maximum(lengths, 1e-12))


def _mean(values: Array) -> float:
    return float(values.mean()) if len(values) and np.isfinite(values).all() else float("nan")
