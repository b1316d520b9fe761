"""Induction heads: which heads look at what came after the same token before, and what is lost without them.

Olsson et al. 2022, In-context Learning and Induction Heads: random tokens repeated, so that nothing but the repetition
foretells the second copy. Takes a `Model` handle; the weights are never touched, heads are switched off for one run.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from explorer.errors import Told
from explorer.lab import shots
from explorer.lab.decoding import begins, limit_of, shared_beginning
from explorer.lab.experiment import implements
from explorer.lab.types.arrays import Floats
from explorer.lab.types.core import Progress
from explorer.lab.types.induction import (
    IN_PROMPT,
    INDUCTION,
    InductionInputs,
    InductionResult,
    InPromptInputs,
    InPromptResult,
    Place,
    stripe,
)

if TYPE_CHECKING:
    from explorer.models.network.model import Model


@implements(INDUCTION)
def induction(model: Model, inputs: InductionInputs) -> Iterator[Progress | InductionResult]:
    """Scores of all heads, the loss token by token, and the second copy's loss with heads off.

    Raises Told: too_long.
    """
    rows, first = repeated(model, inputs)
    total = 3 + inputs.draws
    yield Progress(0, total)
    ids, _ = model.tensor_inputs(rows)
    weights = model.attentions(ids).float().cpu().numpy()  # [layers, B, heads, L, L]
    scores = stripe(weights, inputs.length, first).mean(axis=1)
    order = np.argsort(-scores, axis=None)[: inputs.best]
    best = tuple((int(n) // model.n_heads, int(n) % model.n_heads) for n in order)
    layer, head = best[0]
    begin = weights[..., first + inputs.length :, 0].mean(axis=(1, 3))
    pattern = weights[layer, 0, head]
    yield Progress(1, total)
    loss = losses(model, rows)
    yield Progress(2, total)
    off = losses(model, rows, best)
    yield Progress(3, total)
    rng = np.random.default_rng(inputs.seed + 1)
    others = [(m, n) for m in range(model.n_layers) for n in range(model.n_heads) if (m, n) not in best]
    random = []
    for n in range(inputs.draws):
        drawn = [others[int(at)] for at in rng.choice(len(others), size=len(best), replace=False)]
        random.append(losses(model, rows, drawn)[first + inputs.length :].mean())
        yield Progress(4 + n, total)
    yield InductionResult(
        scores=scores.astype(np.float32),
        begin=begin.astype(np.float32),
        pattern=pattern.astype(np.float32),
        ids=tuple(rows[0]),
        loss=loss,
        off=off,
        random=np.array(random, dtype=np.float32),
        best=best,
        first=first,
        length=inputs.length,
    )


def repeated(model: Model, inputs: InductionInputs) -> tuple[list[list[int]], int]:
    """The sequences, and how many tokens stand before them. Special tokens and bytes are never drawn."""
    start = list(begins(model))
    if len(start) + 2 * inputs.length > limit_of(model):
        raise Told("too_long", limit=limit_of(model), used=len(start) + 2 * inputs.length)
    words = model.tokenizer.vocabulary()
    usable = [n for n in range(model.vocab_size) if n not in model.tokenizer.special_ids and not _apart(words[n])]
    rng = np.random.default_rng(inputs.seed)
    rows = []
    for _ in range(inputs.sequences):
        drawn = [usable[int(n)] for n in rng.choice(len(usable), size=inputs.length, replace=False)]
        rows.append([*start, *drawn, *drawn])
    return rows, len(start)


def _apart(piece: str) -> bool:
    return piece.startswith("<") and piece.endswith(">")


def losses(model: Model, rows: Sequence[Sequence[int]], off: Sequence[Place] = ()) -> Floats:
    """Mean −ln p of each next token, [L − 1], with some heads switched off."""
    import torch

    from explorer.models.network.attention_interventions import altered

    ids, _ = model.tensor_inputs(rows)
    gates = torch.ones(model.n_layers, 1, model.n_heads, device=model.device)
    for layer, head in off:
        gates[layer, :, head] = 0
    with altered(model, gates=gates):
        hidden = model.hidden_states(ids)[-1]
    found = []
    for n in range(len(rows)):
        log_p = model.decode(model.transform(hidden[n, :-1])).log_softmax(-1)
        found.append(-log_p.gather(1, ids[n, 1:, None])[:, 0].double())
    return torch.stack(found).mean(0).cpu().numpy().astype(np.float32)


@implements(IN_PROMPT)
def in_prompt(model: Model, inputs: InPromptInputs) -> InPromptResult:
    """Where heads look from a prompt's last token, and what the answer loses without them. Raises Told: head_outside,
    text_empty, too_long."""
    for layer, head in inputs.heads:
        if not (0 <= layer < model.n_layers and 0 <= head < model.n_heads):
            raise Told("head_outside")
    ids = shots.ids_of(model, inputs.text)
    whole = shots.ids_of(model, f"{inputs.text} {inputs.answer.strip()}")
    start = min(shared_beginning(ids, whole), len(whole) - 1)
    if start < 1:
        raise Told("text_empty")
    if len(whole) > limit_of(model):
        raise Told("too_long", limit=limit_of(model), used=len(whole))
    tensor, _ = model.tensor_inputs([ids])
    weights = model.attentions(tensor)[:, 0, :, -1].float().cpu().numpy()  # [layers, heads, L]
    on, off = (-float(losses(model, [whole], heads)[start - 1 :].sum()) for heads in ((), inputs.heads))
    rows = np.stack([weights[layer, head] for layer, head in inputs.heads]).astype(np.float32)
    return InPromptResult(tuple(ids), rows, on, off)
