"""Compressed static files: the same bytes, smaller on the way; whatever goes wrong, Streamlit answers as before."""

from __future__ import annotations

import gzip
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import brotli
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from explorer.server import static_files
from explorer.server.static_files import CompressedStatic

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = "const answer = 42; // 芝麻开门\n" * 200
STYLE = "@font-face{font-family:Source Sans;src:url(a.woff2)}body{color:red}" + "p{margin:0}" * 100
PAGE = """<head>
    <link
      rel="preload"
      href="./static/media/SourceSansVF-Upright.ttf.BsWL4Kly.woff2"
      as="font"
      type="font/woff2"
      crossorigin
    />
    <title>Streamlit</title>
    <link rel="modulepreload" crossorigin href="./static/js/tiny.b2.js"></head>"""


@pytest.fixture
def framework(tmp_path: Path) -> Path:
    """A small framework: a page, a script, a tiny script, a style."""
    folder = tmp_path / "framework"
    (folder / "static" / "js").mkdir(parents=True)
    (folder / "static" / "css").mkdir()
    (folder / "index.html").write_text(PAGE, encoding="utf-8")
    (folder / "static" / "js" / "index.a1.js").write_text(SCRIPT, encoding="utf-8")
    (folder / "static" / "js" / "tiny.b2.js").write_text("1", encoding="utf-8")
    html = 'import{t as e}from"./tiny.b2.js";import"./purify.d4.js";import(`./later.e5.js`);'
    (folder / "static" / "js" / "Html.f6.js").write_text(html, encoding="utf-8")
    (folder / "static" / "js" / "purify.d4.js").write_text('import"./Html.f6.js";', encoding="utf-8")
    (folder / "static" / "js" / "later.e5.js").write_text("2", encoding="utf-8")
    (folder / "static" / "css" / "index.c3.css").write_text(STYLE, encoding="utf-8")
    return folder


@pytest.fixture
def client(framework: Path, tmp_path: Path) -> Iterator[TestClient]:
    """An app behind the middleware, whose own answer is "framework"."""
    static_files.forget()
    static_files.make_ready(framework, tmp_path / "cache")
    yield _client()
    static_files.forget()


def _client(base: str = "") -> TestClient:
    routes = [Route("/{path:path}", lambda request: PlainTextResponse("framework"))]
    middleware = [Middleware(CompressedStatic, pages=("", "masking"), base=lambda: base)]
    return TestClient(Starlette(routes=routes, middleware=middleware))


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate", "gzip"),
        ("gzip, deflate, br", "br"),
        ("br;q=0, gzip", "gzip"),
        ("gzip;q=0.5", "gzip"),
        ("", None),
    ],
)
def test_a_script_comes_whole_in_the_smallest_form_the_browser_reads(
    client: TestClient, accepted: str, encoding: str | None
) -> None:
    answer = client.get("/static/js/index.a1.js", headers={"Accept-Encoding": accepted})
    assert answer.headers.get("content-encoding") == encoding
    assert answer.text == SCRIPT  # the client takes the copy apart
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["vary"] == "Accept-Encoding"
    assert (int(answer.headers["content-length"]) < len(SCRIPT) / 10) == (encoding is not None)


def test_what_hardly_shrinks_and_what_is_not_there(client: TestClient) -> None:
    tiny = client.get("/static/js/tiny.b2.js", headers={"Accept-Encoding": "br"})
    assert (tiny.text, tiny.headers.get("content-encoding")) == ("1", None)
    for path in ("/static/js/none.js", "/static/../index.html", "/static/", "/_stcore/health", "/status"):
        assert client.get(path).text == "framework"
    assert client.get("/static/js/index.a1.js", headers={"Range": "bytes=0-1"}).text == "framework"
    assert client.post("/static/js/index.a1.js").text != SCRIPT


def test_pages_come_without_a_preload_of_a_font_that_nobody_uses(client: TestClient) -> None:
    for path in ("/", "/masking"):
        page = client.get(path)
        assert "SourceSans" not in page.text
        assert "<title>" in page.text
        assert page.headers["cache-control"] == "no-cache"
    assert client.get("/elsewhere").text == "framework"
    style = client.get("/static/css/index.c3.css").text
    assert "font-face" not in style
    assert "body{color:red}" in style


