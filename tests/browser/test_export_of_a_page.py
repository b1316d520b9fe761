"""What a reader takes along: picture, drawing, numbers and link of what is on the screen, on a sentence of their own.

The drawings of the single components are judged in components/test_export.py; here it is whole pages: all figures on
one sheet, the numbers those of the model, and the link copied with and without the browser's clipboard.
"""

from __future__ import annotations

import csv
import io
import xml.etree.ElementTree as ElementTree

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.journey import Masking, Reference, eventually, figure, idle

TEXT, AT = "裁缝用蓝色的布做了一件短外套。", 7
SVG = "{http://www.w3.org/2000/svg}"


def start(open_page: OpenPage, reference: Reference, lang: str = "zh", **options: object) -> Masking:
    page = Masking(open_page("/masking", lang=lang, **options), lang)  # type: ignore[arg-type]
    page.writes(TEXT, reference.pieces(TEXT))
    page.covers(AT)
    page.bars.show(reference.masked(TEXT, AT), original=reference.ids(TEXT)[AT])
    idle(page.page)
    return page


def saved(page: Masking, kind: str) -> bytes:
    with page.page.expect_download() as download:
        figure(page.page, "masking-export").locator(f'[data-export="{kind}"]').click()
    assert download.value.suggested_filename == f"open-sesame-masking.{kind}"
    expect(figure(page.page, "masking-export").get_by_role("status")).to_contain_text(f"open-sesame-masking.{kind}")
    return download.value.path().read_bytes()


def test_one_page_is_a_picture_a_drawing_and_a_table_and_so_is_a_plot(
    open_page: OpenPage, reference: Reference
) -> None:
    page = start(open_page, reference)
    _is_a_png_of_both_figures(saved(page, "png"))
    _is_svg_with_the_reader_s_words(page, saved(page, "svg"), "light")
    _is_csv_that_a_spreadsheet_reads(saved(page, "csv"), reference)
    page.uses("lens")
    expect(page.page.locator(".st-key-masking-lens .js-plotly-plot .main-svg").first).to_be_visible()
    root = ElementTree.fromstring(saved(page, "svg").decode("utf-8"))
    texts = {"".join(element.itertext()) for element in root.iter(f"{SVG}text")}
    assert page.say("lens.x") in texts
    rows = list(csv.reader(io.StringIO(saved(page, "csv").decode("utf-8-sig"))))
    ranks = [row for row in rows if row and row[0] == reference.pieces(TEXT)[AT]]
    assert len(ranks) == reference.net.config.num_hidden_layers + 1


def test_in_the_dark_the_drawing_is_dark(open_page: OpenPage, reference: Reference) -> None:
    page = start(open_page, reference, lang="en", theme="dark")
    _is_svg_with_the_reader_s_words(page, saved(page, "svg"), "dark")


def _is_a_png_of_both_figures(content: bytes) -> None:
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = (int.from_bytes(content[at : at + 4], "big") for at in (16, 20))
    assert width > 1000 and height > 800, "the sentence and the bars, at twice their size"


def _is_svg_with_the_reader_s_words(page: Masking, content: bytes, theme: str) -> None:
    root = ElementTree.fromstring(content.decode("utf-8"))
    assert root.tag == f"{SVG}svg"
    texts = ["".join(element.itertext()) for element in root.iter(f"{SVG}text")]
    assert {"裁", "缝", "？"} <= set(texts), "the sentence, its covered token covered"
    assert page.bars.rows()[0].word in texts and page.bars.rows()[0].said in texts
    paper = root.find(f"{SVG}rect").get("fill", "")  # type: ignore[union-attr]
    assert paper.lower() in {"light": ("#fbfaf6", "#ffffff"), "dark": ("#14161a", "#1c1f25")}[theme]


def _is_csv_that_a_spreadsheet_reads(content: bytes, reference: Reference) -> None:
    assert content.startswith(b"\xef\xbb\xbf"), "without this mark Excel reads 汉字 as something else"
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    bars = [row for row in rows if len(row) == 5 and row[0].isdigit()]
    assert len(bars) == reference.net.config.vocab_size, "the whole distribution, not only what is drawn"
    p = reference.masked(TEXT, AT)
    assert [int(row[0]) for row in bars] == list(range(1, len(bars) + 1))
    for row in bars[:20]:
        assert abs(float(row[4]) - p[int(row[1])]) < 1e-4
        assert row[2].lstrip("'") == reference.tokenizer.convert_ids_to_tokens(int(row[1]))
    strip = [row for row in rows if len(row) == 11 and row[0].isdigit()]
    assert [row[5] for row in strip][1:-1] == list(TEXT)


@pytest.mark.parametrize("clipboard", ["present", "missing", "refusing"])
def test_the_link_is_copied_with_and_without_the_clipboard(
    clipboard: str, open_page: OpenPage, reference: Reference
) -> None:
    page = start(open_page, reference)
    if clipboard == "missing":  # as on plain http in a class's network
        page.page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    elif clipboard == "refusing":
        page.page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new DOMException('no')); }")
    else:
        page.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    bar = figure(page.page, "masking-export")
    bar.locator('[data-export="link"]').click()
    expect(bar.get_by_role("status")).to_have_text(page.say("components.export.copied"))
    link = page.page.url
    line = page.page.get_by_role("textbox", name=page.say("input"), exact=True)
    line.focus()
    line.press("Control+A")
    line.press("Control+V")
    expect(line).to_have_value(link)


def test_where_nothing_can_be_copied_the_address_is_shown(open_page: OpenPage, reference: Reference) -> None:
    page = start(open_page, reference, lang="en")
    page.page.evaluate(
        "Object.defineProperty(navigator, 'clipboard', {value: undefined}); document.execCommand = () => false"
    )
    bar = figure(page.page, "masking-export")
    bar.locator('[data-export="link"]').click()
    expect(bar.get_by_role("status")).to_have_text(page.say("components.export.copy_failed"))
    address = bar.get_by_role("textbox")
    expect(address).to_have_value(page.page.url)
    eventually(page.page, lambda: _selected(address.evaluate("e => e.selectionEnd - e.selectionStart")))


def _selected(count: int) -> None:
    assert count > 20
