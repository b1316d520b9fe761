"""Chapter __number__, __chapter__: how long a token's vector is at every layer.

Takes a `Model` handle and frozen inputs (lab/types/__chapter__.py). Torch is imported when an experiment runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from explorer.lab.experiment import implements
from explorer.lab.reading import encode
from explorer.lab.types.__chapter__ import LENGTHS, LengthsInputs, LengthsResult

if TYPE_CHECKING:
    from explorer.models.network.model import Model


@implements(LENGTHS)
def lengths(model: Model, inputs: LengthsInputs) -> LengthsResult:
    """The Euclidean norm of every token's hidden state, layer by layer, in fp32.

    Raises Told: text_empty, too_long.
    """
    tokens = encode(model, inputs.text)
    ids, mask = model.tensor_inputs([tokens.ids])
    states = model.hidden_states(ids, mask)[:, 0].float()
    return LengthsResult(tokens, states.norm(dim=-1).cpu().numpy())
