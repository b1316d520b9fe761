"""ModelScope (魔搭): its listing of a repository's files, each with its sha256, and its address of a file.

The plain HTTP interface that its own client uses; that client is not needed. MODELSCOPE_ENDPOINT names another host.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from explorer import settings
from explorer.errors import ModelUnavailable
from explorer.models.download.http_client import Cancel, Timing, Web, origin
from explorer.models.download.sources.base import Offer, RemoteFile, is_plain, wanted

ENDPOINT = "https://www.modelscope.cn"
REPO = re.compile(r"[\w.-]{1,96}/[\w.-]{1,96}", re.ASCII)
BRANCH = "master"


@dataclass(frozen=True)
class ModelScope:
    """One repository."""

    endpoint: str
    repo: str
    web: Web

    @classmethod
    def from_environment(cls, environment: Mapping[str, str], repo: str, timing: Timing) -> ModelScope:
        endpoint = settings.address("MODELSCOPE_ENDPOINT", ENDPOINT, environment)
        return cls(endpoint, repo, Web(place=origin(endpoint).partition("://")[2], timing=timing))

    @property
    def key(self) -> str:
        return f"modelscope:{self.repo}"

    def look(self, cancel: Cancel, pinned: str) -> Offer:
        """The branch `master`; what was pinned is compared by checksum, as files have commits of their own here.

        Raises ModelUnavailable.
        """
        if not REPO.fullmatch(self.repo):
            raise ModelUnavailable("id_refused", id=self.repo)
        base = f"{self.endpoint}/api/v1/models/{self.repo}/repo"
        with self.web.client() as client:
            answer = self.web.json(client, f"{base}/files?Revision={BRANCH}&Recursive=True", cancel)
        files = {}
        for row in self._rows(answer):
            name, size = str(row.get("Path")), row.get("Size")
            if row.get("Type") == "tree" or not is_plain(name):
                continue
            sha256 = str(row.get("Sha256") or "").lower()
            files[name] = RemoteFile(
                name=name,
                url=f"{base}?Revision={BRANCH}&FilePath={quote(name, safe='')}",
                size=size if isinstance(size, int) and size >= 0 else -1,
                sha256=sha256 if re.fullmatch("[0-9a-f]{64}", sha256) else "",
            )
        chosen = wanted(files, self.web.place, self.repo)
        for file in chosen:
            if not file.sha256 or file.size < 0:
                raise ModelUnavailable("checksum_none", place=self.web.place, file=file.name)
        return Offer(
            place=self.web.place,
            source="modelscope",
            repo=self.repo,
            commit=BRANCH,
            weights=chosen[-1].name,
            files=chosen,
        )

    def _rows(self, answer: Any) -> list[dict[str, Any]]:
        if isinstance(answer, dict) and answer.get("Code", 200) != 200:
            raise ModelUnavailable("source_missing", place=self.web.place, repo=self.repo)
        data = answer.get("Data") if isinstance(answer, dict) else None
        rows = data.get("Files") if isinstance(data, dict) else None
        if not isinstance(rows, list):
            raise ModelUnavailable("source_broken", place=self.web.place, reason="no list of files in the answer")
        return [row for row in rows if isinstance(row, dict)]
