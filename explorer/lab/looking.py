"""Inside one step of a causal model, and the same blank as BERT has it, seen from the left alone.

Knows hidden states, heads and token strings. Logit lens: nostalgebraist 2020.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from explorer.errors import Told
from explorer.lab.choosing import log_p_of
from explorer.lab.decoding import visible
from explorer.lab.experiment import implements
from explorer.lab.types.arrays import Floats, Ints
from explorer.lab.types.generation import INSIDE, LEFT, InsideInputs, InsideResult, LeftInputs, LeftResult

if TYPE_CHECKING:
    from explorer.models.network.model import Model
    from explorer.models.network.tokenizer import TextTokenizer

MOST_SPANS = 96
MOST_TOKENS = 256  # of a text whose heads are all looked at; their weights grow with its square
ROWS = 16
BLANKS = "▁Ġ \u00a0"


@implements(INSIDE)
def inside(model: Model, inputs: InsideInputs) -> InsideResult:
    """The last token's way through the layers, and what it takes from the tokens before it.

    Raises Told: token_outside, text_empty, too_long, position_outside (no such layer or head).
    """
    if not 0 <= inputs.layer < model.n_layers:
        raise Told("position_outside", position=inputs.layer, count=model.n_layers)
    if not 0 <= inputs.head < model.n_heads:
        raise Told("position_outside", position=inputs.head, count=model.n_heads)
    row, dropped = visible(model, inputs.ids)
    if len(row) > MOST_TOKENS:
        raise Told("too_long", limit=MOST_TOKENS, used=len(row))
    ids, mask = model.tensor_inputs([row])
    states = model.hidden_states(ids, mask)[:, 0, -1]
    lens = model.decode(model.transform(states)).cpu().numpy()
    heads = model.heads(ids, mask)
    layer, head = inputs.layer, inputs.head
    bias = heads.bias[layer, 0, head, -1].float().cpu().numpy()
    return InsideResult(
        lens=lens,
        weights=heads.weights[:, 0, :, -1].float().cpu().numpy(),
        query=heads.query[layer, 0, head, -1].float().cpu().numpy(),
        keys=heads.key[layer, 0, head].float().cpu().numpy(),
        scale=float(heads.scale[layer]),
        bias=np.maximum(bias, -1e30).astype(np.float32),  # −∞ and the largest negative number both mean "may not look"
        n_kv_heads=heads.n_kv_heads,
        dropped=dropped,
    )


@implements(LEFT)
def left(model: Model, inputs: LeftInputs) -> LeftResult:
    """P(the text goes on with this piece | everything left of it), for every span, in a few runs.

    Raises Told: text_empty, too_long, position_outside.
    """
    if not inputs.spans:
        raise Told("text_empty")
    if len(inputs.spans) > MOST_SPANS:
        raise Told("too_long", limit=MOST_SPANS, used=len(inputs.spans))
    if not 0 <= inputs.look < len(inputs.spans):
        raise Told("position_outside", position=inputs.look, count=len(inputs.spans))
    rows = [_spelled(model, inputs.text, start, end) for start, end in inputs.spans]
    chances: list[float] = []
    logits: Floats = np.zeros(0, dtype=np.float32)
    for start in range(0, len(rows), ROWS):
        part = rows[start : start + ROWS]
        ids, mask = model.tensor_inputs([history + spelled for history, spelled in part])
        hidden = model.hidden_states(ids, mask)[-1]
        for n, (history, spelled) in enumerate(part):
            read = hidden[n, len(history) - 1 : len(history) + len(spelled) - 1]
            scores = model.decode(model.transform(read)).cpu().numpy()
            if start + n == inputs.look:
                logits = scores[0]
            log_p = log_p_of(scores)
            chance = float(np.exp(sum(log_p[at, token] for at, token in enumerate(spelled[:-1]))))
            alike = _alike(model.tokenizer, spelled[-1])
            chances.append(chance * float(np.exp(log_p[len(spelled) - 1, alike]).sum()))
    return LeftResult(np.array(chances, dtype=np.float32), logits, int(rows[inputs.look][1][0]))


def _spelled(model: Model, text: str, start: int, end: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The tokens of what stands left of the span, and those that spell the span after it.

    Models whose words begin with their blank read the blank as part of the piece.
    """
    before = text[:start].rstrip(" ")
    history = model.tokenizer.encode(before).ids
    if not history:
        history = visible(model, ())[0]
    gap = " " if len(before) < start and before else ""
    spelled = model.tokenizer.pieces_of(gap + text[start:end])[1]
    if not spelled:
        raise Told("text_empty")
    return tuple(history), spelled


@lru_cache(maxsize=4096)
def _alike(tokenizer: TextTokenizer, token: int) -> Ints:
    """The tokens that begin with the characters of `token`: 深 for 深, 深度, 深圳 …; of bytes only the byte itself."""
    words = tokenizer.vocabulary()
    piece = words[token]
    if piece.startswith("<0x") or not piece.strip(BLANKS):
        return np.array([token], dtype=np.int64)
    return np.array([n for n, word in enumerate(words) if word.startswith(piece)], dtype=np.int64)
