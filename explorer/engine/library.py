"""What a page may ask about models: which are here, which can be had, how much memory they take; and what it may do.

The way from the views to `explorer.models`: everything that can go wrong is raised as an Told, every act asks
the policy first. Knows no page; imports no torch. Which model a chapter uses is apart from it (uses.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from explorer import settings
from explorer.engine import budget
from explorer.engine.failures import told_to_reader
from explorer.engine.local import LocalEngine
from explorer.models.catalog import adhoc_models, catalog, chapter_models, preflight, store, terms
from explorer.models.catalog.catalog import ModelInfo
from explorer.models.catalog.policy import Policy
from explorer.models.download import background
from explorer.models.download.background import Job
from explorer.models.download.fetch import Options
from explorer.models.network import model_files

__all__ = ["UNSTATED", "Job", "ModelInfo", "Policy", "Standing", "slug"]

UNSTATED = adhoc_models.UNSTATED  # the licence of a model that was typed by name
fetches = background.fetches
slug = store.slug


@dataclass(frozen=True)
class Standing:
    """A model and how it stands here.

    state      "embedded", "whole", "partial", "damaged" or "absent"
    on_disk    bytes it takes here
    needs      bytes of memory to load it, in fp32; None while nobody has counted its weights
    """

    info: ModelInfo
    state: str
    on_disk: int
    needs: int | None

    @property
    def here(self) -> bool:
        return self.state in ("embedded", "whole")


@dataclass(frozen=True)
class Memory:
    """Bytes: of the machine (its container, or SESAME_MEMORY), still free, and what this process holds now."""

    total: int
    free: int
    used: int


def shelf() -> tuple[Standing, ...]:
    """Every model of the catalogue, then those typed by name."""
    return tuple(map(standing, catalog.everything()))


def standing(info: ModelInfo) -> Standing:
    place = store.default()
    if info.embedded:
        size = info.weights_file.stat().st_size if info.weights_file.is_file() else 0
        return Standing(info, "embedded" if size == info.bytes else "damaged", size, _needs(info))
    return Standing(info, place.state(info.id), place.bytes_on_disk(info.id), _needs(info))


def _needs(info: ModelInfo) -> int | None:
    weights = info.parameters * model_files.FP32_BYTES * model_files.LOADING_OVERHEAD
    return round(weights) or None


def hub() -> str:
    """Where the hub is: its own address, or the mirror in HF_ENDPOINT."""
    return settings.value("HF_ENDPOINT").rstrip("/") or "https://huggingface.co"


def memory() -> Memory:
    total, free, used = preflight.total_memory(), model_files.free_memory(), psutil.Process().memory_info().rss
    if (bound := budget.limit()) is not None:
        total, free = min(total, bound), min(free, max(0, bound - used))
    return Memory(total, free, used)


# --- getting models ----------------------------------------------------------------------------------------------


def named_model(name: str) -> ModelInfo:
    """The entry for an id of the catalogue or of the hub. Raises ModelUnavailable: id_refused, model_unknown."""
    with told_to_reader(name):
        return adhoc_models.by_name(name)


def use_folder(folder: str, may: Policy) -> ModelInfo:
    """A folder of this machine as a model, where it is. Raises ModelUnavailable: not_allowed, folder_refused, …"""
    with told_to_reader(folder):
        return adhoc_models.register(Path(folder), may)


def fetch(info: ModelInfo, may: Policy, *, accepted: bool = False) -> None:
    """Begins, or goes on with, fetching a model in the background. Raises ModelUnavailable: terms_first …"""
    with told_to_reader(info.id):
        may.require("fetch")
        if not accepted:
            terms.require(info, store.default())
        fetches.start(info, Options(accepted=accepted))


def ask(info: ModelInfo, may: Policy) -> None:
    """Asks the sources how large a model is, in the background; its config is checked, nothing is kept."""
    with told_to_reader(info.id):
        may.require("fetch")
        fetches.start(info, Options(look_only=True))


def cancel(model_id: str, may: Policy) -> None:
    """Ends a fetch before its next block; what was received stays."""
    with told_to_reader(model_id):
        may.require("fetch")
        fetches.cancel(model_id)


def terms_of(info: ModelInfo) -> str:
    """The terms to accept before fetching, as plain text; "" where there are none, or they were accepted here."""
    with told_to_reader(info.id):
        return "" if terms.accepted(info, store.default()) else terms.text(info)


# --- what is here ------------------------------------------------------------------------------------------------


def verify(info: ModelInfo, may: Policy) -> Iterator[tuple[str, bool]]:
    """Reads every file of a model again: its name, and whether it is what was fetched (or came with the app)."""
    with told_to_reader(info.id):
        may.require("fetch")
        if info.embedded:
            yield info.weights, store.sha256_of(info.weights_file) == info.revision
        else:
            yield from store.default().verify(info.id)


def remove(engine: LocalEngine, info: ModelInfo, may: Policy) -> int:
    """Deletes a model, out of memory too; the bytes freed. Chapters that used it go back to their own."""
    with told_to_reader(info.id):
        may.require("remove")
        chapter_models.forget(info.id)
        engine.unload(info.id)
        fetches.forget(info.id)
        return store.default().remove(info.id)


def evict(engine: LocalEngine, model_id: str, may: Policy) -> None:
    """Lets a model's memory go."""
    with told_to_reader(model_id):
        may.require("evict")
        engine.unload(model_id)
