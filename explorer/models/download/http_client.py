"""HTTP client of all sources: redirects by hand, errors by name, small answers read whole and no further.

Built on httpx2, the client that `huggingface_hub` brings along. Not on `huggingface_hub` itself: it checks sizes but no
checksums, cannot be stopped between two blocks, and would leave half the cases a fetch must survive to its own
retries. Knows nothing of models.
"""

from __future__ import annotations

import contextlib
import email.utils
import json
import ssl
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Protocol
from urllib.parse import urlsplit

import httpx2

from explorer import settings
from explorer.errors import Cancelled, ModelUnavailable

AGENT = "open-sesame (a classroom app)"
REDIRECTS = 5
ANSWER_LIMIT = 16 * 2**20  # bytes of metadata: a listing of files, an index page
PATIENCE_S = 10.0  # the longest wait for metadata that a Retry-After may ask for
TRIES = 3


class Transient(Exception):
    """The same request may work later. `wait_s`: how long the other side asked to wait; None if it did not say."""

    def __init__(self, reason: str, wait_s: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.wait_s = wait_s


class Cancel(Protocol):
    """What ends a fetch; a threading.Event is one."""

    def is_set(self) -> bool: ...

    def wait(self, timeout: float) -> bool: ...


@dataclass(frozen=True)
class Timing:
    """How patient a transfer is. All times in seconds, `slowest` in bytes a second over `window_s`."""

    connect_s: float = 10.0
    read_s: float = 20.0
    window_s: float = 30.0
    slowest: float = 2048.0
    first_pause_s: float = 1.0
    longest_wait_s: float = 300.0
    attempts: int = 5


@dataclass(frozen=True)
class Web:
    """A place in the network. `headers` go to hosts in `trusted` only, so that a token never follows a redirect."""

    place: str
    timing: Timing = field(default_factory=Timing)
    headers: Mapping[str, str] = field(default_factory=dict)
    trusted: frozenset[str] = frozenset()
    certificates: str = ""
    proxy: str = ""

    def client(self) -> httpx2.Client:
        """A fresh client; close it after use.

        Raises ModelUnavailable("network_setting") where a proxy or a file of certificates keeps it from being made.
        """
        try:
            return httpx2.Client(
                timeout=httpx2.Timeout(self.timing.read_s, connect=self.timing.connect_s),
                headers={"User-Agent": AGENT, "Accept-Encoding": "identity"},
                verify=_trust(self.certificates),
                proxy=self.proxy or None,
                follow_redirects=False,
            )
        except (ImportError, ValueError, OSError, httpx2.InvalidURL) as error:
            if self.proxy or self.certificates:
                name, value = "pip config", self.proxy or self.certificates
            else:
                name, value = settings.guilty(error)
            raise ModelUnavailable(
                "network_setting", place=self.place, name=name or "–", value=hidden(value), reason=_words(error)
            ) from error

    @contextlib.contextmanager
    def open(
        self, client: httpx2.Client, url: str, headers: Mapping[str, str] | None = None
    ) -> Iterator[httpx2.Response]:
        """The answer to a GET after its redirects, the body unread.

        Raises Transient where a later try may help, else ModelUnavailable: source_missing, source_gated, source_broken.
        """
        for _ in range(REDIRECTS + 1):
            own = self.headers if origin(url) in self.trusted else {}
            try:
                with client.stream("GET", url, headers={**own, **(headers or {})}) as response:
                    if not response.has_redirect_location:
                        self._judge(response, url)
                        yield response
                        return
                    url = self._next(response, url)
            except httpx2.InvalidURL as error:
                raise ModelUnavailable("source_broken", place=self.place, reason=str(error)) from error
            except httpx2.TransportError as error:
                raise Transient(_words(error)) from error
        raise ModelUnavailable("source_broken", place=self.place, reason="too many redirects")

    def read(
        self, client: httpx2.Client, url: str, cancel: Cancel, accept: str = "application/json"
    ) -> tuple[bytes, str]:
        """A small answer and its content type, tried again where that may help.

        Raises ModelUnavailable: source_unreachable, rate_limited, cancelled, and what `open` raises.
        """
        for attempt in range(TRIES):
            try:
                with self.open(client, url, {"Accept": accept}) as response:
                    return self._whole(response), response.headers.get("Content-Type", "")
            except Transient as error:
                pause = self.timing.first_pause_s * 2**attempt if error.wait_s is None else error.wait_s
                if error.wait_s is not None and (attempt == TRIES - 1 or pause > PATIENCE_S):
                    raise ModelUnavailable("rate_limited", place=self.place, seconds=round(error.wait_s)) from error
                if attempt == TRIES - 1 or isinstance(error.__cause__, httpx2.ConnectError | httpx2.ConnectTimeout):
                    raise ModelUnavailable("source_unreachable", place=self.place, reason=error.reason) from error
            if cancel.wait(pause):
                raise Cancelled("cancelled")
        raise AssertionError("unreachable")

    def json(self, client: httpx2.Client, url: str, cancel: Cancel) -> Any:
        """A JSON answer. Raises ModelUnavailable as `read` does, and source_broken for anything but JSON."""
        try:
            return json.loads(self.read(client, url, cancel)[0])
        except (ValueError, RecursionError) as error:
            raise ModelUnavailable("source_broken", place=self.place, reason="not JSON") from error

    def _whole(self, response: httpx2.Response) -> bytes:
        began, body = time.monotonic(), bytearray()
        for block in response.iter_bytes():
            body += block
            if len(body) > ANSWER_LIMIT:
                raise ModelUnavailable(
                    "source_broken", place=self.place, reason=f"more than {ANSWER_LIMIT} bytes of answer"
                )
            if time.monotonic() - began > self.timing.window_s:
                raise Transient("the answer trickles")
        return bytes(body)

    def _next(self, response: httpx2.Response, url: str) -> str:
        target = str(response.request.url.join(response.headers["Location"]))
        schemes = ("https",) if urlsplit(url).scheme == "https" else ("https", "http")
        if urlsplit(target).scheme not in schemes:
            raise ModelUnavailable("source_broken", place=self.place, reason="redirected to an unsafe address")
        return target

    def _judge(self, response: httpx2.Response, url: str) -> None:
        status = response.status_code
        if status in (200, 206, 416):
            return
        if status in (408, 425, 429) or status >= 500:
            asked = _retry_after(response.headers.get("Retry-After", ""))
            raise Transient(f"HTTP {status}", asked if asked is not None or status != 429 else PATIENCE_S)
        code = response.headers.get("X-Error-Code", "")
        repo = urlsplit(url).path
        if status in (404, 410) or code in ("RepoNotFound", "RevisionNotFound", "EntryNotFound"):
            raise ModelUnavailable("source_missing", place=self.place, repo=repo)
        if status in (401, 403, 407, 451):
            raise ModelUnavailable("source_gated", place=self.place, repo=repo, status=status)
        raise ModelUnavailable("source_broken", place=self.place, reason=f"HTTP {status}")


@lru_cache(maxsize=4)
def _trust(certificates: str) -> ssl.SSLContext:
    """Whom to trust: a file of the teacher's, or what httpx2 trusts. Kept, as reading certificates takes a while."""
    return ssl.create_default_context(cafile=certificates) if certificates else httpx2.create_ssl_context()


def origin(url: str) -> str:
    """Scheme, host and port of an address, without user name and password: what may be shown."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def hidden(address: str) -> str:
    """A proxy's address without the user name and password in it."""
    before, sign, rest = address.partition("://")
    return f"{before}{sign}{rest.rpartition('@')[2]}" if sign else address.rpartition("@")[2]


def _retry_after(value: str) -> float | None:
    """Seconds to wait: the header is a number of seconds or a date (RFC 9110, 10.2.3)."""
    if value.strip().isdigit():
        return float(value)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - time.time())
    except (ValueError, TypeError):
        return None


def _words(error: Exception) -> str:
    return str(error) or type(error).__name__
