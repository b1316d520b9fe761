"""How the pages look: nothing is set in type too small to read from a desk, and no phone is told about keys."""

from __future__ import annotations

import re

import pytest

from explorer import paths

SHEETS = sorted((paths.ROOT / "explorer").rglob("*.css"))
SMALLEST = 13  # pixels; a rem is 16


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_no_type_is_smaller_than_13_pixels(sheet: object) -> None:
    css = sheet.read_text(encoding="utf-8")  # type: ignore[attr-defined]
    sizes = re.findall(r"font(?:-size)?:[^;}]*?([0-9]*\.?[0-9]+)(rem|px)", css)
    assert [size + unit for size, unit in sizes if float(size) * (16 if unit == "rem" else 1) < SMALLEST] == []


def test_what_keys_do_is_hidden_where_there_are_none() -> None:
    base = (paths.ROOT / "explorer" / "components" / "shared" / "base.css").read_text(encoding="utf-8")
    assert re.search(r"@media not all and [^{]*any-pointer: fine[^{]*{ \.sesame \.keys { display: none", base)
