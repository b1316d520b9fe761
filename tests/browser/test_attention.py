"""Chapter 4, 注意力, on sentences of the reader's own; numbers against the transformers library called directly.

Thumbnails → large head → one token, with its weights    test_another_head_is_drawn_with_the_librarys_weights
Several heads combined; hide, threshold, layouts          test_heads_are_combined_and_filtered
Sentence A/B blocks; an empty half                        test_a_pair_shows_its_blocks_and_says_when_a_half_is_empty
Keyboard                                                  test_the_keyboard_moves_pins_and_lets_go
Arithmetic of one cell                                    test_one_cell_is_taken_apart
Head atlas, rollout                                       test_the_atlas_sorts_the_heads
Heads off                                                 test_heads_off_change_the_prediction
Encoder against decoder, padding                          test_a_decoder_looks_back_only
Patterns, cost, reach                                     test_patterns_are_drawn_and_counted
512 tokens and more; one token                            test_long_and_short_texts
"""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenPage, settle
from tests.browser.journey import Reader, Reference, eventually, figure, idle, percent

ZH = "邻居家的小狗每天傍晚都在河边追蝴蝶。"
EN = "A tired sailor told us stories about distant islands."


class Attention(Reader):
    """A reader on 注意力."""

    def __init__(self, page: Page, lang: str = "zh") -> None:
        super().__init__(page, "attention", lang)
        self.view = figure(page, "attention-view")
        self.canvas: Locator = self.view.locator(".scroller canvas")
        self.thumbs: Locator = self.view.locator(".thumbs canvas")

    def writes(self, text: str) -> None:
        self.types("input", text)
        idle(self.page)
        eventually(self.page, lambda: self._titled(text))

    def _titled(self, text: str) -> None:
        assert self.page.get_by_role("textbox", name=self.say("input"), exact=True).input_value() == text

    def shows(self, layer: int, head: int) -> None:
        expect(self.canvas).to_have_attribute("data-layer", str(layer))
        expect(self.canvas).to_have_attribute("data-head", str(head))
        expect(self.canvas).to_have_attribute("data-exact", "true", timeout=20_000)

    def picks_head(self, layer: int, head: int, **options: object) -> None:
        cell = float(self.thumbs.get_attribute("data-cell") or 0)
        at = {"x": 18 + (head + 0.5) * cell, "y": 18 + (layer + 0.5) * cell}
        self.thumbs.click(position=at, **options)

    def row(self) -> tuple[int, np.ndarray]:
        """The token whose weights are told, and these."""
        said = self.view.locator(".said")
        return int(said.get_attribute("data-row") or -1), np.array(
            (said.get_attribute("data-weights") or "").split(), float
        )

    def pins(self, position: int) -> None:
        self.canvas.focus()
        self.page.keyboard.press("Home")
        for _ in range(position):
            self.page.keyboard.press("ArrowRight")
        self.page.keyboard.press("Enter")
        idle(self.page)

    def uses(self, tool: str) -> None:
        self.picks("tools", self.say(f"tool.{tool}"))
        expect(self.page.get_by_role("heading", level=2, name=self.say(f"{tool}.title"), exact=True)).to_be_visible()
        idle(self.page)


@pytest.fixture(scope="module")
def weights(reference: Reference):
    import torch
    from transformers import BertModel

    from tests.browser.journey import MODEL_FOLDER

    net = BertModel.from_pretrained(MODEL_FOLDER, attn_implementation="eager", add_pooling_layer=False).float().eval()

    def read(text: str) -> np.ndarray:
        with torch.no_grad():
            out = net(torch.tensor([reference.ids(text)]), output_attentions=True)
        return torch.stack(out.attentions)[:, 0].numpy()

    return read


@pytest.mark.parametrize(("lang", "text"), [("zh", ZH), ("en", EN)])
def test_another_head_is_drawn_with_the_librarys_weights(lang: str, text: str, open_page: OpenPage, weights) -> None:
    page, expected = Attention(open_page("/attention", lang=lang), lang), weights(text)
    page.writes(text)
    page.picks_head(6, 9)
    page.shows(6, 9)
    page.pins(4)

    def told() -> None:
        row, found = page.row()
        assert row == 4 and len(found) == expected.shape[-1]
        np.testing.assert_allclose(found, expected[6, 9, 4], atol=1e-5)

    eventually(page.page, told)
    best = expected[6, 9, 4].max()
    expect(page.view.locator(".said")).to_contain_text(percent(float(best)))


