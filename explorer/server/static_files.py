"""The framework's scripts, styles and icons, compressed once and served from a folder of this machine's cache.

Streamlit leaves its static files out of compression; over a classroom's access point they are most of what a first
page costs. Here each of them gets a gzip and a brotli copy, once a version of Streamlit; a browser is served whichever
it can read, from memory once it was asked for. The icon font is cut down to the icons that Streamlit's own scripts
name, text fonts that the theme does not use are no longer asked for, and the HTML names the scripts of the elements
that every page of ours has, so that a browser reads them while it waits for the first run. Until the copies are made,
Streamlit answers as it always does. (servestatic was tried: it opens a file a request, a fifth more processor time
than Streamlit's way.)

Knows where Streamlit keeps its files, and no page. Imports brotli and fontTools in its thread only.
"""

from __future__ import annotations

import gzip
import hashlib
import logging
import os
import re
import shutil
import tempfile
import threading
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import streamlit
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import config

from explorer.paths import cache_folder

FRAMEWORK = Path(streamlit.__file__).parent / "static"
RECIPE = 2  # raised whenever the copies are made otherwise
MEDIA = {".js": "text/javascript", ".css": "text/css", ".woff2": "font/woff2"}
COPIES = {"br": ".br", "gzip": ".gz"}  # what a browser may accept, the smaller first
SMALLEST = 300  # bytes
REFUSED = re.compile(r"q=0(\.0*)?")
FOREVER = "public, immutable, max-age=31536000"  # every name carries a hash of its file
ICON_FONT = "MaterialSymbols-Rounded.*.woff2"
ICON = re.compile(r":material/([a-z0-9_]+):")
UNUSED_FONT = re.compile(r"@font-face\{font-family:Source [^}]*\}")
UNUSED_PRELOAD = re.compile(r'\s*<link\s+rel="preload"\s+href="\./static/media/SourceSans[^>]*?/>')
IMPORTED = re.compile(r'(?:from|import)"\./([\w.-]+\.js)"')
EVERY_PAGE = ("Html", "PageLink", "ButtonGroup", "Checkbox", "BidiComponent")  # what the sidebar is drawn with
BROTLI_QUALITY = 9  # eleven makes them 8 % smaller and takes twelve times as long

_log = logging.getLogger(__name__)


class CompressedStatic:
    """Middleware that answers for the framework's static files and for the pages' one HTML file.

    `pages` are the addresses that show a page ("" is the first), `base` the prefix of every address. Everything else,
    and everything before `make_ready` has ended, goes on to the app.
    """

    def __init__(self, app: ASGIApp, pages: Collection[str], base: Callable[[], str] | None = None) -> None:
        self._app = app
        self._pages = frozenset(f"/{name}" for name in pages)
        self._base = base or prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = None
        if _ready is not None and scope["type"] == "http" and scope["method"] in ("GET", "HEAD"):
            base = self._base()
            if scope["path"].startswith(base):
                answer = self._answer(_ready, scope["path"].removeprefix(base), Headers(scope=scope))
        await (answer or self._app)(scope, receive, send)

    def _answer(self, ready: _Ready, path: str, asked: Headers) -> Response | None:
        if path in self._pages:
            return Response(ready.index, media_type="text/html", headers={"Cache-Control": "no-cache"})
        if path not in ready.files or "range" in asked:
            return None
        body, encoding = ready.body(path, asked.get("accept-encoding", ""))
        headers = {"Cache-Control": FOREVER, "Vary": "Accept-Encoding"}
        if encoding:
            headers["Content-Encoding"] = encoding
        return Response(body, media_type=MEDIA[Path(path).suffix], headers=headers)


