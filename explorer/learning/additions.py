"""Low-rank additions that learn beside a body's matrices; what is read with them afterwards is `low_rank.beside`.

Knows modules (LoRA: Hu et al. 2021, arXiv 2106.09685, §4.1).
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from explorer.models.network.low_rank import added


class Added(nn.Module):
    """W x + b + scale · B A x, with A[rank, in] drawn and B[out, rank] zero: in the beginning nothing is added."""

    def __init__(self, linear: nn.Linear, rank: int, scale: float) -> None:
        super().__init__()
        self.linear = linear
        self.a = nn.Parameter(torch.randn(rank, linear.in_features) / math.sqrt(linear.in_features))
        self.b = nn.Parameter(torch.zeros(linear.out_features, rank))
        self.scale = scale

    def forward(self, x: Tensor) -> Tensor:
        """x[…, in] → […, out]."""
        out: Tensor = self.linear(x)
        return out + added(x, self.a, self.b, self.scale)


def add(body: nn.Module, rank: int, scale: float) -> None:
    """Puts an addition beside every matrix of `body`, drawn from torch's own generator."""
    for module in list(body.modules()):
        for name, child in list(module.named_children()):
            if isinstance(child, nn.Linear):
                setattr(module, name, Added(child, rank, scale))
