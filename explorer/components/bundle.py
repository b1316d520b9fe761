"""Bundler: a component's ES module and the modules it imports become one text, its CSS with the palette another.

Every imported module becomes a function that returns its exports, so that two modules may use the same name; the
component's own module stays as it is. Knows `import {a, b as c} from "../shared/x.js";` at the start of a line and
`export` before a named function, class or const; any other form is refused. Of CSS it knows
`@import "../other/other.css";` on a line of its own: a component that looks like another in parts. It does not minify.
Why joined: Streamlit serves a component's script as one blob, from which relative imports cannot be resolved.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from explorer import palette

_IMPORT = re.compile(r'^import \{([^}]*)\} from "([^"]+)";$', re.MULTILINE)
_EXPORT = re.compile(r"^export ((?:(?:async )?function\*?|const|class) (\w+))", re.MULTILINE)
_DEFAULT = re.compile(r"^export default ", re.MULTILINE)
_OTHER = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)
_CSS_IMPORT = re.compile(r'^@import "([^"]+)";\n', re.MULTILINE)
_SHARED_CSS = Path(__file__).parent / "shared" / "base.css"


@dataclass(frozen=True)
class Bundle:
    """The texts Streamlit wants. Both hold newlines, so that neither is taken for a file path."""

    js: str
    css: str


def bundle(folder: Path) -> Bundle:
    """The bundle of the component in `folder`: NAME/NAME.js (with what it imports) and NAME/NAME.css."""
    own = "\n".join(_style(path) for path in (_SHARED_CSS, folder / f"{folder.name}.css"))
    css = palette.css(".sesame", '.sesame[data-theme="dark"]') + "\n" + own + "\n"
    return Bundle(join_modules(folder / f"{folder.name}.js"), css)


def join_modules(script: Path) -> str:
    """`script` and all it imports as one module with the exports of `script`. ValueError names what can't be read."""
    modules: dict[Path, str] = {}
    _collect(script.resolve(), modules, ())
    return "\n".join(modules.values()) + "\n"


def _style(path: Path) -> str:
    text = path.read_text(encoding="utf-8")
    return _CSS_IMPORT.sub(lambda found: _style((path.parent / found[1]).resolve()), text)


def _collect(path: Path, modules: dict[Path, str], importing: tuple[Path, ...]) -> str:
    """Adds `path` after what it imports, and gives the name that holds its exports."""
    if path in importing:
        raise ValueError(f"{path.name} imports itself by way of {importing[-1].name}")
    if path not in modules:
        text = path.read_text(encoding="utf-8")

        def bind(found: re.Match[str]) -> str:
            source = _collect((path.parent / found[2]).resolve(), modules, (*importing, path))
            return f"const {{{found[1].replace(' as ', ': ')}}} = {source};"

        text = _IMPORT.sub(bind, text)
        _refuse_other_forms(path, _EXPORT.sub("", text) if importing else _DEFAULT.sub("", text))
        modules[path] = _scoped(text, f"$m{len(modules)}") if importing else text
    return f"$m{list(modules).index(path)}"


def _scoped(text: str, name: str) -> str:
    exports = ", ".join(found[2] for found in _EXPORT.finditer(text))
    body = _EXPORT.sub(r"\1", text)
    return f"const {name} = (() => {{\n{body}\nreturn {{{exports}}};\n}})();"


def _refuse_other_forms(path: Path, rest: str) -> None:
    left = _OTHER.search(rest)
    if left:
        raise ValueError(f"{path.name}: the bundler does not know this form: {left[0]}")
