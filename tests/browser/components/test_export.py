"""The export row in Chromium: files that other programs can read, and a link without the clipboard API."""

from __future__ import annotations

import csv
import io
import struct
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.components import gallery_data as data
from tests.browser.components.conftest import OpenGallery, component

SVG = "{http://www.w3.org/2000/svg}"
PARTS = ["strip", "mixed", "distribution", "odd", "compare", "vector", "scatter", "layers", "plotly"]


def save(page: Page, kind: str) -> bytes:
    with page.expect_download() as download:
        component(page, "export").locator(f'[data-export="{kind}"]').click()
    assert download.value.suggested_filename == f"open-sesame-gallery.{kind}"
    return Path(download.value.path()).read_bytes()


def table(page: Page) -> list[list[str]]:
    content = save(page, "csv")
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("part", PARTS)
def test_the_drawing_is_xml_and_holds_shapes(open_gallery: OpenGallery, part: str) -> None:
    page = open_gallery(part)
    if part == "plotly":
        page.locator(".js-plotly-plot .main-svg").first.wait_for()
    root = ElementTree.fromstring(save(page, "svg"))
    assert root.tag == f"{SVG}svg"
    assert len(list(root.iter())) > 20
    width, height = float(root.get("width") or 0), float(root.get("height") or 0)
    assert 300 < width < 1400
    assert 100 < height < 1600
    assert not list(root.iter(f"{SVG}script"))
    assert not list(root.iter(f"{SVG}foreignObject"))


def test_the_drawing_says_what_the_screen_says(open_gallery: OpenGallery) -> None:
    page = open_gallery("distribution")
    shown = component(page, "bars").locator(".row .p").all_inner_texts()
    root = ElementTree.fromstring(save(page, "svg"))
    texts = [text.text or "" for text in root.iter(f"{SVG}text")]
    assert set(shown) <= set(texts)
    assert "图注 · caption" in texts
    widths = [float(r.get("width") or 0) for r in root.iter(f"{SVG}rect") if r.get("fill") == "#0072b2"]
    p = data.softmax(data.scores(0))[[data.ID[word] for word in "好快多大高"]]
    assert widths == pytest.approx((440 * p).tolist(), abs=0.01)


def test_the_drawing_of_a_sentence_says_what_its_marks_mean(open_gallery: OpenGallery) -> None:
    page = open_gallery("strip")
    meant = component(page, "strip").locator(".legend:not(.count)").inner_text()
    assert meant
    root = ElementTree.fromstring(save(page, "svg"))
    said = "".join("".join(text.itertext()) for text in root.iter(f"{SVG}text"))
    assert "".join(meant.split()) in "".join(said.split())


def test_the_picture_is_a_png_of_twice_the_size(open_gallery: OpenGallery) -> None:
    page = open_gallery("strip")
    root = ElementTree.fromstring(save(page, "svg"))
    picture = save(page, "png")
    assert picture.startswith(b"\x89PNG\r\n")
    width, height = struct.unpack(">II", picture[16:24])
    assert (width, height) == (2 * int(root.get("width") or 0), 2 * int(root.get("height") or 0))


def test_the_table_of_a_distribution_is_whole_and_safe(open_gallery: OpenGallery) -> None:
    page = open_gallery("distribution")
    heading, *rows = table(page)
    assert len(heading) == 5
    assert len(rows) == data.SIZE
    p = data.softmax(data.scores(0))
    assert [float(row[4]) for row in rows] == pytest.approx(sorted(p, reverse=True), abs=1e-6)
    tokens = {row[2] for row in rows}
    assert "'=SUM(A1)" in tokens
    assert '"quoted", and' in tokens
    assert "=SUM(A1)" not in tokens


def test_numbers_may_be_negative_and_texts_may_not_be_formulas(open_gallery: OpenGallery) -> None:
    page = open_gallery("vector")
    _, *rows = table(page)
    values = [float(row[2]) for row in rows]
    assert values == pytest.approx([*data.vector(1).tolist(), *data.vector(2, 64).tolist()])
    assert min(values) < 0


def test_a_plotly_chart_gives_its_points(open_gallery: OpenGallery) -> None:
    page = open_gallery("plotly")
    page.locator(".js-plotly-plot .main-svg").first.wait_for()
    assert [row[1:3] for row in table(page)] == [["横轴", "纵轴"], ["a", "1"], ["'=b", "2"]]


def test_several_figures_become_one_file_in_the_order_of_the_page(open_gallery: OpenGallery) -> None:
    page = open_gallery("mixed")
    assert len(list(ElementTree.fromstring(save(page, "svg")).findall(f"{SVG}svg"))) == 2
    rows = table(page)
    headings = [row for row in rows if len(row) == 1]
    assert len(headings) == 2
    assert [] in rows


def test_the_link_is_copied(open_gallery: OpenGallery) -> None:
    page = open_gallery("vector", permissions=["clipboard-read", "clipboard-write"])
    bar = component(page, "export")
    bar.locator('[data-export="link"]').click()
    expect(bar.get_by_role("status")).to_have_text("链接已复制。")
    assert page.evaluate("navigator.clipboard.readText()") == page.url


def test_the_link_is_copied_where_the_clipboard_api_is_missing(open_gallery: OpenGallery) -> None:
    page = open_gallery("vector", permissions=["clipboard-read", "clipboard-write"])
    bar = component(page, "export")
    page.evaluate("() => { Object.defineProperty(window, 'isSecureContext', {value: false}); }")
    bar.locator('[data-export="link"]').click()
    expect(bar.get_by_role("status")).to_have_text("链接已复制。")
    assert page.evaluate("navigator.clipboard.readText()") == page.url


def test_where_nothing_may_copy_the_link_can_be_selected(open_gallery: OpenGallery) -> None:
    page = open_gallery("vector")
    bar = component(page, "export")
    page.evaluate(
        """() => {
            Object.defineProperty(window, "isSecureContext", {value: false});
            document.execCommand = () => false;
        }"""
    )
    bar.locator('[data-export="link"]').click()
    expect(bar.locator(".address")).to_be_focused()
    expect(bar.locator(".address")).to_have_value(page.url)
    expect(bar.get_by_role("status")).to_contain_text("自己复制")


def test_a_page_without_figures_says_so(open_gallery: OpenGallery) -> None:
    page = open_gallery("nothing")
    bar = component(page, "export")
    bar.locator('[data-export="png"]').click()
    expect(bar.get_by_role("status")).to_have_text("这一屏还没有图。")
