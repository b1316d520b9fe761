"""Our decoder: a few layers that say a text again, word by word, while they look at a broken one through a BERT.

Knows the tensors of the decoder and where they lie (assets/models/<model>-denoiser); the encoder is the loaded `Model`
as it is, and so are the input vectors of what was said and the head's matrix: only the layers are the decoder's own. It
knows no text.
"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any, Protocol, cast

import torch
from torch import Tensor, nn

from explorer.errors import ModelUnavailable
from explorer.models.catalog.catalog import ModelInfo
from explorer.models.network import companion
from explorer.models.network.model import Model


class Decoder(nn.Module):
    """Layers that attend to what was said so far, then to the encoder's vectors; and the head before its matrix.

    `settings` are those of the body's layers. `reads`: the encoder's layers whose mean is looked at. The last alone
    knows best what belongs in a hole, but where a token stands it has half forgotten, and nobody teaches it.
    """

    def __init__(self, settings: dict[str, Any], layers: int, reads: tuple[int, ...]) -> None:
        super().__init__()
        from transformers import BertConfig
        from transformers.models.bert.modeling_bert import BertEncoder, BertPredictionHeadTransform

        config = BertConfig(**settings, num_hidden_layers=layers, is_decoder=True, add_cross_attention=True)
        config._attn_implementation = "eager"
        self.reads = reads
        self.layers = BertEncoder(config)  # type: ignore[no-untyped-call]
        self.head = BertPredictionHeadTransform(config)  # type: ignore[no-untyped-call]

    def forward(self, said: Tensor, memory: Tensor, seen: Tensor) -> tuple[Tensor, Tensor]:
        """vectors[B, T, d], ready for the head's matrix, and the attention to the encoder [layers, B, heads, T, S], of
        said[B, T, d] (input vectors), memory[B, S, d] and seen[B, S] (True = a token, False = padding). What is said
        later is not looked at."""
        length = said.shape[1]
        later = torch.ones(length, length, dtype=torch.bool, device=said.device).triu(1)
        causal = torch.zeros(length, length, device=said.device).masked_fill(later, torch.finfo(said.dtype).min)
        hole = torch.zeros(seen.shape, device=said.device).masked_fill(~seen, torch.finfo(said.dtype).min)
        states, looked = said, []
        for layer in cast("list[Any]", self.layers.layer):
            own, _ = layer.attention(states, causal[None, None])
            crossed, weights = layer.crossattention(own, None, memory, hole[:, None, None])
            states = layer.feed_forward_chunk(crossed)
            looked.append(weights)
        return self.head(states), torch.stack(looked)

    @torch.no_grad()
    def begin_from(self, model: Model, layers: tuple[int, ...]) -> None:
        """Start from the body's `layers` (from 0), one each; its attention is also the attention to the encoder."""
        for ours, number in zip(self.layers.layer, layers, strict=True):
            theirs = copy.deepcopy(model._layers[number].state_dict())
            theirs |= {
                name.replace("attention.", "crossattention.", 1): tensor.clone()
                for name, tensor in theirs.items()
                if name.startswith("attention.")
            }
            ours.load_state_dict(theirs)
        self.head.load_state_dict(model._net.get_submodule("cls.predictions.transform").state_dict())


class Restorer(Protocol):
    """Reads a broken text, and says what is to be said, token by token.

    begin   ids before the first that is said · ends: those that end it
    says_holes   what is said are the sentinels with what stood there (T5); else the whole text
    """

    model: Model
    begin: tuple[int, ...]
    ends: frozenset[int]
    says_holes: bool

    def read(self, ids: Tensor, seen: Tensor) -> Tensor:
        """What the encoder makes of the broken texts ids[B, S], to be handed on; seen[B, S]: True = a token."""

    def scores(self, said: Tensor, memory: Tensor, seen: Tensor) -> Tensor:
        """[B, V]: of the token after said[B, T], `begin` included."""

    def looks(self, said: Tensor, memory: Tensor, seen: Tensor) -> tuple[Tensor, Tensor]:
        """scores[T, V] after every token of said[1, T], and its attention to the broken text [layers, heads, T, S]."""


class OwnRestorer:
    """A masked model, and the decoder that was trained on it."""

    says_holes = False

    def __init__(self, model: Model, decoder: Decoder, begin: int, end: int) -> None:
        self.model, self.decoder = model, decoder
        self.begin: tuple[int, ...] = (begin,)
        self.ends = frozenset({end})

    @torch.inference_mode()
    def read(self, ids: Tensor, seen: Tensor) -> Tensor:
        """memory[B, S, d]: the mean of the layers that the decoder looks at."""
        return self.model.hidden_states(ids, seen)[list(self.decoder.reads)].mean(0)

    @torch.inference_mode()
    def scores(self, said: Tensor, memory: Tensor, seen: Tensor) -> Tensor:
        return self.model.decode(self.decoder(self.model.embed(said), memory, seen)[0][:, -1])

    @torch.inference_mode()
    def looks(self, said: Tensor, memory: Tensor, seen: Tensor) -> tuple[Tensor, Tensor]:
        states, weights = self.decoder(self.model.embed(said), memory, seen)
        return self.model.decode(states)[0], weights[:, 0]


class LibraryRestorer:
    """An encoder-decoder of the `transformers` library (BART, T5, mT5); its encoder reads anew with every token."""

    def __init__(self, model: Model) -> None:
        assert model.start_id is not None, "an encoder-decoder knows with which token its decoder begins"
        self.model = model
        first = model.tokenizer.cls_id  # BART says it before the text; T5 has none
        self.begin: tuple[int, ...] = (model.start_id,) if first is None else (model.start_id, first)
        self.ends = model.stop_ids
        self.says_holes = bool(model.tokenizer.sentinel_ids)

    def read(self, ids: Tensor, seen: Tensor) -> Tensor:
        """The ids themselves."""
        return ids

    @torch.inference_mode()
    def scores(self, said: Tensor, memory: Tensor, seen: Tensor) -> Tensor:
        last = torch.full((len(said),), said.shape[1] - 1, device=said.device)
        return self.model.decode(self.model.transform(self.model.last_hidden_at(memory, last, seen, targets=said)))

    @torch.inference_mode()
    def looks(self, said: Tensor, memory: Tensor, seen: Tensor) -> tuple[Tensor, Tensor]:
        states = self.model.hidden_states(memory, seen, targets=said)[-1, 0]
        weights = self.model.attentions(memory, seen, targets=said, cross=True)[:, 0]
        return self.model.decode(self.model.transform(states)), weights


def folder(info: ModelInfo) -> Path:
    """Where a model's decoder lies."""
    return info.companion("denoiser")


def restorer(model: Model) -> Restorer:
    """The model as a restorer: an encoder-decoder by itself, a masked model with our decoder.

    Raises ModelUnavailable: denoiser_missing; model_damaged where the decoder was made for other weights.
    """
    where = folder(model.info)
    return model.once(where, lambda: LibraryRestorer(model) if model.kind == "seq2seq" else _own(model, where))


def _own(model: Model, where: Path) -> Restorer:
    missing = ModelUnavailable("denoiser_missing", model=model.info.name)
    settings, weights = companion.opened(model.info, "denoiser", where, missing)
    decoder = Decoder(settings["layer"], settings["layers"], tuple(settings["reads"]))
    decoder.load_state_dict(weights)
    return OwnRestorer(model, decoder.eval().to(model.device), settings["begin"], settings["end"])
