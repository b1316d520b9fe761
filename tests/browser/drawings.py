"""The drawing that a page's export row saves, judged without eyes: XML, nothing said on the screen left out of it, no
label on another.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from typing import Any

from playwright.sync_api import Download, Page, expect

from tests.browser.journey import until

SVG = "{http://www.w3.org/2000/svg}"
# Two labels are on each other when they share more than this part of the smaller one's box; a box of Chinese letters
# is half as high again as the letters.
SHARED = 0.35

_ON_EACH_OTHER = """(share) => {
  const seen = [...document.querySelectorAll("svg text")].map((t) => {
    const r = t.getBoundingClientRect();
    return {words: t.textContent.trim().slice(0, 24), r, shown: r.width > 0 && getComputedStyle(t).opacity !== "0"};
  }).filter(({words, shown}) => words && shown);
  const found = [];
  seen.forEach((a, i) => seen.slice(i + 1).forEach((b) => {
    const wide = Math.min(a.r.right, b.r.right) - Math.max(a.r.left, b.r.left);
    const high = Math.min(a.r.bottom, b.r.bottom) - Math.max(a.r.top, b.r.top);
    const smaller = Math.min(a.r.width * a.r.height, b.r.width * b.r.height);
    if (wide > 0 && high > 0 && wide * high > share * smaller) found.push(`${a.words} on ${b.words}`);
  }));
  return found;
}"""
# Of figures; the chips of a sentence say theirs on the screen alone. Behind a curve's name stands its value.
_VALUE = re.compile(r"\s*[−-]?\d+\.\d+$")
_LEGENDS = """() => [...document.querySelectorAll('[data-testid="stBidiComponentIsolated"]')]
  .flatMap((host) => [...(host.shadowRoot?.querySelectorAll(".sesame p.legend") ?? [])])
  .filter((legend) => legend.getClientRects().length)
  .flatMap((legend) => legend.innerText.split("\\n")).map((name) => name.trim()).filter(Boolean)"""


def faults(page: Page) -> list[str]:
    """What is wrong with the drawing of what is on the screen; nothing where there is no figure, or no such row."""
    bar = page.locator('.sesame:has([data-export="svg"])')
    if not bar.count():
        return []
    taken: list[Download] = []

    def take(download: Download) -> None:
        taken.append(download)

    page.on("download", take)
    # It begins by saying nothing; the focus stays where it is.
    bar.locator('[data-export="svg"]').evaluate("button => button.click()")
    expect(bar.get_by_role("status")).not_to_be_empty()
    if ".svg" not in bar.get_by_role("status").inner_text():
        return []
    until(page, lambda: taken[0])
    page.remove_listener("download", take)
    drawing = taken[0].path().read_text(encoding="utf-8")
    words = " ".join("".join(text.itertext()) for text in ElementTree.fromstring(drawing).iter(f"{SVG}text"))
    names = [_VALUE.sub("", name) for name in page.evaluate(_LEGENDS)]
    missing = [name for name in names if name not in words]
    return [*(f"legend left out: {name}" for name in missing), *_on_each_other(page, drawing)]


def _on_each_other(page: Page, drawing: str) -> list[str]:
    sheet = page.context.new_page()
    sheet.set_content(f'<body style="margin: 0">{drawing}</body>')
    found: list[Any] = sheet.evaluate(_ON_EACH_OTHER, SHARED)
    sheet.close()
    return [str(one) for one in found]
