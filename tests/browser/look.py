"""Every page as it looks: each tool, at four sizes, in both languages, light and dark, in lecture mode, with the
longest example and with a single token. Writes the pictures and complains about what can be told without eyes.

    python -m tests.browser.look [--out FOLDER] [--only TEXT]

Pictures go to out/look/ (kept out of the repository). The exit status is 1 if anything was found: sideways scrolling, a
stage that does not fit into 1280 × 720, a label that is cut, a character without a glyph.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import Browser, Page, sync_playwright

from explorer import chapters
from explorer.content import examples
from tests.browser.conftest import LOCALES
from tests.browser.journey import ROOT
from tests.browser.quiet import RUNS, idle
from tests.browser.server import Server, launch_chromium, running
from tests.pace import PACE, PATIENCE

SIZES = {"wide": (1440, 900), "laptop": (1280, 720), "tablet": (1024, 768), "phone": (390, 844)}
TALLEST = 6000
FAULTS = Path(__file__).with_name("faults.js")
OWN = {
    "zh": {
        "text": "邻居家的小狗每天傍晚都在河边追蝴蝶。",
        "masks": "6~12",
        "focus": "12",
        "b": "邻居家的小猫每天傍晚都在河边追蝴蝶。",
    },
    "en": {
        "text": "A tired sailor told us stories about distant islands.",
        "masks": "5~7",
        "focus": "7",
        "b": "A proud sailor told us stories about distant islands.",
    },
}
ONE = {"zh": {"text": "好", "masks": "1", "focus": "1"}, "en": {"text": "hi", "masks": "1", "focus": "1"}}


@dataclass(frozen=True)
class View:
    """One state of one page: what is opened, for whom."""

    name: str
    path: str
    query: tuple[tuple[str, str], ...]
    lang: str
    theme: str = "light"
    large: bool = False

    @property
    def stem(self) -> str:
        return "-".join((self.name, self.lang, self.theme, *(["large"] if self.large else [])))

    @property
    def address(self) -> str:
        query = dict(self.query) | ({"teacher": "1"} if self.large else {})
        return self.path + (f"?{urlencode(query)}" if query else "")


CHAPTERS = chapters.PAGES


def tools(chapter: str) -> tuple[str, ...]:
    """The tools of a chapter; of a page without a choice of tools, the page itself."""
    return (chapters.get(chapter).tools if chapter in chapters.IDS else ()) or ("",)


def view(chapter: str, tool: str, lang: str, theme: str = "light", *, large: bool = False) -> View:
    """A tool of a chapter, on the sentence the page opens with (填空: on one of the look's own)."""
    if chapter == "masking":
        return replace(masking(tool, lang, OWN[lang], theme), large=large)
    query = (("tool", tool), ("v", "1")) if tool else ()
    path = "/" if chapter == CHAPTERS[0] else f"/{chapter}"
    return View(f"{chapter}-{tool}" if tool else chapter, path, query, lang, theme, large)


def views() -> Iterator[View]:
    """Everything there is to look at."""
    for lang in ("zh", "en"):
        for chapter in CHAPTERS:
            for tool in tools(chapter):
                for theme in ("light", "dark"):
                    yield view(chapter, tool, lang, theme)
            yield view(chapter, tools(chapter)[0], lang, large=True)
        yield View("home-own", "/", (("text", OWN[lang]["text"]), ("how", "gpt"), ("v", "1")), lang)
        yield masking("cover", lang, longest(lang), name="longest")
        yield masking("lens", lang, ONE[lang], name="one-lens")
        yield masking("cover", lang, ONE[lang], name="one")


def masking(tool: str, lang: str, state: dict[str, str], theme: str = "light", name: str = "") -> View:
    query = {**state, "tool": tool, "v": "1"}
    return View(f"masking-{name or tool}", "/masking", tuple(query.items()), lang, theme)


def longest(lang: str) -> dict[str, str]:
    """The longest example of 填空 with its last ordinary token covered."""
    table = examples.load("masking")
    entries = [entry[lang] for name, entry in table.items() if name not in ("beside", *table["beside"])]
    text = max((entry["text"] for entry in entries), key=len)
    return {"text": text, "masks": "3", "focus": "3"}


def take(page: Page, server: Server, view: View, size: str, folder: Path) -> list[str]:
    """Draw one view at one size, keep its pictures, say what is wrong. The page is there already after the first."""
    if page.url != server.url + view.address:
        page.goto(server.url + view.address)
    found = resized(page, view, size)
    folder.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=folder / f"{view.stem}-{size}.png")
    width, height = SIZES[size]
    whole = page.get_by_test_id("stMain").evaluate("e => e.scrollHeight")
    if whole > height + 8:
        page.set_viewport_size({"width": width, "height": min(int(whole), TALLEST)})
        page.screenshot(path=folder / f"{view.stem}-{size}-whole.png")
        page.set_viewport_size({"width": width, "height": height})
    return found


