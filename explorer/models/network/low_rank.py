"""Low-rank additions to the matrices of a network that stay as they are (LoRA: Hu et al. 2021, arXiv 2106.09685, §4.1).

Knows tensors and the names of a network's matrices. Inside the context manager the network reads with the additions;
outside it is what it was, and no weight is ever copied or touched.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

from torch import Tensor, nn


def added(x: Tensor, a: Tensor, b: Tensor, scale: float) -> Tensor:
    """scale · B A x of x[…, in], a[rank, in], b[out, rank]."""
    return scale * nn.functional.linear(nn.functional.linear(x, a), b)


@contextmanager
def beside(network: nn.Module, additions: Mapping[str, tuple[Tensor, Tensor]], scale: float) -> Iterator[None]:
    """Inside, what the matrix of each name gives has its addition (a, b) added. Raises AttributeError for a name that
    the network does not have."""
    hooks = [
        network.get_submodule(name).register_forward_hook(partial(_add, a=a, b=b, scale=scale))
        for name, (a, b) in additions.items()
    ]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()


def _add(_: nn.Module, given: Any, out: Tensor, *, a: Tensor, b: Tensor, scale: float) -> Tensor:
    return out + added(given[0], a, b, scale)