def test_pages_name_the_scripts_of_what_every_page_draws_once_each(client: TestClient) -> None:
    links = re.findall(r'<link rel="modulepreload" crossorigin href="\./static/js/([^"]+)">', client.get("/").text)
    assert links == ["tiny.b2.js", "Html.f6.js", "purify.d4.js"]  # what is imported on demand comes on demand


def test_a_prefix_of_all_addresses_is_heeded(client: TestClient) -> None:
    prefixed = _client("/sesame")
    assert prefixed.get("/sesame/static/js/index.a1.js").text == SCRIPT
    assert prefixed.get("/static/js/index.a1.js").text == "framework"
    assert "<title>" in prefixed.get("/sesame/masking").text


def test_copies_are_made_once_and_found_again(
    client: TestClient, framework: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert static_files.made(framework, tmp_path / "cache")
    static_files.forget()
    monkeypatch.setattr(static_files, "_make", lambda *_: pytest.fail("made again"))
    static_files.make_ready(framework, tmp_path / "cache")
    assert static_files.ready()
    (framework / "index.html").write_text(PAGE + "<!-- another build -->", encoding="utf-8")
    assert not static_files.made(framework, tmp_path / "cache")


def test_where_nothing_can_be_written_the_framework_answers(
    framework: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    static_files.forget()
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    static_files.make_ready(framework, tmp_path / "file")
    assert not static_files.ready()
    assert "uncompressed" in caplog.text
    assert _client().get("/static/js/index.a1.js").text == "framework"


def test_a_maker_that_is_stopped_leaves_no_half_folder(
    framework: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    static_files.forget()

    def full(path: Path) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(static_files, "_compress", full)
    static_files.make_ready(framework, tmp_path / "cache")
    assert not static_files.ready()
    assert list((tmp_path / "cache").iterdir()) == []


def test_the_frameworks_own_files_keep_their_bytes_and_their_icons(tmp_path: Path) -> None:
    """With the Streamlit that is installed: every script's copies are that script, every icon it names is drawn."""
    from fontTools.ttLib import TTFont

    home = static_files._home(tmp_path, static_files.FRAMEWORK)
    static_files._make(static_files.FRAMEWORK, home)
    scripts = sorted((home / "static" / "js").glob("*.js"))
    assert len(scripts) == len(list((static_files.FRAMEWORK / "static" / "js").glob("*.js"))) > 100
    for script in scripts:
        data = (static_files.FRAMEWORK / "static" / "js" / script.name).read_bytes()
        assert script.read_bytes() == data
        if len(data) >= static_files.SMALLEST:
            assert gzip.decompress(script.with_name(f"{script.name}.gz").read_bytes()) == data
            assert brotli.decompress(script.with_name(f"{script.name}.br").read_bytes()) == data
    page = (home / "index.html").read_text(encoding="utf-8")
    for name in static_files.EVERY_PAGE:
        assert re.search(rf'modulepreload" crossorigin href="\./static/js/{name}\.[^"]+\.js"', page), name
    for name in re.findall(r'href="\./static/js/([^"]+)"', page):
        assert (home / "static" / "js" / name).is_file(), name
    (font,) = home.rglob(static_files.ICON_FONT)
    assert font.stat().st_size < 40_000
    loaded = TTFont(font)
    cmap = loaded.getBestCmap()
    for name in {"keyboard_double_arrow_left", "keyboard_double_arrow_right", "close", "error", "expand_more"}:
        glyph = static_files._ligature(loaded, [cmap[ord(letter)] for letter in name])
        assert glyph is not None, name
        assert loaded["glyf"][glyph].numberOfContours > 0, name


def test_no_page_of_ours_names_an_icon_or_a_font_that_was_cut() -> None:
    named = [
        f"{path.name}: {found}"
        for folder in ("explorer", "pages", "assets/text")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in (".py", ".toml", ".js", ".css") and path.name != "static_files.py"
        for found in static_files.ICON.findall(path.read_text(encoding="utf-8"))
    ]
    assert set(named) == set()
    config = (ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8")
    assert not re.search(r"Source (Sans|Serif|Code)", config)
    assert all(re.search(rf"(?m)^{font} = ", config) for font in ("font", "headingFont", "codeFont"))


def test_the_process_starts_without_torch_and_without_the_engine() -> None:
    """What app.py imports is on the way to the first paint."""
    late = {"torch", "transformers", "numpy", "explorer.engine.local"}  # the engine comes when the server answers
    code = f"import sys, app; print(sorted({late} & set(sys.modules)))"
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert said.stdout.strip().splitlines()[-1] == "[]"
