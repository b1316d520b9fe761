"""The Hugging Face hub, or the mirror named in HF_ENDPOINT: one call for what a repository has, one for each file.

Every file is checked: large ones against the sha256 of Git LFS, small ones against their git name. Revisions are
commits, never branches. A repository that has pickled weights only is served from the pull request in which the hub's
own converter offers safetensors, if there is one (`transformers` does the same).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx2

from explorer import settings
from explorer.errors import ModelUnavailable
from explorer.models.download.http_client import Cancel, Timing, Web, origin
from explorer.models.download.sources.base import Offer, RemoteFile, is_plain, wanted

ENDPOINT = "https://huggingface.co"
REPO = re.compile(r"[\w.-]{1,96}(/[\w.-]{1,96})?", re.ASCII)
REVISION = re.compile(r"[\w.-]{1,96}(/[\w.-]{1,96}){0,4}", re.ASCII)
CONVERTER = "SFconvertbot"  # the hub's account for such pull requests


@dataclass(frozen=True)
class HuggingFace:
    """One repository; `revision` is a branch, a tag, a commit or refs/pr/NUMBER."""

    endpoint: str
    repo: str
    revision: str
    web: Web

    @classmethod
    def from_environment(cls, environment: Mapping[str, str], repo: str, timing: Timing) -> HuggingFace:
        """`repo` is OWNER/NAME or OWNER/NAME@REVISION. Reads HF_ENDPOINT and HF_TOKEN.

        Raises ModelUnavailable("setting_bad").
        """
        endpoint = settings.address("HF_ENDPOINT", ENDPOINT, environment)
        name, _, revision = repo.partition("@")
        token = settings.value("HF_TOKEN", environment)
        if token and not re.fullmatch("[!-~]+", token):  # no header may hold a line feed
            raise ModelUnavailable("setting_bad", name="HF_TOKEN", value="…", example="hf_…")
        web = Web(
            place=origin(endpoint).partition("://")[2],
            timing=timing,
            headers={"Authorization": f"Bearer {token}"} if token else {},
            trusted=frozenset({origin(endpoint)}),
        )
        return cls(endpoint, name, revision or "main", web)

    @property
    def key(self) -> str:
        return f"huggingface:{self.repo}@{self.revision}"

    def look(self, cancel: Cancel, pinned: str) -> Offer:
        """Raises ModelUnavailable."""
        if not REPO.fullmatch(self.repo) or not REVISION.fullmatch(self.revision):
            raise ModelUnavailable("id_refused", id=f"{self.repo}@{self.revision}")
        with self.web.client() as client:
            answer = self._repository(client, cancel, pinned or self.revision)
            try:
                return self._offer(answer)
            except ModelUnavailable as error:
                if error.key != "only_pickle" or pinned:
                    raise
                converted = self._converted(client, cancel)
                if not converted:
                    raise
                return self._offer(self._repository(client, cancel, converted))

    def _repository(self, client: httpx2.Client, cancel: Cancel, revision: str) -> dict[str, Any]:
        url = f"{self.endpoint}/api/models/{self.repo}/revision/{quote(revision, safe='')}?blobs=true"
        answer = self.web.json(client, url, cancel)
        if not isinstance(answer, dict) or not re.fullmatch("[0-9a-f]{40}", str(answer.get("sha"))):
            raise ModelUnavailable("source_broken", place=self.web.place, reason="no commit in the answer")
        return answer

    def _offer(self, answer: dict[str, Any]) -> Offer:
        commit, files = str(answer["sha"]), {}
        for sibling in _tables(answer.get("siblings")):
            name = str(sibling.get("rfilename"))
            if not is_plain(name):
                continue  # a subfolder: nothing we read lies there
            lfs = sibling.get("lfs")
            lfs = lfs if isinstance(lfs, dict) else {}
            files[name] = RemoteFile(
                name=name,
                url=f"{self.endpoint}/{self.repo}/resolve/{commit}/{quote(name)}",
                size=_number(lfs.get("size", sibling.get("size"))),
                sha256=_hex(lfs.get("sha256"), 64),
                git_sha1="" if lfs else _hex(sibling.get("blobId"), 40),
            )
        chosen = wanted(files, self.web.place, self.repo)
        for file in chosen:
            if not file.identity or file.size < 0:
                raise ModelUnavailable("checksum_none", place=self.web.place, file=file.name)
        return Offer(
            place=self.web.place,
            source="huggingface",
            repo=self.repo,
            commit=commit,
            weights=chosen[-1].name,
            files=chosen,
            licence=_licence(answer.get("cardData")),
        )

    def _converted(self, client: httpx2.Client, cancel: Cancel) -> str:
        """The revision of the converter's open pull request; "" if there is none."""
        url = f"{self.endpoint}/api/models/{self.repo}/discussions?author={CONVERTER}&type=pull_request&status=open"
        try:
            answer = self.web.json(client, url, cancel)
        except ModelUnavailable:
            return ""  # a mirror without this call
        for found in _tables(answer.get("discussions") if isinstance(answer, dict) else None):
            author = found.get("author")
            name = author.get("name") if isinstance(author, dict) else author
            if name == CONVERTER and found.get("isPullRequest") and found.get("status") == "open":
                return f"refs/pr/{_number(found.get('num'))}"
        return ""


def _licence(card: object) -> str:
    """The licence that a model's page states: its identifier there, or its own name where that is "other"."""
    table = card if isinstance(card, dict) else {}
    stated = table.get("license")
    if stated == "other":
        stated = table.get("license_name") or stated
    names = stated if isinstance(stated, list) else [stated]
    return ", ".join(re.sub(r"[^\w .+-]", "", name)[:60] for name in names if isinstance(name, str))


def _tables(value: object) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _number(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else -1


def _hex(value: object, length: int) -> str:
    return value if isinstance(value, str) and re.fullmatch(f"[0-9a-f]{{{length}}}", value) else ""
