"""A small GPT in plain torch, and what RLHF does with it: sampling, log-probabilities, advantages, PPO and RLOO.

Knows rows of token numbers, parameters by name and rewards; knows no language and no panel. Everything is a function of
a dictionary of parameters, so that a policy can be copied, kept and taken up again.
"""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import Literal, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import gelu, layer_norm, scaled_dot_product_attention

Step = TypeVar("Step")
Parameters = dict[str, Tensor]
Norm = Literal["pre", "post"]


@dataclass(frozen=True)
class Shape:
    """How large a policy is: words, longest row, layers, width, heads."""

    words: int
    longest: int
    layers: int = 2
    width: int = 64
    heads: int = 4


def names(shape: Shape) -> dict[str, tuple[int, ...]]:
    """Every parameter's shape by its name, in the order in which they are kept. The output layer is the embedding."""
    d = shape.width
    out: dict[str, tuple[int, ...]] = {"embed": (shape.words, d), "place": (shape.longest, d)}
    for n in range(shape.layers):
        out |= {f"{n}.norm1": (2, d), f"{n}.qkv": (d, 3 * d), f"{n}.out": (d, d)}
        out |= {f"{n}.norm2": (2, d), f"{n}.up": (d, 4 * d), f"{n}.down": (4 * d, d)}
    return out | {"norm": (2, d)}


def fresh(shape: Shape, generator: torch.Generator, dtype: torch.dtype | None = None) -> Parameters:
    """Random weights: normal with deviation .02 as in GPT-2, larger for so narrow a net (1 / √width); norms 1 and 0."""
    made = {}
    for name, size in names(shape).items():
        if "norm" in name:
            one = torch.stack([torch.ones(size[1], dtype=dtype), torch.zeros(size[1], dtype=dtype)])
        else:
            scale = size[0] ** -0.5 if "." in name else 0.1
            one = torch.randn(size, generator=generator, dtype=dtype) * scale
        made[name] = one
    return made


def states(parameters: Parameters, shape: Shape, rows: Tensor, norm: Norm = "pre") -> Tensor:
    """[rows, tokens, width]: the hidden states behind the last layer; every token sees itself and what is left of it.

    norm  "pre": x + f(LN(x)), a last norm behind the stack (GPT-2); "post": LN(x + f(x)) (GPT-1, BERT)
    """
    x = parameters["embed"][rows] + parameters["place"][: rows.shape[1]]
    for n in range(shape.layers):
        x = block(parameters, shape, n, x, norm)
    return normed(x, parameters["norm"]) if norm == "pre" else x


def block(parameters: Parameters, shape: Shape, n: int, x: Tensor, norm: Norm) -> Tensor:
    """Layer `n`: attention, then the feed-forward net, each added to what came in."""
    one, two = parameters[f"{n}.norm1"], parameters[f"{n}.norm2"]
    if norm == "pre":
        x = x + _attention(parameters, shape, n, normed(x, one))
        return x + _forward(parameters, n, normed(x, two))
    x = normed(x + _attention(parameters, shape, n, x), one)
    return normed(x + _forward(parameters, n, x), two)


def normed(x: Tensor, scale: Tensor) -> Tensor:
    return layer_norm(x, (x.shape[-1],), scale[0], scale[1])


def _attention(parameters: Parameters, shape: Shape, n: int, x: Tensor) -> Tensor:
    rows, tokens, width = x.shape
    q, k, v = (x @ parameters[f"{n}.qkv"]).view(rows, tokens, 3, shape.heads, -1).permute(2, 0, 3, 1, 4)
    mixed = scaled_dot_product_attention(q, k, v, is_causal=True)
    return mixed.transpose(1, 2).reshape(rows, tokens, width) @ parameters[f"{n}.out"]


def _forward(parameters: Parameters, n: int, x: Tensor) -> Tensor:
    return gelu(x @ parameters[f"{n}.up"]) @ parameters[f"{n}.down"]


