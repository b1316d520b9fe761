"""Numerics: probabilities from scores, principal coordinates, maps turned to lie alike, a mean's interval. Pure NumPy.

Every layer may use it; it knows arrays and nothing of models or pages. All results are float64.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Doubles = NDArray[np.float64]
STUDENT = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262)  # 97.5 % points of t, 1 to 9 degrees
TINY = 1e-5  # rows that differ by less than this share of their length have no principal directions


def log_softmax(logits: ArrayLike) -> Doubles:
    """Log-probabilities in nats along the last axis of logits[…, n]. −inf is a score of what cannot be."""
    scores = np.asarray(logits, dtype=np.float64)
    shifted = scores - scores.max(axis=-1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True)))


def softmax(logits: ArrayLike) -> Doubles:
    """Probabilities along the last axis of logits[…, n]."""
    scores = np.asarray(logits, dtype=np.float64)
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(weights / weights.sum(axis=-1, keepdims=True))


def cross_entropy(logits: ArrayLike, target: int) -> float:
    """−ln softmax(logits[n])[target], in nats."""
    return float(-log_softmax(logits)[target])


def probability(logits: ArrayLike, target: int) -> float:
    """softmax(logits[n])[target]."""
    return float(np.exp(log_softmax(logits)[target]))


def entropy(logits: ArrayLike) -> Doubles:
    """Entropy in nats of softmax(logits[…, n]) along the last axis; what has no chance counts nothing."""
    log_p = log_softmax(logits)
    return np.asarray(-(np.exp(log_p) * np.where(np.isfinite(log_p), log_p, 0)).sum(axis=-1))


def rank(logits: ArrayLike, target: int) -> int:
    """1 for the best score of logits[n]: how many are higher than the target's, and one."""
    scores = np.asarray(logits)
    return int((scores > scores[target]).sum()) + 1


def principal_coordinates(rows: ArrayLike, dims: int, scale: float | None = None) -> tuple[Doubles, float]:
    """PCA of rows[n, d]: placed[n, dims], and the share of the variance that the first two dimensions keep.

    Zeros and NaN where the rows are (all but) one and the same, judged by `scale`: how long they were all together
    before something was taken from each of them. Directions beyond the rank are zeros.
    """
    x = np.asarray(rows, dtype=np.float64)
    u, s, _ = np.linalg.svd(x - x.mean(axis=0), full_matrices=False)
    placed = np.zeros((len(x), dims))
    whole = float(np.linalg.norm(x)) if scale is None else scale
    if not s.size or s[0] <= TINY * max(whole, 1e-12):
        return placed, float("nan")
    k = min(dims, len(s))
    placed[:, :k] = u[:, :k] * s[:k]
    return placed, float((s[:2] ** 2).sum() / (s**2).sum())


def pca(x: ArrayLike, dims: int = 3, scale: Doubles | None = None) -> tuple[Doubles, Doubles]:
    """Of x[layers, n, d] the principal coordinates [layers, n, dims], aligned; and the share kept [layers]."""
    layers = np.asarray(x)
    scales = [None] * len(layers) if scale is None else scale.tolist()
    found = [principal_coordinates(rows, dims, whole) for rows, whole in zip(layers, scales, strict=True)]
    return aligned(np.stack([placed for placed, _ in found])), np.array([share for _, share in found])


def aligned(placed: ArrayLike) -> Doubles:
    """placed[layers, n, dims], each layer in the unit ball and turned (from the last down) to lie like its neighbour.

    Turning and mirroring leave every distance as it is (orthogonal Procrustes; Schönemann 1966).
    """
    out = np.asarray(placed, dtype=np.float64)
    out = out - out.mean(axis=1, keepdims=True)
    radius = np.linalg.norm(out, axis=-1).max(axis=1)
    out = out / np.where(radius > 0, radius, 1)[:, None, None]
    for layer in range(len(out) - 2, -1, -1):
        if radius[layer] > 0:
            u, _, v = np.linalg.svd(out[layer].T @ out[layer + 1])
            out[layer] = out[layer] @ (u @ v)
    return np.asarray(out)


def width_below(x: ArrayLike, y: ArrayLike, level: float) -> tuple[float, bool]:
    """How wide the stretch around the lowest of y[n] is in which y, joined by straight lines, stays under `level`; and
    whether it reaches an end of x[n], so that it may be wider."""
    x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    low = int(np.argmin(y))
    edges, ends = [], False
    for step in (-1, 1):
        at = low
        while 0 <= at + step < len(y) and y[at + step] < level:
            at += step
        if not 0 <= at + step < len(y):
            edges.append(float(x[at]))
            ends = True
        else:
            share = (level - y[at]) / (y[at + step] - y[at])
            edges.append(float(x[at] + share * (x[at + step] - x[at])))
    return edges[1] - edges[0], ends


def mean_interval(values: ArrayLike) -> tuple[float, float, float]:
    """The mean of two or more independent values[n] and the ends of its 95 % interval (Student's t).

    Of more than ten values the interval is a little too wide. Raises ValueError for fewer than two.
    """
    values = np.asarray(values, dtype=np.float64)
    if len(values) < 2:
        raise ValueError("one value says nothing of how far others may lie from it")
    point = STUDENT[min(len(values) - 1, len(STUDENT)) - 1]
    mean, half = values.mean(), point * values.std(ddof=1) / len(values) ** 0.5
    return float(mean), float(mean - half), float(mean + half)
