"""Figures of chapter 13, 证据."""

from __future__ import annotations

from benchmarks import browser

CLAIM = '.st-key-stage-evidence .figures, [class*="st-key-evidence-"]'

GROUPS = {
    ("evidence.first_paint_s", "evidence.first_paint_ratio", "evidence.first_paint_torch"): (
        lambda: browser.first_paint("evidence", "/evidence", first=CLAIM)
    ),
}
