"""Servers on loopback that behave like a model hub, ModelScope and a package index, and misbehave on request.

Knows HTTP and what those services answer; knows nothing of how models are fetched. A fault is a name for what goes
wrong with the body of one file; it is used up after `times` answers.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

from tests.pace import PACE

COMMIT = hashlib.sha1(b"first", usedforsecurity=False).hexdigest()
LATER = hashlib.sha1(b"later", usedforsecurity=False).hexdigest()
CONVERTED = hashlib.sha1(b"converted", usedforsecurity=False).hexdigest()
BLOCK = 2**14


@dataclass
class Fault:
    """What goes wrong with the answers for a path that contains `path`."""

    kind: str
    path: str = "model.safetensors"
    times: int = 10**6
    value: float = 0.0


@dataclass
class Site:
    """What a server has and how it behaves, and what it was asked.

    repos      "OWNER/NAME" → commit → file name → content
    card       what every model page of the hub states, its licence among it
    wheels     project → file name → content
    moved      status and address ({path}: what was asked for) of the answer to whatever is asked without a query "to"
    sent       bytes of body sent, by path
    asked      (path, headers) of every request
    """

    repos: dict[str, dict[str, dict[str, bytes]]] = field(default_factory=dict)
    wheels: dict[str, dict[str, bytes]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    discussions: list[dict[str, object]] = field(default_factory=list)
    card: dict[str, object] = field(default_factory=dict)
    branches: dict[str, str] = field(default_factory=lambda: {"main": COMMIT, "refs/pr/7": CONVERTED})
    elsewhere: str = ""
    moved: tuple[int, str] = (0, "")
    html_index: bool = False
    sent: dict[str, int] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    url: str = ""

    def fault(self, path: str, service: str = "") -> Fault | None:
        """The next fault for a path; for listings (`service`) only one that was meant for that service."""
        with self.lock:
            for fault in self.faults:
                if fault.path in path and fault.path.startswith(service) and fault.times > 0:
                    fault.times -= 1
                    return fault
        return None

    def bytes_of(self, path: str) -> int:
        """Bytes of body that were sent for paths that contain `path`."""
        with self.lock:
            return sum(n for sent, n in self.sent.items() if path in sent)


@contextmanager
def running(site: Site) -> Iterator[Site]:
    """The site behind an address of its own on loopback."""

    class Handler(_Handler):
        pass

    Handler.site = site
    server = _Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    site.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()


def git_sha1(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


class _Server(ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """A client that hangs up, or is killed, is what these servers are for."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    site: Site

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        with self.site.lock:
            self.site.asked.append((self.path, dict(self.headers.items())))
        path = unquote(urlsplit(self.path).path)
        status, target = self.site.moved
        try:
            if status and "to=" not in self.path and "/modelscope" not in path:
                query = f"&{asked}" if (asked := urlsplit(self.path).query) else ""
                self._status(status, {"Location": f"{target.format(path=urlsplit(self.path).path)}?to=there{query}"})
            else:
                self._route(path)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def _route(self, path: str) -> None:
        if match := re.fullmatch(r"/api/models/(.+)/revision/(.+)", path):
            self._metadata(match[1], match[2])
        elif match := re.fullmatch(r"/api/models/(.+)/discussions", path):
            self._json({"discussions": self.site.discussions, "count": len(self.site.discussions)})
        elif match := re.fullmatch(r"/api/v1/models/(.+)/repo(/files)?", path):
            self._modelscope(match[1], match[2])
        elif match := re.fullmatch(r"/simple/(.+)/", path):
            self._index(match[1])
        elif match := re.fullmatch(r"/files/([^/]+)/(.+)", path):
            self._body(self.site.wheels[match[1]][match[2]], path)
        elif match := re.fullmatch(r"/cdn/(.+)/([^/]+)/([^/]+)", path):
            self._body(self.site.repos[match[1]][match[2]][match[3]], path)
        elif match := re.fullmatch(r"/(.+)/resolve/([^/]+)/(.+)", path):
            self._resolve(match[1], match[2], match[3], path)
        else:
            self._status(404)

    # --- the hub ---------------------------------------------------------------------------------------------

    def _metadata(self, repo: str, revision: str) -> None:
        if fault := self.site.fault(self.path, "/api/"):
            return self._refuse(fault)
        commit = self.site.branches.get(revision, revision)
        files = self.site.repos.get(repo, {}).get(commit)
        if files is None:
            return self._status(404, {"X-Error-Code": "RepoNotFound"})
        siblings = []
        for name, content in files.items():
            one: dict[str, object] = {"rfilename": name, "size": len(content), "blobId": git_sha1(content)}
            if _large(name):
                sha256 = hashlib.sha256(content).hexdigest()
                if any(fault.kind == "wrong sha" for fault in self.site.faults):
                    sha256 = "0" * 64
                one["lfs"] = {"sha256": sha256, "size": len(content), "pointerSize": 134}
                if any(fault.kind == "no sha" for fault in self.site.faults):
                    one["lfs"] = {"size": len(content)}
            siblings.append(one)
        self._json({"id": repo, "sha": commit, "siblings": siblings, "cardData": self.site.card})

    def _resolve(self, repo: str, commit: str, name: str, path: str) -> None:
        content = self.site.repos.get(repo, {}).get(commit, {}).get(name)
        if content is None:
            return self._status(404, {"X-Error-Code": "EntryNotFound"})
        if not _large(name):
            return self._body(content, path)
        target = f"{self.site.elsewhere or self.site.url}/cdn/{repo}/{commit}/{name}"
        linked = {"X-Linked-ETag": f'"{hashlib.sha256(content).hexdigest()}"', "X-Linked-Size": str(len(content))}
        self._status(302, {"Location": target, "X-Repo-Commit": commit, **linked})

    def _modelscope(self, repo: str, listing: str | None) -> None:
        files = self.site.repos.get(repo, {}).get(COMMIT)
        if files is None:
            return self._json({"Code": 10010205001, "Success": False, "Message": "not found"}, 404)
        if listing:
            rows = [
                {"Path": name, "Name": name, "Type": "blob", "Size": len(content), "Sha256": _sha256(content)}
                for name, content in files.items()
            ]
            tree = {"Path": "onnx", "Name": "onnx", "Type": "tree", "Size": 0, "Sha256": ""}
            return self._json({"Code": 200, "Success": True, "Data": {"Files": [tree, *rows]}})
        name = parse_qs(urlsplit(self.path).query)["FilePath"][0]
        self._body(files[name], f"/modelscope/{name}")

    # --- the package index -----------------------------------------------------------------------------------

    def _index(self, project: str) -> None:
        if fault := self.site.fault(self.path, "/simple/"):
            return self._refuse(fault)
        wheels = self.site.wheels.get(project)
        if wheels is None:
            return self._status(404)
        links = [(name, f"{self.site.url}/files/{project}/{name}", _sha256(body)) for name, body in wheels.items()]
        if self.site.html_index:
            anchors = "".join(f'<a href="{url}#sha256={sha256}">{name}</a><br>' for name, url, sha256 in links)
            return self._send(f"<!DOCTYPE html><html><body>{anchors}</body></html>".encode(), "text/html")
        files = [{"filename": name, "url": url, "hashes": {"sha256": sha256}} for name, url, sha256 in links]
        body = json.dumps({"meta": {"api-version": "1.1"}, "name": project, "files": files}).encode()
        return self._send(body, "application/vnd.pypi.simple.v1+json")

    # --- answers ---------------------------------------------------------------------------------------------

    def _body(self, content: bytes, path: str) -> None:
        """A file with ETag and ranges, or what a fault makes of it."""
        fault = self.site.fault(path)
        kind = fault.kind if fault else ""
        if fault and kind in ("status", "rate limit", "rate limit date", "gated"):
            return self._refuse(fault)
        if kind == "changed bytes":
            content = bytes([content[0] ^ 1]) + content[1:]
        etag = f'"{_sha256(content)[:32]}"'
        start, asked = 0, re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        if asked and self.headers.get("If-Range", etag) == etag and kind != "no ranges":
            start = int(asked[1])
            if start >= len(content):
                return self._status(416, {"Content-Range": f"bytes */{len(content)}"})
        announced = len(content) - start - (1000 if kind == "short" else 0) + (1000 if kind == "long" else 0)
        self.send_response(206 if start else 200)
        if kind == "no length":
            self.send_header("Connection", "close")
            self.close_connection = True
        else:
            self.send_header("Content-Length", str(announced))
        self.send_header("ETag", etag)
        self.send_header("Accept-Ranges", "bytes")
        if start:
            total = len(content) + announced - (len(content) - start)
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{total}")
        self.end_headers()
        self._pour(content[start : start + announced], path, fault)

    def _pour(self, content: bytes, path: str, fault: Fault | None) -> None:
        kind, value = (fault.kind, fault.value) if fault else ("", 0.0)
        stop = int(len(content) * value) if kind == "cut" else len(content)
        for at in range(0, stop, 1 if kind == "trickle" else BLOCK):
            piece = content[at : min(stop, at + (1 if kind == "trickle" else BLOCK))]
            self.wfile.write(piece)
            with self.site.lock:
                self.site.sent[path] = self.site.sent.get(path, 0) + len(piece)
            if kind in ("slow", "trickle"):
                time.sleep(value)  # a slow line: time itself is what is being imitated
            if kind == "stall" and at >= len(content) * value:
                time.sleep(3 * PACE)  # longer than anybody here waits
        if stop < len(content):
            self.close_connection = True

    def _refuse(self, fault: Fault) -> None:
        if fault.kind == "rate limit":
            return self._status(429, {"Retry-After": str(int(fault.value))})
        if fault.kind == "rate limit date":
            when = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() + fault.value))
            return self._status(429, {"Retry-After": when})
        if fault.kind == "gated":
            return self._status(int(fault.value), {"X-Error-Code": "GatedRepo"})
        return self._status(int(fault.value))

    def _json(self, value: object, status: int = 200) -> None:
        self._send(json.dumps(value).encode(), "application/json", status)

    def _send(self, body: bytes, kind: str, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _status(self, status: int, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()


def _large(name: str) -> bool:
    return name.endswith((".safetensors", ".bin", ".gguf"))


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
