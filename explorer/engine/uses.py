"""Which model a page uses, and who may change that. Asked on every page: it imports nothing that fetches.

What can go wrong is raised as an Told. Knows no page; imports no torch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from explorer.engine.failures import told_to_reader
from explorer.models.catalog import catalog, chapter_models, policy
from explorer.models.catalog.catalog import ModelInfo
from explorer.models.catalog.policy import Policy

__all__ = ["ModelInfo", "Policy"]


def allowed(address: str | None, environment: Mapping[str, str], arguments: Sequence[str] = ()) -> Policy:
    """Who may do what on a server bound to `address`. Raises ValueError for a setting that names no such thing."""
    return policy.of_server(address, environment, arguments)


def chosen(chapter: str) -> ModelInfo:
    """The model a chapter uses now."""
    return chapter_models.chosen(chapter)


def model_of(page: str) -> ModelInfo:
    """The model of a page: the one its chapter uses, or the one the app starts with where no chapter is shown."""
    try:
        return chapter_models.chosen(page)
    except LookupError:
        return catalog.default("masked")


def switchable() -> tuple[str, ...]:
    """The chapters that can use another model than their own."""
    return chapter_models.SWITCHABLE


def usable(chapter: str) -> tuple[ModelInfo, ...]:
    """The models that lie here and that a chapter could use."""
    return chapter_models.usable(chapter)


def choose(chapter: str, model_id: str, may: Policy) -> None:
    """Raises ModelUnavailable: not_allowed, model_missing, head_missing, not_for_chapter."""
    with told_to_reader(model_id):
        may.require("switch")
        chapter_models.choose(chapter, model_id)
