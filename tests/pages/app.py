"""The app without a browser: opens a page as Streamlit would run it, and reads what stands on it.

Components of our own and Plotly figures are drawn in browsers only; here they are known by their presence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from explorer.components.packing import unpack
from tests.pace import PACE

ROOT = Path(__file__).resolve().parents[2]
# Every AppTest reads what each installed package says of itself, in search of components: four fifths of the time that
# it takes to open a page. What is installed does not change meanwhile.
manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)


def open_page(page: str, lang: str, **link: str) -> AppTest:
    """`page` in a new session, as the link …/page?lang=…&… opens it."""
    at = AppTest.from_file(str(ROOT / "explorer" / "main.py"), default_timeout=120 * PACE)
    for name, value in ({"lang": lang} | link).items():
        at.query_params[name] = value
    for snippet in (ROOT / "assets" / "examples" / "code").glob("*.py"):
        at.session_state[f"code-{snippet.stem}"] = True  # the boxes with code are open: closed ones hold nothing
    return at.switch_page(str(Path("..") / "pages" / f"{page}.py")).run()


def html(at: AppTest) -> list[str]:
    """The pieces of HTML on the page, in order."""
    return [element.proto.body for element in at.main if element.type == "html"]


def body(at: AppTest) -> str:
    """The words of the page as a reader sees them, without markup."""
    return unescape(re.sub(r"<[^>]*>", "", "\n".join(html(at))))


def notices(at: AppTest) -> list[str]:
    """The messages to the reader."""
    return [unescape(re.sub(r"<[^>]*>", "", piece)) for piece in html(at) if 'class="notice' in piece]


def marked(at: AppTest) -> list[str]:
    """Texts that a reader would see with our markup in them: what a component draws is drawn as it is."""
    packed = [element.proto.bytes for element in at.get("bidi_component") if element.proto.bytes]
    told = [text for one in packed for text in _texts(unpack(one)[0])]
    return [text for text in (*told, *body(at).splitlines()) if re.search(r"\[\[.+?\]\]|\*\*.+?\*\*", text)]


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _texts(part)


def columns(at: AppTest) -> list[list[tuple[str, str]]]:
    """The names of the columns of every table, each with its classes ("n answer": numbers, always in sight)."""
    heads = [row for piece in html(at) for row in re.findall(r"<table class=\"plain-table\"><tr>(.*?)</tr>", piece)]
    cell = r'<th(?: class="([^"]*)")?[^>]*>(.*?)</th>'
    return [[(unescape(re.sub(r"<[^>]*>", "", name)), kinds) for kinds, name in re.findall(cell, row)] for row in heads]


def snippets(at: AppTest) -> list[str]:
    """The code shown on the page, to be pasted into a notebook."""
    return [code.value for code in at.main.code if code.language == "python"]


def count(at: AppTest, kind: str) -> int:
    return sum(element.type == kind for element in at.main)


def link(at: AppTest) -> dict[str, Any]:
    """The page's own part of the link, one value a name."""
    values = {name: value[0] if isinstance(value, list) else value for name, value in at.query_params.items()}
    return {name: value for name, value in values.items() if name not in ("lang", "teacher", "v")}


def drawn(widgets: Any, key: str) -> Any:
    """The one of `widgets` (at.text_input, at.slider, …) that stands for `key`, replaced by the page or not."""
    return next(one for one in widgets if one.key.split("~")[0] == key)


def assert_kept(at: AppTest, page: str, text: str, **choices: str) -> None:
    """A text too long for any link: the link holds a mark and `choices`, nothing else, and the mark finds the text."""
    written = link(at)
    mark = written.pop("kept")
    assert re.fullmatch("[0-9a-f]{8}", mark)
    assert written == choices
    at.run()
    assert drawn(at.text_input, f"{page}-text").value == text
    assert link(at) == choices | {"kept": mark}
