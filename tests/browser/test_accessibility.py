"""Everyone can use it: the main job from the keyboard alone; every page and tool fits its window, and axe-core finds
nothing there, in both languages, light and dark (every tool: `pytest -m walk`).

What a blank Streamlit page already has is measured in the same run and is not ours; anything serious or critical
beyond it fails, but for the exceptions named here by rule, each with its reason.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from explorer.ui.i18n import text as words
from tests.browser import drawings, look
from tests.browser.conftest import OpenPage
from tests.browser.journey import Home, Masking, Reference, eventually, idle
from tests.browser.quiet import RUNS
from tests.browser.server import Server, running
from tests.pace import PATIENCE

# rule → (where, why). Nothing is excused without both.
EXCEPTIONS: dict[str, tuple[str, str]] = {}
SEVERE = ("serious", "critical")
TEXTS = {
    "zh": ("木匠把旧椅子修好，又刷了一层漆。", (4, 9)),
    "en": ("The bakery opens before the first bus arrives.", (2, 6)),
}


def findings(page: Page) -> list[dict[str, Any]]:
    """Every serious or critical finding: {rule, target, html}."""
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        {"rule": rule["id"], "target": str(node["target"]), "html": node["html"][:200]}
        for rule in found
        if rule["impact"] in SEVERE
        for node in rule["nodes"]
    ]


@pytest.fixture(scope="session")
def blank(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> set[str]:
    """The rules that a blank Streamlit page breaks by itself."""
    root: Path = tmp_path_factory.mktemp("blank")
    (root / "app.py").write_text("import streamlit as st\n\nst.write('blank')\n", encoding="utf-8")
    rules: set[str] = set()
    with running(root=root, environment={"STREAMLIT_SERVER_HEADLESS": "true"}) as server:
        for scheme in ("light", "dark"):
            context = chromium.new_context(color_scheme=scheme)  # type: ignore[arg-type]
            context.add_init_script(path=RUNS)
            page = context.new_page()
            page.set_default_timeout(PATIENCE * 1000)
            page.goto(server.url)
            idle(page)
            expect(page.get_by_text("blank", exact=True)).to_be_visible()
            rules |= {finding["rule"] for finding in findings(page)}
            context.close()
    return rules


def ours(page: Page, blank: set[str]) -> list[str]:
    return [
        f"{finding['rule']}: {finding['target']}: {finding['html']}"
        for finding in findings(page)
        if finding["rule"] not in blank
        and not (finding["rule"] in EXCEPTIONS and EXCEPTIONS[finding["rule"]][0] in finding["target"])
    ]


@pytest.mark.walk
@pytest.mark.parametrize("chapter", look.CHAPTERS)
def test_every_tool_fits_its_window_axe_finds_nothing_and_the_focus_is_seen(
    chapter: str, blank: set[str], open_page: OpenPage, shipped: Server
) -> None:
    """Every tool once, Chinese in the light or English in the dark by turns; what the page opens with in both."""
    first, *others = look.tools(chapter)
    for lang, theme, tools in (("zh", "light", [first, *others[1::2]]), ("en", "dark", [*others[::2], first])):
        page = goes_through(chapter, lang, theme, tools, blank, open_page, shipped)
        if lang == "en":
            everything_that_has_the_focus_shows_it(page)
        page.close()


@pytest.mark.parametrize("chapter", look.CHAPTERS)
def test_what_opens_fits_its_window_axe_finds_nothing_and_the_focus_is_seen(
    chapter: str, blank: set[str], open_page: OpenPage, shipped: Server
) -> None:
    """Of every page what it opens with, in one language and theme; the walk through all tools is a run of its own."""
    odd = look.CHAPTERS.index(chapter) % 2
    lang, theme = ("en", "dark") if odd else ("zh", "light")
    page = goes_through(chapter, lang, theme, look.tools(chapter)[:1], blank, open_page, shipped)
    everything_that_has_the_focus_shows_it(page)


def goes_through(
    chapter: str, lang: str, theme: str, tools: Sequence[str], blank: set[str], open_page: OpenPage, shipped: Server
) -> Page:
    """No sideways scroll, no cut label, no missing glyph; the stage is seen without scrolling, on a phone as well. The
    drawing that is saved is XML, with the legend and no label on another.
    """
    opened = look.view(chapter, tools[0], lang, theme)
    page = open_page(opened.path, query=dict(opened.query), on=shipped, lang=lang, theme=theme)
    for tool in tools:
        seen = look.view(chapter, tool, lang, theme)
        if tool != tools[0]:
            chooses(page, chapter, tool, lang)
        assert look.resized(page, seen, "laptop") == []
        expect(page.get_by_test_id("stSidebar")).to_have_attribute("data-collapsed", "false")
        assert ours(page, blank) == [], seen.stem
        assert drawings.faults(page) == [], seen.stem
        assert look.resized(page, seen, "phone") == []
        page.set_viewport_size({"width": 1280, "height": 720})
    return page


def chooses(page: Page, chapter: str, tool: str, lang: str) -> None:
    """A click on the name of a tool, until the address, which is written last, says so; and back to the top."""
    group = page.locator(f".st-key-{chapter}-tool-{lang}")
    group.get_by_text(words(f"{chapter}.tool.{tool}", lang), exact=True).click()
    opened = [] if tool == look.tools(chapter)[0] else [tool]
    page.wait_for_url(lambda url: parse_qs(urlsplit(url).query).get("tool", []) == opened, wait_until="commit")
    page.get_by_test_id("stMain").evaluate("e => e.scrollTo(0, 0)")


def everything_that_has_the_focus_shows_it(page: Page) -> None:
    look.drawn(page)
    seen: list[str] = []
    for _ in range(45):
        page.keyboard.press("Tab")
        if focused(page, "tag") == "BODY":
            break
        seen.append(focused(page, "outer"))
        assert focused(page, "ring") == "yes", f"no ring on {seen[-1]}"
    assert len(seen) > 5  # the way into a room has six: fewer than any other page


def test_axe_on_what_opens(blank: set[str], open_page: OpenPage) -> None:
    home = Home(open_page("/"), "zh")
    home.picks("split.how", home.say("split.gpt"))
    idle(home.page)
    home.main.get_by_text(home.say("common.more"), exact=True).click()
    home.page.get_by_test_id("stSidebar").get_by_role("button", name=home.say("common.phone")).click()
    expect(home.page.get_by_test_id("stPopoverBody")).to_be_visible()
    idle(home.page)
    assert ours(home.page, blank) == []


def test_axe_where_something_is_said(blank: set[str], open_page: OpenPage, reference: Reference) -> None:
    """A bad link, nothing covered, unknown characters, the reader guesses first, no sentence: one after the other."""
    page = Masking(open_page("/masking", query={"v": "1", "tool": "teleport", "masks": "x"}))

    def nothing_is_found(state: str) -> None:
        idle(page.page)
        assert ours(page.page, blank) == [], state

    expect(page.main.get_by_role("alert")).to_be_visible()
    nothing_is_found("bad link")
    page.writes(TEXTS["zh"][0], reference.pieces(TEXTS["zh"][0]))
    page.uncovers()
    page.sees(page.say("cover.nothing"))
    nothing_is_found("nothing covered")
    page.writes("今天🪗真热闹。")
    page.sees(page.say("common.unknown"))
    nothing_is_found("unknown characters")
    page.covers(4)
    page.main.get_by_text(page.say("hide"), exact=True).click()
    expect(page.bars.verdict).to_contain_text(page.say("components.bars.hidden"))
    nothing_is_found("guess first")
    page.types("input", "")
    page.sees(page.say("errors.text_empty"))
    nothing_is_found("no sentence")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_main_job_from_the_keyboard_alone(lang: str, open_page: OpenPage, reference: Reference) -> None:
    """Write a sentence, cover a token, look at another tool, take a preset: nothing but keys."""
    text, (at, _) = TEXTS[lang]
    page = Masking(open_page("/masking", lang=lang), lang)
    keys = page.page.keyboard

    walk(page.page, "Tab", lambda: focused(page.page, "label") == page.say("input"))
    keys.press("Control+A")
    keys.insert_text(text)  # as an input method does
    keys.press("Enter")
    page.stands(reference.pieces(text))
    idle(page.page)  # what the focus walks over is drawn

    walk(page.page, "Shift+Tab", lambda: "chip" in focused(page.page, "class"))
    keys.press("Home")
    for _ in range(at):
        keys.press("ArrowRight")
    keys.press("Space")
    eventually(page.page, lambda: _same(page.sentence.covered(), [at]))
    page.answered()
    page.bars.show(reference.masked(text, at), original=reference.ids(text)[at])
    assert focused(page.page, "class").startswith("chip"), "the focus stays where the reader is"

    walk(page.page, "Tab", lambda: focused(page.page, "group") == page.say("tools"))
    keys.press("ArrowRight")
    keys.press("Space")
    expect(page.page.get_by_role("heading", level=2, name=page.say("road.title"), exact=True)).to_be_visible()

    idle(page.page)
    walk(page.page, "Tab", lambda: focused(page.page, "card") == "dice")
    keys.press("Enter")
    expect(page.page.get_by_role("heading", level=2, name=page.say("lottery.title"), exact=True)).to_be_visible()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_framework_s_names_are_in_the_language_of_the_page(lang: str, open_page: OpenPage) -> None:
    page = open_page("/", lang=lang)
    skip = page.get_by_test_id("stSkipToContent")
    expect(skip).to_have_text(words("common.names.skip", lang))
    sidebar = page.get_by_test_id("stSidebar")
    expect(sidebar).to_have_attribute("aria-label", words("common.names.sidebar", lang))
    name = words("common.names.help", lang, name=words("common.teacher", lang))
    expect(sidebar.locator(f'[aria-label="{name}"]')).to_have_count(1)
    if lang == "zh":
        expect(page.locator('[aria-label^="Help for"]')).to_have_count(0)
    sidebar.get_by_text({"zh": "English", "en": "中文"}[lang], exact=True).click()
    expect(skip).to_have_text(words("common.names.skip", "en" if lang == "zh" else "zh"))


# The element that has the focus, through shadow roots. A ring may be drawn by it, by what it stands in, or (as
# Streamlit does for its switches and choices) by what stands for it.
_FOCUSED = """(what) => {
  let e = document.activeElement;
  while (e?.shadowRoot?.activeElement) e = e.shadowRoot.activeElement;
  if (what === "tag") return e.tagName;
  if (what === "class") return e.className?.baseVal ?? e.className;
  if (what === "label") return e.getAttribute("aria-label") ?? "";
  if (what === "card") return e.dataset?.card ?? "";
  if (what === "group") return e.closest('[role="radiogroup"]')?.getAttribute("aria-label") ?? "";
  if (what === "outer") return e.outerHTML.slice(0, 160);
  const marked = (x) => {
    const {outlineStyle, outlineWidth, boxShadow} = getComputedStyle(x);
    return (outlineStyle !== "none" && outlineWidth !== "0px") || boxShadow !== "none";
  };
  for (let x = e, n = 0; x && n < 4; x = x.parentElement, n++) if (marked(x)) return "yes";
  const label = [...(e.labels?.[0]?.querySelectorAll("*") ?? [])];
  return [...e.querySelectorAll("*"), ...label, ...(e.parentElement?.children ?? [])].some(marked) ? "yes" : "no";
}"""


def focused(page: Page, what: str) -> str:
    found: str = page.evaluate(_FOCUSED, what)
    return found


def walk(page: Page, key: str, there: Callable[[], bool], most: int = 80) -> None:
    """Press a key until the focus has come to a place."""
    for _ in range(most):
        if there():
            return
        page.keyboard.press(key)
    raise AssertionError(f"not reached with {most} times {key}; the focus is on {focused(page, 'outer')}")


def _same(found: object, expected: object) -> None:
    assert found == expected
