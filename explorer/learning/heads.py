"""Heads to train on a body: one label a text, one label a token, a span of a text, one label after the last token.

Knows hidden states and labels; no model, no text. Every head takes hidden_states, the tuple [layers + 1] of tensors
[B, L, d] that a body gives (entry 0 goes into the first layer), and mask[B, L] (True = a token), and has the loss that
it is trained with beside it. The shapes are those of the `transformers` library's heads, so that what is shown of one
holds for the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import torch
from torch import Tensor, nn

Pooling = Literal["cls", "mean", "middle", "token", "last_four"]
LAST = 4
NO_LABEL = -100  # of a token that is not judged: special ones, later pieces of a word, padding


class SequenceHead(nn.Module):
    """Scores of `classes` for a text, from one vector of it (Devlin et al. 2019, §4.1).

    pooling  "cls":       the first token's vector, through a dense layer and tanh (BERT's pooler)
             "mean":      the mean over all tokens
             "middle":    the vector of the token in the middle of the text
             "token":     the vector at one place, `at[B]`
             "last_four": the first token's vectors of the last four layers, one after the other (§5.3)
    """

    def __init__(self, width: int, classes: int, pooling: Pooling = "cls", *, dropout: float = 0.0) -> None:
        super().__init__()
        self.pooling = pooling
        self.pool = nn.Sequential(nn.Linear(width, width), nn.Tanh()) if pooling == "cls" else nn.Identity()
        self.dropout = nn.Dropout(dropout)
        self.classify = nn.Linear(LAST * width if pooling == "last_four" else width, classes)

    def forward(self, hidden_states: Sequence[Tensor], mask: Tensor, at: Tensor | None = None) -> Tensor:
        """scores[B, classes]. Raises ValueError where "token" is pooled and no place is given."""
        return self.classify(self.dropout(self.pool(self._vector(hidden_states, mask, at))))  # type: ignore[no-any-return]

    def _vector(self, hidden_states: Sequence[Tensor], mask: Tensor, at: Tensor | None) -> Tensor:
        last = hidden_states[-1]
        if self.pooling == "mean":
            seen = mask[:, :, None].to(last.dtype)
            return (last * seen).sum(1) / seen.sum(1)
        if self.pooling == "middle":
            return last[torch.arange(len(last), device=last.device), mask.long().sum(1) // 2]
        if self.pooling == "token":
            if at is None:
                raise ValueError("which token is read: at[B]")
            return last[torch.arange(len(last), device=last.device), at]
        if self.pooling == "last_four":
            return torch.cat([states[:, 0] for states in hidden_states[-LAST:]], dim=-1)
        return last[:, 0]

    def loss(self, scores: Tensor, labels: Tensor) -> Tensor:
        """The mean cross-entropy of scores[B, classes] and labels[B]."""
        return nn.functional.cross_entropy(scores, labels)


class TokenHead(nn.Module):
    """Scores of `classes` for every token."""

    def __init__(self, width: int, classes: int, *, dropout: float = 0.0) -> None:
        super().__init__()
        self.dropout = nn.Dropout(dropout)
        self.classify = nn.Linear(width, classes)

    def forward(self, hidden_states: Sequence[Tensor], mask: Tensor, at: Tensor | None = None) -> Tensor:
        """scores[B, L, classes]."""
        return self.classify(self.dropout(hidden_states[-1]))  # type: ignore[no-any-return]

    def loss(self, scores: Tensor, labels: Tensor) -> Tensor:
        """The mean cross-entropy over the tokens whose labels[B, L] are not NO_LABEL."""
        return nn.functional.cross_entropy(scores.flatten(0, 1), labels.flatten(), ignore_index=NO_LABEL)


class SpanHead(nn.Module):
    """Where an answer starts and where it ends: two vectors, S and E, each compared with every token's (Devlin et al.
    2019, §4.2)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.edges = nn.Linear(width, 2)

    def forward(self, hidden_states: Sequence[Tensor], mask: Tensor, at: Tensor | None = None) -> Tensor:
        """scores[B, L, 2]: start and end; −∞ on padding."""
        scores: Tensor = self.edges(hidden_states[-1])
        return scores.masked_fill(~mask[:, :, None].bool(), -torch.inf)

    def loss(self, scores: Tensor, labels: Tensor) -> Tensor:
        """The mean of the cross-entropies of the starts labels[B, 0] and the ends labels[B, 1], over tokens."""
        return torch.stack([nn.functional.cross_entropy(scores[..., n], labels[:, n]) for n in (0, 1)]).mean()


class LastTokenHead(nn.Module):
    """Scores of `classes` for a text that a causal model has read: only its last token has seen all of it."""

    def __init__(self, width: int, classes: int) -> None:
        super().__init__()
        self.classify = nn.Linear(width, classes, bias=False)

    def forward(self, hidden_states: Sequence[Tensor], mask: Tensor, at: Tensor | None = None) -> Tensor:
        """scores[B, classes], from the last token that is no padding; padding stands on the right."""
        last = hidden_states[-1]
        return self.classify(last[torch.arange(len(last), device=last.device), mask.long().sum(1) - 1])  # type: ignore[no-any-return]

    def loss(self, scores: Tensor, labels: Tensor) -> Tensor:
        """The mean cross-entropy of scores[B, classes] and labels[B]."""
        return nn.functional.cross_entropy(scores, labels)


class NextTokenHead(nn.Module):
    """Scores of the next token for every token: a causal model's own output matrix[V, d], which does not learn."""

    def __init__(self, matrix: Tensor) -> None:
        super().__init__()
        self.register_buffer("matrix", matrix)

    def forward(self, hidden_states: Sequence[Tensor], mask: Tensor, at: Tensor | None = None) -> Tensor:
        """scores[B, L, V], from states that the body has normalised already."""
        return hidden_states[-1] @ self.get_buffer("matrix").T

    def loss(self, scores: Tensor, labels: Tensor) -> Tensor:
        """The mean cross-entropy of the tokens labels[B, L] that come next."""
        return nn.functional.cross_entropy(scores.flatten(0, 1), labels.flatten())


Head = SequenceHead | TokenHead | SpanHead | LastTokenHead | NextTokenHead
