"""Vectors, columns and the scatter in Chromium: what is read out equals the data."""

from __future__ import annotations

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser.components import gallery_data as data
from tests.browser.components.conftest import OpenGallery, component


def test_a_vector_is_read_out_by_hover_and_by_keyboard(open_gallery: OpenGallery) -> None:
    page = open_gallery("vector")
    vectors = component(page, "vectors")
    strip = vectors.locator("canvas").first
    values = data.vector(1)
    strip.focus()
    page.keyboard.press("End")
    said = f"{values[-1]:.3f}".replace("-", "−")
    assert strip.get_attribute("aria-valuetext") == f"第 384 个数：{said}"
    assert strip.get_attribute("aria-valuenow") == "384"
    box = strip.bounding_box()
    assert box
    strip.hover(position={"x": box["width"] * 100.5 / 384, "y": 5})
    expect(vectors.locator(".tip")).to_have_text("第 101 个数：" + f"{values[100]:.3f}".replace("-", "−"))


def test_a_vector_is_drawn_blue_above_zero_and_vermilion_below(open_gallery: OpenGallery) -> None:
    strip = component(open_gallery("vector"), "vectors").locator("canvas").nth(1)
    values = data.vector(2, 64)
    for index in (int(values.argmax()), int(values.argmin())):
        red, _, blue, alpha = strip.evaluate(
            """(canvas, i) => {
                const x = Math.floor((i + 0.5) * canvas.width / 64);
                return [...canvas.getContext("2d").getImageData(x, 4, 1, 1).data];
            }""",
            index,
        )
        assert alpha > 200
        assert (blue > red) == (values[index] > 0)


def test_columns_equal_numpy(open_gallery: OpenGallery) -> None:
    columns = component(open_gallery("compare"), "compare").locator(".column")
    for column, (seed, first) in zip(columns.all(), [(11, "好快"), (12, "快多好大"), (13, "热冷妙")], strict=True):
        p = data.softmax(data.scores(seed, first))
        shown = [float(row.get_attribute("data-p") or 0) for row in column.locator("li").all()]
        expected = sorted(p, reverse=True)[:5]
        assert shown[:5] == pytest.approx(expected, abs=1e-6)
        assert sum(shown) == pytest.approx(1, abs=1e-6)
    expect(columns.nth(2)).to_contain_text("<b>B</b>")
    expect(columns.nth(2).locator("li.true")).to_have_count(1)


def test_the_lists_of_the_scatter_equal_numpy(open_gallery: OpenGallery) -> None:
    scatter = component(open_gallery("scatter"), "scatter")
    a, b = data.pair()
    p_a, p_b = data.softmax(a), data.softmax(b)
    difference = np.log(p_b) - np.log(p_a)
    likely = np.flatnonzero(np.maximum(p_a, p_b) >= 1e-4)
    order = likely[np.argsort(difference[likely], kind="stable")]
    expected = {
        "a": [i for i in order if difference[i] < 0][:10],
        "b": [i for i in order[::-1] if difference[i] > 0][:10],
    }
    for side, ids in expected.items():
        options = scatter.locator(f".side.{side} [role=option]").all()
        assert [int(option.get_attribute("data-id") or -1) for option in options] == ids
        for option, number in zip(options, ids, strict=True):
            assert float(option.get_attribute("data-difference") or 0) == pytest.approx(difference[number], abs=1e-6)


def test_words_of_the_scatter_are_found_by_keyboard_and_by_pointer(open_gallery: OpenGallery) -> None:
    page = open_gallery("scatter")
    scatter = component(page, "scatter")
    scatter.locator(".side.b [role=option]").first.focus()
    page.keyboard.press("ArrowDown")
    chosen = scatter.locator(".side.b [role=option]").nth(1)
    expect(chosen).to_be_focused()
    expect(chosen).to_have_attribute("aria-selected", "true")
    expect(scatter.locator(".tip")).to_contain_text(chosen.locator("span").first.inner_text())
    page.keyboard.press("Escape")
    expect(scatter.locator(".tip")).to_be_hidden()
    scatter.locator("canvas").hover(position={"x": 200, "y": 300})
    expect(scatter.locator(".tip b")).to_have_text(re.compile(r"^(?!#)."))
    assert scatter.locator(".tip b").inner_text() in data.WORDS