def log_probabilities(parameters: Parameters, shape: Shape, rows: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """(chosen[rows, tokens − 1], every[rows, tokens − 1, words], states): ln π of each token given those before."""
    hidden = states(parameters, shape, rows[:, :-1])
    every = (hidden @ parameters["embed"].T).log_softmax(-1)
    return every.gather(-1, rows[:, 1:, None])[..., 0], every, hidden


def sample(parameters: Parameters, shape: Shape, prompts: Tensor, end: int, generator: torch.Generator) -> Tensor:
    """[rows, longest + …]: each prompt (one token, or a row of them) with an answer drawn from the policy; END again
    after the first."""
    rows = prompts if prompts.ndim > 1 else prompts[:, None]
    over = torch.zeros(len(rows), dtype=torch.bool)
    with torch.no_grad():
        while rows.shape[1] < shape.longest:
            logits = states(parameters, shape, rows)[:, -1] @ parameters["embed"].T
            drawn = torch.multinomial(logits.softmax(-1), 1, generator=generator)[:, 0]
            drawn = torch.where(over, end, drawn)
            rows = torch.cat([rows, drawn[:, None]], 1)
            over = over | (drawn == end)
    return rows


def counted(rows: Tensor, end: int) -> Tensor:
    """[rows, tokens − 1], 1 where a token was drawn: up to the first END, that one included."""
    ended = (rows[:, 1:] == end).long().cumsum(1) - (rows[:, 1:] == end).long()
    return (ended == 0).float()


def advantages(rewards: Tensor, values: Tensor, mask: Tensor, trace: float) -> tuple[Tensor, Tensor]:
    """(advantages, returns), [rows, tokens] each: generalised advantage estimation (Schulman et al. 2016), γ = 1."""
    found = torch.zeros_like(rewards)
    last = torch.zeros(len(rewards), dtype=rewards.dtype)
    for n in reversed(range(rewards.shape[1])):
        after = values[:, n + 1] * mask[:, n + 1] if n + 1 < rewards.shape[1] else torch.zeros_like(last)
        last = (rewards[:, n] + after - values[:, n]) + trace * last
        last = last * mask[:, n]
        found[:, n] = last
    return found, found + values


def leave_one_out(rewards: Tensor, group: int) -> Tensor:
    """[rows]: each row's reward minus the mean of the others of its prompt (Kool et al. 2019; Ahmadian et al. 2024).

    Rows of one prompt lie together, `group` of them.
    """
    grouped = rewards.view(-1, group)
    others = (grouped.sum(1, keepdim=True) - grouped) / (group - 1)
    return (grouped - others).reshape(-1)


def clipped(new: Tensor, old: Tensor, gain: Tensor, mask: Tensor, clip: float) -> Tensor:
    """PPO's loss (Schulman et al. 2017, eq. 7): the ratio times the advantage, no gain from beyond 1 ± `clip`."""
    ratio = (new - old).exp()
    least = torch.minimum(ratio * gain, ratio.clamp(1 - clip, 1 + clip) * gain)
    return -(least * mask).sum() / mask.sum()


def gap(every: Tensor, reference: Tensor) -> Tensor:
    """[rows, tokens]: KL(π ‖ π_ref) of the next word, over all words, from ln π[rows, tokens, words] of both."""
    return (every.exp() * (every - reference)).sum(-1)


def to_come(each: Tensor) -> Tensor:
    """[rows, tokens]: the sum of what stands behind each place in its row."""
    return each.sum(1, keepdim=True) - each.cumsum(1)


@contextlib.contextmanager
def one_thread() -> Iterator[None]:
    """Compute in one thread: for so small a net a second one costs more than it brings."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def in_one_thread(steps: Generator[Step, None, None]) -> Iterator[Step]:
    """The same steps, each computed in one thread; between two of them torch's threads are as they were before."""
    with contextlib.closing(steps):
        while True:
            with one_thread():
                step = next(steps, None)
            if step is None:
                return
            yield step


def flat(parameters: Parameters) -> NDArray[np.float32]:
    """All parameters in one row, to be kept in a result."""
    return np.concatenate([one.detach().float().numpy().ravel() for one in parameters.values()]).astype(np.float32)


def unflat(row: NDArray[np.float32], sizes: dict[str, tuple[int, ...]]) -> Parameters:
    """The parameters of these sizes from the row that `flat` made."""
    made, at = {}, 0
    for name, size in sizes.items():
        count = int(np.prod(size))
        made[name] = torch.from_numpy(row[at : at + count].reshape(size).copy())
        at += count
    return made
