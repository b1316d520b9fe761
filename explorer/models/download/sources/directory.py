"""A folder on this machine as a source: a download of the teacher's, a stick, another program's model.

Files are copied, so that taking the stick away breaks nothing. (Using a folder where it is: adhoc_models.py.)
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from explorer.errors import Cancelled, ModelUnavailable
from explorer.models.catalog.store import sha256_of
from explorer.models.download.http_client import Cancel, Web
from explorer.models.download.sources.base import GGUF, WEIGHTS, Offer, RemoteFile, is_plain, wanted


@dataclass(frozen=True)
class Directory:
    """A folder with config.json, model.safetensors (or model.gguf) and a tokenizer's files."""

    folder: Path

    @property
    def web(self) -> Web:
        return Web(place=str(self.folder))

    @property
    def key(self) -> str:
        return f"directory:{self.folder}"

    def look(self, cancel: Cancel, pinned: str) -> Offer:
        """Raises ModelUnavailable: folder_refused, and what `wanted` raises."""
        try:
            found = [file for file in self.folder.iterdir() if is_plain(file.name) and file.is_file()]
        except OSError as error:
            raise ModelUnavailable(
                "folder_refused", path=str(self.folder), reason=error.strerror or str(error)
            ) from error
        listed = {file.name: RemoteFile(file.name, file.absolute().as_uri(), file.stat().st_size) for file in found}
        files = []
        for file in wanted(listed, str(self.folder), self.folder.name, (WEIGHTS, GGUF)):
            if cancel.is_set():
                raise Cancelled("cancelled")
            files.append(RemoteFile(file.name, file.url, file.size, sha256=sha256_of(self.folder / file.name)))
        return Offer(
            place=str(self.folder),
            source="directory",
            repo=self.folder.name,
            commit="",
            weights=files[-1].name,
            files=tuple(files),
        )
