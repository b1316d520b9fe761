"""A chapter that `python -m explorer new-chapter` has just made: it stands in the browser, and answers a click."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.server import running
from tests.tree import copy_of

NAME = "freshmade"


def test_a_new_chapter_stands_and_answers(open_page: OpenPage, tmp_path: Path) -> None:
    root = copy_of(tmp_path)
    subprocess.run([sys.executable, "-m", "explorer", "new-chapter", NAME], cwd=root, check=True, capture_output=True)
    with running(root=root) as server:
        page = open_page(f"/{NAME}", lang="en", on=server)
        expect(page.locator("h1.question")).to_have_text("How long is a word's vector at every layer?")
        figure = page.locator('[data-testid="stPlotlyChart"]')
        expect(figure.locator(".legendtext").first).to_contain_text("The")
        page.locator('.sesame[data-key$="-strip"]').get_by_text("box").first.click()
        expect(figure.locator(".legendtext").first).to_contain_text("box")
        expect(page.get_by_role("link", name="New: freshmade")).to_be_visible()
