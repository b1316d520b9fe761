"""One palette: every colour stands in assets/palette.toml, and what is made from it is as it would be made now."""

from __future__ import annotations

import re

import pytest

from explorer import palette
from explorer.components.bundle import bundle
from explorer.figures import theme
from explorer.ui import style
from tests.test_repository import ROOT, files, name

COLOUR = re.compile(r"#[0-9a-fA-F]{8}\b|#[0-9a-fA-F]{6}\b|#[0-9a-fA-F]{3,4}\b|\b(?:rgb|hsl)a?\(\s*[\d.]")
MADE = {".streamlit/config.toml", "explorer/components/shared/palette.js"}
# A black shadow, and a scale that is even to the eye and is looked up by number (Cividis).
SHADOWS = {"explorer/ui/style.css": 1, "explorer/components/shared/base.css": 1}


def test_no_colour_is_named_elsewhere() -> None:
    found = {}
    for path in files(".py", ".js", ".css", ".toml"):
        inside = name(path)
        if inside.split("/")[0] in {"explorer", "pages", ".streamlit"} and inside not in MADE:
            count = len(COLOUR.findall(path.read_text(encoding="utf-8")))
            if count:
                found[inside] = count
    assert found == SHADOWS


def test_what_is_made_from_the_palette_is_current() -> None:
    """If not: python -m explorer.palette."""
    assert palette.CONFIG.read_text(encoding="utf-8") == palette.config()
    assert palette.SCRIPT.read_text(encoding="utf-8") == palette.script()
    assert palette.LIGHT["model"] in palette.streamlit_theme()


def test_pages_components_and_charts_have_the_same_colours() -> None:
    shared = bundle(ROOT / "explorer" / "components" / "distribution").css
    for colour in ("model", "truth", "second", "removed"):
        assert f"--{colour}: {palette.LIGHT[colour]};" in shared
        assert f"--{colour}: {palette.LIGHT[colour]};" in style.sheet()
        assert palette.LIGHT[colour] in {tone for tone, *_ in theme.SERIES}


def test_every_variable_that_a_style_uses_is_a_colour_or_set_by_somebody() -> None:
    sheets = [path.read_text(encoding="utf-8") for path in files(".css") if name(path).startswith("explorer/")]
    scripts = [path.read_text(encoding="utf-8") for path in files(".js", ".py") if name(path).startswith("explorer/")]
    used = {found for sheet in sheets for found in re.findall(r"var\(--([\w-]+)", sheet)}
    made = {found for text in (*sheets, *scripts) for found in re.findall(r"--([\w-]+)\"?\s*[:,]", text)}
    assert {one for one in used if not one.startswith("st-")} - made - palette.LIGHT.keys() == set()


@pytest.mark.parametrize("group", ["series", "senses", "meanings"])
def test_a_list_of_colours_has_no_doubles(group: str) -> None:
    assert len(set(palette.colours(group))) == len(palette.colours(group)) >= 6
