"""How much context helps, an n-gram model beside it, and what the KV cache saves.

Knows token ids and counts. The n-gram model is interpolated (Jelinek & Mercer 1980) with Witten & Bell's (1991)
weights: what a history has not seen is left to the shorter history, down to an even chance for every token.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from explorer.errors import Told
from explorer.lab.choosing import log_p_of
from explorer.lab.decoding import begins, visible
from explorer.lab.experiment import implements
from explorer.lab.types.arrays import Floats
from explorer.lab.types.core import Progress
from explorer.lab.types.generation import (
    CACHED,
    CONTEXT,
    NGRAM,
    CacheInputs,
    CacheResult,
    ContextInputs,
    ContextResult,
    NgramInputs,
    NgramResult,
)

if TYPE_CHECKING:
    from explorer.models.network.model import Model

MOST_TOKENS = 96  # of a text whose every position is read again for every window
TOKENS_A_RUN = 1024
ORDERS = (1, 2, 3, 4)


@implements(CONTEXT)
def context(model: Model, inputs: ContextInputs) -> Iterator[Progress | ContextResult]:
    """Cross-entropy of every token when only the last k before it are seen; a step of progress is a window.

    Every position gets a text of its own: the beginning-of-text token and the last k tokens. (A mask would not do: in
    deep layers a token still carries what it saw before.) Raises Told: text_empty, too_long, token_outside.
    """
    first, body = _parts(model, inputs.ids)
    windows = [*sorted({k for k in inputs.windows if 0 < k < len(body) - 1}), len(body) - 1]
    rows = []
    for done, k in enumerate(windows):
        yield Progress(done, len(windows))
        histories = [first + body[max(0, at - k) : at] for at in range(1, len(body))]
        rows.append(_nats(model, histories, body[1:]))
    yield ContextResult(np.array(windows, dtype=np.int64), np.stack(rows))


@implements(NGRAM)
def ngram(model: Model, inputs: NgramInputs) -> NgramResult:
    """The same tokens under n-gram models counted on the reader's text; the network is not asked.

    Raises Told: text_empty, too_long, token_outside.
    """
    _, body = _parts(model, inputs.ids)
    return NgramResult(ngram_nats(inputs.corpus, body, model.vocab_size), len(inputs.corpus))


def _parts(model: Model, ids: Sequence[int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """What stands before every text, and the text itself."""
    seen = visible(model, ids)[0]
    first = begins(model)
    body = seen[len(first) :] if first and seen[: len(first)] == first else seen
    if len(body) < 2:
        raise Told("text_empty")
    if len(body) > MOST_TOKENS:
        raise Told("too_long", limit=MOST_TOKENS, used=len(body))
    return first, body


def _nats(model: Model, histories: Sequence[Sequence[int]], targets: Sequence[int]) -> Floats:
    """−ln P(target | history) of each, in batches of about equal numbers of tokens."""
    import torch

    longest = max(map(len, histories))
    size = max(1, TOKENS_A_RUN // longest)
    out: list[Floats] = []
    for start in range(0, len(histories), size):
        part = histories[start : start + size]
        ids, mask = model.tensor_inputs(part)
        last = torch.tensor([len(row) - 1 for row in part], device=model.device)
        logits = model.decode(model.transform(model.last_hidden_at(ids, last, mask))).cpu().numpy()
        wanted = np.array(targets[start : start + size])
        out.append(-log_p_of(logits)[np.arange(len(part)), wanted])
    return np.concatenate(out).astype(np.float32)


def ngram_nats(corpus: Sequence[int], text: Sequence[int], vocab_size: int) -> Floats:
    """nats[order, n] of text[1:], for each of ORDERS; order 1 knows only how common a token is."""
    counts: list[dict[tuple[int, ...], Counter[int]]] = [defaultdict(Counter) for _ in ORDERS]
    for at, token in enumerate(corpus):
        for order in ORDERS:
            if at >= order - 1:
                counts[order - 1][tuple(corpus[at - order + 1 : at])][token] += 1

    def p(token: int, history: tuple[int, ...]) -> float:
        if not history:
            below, seen = 1 / vocab_size, counts[0].get((), Counter())
        else:
            below, seen = p(token, history[1:]), counts[len(history)].get(history, Counter())
        total, kinds = seen.total(), len(seen)
        return below if total == 0 else (seen[token] + kinds * below) / (total + kinds)

    rows = [
        [-np.log(p(text[at], tuple(text[max(0, at - order + 1) : at]))) for at in range(1, len(text))]
        for order in ORDERS
    ]
    return np.array(rows, dtype=np.float32)


@implements(CACHED)
def cached(model: Model, inputs: CacheInputs) -> Iterator[Progress | CacheResult]:
    """Greedy steps, each made with the cache and without, one after the other; a step of progress is a token.

    Raises Told: token_outside, text_empty.
    """
    ids = list(visible(model, inputs.ids, ahead=inputs.n)[0])
    rows: list[tuple[int, int, int, float, float, float]] = []
    past = None
    for step in range(inputs.n):
        yield Progress(step, inputs.n)
        new, _ = model.tensor_inputs([ids[0 if past is None else len(past) :]])
        kept = 0 if past is None else len(past)
        start = time.perf_counter()
        with_cache, past = model.step(new, past)
        middle = time.perf_counter()
        whole, _ = model.tensor_inputs([ids])
        without, _ = model.step(whole)
        end = time.perf_counter()
        difference = float((with_cache - without).abs().max())
        token = int(with_cache[0].argmax())
        rows.append((token, kept, past.n_bytes, (middle - start) * 1000, (end - middle) * 1000, difference))
        ids.append(token)
        if token in model.stop_ids:
            break
    chosen, kept_all, held, fast, slow, differences = zip(*rows, strict=True)
    yield CacheResult(
        token_ids=np.array(chosen, dtype=np.int64),
        kept=np.array(kept_all, dtype=np.int64),
        n_bytes=np.array(held, dtype=np.int64),
        ms_with=np.array(fast, dtype=np.float32),
        ms_without=np.array(slow, dtype=np.float32),
        difference=np.array(differences, dtype=np.float32),
    )
