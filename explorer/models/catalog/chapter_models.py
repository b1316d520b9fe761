"""Which model a chapter uses: the embedded one, until somebody who may has chosen another that lies here.

A choice holds for everybody on this machine and stays (notes.json in the folder of fetched models). Knows files of the
store, and the chapters' records; loads nothing.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from explorer import chapters
from explorer.errors import ModelUnavailable
from explorer.models.catalog import catalog, store
from explorer.models.catalog.catalog import ModelInfo
from explorer.models.network.architectures import architecture

SWITCHABLE = tuple(chapter.id for chapter in chapters.CHAPTERS if chapter.switchable)
TOPIC = "chapters"


def chosen(chapter: str) -> ModelInfo:
    """The model of a chapter: the chosen one, or the embedded one where none was chosen or it is no longer here.

    Asked many times a page: it looks at two files' dates, and reads only what has changed. Raises LookupError for a
    chapter without an embedded model.
    """
    place = store.default()
    model_id = _choices(place.root, _stamp(place.root / store.NOTES)).get(chapter)
    found = None if model_id is None else _there(model_id, _stamp(place.home(model_id)))
    return found or catalog.default_for(chapters.get(chapter).ability)


def choose(chapter: str, model_id: str) -> ModelInfo:
    """Let a chapter use a model that lies here. Raises what `require` raises."""
    info = require(chapter, model_id)
    is_default = info.id == catalog.default_for(chapters.get(chapter).ability).id
    store.default().remember(TOPIC, chapter, None if is_default else info.id)
    return info


def require(chapter: str, model_id: str) -> ModelInfo:
    """The entry of a model that a chapter can use now.

    Raises ModelUnavailable: model_unknown; model_missing where it is not here; head_missing where the file lacks what
    the chapter needs; not_for_chapter.
    """
    if chapter not in SWITCHABLE:
        raise ModelUnavailable("not_for_chapter", model=model_id)
    info = catalog.entry(model_id)
    if not info.embedded and store.default().state(model_id) != "whole":
        raise ModelUnavailable("model_missing", model=info.name, path=str(info.folder))
    if chapters.get(chapter).needs_head and (info.kind == "encoder" or not _has_head(info)):
        raise ModelUnavailable("head_missing", model=info.name)
    if chapters.get(chapter).ability not in info.able:
        raise ModelUnavailable("not_for_chapter", model=info.name)
    return info


def usable(chapter: str) -> tuple[ModelInfo, ...]:
    """The models a chapter could use now, its own first."""
    found = []
    for info in catalog.everything():
        try:
            found.append(require(chapter, info.id))
        except ModelUnavailable:
            continue
    return tuple(sorted(found, key=lambda info: not info.embedded))


def can_show(chapter: str, info: ModelInfo) -> bool:
    """Whether a reader's page of the chapter can show this model: it is of a kind that fits, and it lies here."""
    return info.kind in chapters.get(chapter).reader_kinds and info.weights_file.is_file()


def chapters_of(model_id: str) -> tuple[str, ...]:
    """The chapters that use a model now."""
    return tuple(chapter for chapter in SWITCHABLE if chosen(chapter).id == model_id)


def forget(model_id: str) -> None:
    """The chapters that used a model go back to their own; before its files go."""
    for chapter, asked in store.default().note(TOPIC).items():
        if asked == model_id:
            store.default().remember(TOPIC, chapter, None)


def _has_head(info: ModelInfo) -> bool:
    """False for a masked model whose file has no tensor of the head: the library would fill it with random numbers."""
    if info.kind != "masked":
        return True
    from explorer.models.network import model_files  # with numpy: not before the server answers

    prefixes = architecture(info.id, info.family).files.head
    return any(name.startswith(prefixes) for name in model_files.shapes(info))


@lru_cache(maxsize=4)
def _choices(root: Path, stamp: tuple[int, ...]) -> dict[str, str]:
    return {str(chapter): str(asked) for chapter, asked in store.Store(root).note(TOPIC).items()}


@lru_cache(maxsize=16)
def _there(model_id: str, stamp: tuple[int, ...]) -> ModelInfo | None:
    try:
        info = catalog.entry(model_id)
    except ModelUnavailable:
        return None
    return info if info.embedded or store.default().state(model_id) == "whole" else None


def _stamp(path: Path) -> tuple[int, ...]:
    """Changes whenever the file or folder does."""
    try:
        seen = path.stat()
    except OSError:
        return ()
    return (seen.st_mtime_ns, seen.st_size, seen.st_ino)
