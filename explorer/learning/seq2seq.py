"""Small encoders with decoders in plain torch, several side by side: Vaswani et al. 2017 with the norms in front.

Knows rows of token numbers and parameters by name, each with one net behind the other: [nets, …]. The nets share
nothing but the arithmetic, so that all take a step in the time of one. It knows no language and no way to break a text.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn.functional import gelu, layer_norm, scaled_dot_product_attention

from explorer.learning.policy import Parameters, Shape


def names(shape: Shape) -> dict[str, tuple[int, ...]]:
    """Every parameter's shape by its name, of one net. Both halves have `shape.layers` layers; words are embedded and
    said with the same matrix."""
    d = shape.width
    out: dict[str, tuple[int, ...]] = {"embed": (shape.words, d)}
    for half in ("in", "out"):
        out[f"{half}.place"] = (shape.longest, d)
        for n in range(shape.layers):
            at = f"{half}.{n}"
            out |= {f"{at}.self.norm": (2, d), f"{at}.self.qkv": (d, 3 * d), f"{at}.self.out": (d, d)}
            if half == "out":
                out |= {f"{at}.cross.norm": (2, d), f"{at}.cross.q": (d, d), f"{at}.cross.kv": (d, 2 * d)}
                out[f"{at}.cross.out"] = (d, d)
            out |= {f"{at}.norm": (2, d), f"{at}.up": (d, 4 * d), f"{at}.down": (4 * d, d)}
        out[f"{half}.norm"] = (2, d)
    return out


def fresh(shape: Shape, nets: int, generator: torch.Generator) -> Tensor:
    """[nets, weights], the same random ones for all: matrices normal with deviation 1 / √rows, embeddings .1; norms 1
    and 0."""
    made = []
    for name, size in names(shape).items():
        if name.endswith("norm"):
            one = torch.stack([torch.ones(size[1]), torch.zeros(size[1])])
        else:
            scale = 0.1 if "place" in name or name == "embed" else size[0] ** -0.5
            one = torch.randn(size, generator=generator) * scale
        made.append(one.ravel())
    return torch.cat(made).repeat(nets, 1)


def parted(weights: Tensor, shape: Shape) -> Parameters:
    """weights[nets, …] by name; one tensor in all, so that an optimiser moves everything at once."""
    sizes = names(shape)
    parts = torch.split(weights, [math.prod(size) for size in sizes.values()], 1)
    return {name: part.view(len(weights), *size) for part, (name, size) in zip(parts, sizes.items(), strict=True)}


def encoded(net: Parameters, shape: Shape, rows: Tensor, seen: Tensor) -> Tensor:
    """[nets, rows, tokens, width]: every token sees all tokens that are `seen` (True = a token, not padding)."""
    x = _embedded(net, "in", rows)
    mask = seen.flatten(0, 1)[:, None, None]
    for n in range(shape.layers):
        x = _looked(net, f"in.{n}", shape, x, mask)
        x = _forwarded(net, f"in.{n}", x)
    return _normed(x, net["in.norm"])


def decoded(net: Parameters, shape: Shape, memory: Tensor, seen: Tensor, said: Tensor) -> Tensor:
    """[nets, rows, tokens, width]: what the decoder makes of each token of `said`, given those before it and what the
    encoder read."""
    x = _embedded(net, "out", said)
    mask = seen.flatten(0, 1)[:, None, None]
    for n in range(shape.layers):
        x = _looked(net, f"out.{n}", shape, x, None)
        x = _crossed(net, f"out.{n}.cross", shape, x, memory, mask)
        x = _forwarded(net, f"out.{n}", x)
    return _normed(x, net["out.norm"])


def scores(net: Parameters, shape: Shape, memory: Tensor, seen: Tensor, said: Tensor) -> Tensor:
    """[nets, rows, tokens, words]: what comes after each token of `said`."""
    return _times(decoded(net, shape, memory, seen, said), net["embed"].transpose(1, 2))


def written(net: Parameters, shape: Shape, rows: Tensor, seen: Tensor, start: int, end: int, most: int) -> Tensor:
    """[nets, rows, up to most]: the likeliest next token again and again (greedy), until every row has said `end`."""
    with torch.no_grad():
        memory = encoded(net, shape, rows, seen)
        said = torch.full((*rows.shape[:2], 1), start)
        over = torch.zeros(rows.shape[:2], dtype=torch.bool)
        while said.shape[2] <= most and not over.all():
            best = scores(net, shape, memory, seen, said)[:, :, -1].argmax(-1)
            best = torch.where(over, end, best)
            said = torch.cat([said, best[..., None]], 2)
            over = over | (best == end)
    return said[..., 1:]


def _embedded(net: Parameters, half: str, rows: Tensor) -> Tensor:
    of = torch.arange(len(rows))[:, None, None]
    return net["embed"][of, rows] + net[f"{half}.place"][:, None, : rows.shape[2]]


def _normed(x: Tensor, scale: Tensor) -> Tensor:
    return torch.addcmul(scale[:, None, None, 1], layer_norm(x, x.shape[-1:]), scale[:, None, None, 0])


def _times(x: Tensor, matrix: Tensor) -> Tensor:
    """x[nets, rows, tokens, d] @ matrix[nets, d, e], each net's by its own."""
    return torch.bmm(x.flatten(1, 2), matrix).view(*x.shape[:3], -1)


def _looked(net: Parameters, at: str, shape: Shape, x: Tensor, mask: Tensor | None) -> Tensor:
    """x and what it found in itself; without a mask each token looks at those up to itself."""
    ready = _times(_normed(x, net[f"{at}.self.norm"]), net[f"{at}.self.qkv"])
    q, k, v = _split(ready, 3, shape.heads)
    mixed = scaled_dot_product_attention(q, k, v, attn_mask=mask, is_causal=mask is None)
    return x + _times(mixed.transpose(1, 2).reshape(x.shape), net[f"{at}.self.out"])


def _crossed(net: Parameters, at: str, shape: Shape, x: Tensor, memory: Tensor, mask: Tensor) -> Tensor:
    """x and what it found in what the encoder gave."""
    (q,) = _split(_times(_normed(x, net[f"{at}.norm"]), net[f"{at}.q"]), 1, shape.heads)
    k, v = _split(_times(memory, net[f"{at}.kv"]), 2, shape.heads)
    mixed = scaled_dot_product_attention(q, k, v, attn_mask=mask)
    return x + _times(mixed.transpose(1, 2).reshape(x.shape), net[f"{at}.out"])


def _forwarded(net: Parameters, at: str, x: Tensor) -> Tensor:
    return x + _times(gelu(_times(_normed(x, net[f"{at}.norm"]), net[f"{at}.up"])), net[f"{at}.down"])


def _split(x: Tensor, parts: int, heads: int) -> tuple[Tensor, ...]:
    """`parts` tensors [nets · rows, heads, tokens, width / heads]"""
    return x.view(-1, x.shape[2], parts, heads, x.shape[3] // (parts * heads)).permute(2, 0, 3, 1, 4).unbind(0)