def test_heads_are_combined_and_filtered(open_page: OpenPage, weights) -> None:
    page, expected = Attention(open_page("/attention")), weights(ZH)
    page.writes(ZH)
    page.picks_head(2, 3)
    page.picks_head(4, 5, modifiers=["Shift"])
    page.shows(4, 5)
    expect(page.view.locator(".top b")).to_have_text(page.say("components.attention.mean", n=2))
    page.pins(2)
    mean = (expected[2, 3, 2] + expected[4, 5, 2]) / 2
    eventually(page.page, lambda: np.testing.assert_allclose(page.row()[1], mean, atol=1e-5))
    page.view.get_by_label(page.say("components.attention.hide_special")).check()
    hidden = expected[[2, 4], [3, 5]].mean(0)
    inside = hidden[1:-1, 1:-1].sum() / hidden.sum()
    expect(page.view.locator(".note").last).to_contain_text(percent(float(1 - inside)))
    for layout in ("down", "grid", "across"):
        page.view.get_by_role("button", name=page.say(f"components.attention.{layout}"), exact=True).click()
        expect(page.view.locator(f'[data-choice="{layout}"]')).to_have_attribute("aria-pressed", "true")
    idle(page.page)
    assert "heads=" in page.page.url


def test_a_pair_shows_its_blocks_and_says_when_a_half_is_empty(open_page: OpenPage) -> None:
    page = Attention(open_page("/attention"))
    page.writes(ZH)
    page.main.get_by_text(page.say("paired"), exact=True).click()
    idle(page.page)
    page.sees(page.say("errors.pair_empty"))
    page.types("second", "它一只也没有追到。")
    idle(page.page)
    page.view.get_by_role("button", name="B → A").click()
    expect(page.view.locator('[data-choice="ba"]')).to_have_attribute("aria-pressed", "true")


def test_the_keyboard_moves_pins_and_lets_go(open_page: OpenPage) -> None:
    page = Attention(open_page("/attention"))
    page.writes(ZH)
    page.thumbs.focus()
    page.page.keyboard.press("ArrowDown")
    page.page.keyboard.press("ArrowRight")
    page.shows(1, 1) if "layer" not in page.page.url else None
    page.pins(3)
    assert page.row()[0] == 3
    page.page.keyboard.press("Escape")
    expect(page.view.locator(".said")).to_have_text(page.say("components.attention.nothing"))


def test_one_cell_is_taken_apart(open_page: OpenPage, weights) -> None:
    page, expected = Attention(open_page("/attention")), weights(ZH)
    page.writes(ZH)
    page.picks_head(3, 3)
    page.shows(3, 3)
    page.pins(5)
    best = float(expected[3, 3, 5].max())

    def told() -> None:
        cells = page.main.locator("table.plain-table").first.locator("td.n").all_inner_texts()
        assert percent(best) in cells

    eventually(page.page, told)


def test_the_atlas_sorts_the_heads(open_page: OpenPage, weights) -> None:
    page, expected = Attention(open_page("/attention")), weights(ZH)
    page.writes(ZH)
    page.uses("atlas")
    page.picks("atlas.sort", page.say("measure.previous"))
    previous = expected.diagonal(-1, 2, 3).sum(-1) / expected.shape[-1]
    layer, head = np.unravel_index(int(previous.argmax()), previous.shape)

    def told() -> None:
        row = page.main.locator("table.plain-table").first.locator("tr").nth(1)
        assert row.locator("td").first.inner_text() == f"{layer + 1}–{head + 1}"
        assert percent(float(previous.max())) in row.locator("td").all_inner_texts()

    eventually(page.page, told)


def test_heads_off_change_the_prediction(open_page: OpenPage) -> None:
    page = Attention(open_page("/attention"))
    page.writes(ZH)
    page.uses("off")
    expect(figure(page.page, "attention-off")).to_be_visible()
    page.main.get_by_role("button", name=page.say("common.run")).click()
    expect(page.page.locator(".st-key-attention-kl .js-plotly-plot")).to_be_visible(timeout=60_000)


def test_a_decoder_looks_back_only(open_page: OpenPage) -> None:
    page = Attention(open_page("/attention"))
    page.writes(ZH)
    page.uses("sides")
    causal = figure(page.page, "attention-side-causal")
    expect(causal).to_be_visible(timeout=60_000)
    pairs = [float(x.replace(",", "")) for x in causal.locator("figcaption").inner_text().split() if x.isdigit()]
    n, pairs_all, pairs_seen = pairs
    assert pairs_all == n * n and pairs_seen == n * (n + 1) / 2
    page.sees(page.say("padding.title"))


def test_patterns_are_drawn_and_counted(open_page: OpenPage) -> None:
    page = Attention(open_page("/attention"))
    page.uses("sparse")
    for pattern, count in (("dense", "1,024"), ("causal", "528"), ("local", "268")):
        page.picks("sparse.which", page.say(f"pattern.{pattern}"))
        expect(page.main.locator(".figure b").first).to_have_text(count)


def test_long_and_short_texts(open_page: OpenPage) -> None:
    page = Attention(open_page("/attention"))
    page.writes("树")
    expect(page.thumbs).to_be_visible()
    page.writes("树上有鸟，" * 110)
    settle(page.page)
    page.sees("512")
    expect(page.thumbs).to_be_visible()
    assert page.page.locator(".stException").count() == 0
