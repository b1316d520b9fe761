"""Trainable copies: a body of a loaded model's shape, its own weights, a head on it, and what of both is tuned.

Knows the `Model` handle and heads. The model that others read is never changed: every weight here is a copy, or drawn
anew. Dropout is off: torch draws it from numbers that the whole process shares, and a training beside this one would
change what a seed gives.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import torch
from torch import Tensor, nn

from explorer.errors import Told
from explorer.learning.heads import Head
from explorer.learning.loop import Group, Rate
from explorer.models.network import bodies
from explorer.models.network.model import Model

Start = Literal["pre-trained", "random", "re-embedded"]
Tune = Literal["head", "all"] | int
MOMENTS = 2  # of Adam, beside each weight that is tuned, as is its gradient


@dataclass(frozen=True)
class Texts:
    """A batch: ids[B, L], mask[B, L] (True = a token), the head's labels; of pairs type_ids[B, L]; places at[B]."""

    ids: Tensor
    mask: Tensor
    labels: Tensor
    type_ids: Tensor | None = None
    at: Tensor | None = None


class Trainable(nn.Module):
    """A body and a head, in evaluation mode (no dropout). Made by `trainable`.

    parts, still   the body's pieces, where its embeddings and its lowest `still` layers are not tuned
    """

    def __init__(
        self,
        body: nn.Module,
        head: Head,
        *,
        segments: bool,
        causal: bool,
        parts: bodies.Parts | None = None,
        still: int = 0,
    ) -> None:
        super().__init__()
        self.body = body
        self.head = head
        self._segments = segments
        self._causal = causal
        self._parts = parts
        self.still = still

    def forward(self, ids: Tensor, mask: Tensor, type_ids: Tensor | None = None, at: Tensor | None = None) -> Tensor:
        """The head's scores."""
        options: dict[str, Any] = {"use_cache": False} if self._causal else {}
        if type_ids is not None and self._segments:
            options["token_type_ids"] = type_ids
        read = self.body(ids, attention_mask=mask, output_hidden_states=True, **options)
        return self.head(read.hidden_states, mask, at)  # type: ignore[no-any-return]

    @property
    def has_memory(self) -> bool:
        """Whether what stands still below can be read once and kept (`below`, `above`)."""
        return self._parts is not None

    def below(self, ids: Tensor, mask: Tensor, type_ids: Tensor | None = None) -> Tensor:
        """states[B, L, d] that go into the first layer that is tuned (no gradient): the same in every epoch."""
        assert self._parts is not None
        with torch.inference_mode(False), torch.no_grad():
            segments = {} if type_ids is None or not self._segments else {"token_type_ids": type_ids}
            states: Tensor = self._parts.embeddings(ids, **segments)
            for layer in self._parts.layers[: self.still]:
                states = layer(states, _added(mask, states))
        return states

    def above(self, states: Tensor, mask: Tensor) -> Tensor:
        """The head's scores from what `below` has given: the same as those of the whole."""
        assert self._parts is not None
        all_states = [states]
        for layer in self._parts.layers[self.still :]:
            all_states.append(layer(all_states[-1], _added(mask, states)))
        return self.head(tuple(all_states), mask)  # type: ignore[no-any-return]

    def loss(self, batch: Texts) -> Tensor:
        """What `fit` makes smaller."""
        return self.head.loss(self(batch.ids, batch.mask, batch.type_ids, batch.at), batch.labels)

    def groups(self, rate: Rate, *, head_rate: Rate | None = None, decay: float = 0.0) -> list[Group]:
        """What is tuned, for `fit`: the head may learn faster than the body; biases and normalisations never decay."""
        rates: tuple[tuple[nn.Module, Rate], ...] = (
            (self.body, rate),
            (self.head, rate if head_rate is None else head_rate),
        )
        found = []
        for module, its_rate in rates:
            tuned = [weights for weights in module.parameters() if weights.requires_grad]
            for some, its_decay in (
                ([weights for weights in tuned if weights.dim() > 1], decay),
                ([weights for weights in tuned if weights.dim() <= 1], 0.0),
            ):
                if some:
                    found.append(Group(some, its_rate, its_decay))
        return found

    @property
    def nbytes(self) -> int:
        """What a training of it holds: all weights, and a gradient and Adam's two moments of those that are tuned."""
        return sum(
            weights.numel() * weights.element_size() * (2 + MOMENTS if weights.requires_grad else 1)
            for weights in self.parameters()
        )


def trainable(
    model: Model,
    make_head: Callable[[], Head],
    *,
    start: Start = "pre-trained",
    kept_layers: int | None = None,
    tune: Tune = "all",
    seed: int = 0,
) -> Trainable:
    """A copy of the model's body, with the head that `make_head` draws; the same for the same `seed`.

    start        "pre-trained": the model's weights; "random": none of them, the same shape;
                 "re-embedded": the model's weights, but random word vectors
    kept_layers  only the embeddings and the first so many layers are the model's, what is above is random (None: all)
    tune         "head": the body stays as it is; "all"; or a number: the top so many layers, and the head

    Raises Told("layer_outside", layer, count) for more layers than have weights of their own.
    """
    count = bodies.n_layers_with_weights(model)
    for layers in (kept_layers, tune if isinstance(tune, int) else None):
        if layers is not None and not 0 <= layers <= count:
            raise Told("layer_outside", layer=layers, count=count)
    kept = count if kept_layers is None else kept_layers
    with torch.inference_mode(False):
        body = bodies.new_body(model, seed)
        if start != "random":
            random_vectors = bodies.word_vectors_of(body).detach().clone()
            shared = bodies.weights_of(model)
            # The final normalisation belongs to the last layer.
            below = {name: weights for name, weights in shared.items() if _level(model, name, count) < kept}
            body.load_state_dict(below, strict=False)  # copies
            if start == "re-embedded":
                with torch.no_grad():
                    bodies.word_vectors_of(body).copy_(random_vectors)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            head = make_head().to(model.device)
        first = {"all": bodies.EMBEDDINGS, "head": count}.get(tune) if isinstance(tune, str) else count - tune
        assert first is not None
        for name, weights in body.named_parameters():
            weights.requires_grad_(_level(model, name, count) >= first)
        still = 0 if first == bodies.EMBEDDINGS else first
        parts = None if first == bodies.EMBEDDINGS else bodies.parts_of(model, body)
        return Trainable(
            body, head, segments=model.has_segments, causal=model.kind == "causal", parts=parts, still=still
        ).eval()


def _added(mask: Tensor, like: Tensor) -> Tensor:
    """mask[B, L] as what is added to attention's scores [B, 1, 1, L]."""
    lowest = torch.finfo(like.dtype).min
    return torch.zeros(mask.shape, dtype=like.dtype, device=like.device).masked_fill(~mask, lowest)[:, None, None]


def _level(model: Model, name: str, count: int) -> int:
    return min(bodies.layer_of(model, name), count - 1)
