"""Palette: the colours of assets/palette.toml as CSS variables, for Streamlit's theme, for figures and for scripts.

Knows names and values; what a colour is used for is its user's business. `python -m explorer.palette` writes the parts
of .streamlit/config.toml and explorer/components/shared/palette.js that are made from it.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from typing import Any

from explorer.paths import ASSETS, ROOT

_ALL: dict[str, dict[str, Any]] = tomllib.loads((ASSETS / "palette.toml").read_text(encoding="utf-8"))
LIGHT: Mapping[str, str] = _ALL["light"]
DARK: Mapping[str, str] = {**LIGHT, **_ALL["dark"]}
CHARTS: Mapping[str, Any] = _ALL["charts"]
LANGUAGES: Mapping[str, str] = _ALL["languages"]

CONFIG = ROOT / ".streamlit" / "config.toml"
SCRIPT = ROOT / "explorer" / "components" / "shared" / "palette.js"
_BEGIN, _END = "# made from assets/palette.toml: begin\n", "# made from assets/palette.toml: end\n"


def colours(group: str) -> tuple[str, ...]:
    """The colours of a list of [charts], by its name: "series", "senses", "meanings"."""
    named = {**LIGHT, **CHARTS}
    return tuple(named[name] for name in CHARTS[group])


def css(light: str, dark: str) -> str:
    """Every colour as a variable (--paper …): for the selector `light`, and what differs for the selector `dark`."""
    return f"{light_css(light)}\n{dark_css(dark)}"


def light_css(selector: str) -> str:
    """Every colour on light paper."""
    return _rule(selector, LIGHT)


def dark_css(selector: str) -> str:
    """What differs on dark paper."""
    return _rule(selector, _ALL["dark"])


def _rule(selector: str, names: Mapping[str, str]) -> str:
    return f"{selector} {{ {' '.join(f'--{name}: {value};' for name, value in names.items())} }}"


def streamlit_theme() -> str:
    """The coloured part of .streamlit/config.toml."""
    lines = []
    for theme, names in (("light", LIGHT), ("dark", DARK)):
        values = {
            "primaryColor": names["model"],
            "backgroundColor": names["paper"],
            "secondaryBackgroundColor": names["card"],
            "textColor": names["ink"],
            "borderColor": names["line"],
            "linkColor": names["link"],
            "chartCategoricalColors": CHARTS[f"categories-{theme}"],
        }
        sidebar = {"backgroundColor": names["paper"], "secondaryBackgroundColor": names["mask-soft"]}
        for table, entries in ((f"theme.{theme}", values), (f"theme.{theme}.sidebar", sidebar)):
            lines += [f"[{table}]", *(f"{key} = {json.dumps(value)}" for key, value in entries.items()), ""]
    return "\n".join(lines[:-1]) + "\n"


def script() -> str:
    """shared/palette.js: the lists of colours that scripts count through."""
    lists = {"SENSES": colours("senses"), "MEANINGS": colours("meanings"), "OTHER": LANGUAGES["other"]}
    body = "".join(f"export const {name} = {json.dumps(value)};\n" for name, value in lists.items())
    languages = ", ".join(f"{name}: {json.dumps(value)}" for name, value in LANGUAGES.items() if name != "other")
    head = "// Made from assets/palette.toml by `python -m explorer.palette`.\n\n"
    return f"{head}{body}export const LANGUAGES = {{{languages}}};\n"


def config() -> str:
    """.streamlit/config.toml as it should be: its own lines, and between the two marks the theme."""
    text = CONFIG.read_text(encoding="utf-8")
    made = _BEGIN + streamlit_theme() + _END
    return re.sub(re.escape(_BEGIN) + ".*" + re.escape(_END), lambda _: made, text, flags=re.DOTALL)


def main() -> None:
    for path, text in ((CONFIG, config()), (SCRIPT, script())):
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
