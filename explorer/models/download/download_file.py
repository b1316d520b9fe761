"""Download of one file: resumed where it was cut, checked before it gets its name.

Knows HTTP ranges and checksums; knows neither models nor where a file is needed. What is not complete is called
NAME.part, with the server's ETag beside it in NAME.etag; the rename to NAME comes after the checksum.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import shutil
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Protocol
from urllib.parse import urlsplit

import httpx2

from explorer.errors import Cancelled, ModelUnavailable
from explorer.models.download.http_client import Cancel, Transient, Web
from explorer.models.download.sources.base import RemoteFile, gb

BLOCK = 2**18
PROGRESS = 2**20  # bytes that count as having got on: the attempts begin anew
CONNECTIONS = 100  # for one file, however well each of them begins


class Opener(Protocol):
    """How a growing file is opened; tests put a disk that fills up in its place."""

    def __call__(self, path: Path, mode: str) -> IO[bytes]: ...


@dataclass(frozen=True)
class Got:
    """Bytes of the file that are on disk now."""

    done: int


@dataclass(frozen=True)
class Waiting:
    """The transfer stands still: it will be taken up again in `seconds`."""

    seconds: float
    reason: str


def open_unbuffered(path: Path, mode: str) -> IO[bytes]:
    """Every block is the system's as soon as it is written: a killed process loses none."""
    return path.open(mode, buffering=0)


def download(
    file: RemoteFile, folder: Path, web: Web, client: httpx2.Client, cancel: Cancel, *, opener: Opener = open_unbuffered
) -> Iterator[Got | Waiting]:
    """Brings `file` to folder/NAME; takes up what lies in NAME.part.

    Raises ModelUnavailable: cancelled, connection_lost, too_slow, rate_limited, size_wrong, checksum_wrong, disk_full
    and what `Web.open` raises. Whatever is raised, what was received stays for the next time, unless it
    is known to be wrong.
    """
    target = folder / file.name
    if target.is_file() and target.stat().st_size == file.size and _right(file, target):
        yield Got(file.size)
        return
    pull = _from_folder if urlsplit(file.url).scheme == "file" else _from_web
    growing = _Growing(file, folder, opener)
    resumed = growing.size() > 0
    while True:
        yield from _until_complete(growing, lambda: pull(growing, web, client, cancel), web, cancel)
        if _right(file, growing.part):
            break
        growing.restart()
        if not resumed:
            raise ModelUnavailable("checksum_wrong", place=web.place, file=file.name)
        resumed = False  # the piece from last time may be what was wrong: once more, from the start
        yield Got(0)
    growing.close(target)


def _until_complete(
    growing: _Growing, pull: Callable[[], Iterator[int]], web: Web, cancel: Cancel
) -> Iterator[Got | Waiting]:
    failed, timing = 0, web.timing
    for _ in range(CONNECTIONS):
        before = growing.size()
        try:
            for done in pull():
                yield Got(done)
            if growing.complete():
                return
            reason, wait, slow = "the connection ended early", None, False
        except Transient as error:
            reason, wait, slow = error.reason, error.wait_s, isinstance(error, _TooSlow)
        failed = 1 if growing.size() - before >= PROGRESS and not slow else failed + 1
        if wait is not None and (wait > timing.longest_wait_s or failed > timing.attempts):
            raise ModelUnavailable("rate_limited", place=web.place, seconds=round(wait))
        if failed > timing.attempts and slow:
            raise ModelUnavailable("too_slow", place=web.place, file=growing.file.name)
        if failed > timing.attempts:
            raise ModelUnavailable("connection_lost", place=web.place, file=growing.file.name)
        pause = timing.first_pause_s * 2 ** (failed - 1) if wait is None else wait
        yield Waiting(pause, reason)
        if cancel.wait(pause):
            raise Cancelled("cancelled")
    raise ModelUnavailable("connection_lost", place=web.place, file=growing.file.name)


class _TooSlow(Transient):
    """Bytes come, but at a rate that would never end."""