def resized(page: Page, view: View, size: str) -> list[str]:
    """What is wrong with a view at a size; its page is open."""
    page.set_viewport_size(dict(zip(("width", "height"), SIZES[size], strict=True)))
    drawn(page)
    must_fit = size in ("laptop", "phone") and not view.large
    return [f"{view.stem} {size}: {fault}" for fault in faults(page, stage=must_fit)]


def drawn(page: Page) -> None:
    """Wait until the page has been run, every figure of it drawn, and the fonts are there."""
    idle(page)
    page.wait_for_function(
        """() => {
          const idle = document.querySelector('[data-testid="stApp"][data-test-script-state="notRunning"]');
          const plots = [...document.querySelectorAll(".stPlotlyChart")];
          const waiting = document.querySelector('[data-testid="stSkeleton"]');
          const here = plots.every((p) => p.querySelector(".main-svg"));
          return idle && !waiting && here && document.fonts.status === "loaded";
        }""",
        timeout=60_000 * PACE,
    )
    page.locator(".sesame[data-ready], .model").first.wait_for()
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def faults(page: Page, *, stage: bool) -> list[str]:
    """What can be told without eyes; with `stage`, also whether the stage ends within the window."""
    found: list[str] = page.evaluate(FAULTS.read_text(encoding="utf-8"))
    if stage:
        boxes = page.locator('[class*="st-key-stage"]')
        box = boxes.first.bounding_box() if boxes.count() else None
        height = (page.viewport_size or {"height": 0})["height"]
        if box is None:
            found.append("there is no stage")
        elif box["y"] + box["height"] > height + 0.5:
            found.append(f"the stage ends at {box['y'] + box['height']:.0f} of {height}")
    return found


def look(chromium: Browser, server: Server, wanted: list[View], sizes: list[str], folder: Path) -> list[str]:
    """Take every wanted view at every size; everything that was found."""
    found: list[str] = []
    for view in wanted:
        context = chromium.new_context(
            locale=LOCALES[view.lang],
            color_scheme="dark" if view.theme == "dark" else "light",
            reduced_motion="reduce",
            viewport={"width": 1440, "height": 900},
        )
        context.add_init_script(path=RUNS)
        page = context.new_page()
        page.set_default_timeout(PATIENCE * 1000)
        for size in sizes:
            found += take(page, server, view, size, folder)
        context.close()
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description="Take a picture of every page and say what is wrong with it.")
    parser.add_argument("--out", type=Path, default=ROOT / "out" / "look")
    parser.add_argument("--only", default="", help="take only views whose name contains this")
    options = parser.parse_args()
    wanted = [view for view in views() if options.only in view.stem]
    with running() as server, sync_playwright() as playwright:
        chromium = launch_chromium(playwright)
        found = look(chromium, server, wanted, list(SIZES), options.out)
        chromium.close()
    for line in found:
        print(line)
    print(f"{len(wanted) * len(SIZES)} views in {options.out}, {len(found)} complaints")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
