"""What every component owes: phone width, both themes with enough contrast, large type, no trace after leaving."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.components.conftest import OpenGallery, component
from tests.browser.journey import eventually

PHONE = {"width": 390, "height": 844}

PARTS = {
    "strip": "strip",
    "mixed": "mixed",
    "pick": "pick",
    "distribution": "bars",
    "odd": "odd",
    "hide": "hide",
    "compare": "compare",
    "vector": "vectors",
    "scatter": "scatter",
    "attention": "attention",
    "layers": "layers",
}


@pytest.mark.parametrize(("part", "key"), PARTS.items())
def test_it_fits_a_phone_in_both_languages_grows_with_large_type_and_axe_finds_nothing(
    open_gallery: OpenGallery, part: str, key: str
) -> None:
    """Chinese in the light, then on a phone; English in the dark, in large type, on a phone from the beginning."""
    page = open_gallery(part, color_scheme="light")
    nothing_serious(page, key, "light")
    size = type_size(page, key)
    page.set_viewport_size(PHONE)
    eventually(page, lambda: nothing_sticks_out(page, key))
    page = open_gallery(part, lang="en", query="&large=1", color_scheme="dark", viewport=PHONE, has_touch=True)
    nothing_sticks_out(page, key)
    nothing_serious(page, key, "dark")
    assert type_size(page, key) == pytest.approx(1.35 * size, abs=0.2)


def nothing_sticks_out(page: Page, key: str) -> None:
    root = component(page, key)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    over = root.evaluate(
        """(root) => [...root.querySelectorAll("*")].filter((element) => {
            const rect = element.getBoundingClientRect();
            const seen = rect.width > 1 && !element.closest(".unseen, .tip, .scroller > *");
            return seen && (rect.right > innerWidth + 1 || rect.left < -1);
        }).map((element) => element.outerHTML.slice(0, 120))"""
    )
    assert over == []


def nothing_serious(page: Page, key: str, theme: str) -> None:
    assert component(page, key).get_attribute("data-theme") == theme
    found = Axe().run(page)
    # Not empty talk: axe did look into the shadow root.
    assert places(found.response["passes"])
    assert [f"{rule}: {html}" for rule, html in places(found.response["violations"], "serious", "critical")] == []


def type_size(page: Page, key: str) -> float:
    size: float = component(page, key).evaluate("(root) => parseFloat(getComputedStyle(root).fontSize)")
    return size


def places(findings: list[dict[str, Any]], *impacts: str) -> list[tuple[str, str]]:
    """(rule, element) inside our components: axe names a place in a shadow root by a list of selectors."""
    return [
        (finding["id"], node["html"][:160])
        for finding in findings
        if not impacts or finding["impact"] in impacts
        for node in finding["nodes"]
        if any(isinstance(step, list) for step in node["target"])
    ]


def test_components_leave_nothing_behind(open_gallery: OpenGallery) -> None:
    page = open_gallery("switch")
    component(page, "bars-gone")
    assert "bars-gone" in figures(page)
    page.get_by_role("button", name="take away").click()
    expect(page.locator('.sesame[data-key="bars-gone"]')).to_have_count(0)
    page.wait_for_function("!('bars-gone' in window.__sesame.figures)")
    assert figures(page) == []


def test_a_typed_word_is_scored_without_the_vocabulary(open_gallery: OpenGallery) -> None:
    page = open_gallery("distribution")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "media" in request.url else None)
    bars = component(page, "bars")
    for word in ("w30000", "w30001"):
        bars.get_by_role("textbox").fill(word)
        page.keyboard.press("Enter")
        expect(bars.locator(".row .w", has_text=word)).to_be_visible()
    assert asked == []


def figures(page: Page) -> list[str]:
    return page.evaluate("Object.keys(window.__sesame.figures)")