class _Growing:
    """NAME.part and NAME.etag."""

    def __init__(self, file: RemoteFile, folder: Path, opener: Opener) -> None:
        self.file = file
        self.part = folder / f"{file.name}.part"
        self._etag = folder / f"{file.name}.etag"
        self._opener = opener
        if self.size() > file.size >= 0:
            self.restart()

    def size(self) -> int:
        return self.part.stat().st_size if self.part.is_file() else 0

    def complete(self) -> bool:
        return self.size() == self.file.size

    def etag(self) -> str:
        try:
            return self._etag.read_text(encoding="ascii")
        except (OSError, ValueError):
            return ""

    def resumable(self) -> bool:
        """True if what comes can be told from another version: by the server's ETag now, or by its checksum then."""
        return bool(self.size() and (self.etag() or self.file.identity))

    def restart(self, etag: str = "") -> None:
        self.part.unlink(missing_ok=True)
        self._etag.unlink(missing_ok=True)
        if etag and etag.isascii():
            self._etag.write_text(etag, encoding="ascii")

    def append(self, blocks: Iterator[bytes], place: str) -> Iterator[int]:
        """Writes the blocks, gives the size after each. Raises ModelUnavailable (disk_full, size_wrong), OSError."""
        done = self.size()
        try:
            with self._opener(self.part, "ab") as out:
                for block in blocks:
                    if done + len(block) > self.file.size:
                        self.restart()
                        raise self._wrong_size(place, done + len(block))
                    rest = memoryview(block)
                    while rest:  # an unbuffered write may take a part of the block only
                        rest = rest[out.write(rest) :]
                    done += len(block)
                    yield done
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            free = shutil.disk_usage(self.part.parent).free
            needed = self.file.size - self.size()
            raise ModelUnavailable(
                "disk_full", path=str(self.part.parent), needed_gb=gb(needed), free_gb=gb(free)
            ) from error

    def announced(self, total: int, place: str) -> None:
        """Refuses another size than the listing's before its bytes move. Raises ModelUnavailable("size_wrong")."""
        if total not in (-1, self.file.size):
            raise self._wrong_size(place, total)

    def close(self, target: Path) -> None:
        with self.part.open("r+b") as file:
            os.fsync(file.fileno())
        os.replace(self.part, target)
        self._etag.unlink(missing_ok=True)

    def _wrong_size(self, place: str, found: int) -> ModelUnavailable:
        return ModelUnavailable("size_wrong", place=place, file=self.file.name, expected=self.file.size, found=found)


def _from_web(growing: _Growing, web: Web, client: httpx2.Client, cancel: Cancel) -> Iterator[int]:
    """One request. Raises Transient, ModelUnavailable."""
    if growing.complete():
        return
    headers = {}
    if growing.resumable():
        headers["Range"] = f"bytes={growing.size()}-"
        if (etag := growing.etag()).startswith('"'):  # a weak one may not be used for ranges (RFC 9110, 13.1.5)
            headers["If-Range"] = etag
    with web.open(client, growing.file.url, headers) as response:
        if response.status_code == 416:
            growing.restart()
            raise Transient("the range is not there any more")
        if response.status_code == 206:
            start, total = _range(response.headers.get("Content-Range", ""))
            growing.announced(total, web.place)
            if start != growing.size():
                growing.restart()
                raise Transient("another range than was asked for")
        else:
            growing.announced(_length(response), web.place)
            growing.restart(response.headers.get("ETag", ""))
        yield from growing.append(_blocks(response, web, cancel), web.place)


def _blocks(response: httpx2.Response, web: Web, cancel: Cancel) -> Iterator[bytes]:
    """The body as it comes. Raises Cancelled("cancelled"), _TooSlow for a trickle, Transient for a break."""
    timing = web.timing
    began, received = time.monotonic(), 0
    try:
        for block in response.iter_raw():
            if cancel.is_set():
                raise Cancelled("cancelled")
            yield block
            received += len(block)
            passed = time.monotonic() - began
            if passed >= timing.window_s:
                if received < timing.slowest * passed:
                    raise _TooSlow(f"{received} bytes in {passed:.0f} s")
                began, received = time.monotonic(), 0
    except httpx2.TransportError as error:
        raise Transient(str(error) or type(error).__name__) from error


def _from_folder(growing: _Growing, web: Web, client: httpx2.Client, cancel: Cancel) -> Iterator[int]:
    path = Path(urllib.request.url2pathname(urlsplit(growing.file.url).path))
    try:
        with path.open("rb") as source:
            growing.announced(os.fstat(source.fileno()).st_size, web.place)
            source.seek(growing.size())
            yield from growing.append(_read_blocks(source, cancel), web.place)
    except OSError as error:
        raise ModelUnavailable("folder_refused", path=str(path), reason=error.strerror or str(error)) from error


def _read_blocks(source: IO[bytes], cancel: Cancel) -> Iterator[bytes]:
    while block := source.read(BLOCK):
        if cancel.is_set():
            raise Cancelled("cancelled")
        yield block


def _right(file: RemoteFile, path: Path) -> bool:
    """Whether a file has the content that its source named; True where it named none."""
    if file.sha256:
        return _digest("sha256", path) == file.sha256
    if file.git_sha1:
        # git's name for a file, not a safeguard against an attacker: only small files have nothing better
        return _digest("sha1", path, b"blob %d\0" % path.stat().st_size) == file.git_sha1
    return True


def _digest(kind: str, path: Path, before: bytes = b"") -> str:
    digest: Any = hashlib.new(kind, before, usedforsecurity=False)
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return str(digest.hexdigest())


def _length(response: httpx2.Response) -> int:
    value = response.headers.get("Content-Length", "")
    return int(value) if value.isdigit() else -1


def _range(value: str) -> tuple[int, int]:
    """First byte and total of "bytes 200-999/1000"; -1 for what is not said."""
    match = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", value.strip())
    if not match:
        return -1, -1
    return int(match[1]), -1 if match[2] == "*" else int(match[2])