def prefix() -> str:
    """The prefix of every address, with its slash, where the server has one."""
    name = str(config.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{name}" if name else ""


class _Ready:
    """The folder of copies as it is served: every address in it, and what was asked for once, in memory."""

    def __init__(self, folder: Path) -> None:
        paths = {f"/{path.relative_to(folder).as_posix()}": path for path in (folder / "static").rglob("*")}
        self.files = {address: path for address, path in paths.items() if path.suffix in MEDIA}
        self.index = (folder / "index.html").read_bytes()
        self._bodies: dict[tuple[str, str], bytes] = {}

    def body(self, address: str, accepted: str) -> tuple[bytes, str]:
        """The file's bytes in the smallest form that is accepted, and the name of that form ("" for plain)."""
        names = _accepted(accepted)
        for encoding, suffix in (*COPIES.items(), ("", "")):
            path = self.files[address].with_name(self.files[address].name + suffix)
            if encoding and (encoding not in names or not path.is_file()):
                continue
            if (address, encoding) not in self._bodies:
                self._bodies[address, encoding] = path.read_bytes()
            return self._bodies[address, encoding], encoding
        raise AssertionError("the plain file is always there")


def _accepted(header: str) -> set[str]:
    """The names in an Accept-Encoding header, without those it refuses by a weight of zero."""
    parts = (part.partition(";") for part in header.split(","))
    return {name.strip() for name, _, weight in parts if not REFUSED.fullmatch(weight.strip())}


def smallest(header: str) -> str:
    """The name of the form with the fewest bytes among those an Accept-Encoding header takes; "" for plain."""
    names = _accepted(header)
    return next((name for name in COPIES if name in names), "")


_ready: _Ready | None = None
_once = threading.Lock()


def ready() -> bool:
    """Whether the compressed copies are being served."""
    return _ready is not None


def made(framework: Path = FRAMEWORK, cache: Path | None = None) -> bool:
    """Whether the copies of this version lie there from an earlier start."""
    return _home(cache or cache_folder(), framework).is_dir()


def make_ready_after(painted: threading.Event) -> None:
    """At once where the copies lie there from an earlier start; else when `painted` is set."""
    if not made():
        painted.wait()
    make_ready()


def make_ready(framework: Path = FRAMEWORK, cache: Path | None = None) -> None:
    """Make the copies unless they lie in `cache` already, then serve them; a full or read-only disk changes nothing.

    Takes some three seconds the first time after Streamlit was installed.
    """
    global _ready
    if os.environ.get("SESAME_STATIC") == "framework":  # what compressed files are measured against
        return
    with _once:
        if _ready is not None:
            return
        try:
            folder = _home(cache or cache_folder(), framework)
            if not folder.is_dir():
                _make(framework, folder)
            _ready = _Ready(folder)
        except (OSError, ImportError, ValueError) as error:
            _log.warning("static files are served uncompressed: %s", error)


def forget() -> None:
    """Serve the framework's own files again, until the next `make_ready`."""
    global _ready
    _ready = None


def _home(cache: Path, framework: Path) -> Path:
    """One folder a build of the framework: its manifest names every file with a hash of its content."""
    index = (framework / "index.html").read_bytes()
    return cache / f"static-{RECIPE}-{streamlit.__version__}-{hashlib.sha256(index).hexdigest()[:12]}"


def _make(framework: Path, folder: Path) -> None:
    """Fill `folder`; it appears under its name when it is complete, so that a killed process leaves no half of it."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=".static-", dir=folder.parent))
    try:
        for path in sorted((framework / "static").rglob("*")):
            if path.suffix in (".js", ".css"):
                target = draft / path.relative_to(framework)
                target.parent.mkdir(parents=True, exist_ok=True)
                text = path.read_text(encoding="utf-8")
                target.write_text(UNUSED_FONT.sub("", text) if path.suffix == ".css" else text, encoding="utf-8")
                _compress(target)
        for font in (framework / "static").rglob(ICON_FONT):
            target = draft / font.relative_to(framework)
            target.parent.mkdir(parents=True, exist_ok=True)
            _subset(font, icons(framework), target)
        page = (framework / "index.html").read_text(encoding="utf-8")
        page = _with_preloads(UNUSED_PRELOAD.sub("", page), framework)
        (draft / "index.html").write_text(page, encoding="utf-8")
        try:
            draft.rename(folder)
        except OSError:
            if not folder.is_dir():  # else another process was first, with the same files
                raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _with_preloads(page: str, framework: Path) -> str:
    """`page` with a link to every script that our pages always need and that it does not link to yet.

    Streamlit's browser side asks for an element's script when the first such element has arrived, and for what that
    script imports when it has come: two trips that end before the run does when they begin with the page.
    """
    folder = framework / "static" / "js"
    needed = [path.name for name in EVERY_PAGE for path in folder.glob(f"{name}.*.js")]
    for name in needed:  # grows while it is read
        text = (folder / name).read_text(encoding="utf-8")
        needed += [one for one in dict.fromkeys(IMPORTED.findall(text)) if one not in needed]
    new = [name for name in needed if name not in page]
    links = "".join(f'  <link rel="modulepreload" crossorigin href="./static/js/{name}">\n  ' for name in new)
    return page.replace("</head>", f"{links}</head>", 1)


def _compress(path: Path) -> None:
    """Copies beside `path`; small files, which hardly shrink, get none."""
    import brotli

    data = path.read_bytes()
    if len(data) >= SMALLEST:
        path.with_name(path.name + COPIES["br"]).write_bytes(brotli.compress(data, quality=BROTLI_QUALITY))
        path.with_name(path.name + COPIES["gzip"]).write_bytes(gzip.compress(data, compresslevel=9, mtime=0))


def icons(framework: Path = FRAMEWORK) -> frozenset[str]:
    """Names of the icons that Streamlit's own scripts ask for. No page of ours names one; a test holds that."""
    scripts = (framework / "static" / "js").glob("*.js")
    return frozenset(name for script in scripts for name in ICON.findall(script.read_text(encoding="utf-8")))


def _subset(font: Path, names: Collection[str], target: Path) -> None:
    """`font` with the glyphs that the ligatures of `names` end in, and the letters that spell them."""
    from fontTools import subset

    options = subset.Options(flavor="woff2", layout_features=["liga", "rlig"], layout_closure=False)
    loaded = subset.load_font(str(font), options)
    cmap = loaded.getBestCmap()
    letters = {ord(letter) for name in names for letter in name}
    glyphs = [glyph for name in names if (glyph := _ligature(loaded, [cmap[ord(letter)] for letter in name]))]
    cut = subset.Subsetter(options)
    cut.populate(glyphs=glyphs, unicodes=letters)
    cut.subset(loaded)
    subset.save_font(loaded, str(target), options)
    loaded.close()


def _ligature(font: Any, spelled: list[str]) -> str | None:
    """The glyph that stands for the letters' glyphs `spelled` written in a row; None if the font has none."""
    for lookup in font["GSUB"].table.LookupList.Lookup:
        for table in lookup.SubTable:
            table = getattr(table, "ExtSubTable", table)
            for ligature in getattr(table, "ligatures", {}).get(spelled[0], ()):
                if ligature.Component == spelled[1:]:
                    return str(ligature.LigGlyph)
    return None
