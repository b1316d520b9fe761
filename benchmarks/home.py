"""Figures of chapter 0, 首页."""

from __future__ import annotations

from benchmarks import browser

RESULT = '[data-testid="stMarkdownContainer"] table, .plain-table'  # on the page: what it is opened for

CHIP = ".sesame .chip"

GROUPS = {
    ("home.first_paint_s", "home.first_paint_ratio", "home.first_paint_torch"): lambda: browser.first_paint(
        "home", "/", first=CHIP
    ),
}
