"""How many weights a loaded model has, part by part: its own tensors are counted, not its description."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explorer.lab.experiment import implements
from explorer.lab.types.gpt_line import COUNT, Count, CountInputs

if TYPE_CHECKING:
    from explorer.models.network.model import Model


@implements(COUNT)
def counted(model: Model, _: CountInputs) -> Count:
    """Every tensor of the model's body, by what its name says it belongs to."""
    from explorer.models.network.bodies import weights_of

    found = {"embedding": 0, "attention": 0, "forward": 0, "norms": 0}
    for name, tensor in weights_of(model).items():
        if "embed" in name:
            part = "embedding"
        elif ".self_attn." in name or ".attn." in name:
            part = "attention"
        else:
            part = "forward" if ".mlp." in name else "norms"
        found[part] += tensor.numel()
    return Count(**found)
