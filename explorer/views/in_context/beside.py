"""Other causal models beside the chapter's own: those that this reader may ask, and those that were asked once."""

from __future__ import annotations

from explorer.content.measured import BESIDE
from explorer.engine import catalog, uses
from explorer.ui import permission


def others(own: uses.ModelInfo) -> list[uses.ModelInfo]:
    """The other models that this reader may ask, and those of which the app knows what they answered."""
    there = [one for one in uses.offered("in_context", permission.policy()) if one.id != own.id]
    named = {own.id, *(one.id for one in there)}
    return [*there, *(catalog.entry(name) for name in BESIDE if name not in named)]


def may_ask(model: uses.ModelInfo) -> bool:
    """Whether this reader may put a question to the model, and not only see what it once answered."""
    return any(one.id == model.id for one in uses.offered("in_context", permission.policy()))
