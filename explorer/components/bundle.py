"""Joins a component's ES module with the shared modules it imports into one text, and its CSS with the shared CSS.

Knows `import {a, b} from "../shared/x.js";` and `export` before a declaration; no other import form is allowed. Of CSS
it knows `@import "../other/other.css";` on a line of its own: a component that looks like another in parts.
It does not minify or rewrite anything else. Why joined: Streamlit serves a component's script as one blob, from which
relative imports cannot be resolved.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_IMPORT = re.compile(r'^import \{[^}]*\} from "([^"]+)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|const|class)\b)", re.MULTILINE)
_CSS_IMPORT = re.compile(r'^@import "([^"]+)";\n', re.MULTILINE)
_SHARED_CSS = Path(__file__).parent / "shared" / "base.css"


@dataclass(frozen=True)
class Bundle:
    """The texts Streamlit wants. Both hold newlines, so that neither is taken for a file path."""

    js: str
    css: str


def bundle(folder: Path) -> Bundle:
    """The bundle of the component in `folder`: NAME/NAME.js (with what it imports) and NAME/NAME.css."""
    script = folder / f"{folder.name}.js"
    modules: dict[Path, str] = {}
    _collect(script.resolve(), modules)
    *shared, own = modules.values()
    js = "\n".join([*(_EXPORT.sub("", text) for text in shared), own]) + "\n"
    css = "\n".join(_style(path) for path in (_SHARED_CSS, folder / f"{folder.name}.css")) + "\n"
    return Bundle(js, css)


def _style(path: Path) -> str:
    text = path.read_text(encoding="utf-8")
    return _CSS_IMPORT.sub(lambda found: _style((path.parent / found[1]).resolve()), text)


def _collect(path: Path, modules: dict[Path, str]) -> None:
    """Depth first, so that every module stands after those it imports."""
    text = path.read_text(encoding="utf-8")
    for target in _IMPORT.findall(text):
        imported = (path.parent / target).resolve()
        if imported not in modules:
            _collect(imported, modules)
    modules[path] = _IMPORT.sub("", text)
