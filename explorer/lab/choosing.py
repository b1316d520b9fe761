"""Ways to choose: greedy, sampled, beam search as a tree, and the tree of the likeliest continuations.

Knows scores and pasts. Beam search: the usual one (Graves 2012; Wu et al. 2016, section 7), with a sum of
log-probabilities divided by length to the power of the length penalty, as in the transformers library.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from explorer import numerics
from explorer.errors import Told
from explorer.lab.decoding import visible
from explorer.lab.experiment import implements
from explorer.lab.sampling import best_first, chance_at, draw, offer
from explorer.lab.types.arrays import Floats
from explorer.lab.types.core import Progress
from explorer.lab.types.generation import TREE, WAYS, Node, TreeInputs, TreeResult, Way, WaysInputs, WaysResult

if TYPE_CHECKING:
    from explorer.models.network.kv_cache import Past
    from explorer.models.network.model import Model

MOST_STEPS, MOST_BEAMS, MOST_LEAVES = 40, 6, 64


def log_p_of(logits: Floats) -> Any:
    """Log-probabilities along the last axis, in float64. Raises Told("scores_broken")."""
    if not np.isfinite(logits.max(axis=-1)).all():
        raise Told("scores_broken")
    return numerics.log_softmax(logits)


@implements(WAYS)
def ways(model: Model, inputs: WaysInputs) -> Iterator[Progress | WaysResult]:
    """Greedy and sampled continuations side by side in one batch, then beam search; a step of progress is a token.

    Raises Told: token_outside, text_empty, scores_broken.
    """
    n = max(1, min(inputs.n, MOST_STEPS))
    prompt = visible(model, inputs.ids, ahead=n)[0]
    first, past = _read(model, prompt)
    yield Progress(0, 2 * n)
    rows: list[list[int]] = [[] for _ in range(1 + len(inputs.seeds))]
    scores = [0.0] * len(rows)
    logits, pasts = np.repeat(first, len(rows), axis=0), past.take([0] * len(rows))
    open_rows = set(range(len(rows)))
    for step in range(n):
        chosen = []
        for row, ids in enumerate(rows):
            if row == 0:
                token = int(logits[row].argmax())
            else:
                offered = offer(logits[row], (*prompt, *ids), inputs.settings)
                token = draw(offered, chance_at(inputs.seeds[row - 1], len(prompt) + step))
            chosen.append(token)
            if row in open_rows:
                scores[row] += float(log_p_of(logits[row])[token])
                ids.append(token)
                if token in model.stop_ids:
                    open_rows.discard(row)
        if not open_rows:
            break
        if step + 1 < n:
            logits, pasts = _step(model, chosen, pasts)
        yield Progress(step + 1, 2 * n)
    found = [Way("greedy", 0, tuple(rows[0]), scores[0], scores[0])]
    for seed, ids, score in zip(inputs.seeds, rows[1:], scores[1:], strict=True):
        found.append(Way("sampled", seed, tuple(ids), score, score))
    beams = min(inputs.beams, MOST_BEAMS)
    for step, outcome in enumerate(beam_search(model, first, past, n, beams, inputs.length_penalty)):
        yield Progress(n + step + 1, 2 * n)
        if outcome is not None:
            beam, nodes = outcome
            yield WaysResult((*found, beam), nodes)


def beam_search(
    model: Model, first: Floats, past: Past, n: int, beams: int, length_penalty: float
) -> Iterator[tuple[Way, tuple[Node, ...]] | None]:
    """Yields None after every step but the last, then the best way and every node that was considered.

    At each step the 2·`beams` best continuations are considered; ended ones leave the beam and keep their score.
    """
    nodes: list[Node] = []
    live: list[tuple[int, float]] = [(-1, 0.0)]  # node, log P
    ended: list[int] = []
    logits, pasts = first, past
    for step in range(n):
        log_p = log_p_of(logits)
        total = np.array([score for _, score in live])[:, None] + log_p
        order = best_first(total.ravel(), min(2 * beams, total.size))
        kept: list[tuple[int, float]] = []
        rows: list[int] = []
        tokens: list[int] = []
        for flat in order.tolist():
            row, token = divmod(flat, log_p.shape[1])
            stays = len(kept) < beams
            score = float(total[row, token]) / (step + 1) ** length_penalty
            nodes.append(
                Node(
                    live[row][0], step, token, float(np.exp(log_p[row, token])), float(total[row, token]), score, stays
                )
            )
            if not stays:
                continue
            if token in model.stop_ids:
                ended.append(len(nodes) - 1)
                continue
            kept.append((len(nodes) - 1, float(total[row, token])))
            rows.append(row)
            tokens.append(token)
        if step + 1 == n or not kept:
            break
        live = kept
        logits, pasts = _step(model, tokens, pasts.take(rows))
        yield None
    last = [*ended, *(node for node, _ in kept)]
    best = max(last, key=lambda node: nodes[node].score)
    ids: list[int] = []
    at = best
    while at >= 0:
        ids.insert(0, nodes[at].token_id)
        at = nodes[at].parent
    yield Way("beam", 0, tuple(ids), nodes[best].log_p, nodes[best].score), tuple(nodes)


@implements(TREE)
def tree(model: Model, inputs: TreeInputs) -> TreeResult:
    """The likeliest tokens, the likeliest after each, and so on: one run a level.

    Raises Told: token_outside, text_empty, scores_broken.
    """
    prompt = visible(model, inputs.ids, ahead=inputs.depth)[0]
    logits, past = _read(model, prompt)
    nodes: list[Node] = []
    level: list[int] = [-1]
    for depth in range(inputs.depth):
        log_p = log_p_of(logits)
        following: list[int] = []
        rows: list[int] = []
        for row, parent in enumerate(level):
            before = 0.0 if parent < 0 else nodes[parent].log_p
            for token in best_first(log_p[row], inputs.width).tolist():
                own = float(log_p[row, token])
                nodes.append(Node(parent, depth, token, float(np.exp(own)), before + own, before + own, True))
                if token not in model.stop_ids:
                    following.append(len(nodes) - 1)
                    rows.append(row)
        level = following[:MOST_LEAVES]
        if depth + 1 < inputs.depth and level:
            tokens = [nodes[node].token_id for node in level]
            logits, past = _step(model, tokens, past.take(rows[: len(level)]))
        if not level:
            break
    return TreeResult(tuple(nodes))


def _read(model: Model, ids: Sequence[int]) -> tuple[Floats, Past]:
    tensor, _ = model.tensor_inputs([ids])
    logits, past = model.step(tensor)
    return logits.cpu().numpy(), past


def _step(model: Model, tokens: Sequence[int], past: Past) -> tuple[Floats, Past]:
    tensor, _ = model.tensor_inputs([[token] for token in tokens])
    logits, after = model.step(tensor, past)
    return logits.cpu().numpy(), after
