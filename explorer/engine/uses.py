"""Which model a page uses, and who may change that: the one place that decides. It imports nothing that fetches.

A chapter has one model, for everybody on this server (`model_of`, `choose`). In some chapters a reader can look at
another one (`?model=` in a link, or a choice on the page): the embedded ones always, whatever else lies here only
where the teacher lets readers switch (`for_page`, `offered`). What can go wrong is raised as a Told.
Knows no page; imports no torch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from explorer.engine.failures import told_to_reader
from explorer.errors import ModelUnavailable
from explorer.models.catalog import catalog, chapter_models, policy
from explorer.models.catalog.catalog import ModelInfo
from explorer.models.catalog.policy import Policy

__all__ = ["ModelInfo", "Policy"]


def allowed(address: str | None, environment: Mapping[str, str], arguments: Sequence[str] = ()) -> Policy:
    """Who may do what on a server bound to `address`. Raises ValueError for a setting that names no such thing."""
    return policy.of_server(address, environment, arguments)


def is_loopback(address: str | None) -> bool:
    """Whether an address is this machine's own: localhost, 127.0.0.0/8, ::1."""
    return policy.is_loopback(address)


def for_page(chapter: str, asked: str, may: Policy) -> ModelInfo:
    """The model of one reader's page: the `asked` one if this reader may see it and it lies here, else the chapter's.

    To be asked once a run: it looks at files. Raises LookupError for a chapter without an embedded model.
    """
    own = chapter_models.chosen(chapter)
    if asked in ("", own.id):
        return own
    try:
        info = catalog.entry(asked)
    except ModelUnavailable:
        return own
    return info if _free(chapter, info, may) else own


def offered(chapter: str, may: Policy) -> tuple[ModelInfo, ...]:
    """What `for_page` would give this reader, in the catalogue's order."""
    own = chapter_models.chosen(chapter)
    return tuple(info for info in catalog.everything() if info.id == own.id or _free(chapter, info, may))


def _free(chapter: str, info: ModelInfo, may: Policy) -> bool:
    return (info.embedded or may.may("switch")) and chapter_models.can_show(chapter, info)


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
    """The models that lie here and that a chapter could use for everybody."""
    return chapter_models.usable(chapter)


def choose(chapter: str, model_id: str, may: Policy) -> None:
    """Raises ModelUnavailable: not_allowed, model_missing, head_missing, not_for_chapter."""
    with told_to_reader(model_id):
        may.require("switch")
        chapter_models.choose(chapter, model_id)
