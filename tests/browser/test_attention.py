"""Chapter 4, 注意力, on sentences of the reader's own; numbers against the transformers library called directly.

Thumbnails → large head → one query token              test_from_all_heads_to_one_token_with_the_library_s_weights
Another head costs no run of the model                 test_another_head_or_layer_runs_no_model
Horizontal first, vertical, grid; zoom                 test_across_down_grid_and_zoom
Hover a token, pin several                             test_hovering_and_pinning_several_tokens
Several heads combined, also without Shift             test_several_heads_are_combined
Threshold by mass; hide special tokens, diagonal       test_what_is_drawn_is_chosen_by_mass_and_kind
Keyboard                                               test_the_keyboard_alone
Arithmetic of one cell                                 test_one_cell_is_taken_apart_from_q_and_k_to_the_weighted_v
Head atlas, sorted and filtered; rollout               test_the_atlas_sorts_and_filters_heads_and_rolls_them_out
Head ablation                                          test_heads_off_change_the_prediction
Patterns, counted cost, reachability                   test_patterns_are_drawn_counted_and_followed_through_layers
Dense attention measured here; the window's price      test_dense_attention_is_timed_and_a_window_is_priced
Encoder against decoder; padding mask apart            test_an_encoder_sees_all_and_a_decoder_looks_back
A decoder-only model on the stage                      test_the_embedded_decoder_is_shown_for_what_it_is
Sentence A/B blocks; an empty half                     test_a_pair_has_blocks_and_an_empty_half_is_told
SVG, PNG, CSV of the screen; npz, CSV of the tensor    test_everything_can_be_taken_along
128 tokens, 512 and more, one                          test_long_texts_and_one_token
Cross-attention of an encoder-decoder                  test_cross_attention_of_an_encoder_decoder
"""

from __future__ import annotations

import csv
import io
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlencode

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import OpenPage, Watch
from tests.browser.journey import MODEL_FOLDER, Reader, Reference, eventually, figure, idle, linked, percent, softmax
from tests.browser.quiet import RUNS
from tests.browser.server import Server
from tests.pace import PACE, PATIENCE

if TYPE_CHECKING:
    from explorer.models.catalog.catalog import ModelInfo

ZH = "邻居家的小狗每天傍晚都在河边追蝴蝶。"
EN = "A tired sailor told us stories about distant islands."
SHOW = 18  # pixels between the edge of the small pictures and the first of them
Weights = Callable[[str], np.ndarray]
Number = TypeVar("Number", int, float)


class Attention(Reader):
    """A reader on 注意力."""

    def __init__(self, page: Page, lang: str = "zh") -> None:
        super().__init__(page, "attention", lang)
        self.view = figure(page, "attention-view")
        self.canvas: Locator = self.view.locator(".scroller canvas")
        self.thumbs: Locator = self.view.locator(".thumbs canvas")
        self.said: Locator = self.view.locator(".said")

    def writes(self, text: str) -> None:
        self.types("input", text)
        idle(self.page)
        expect(self.page.get_by_role("textbox", name=self.say("input"), exact=True)).to_have_value(text)

    def shows(self, layer: int, head: int) -> None:
        """Wait until this head is on the stage with its own numbers, not those of a byte a weight."""
        for name, value in (("layer", layer), ("head", head)):
            expect(self.canvas).to_have_attribute(f"data-{name}", str(value))
        expect(self.canvas).to_have_attribute("data-exact", "true", timeout=20_000 * PACE)

    def picks_head(self, layer: int, head: int, **options: Any) -> None:
        cell = eventually(self.page, lambda: _at_least(float(self.thumbs.get_attribute("data-cell") or 0), 1))
        self.thumbs.click(position={"x": SHOW + (head + 0.5) * cell, "y": SHOW + (layer + 0.5) * cell}, **options)

    def alone(self, layer: int, head: int) -> None:
        """This head, nothing pinned."""
        self.picks_head(layer, head)
        self.shows(layer, head)
        if self.view.locator(".large button.small").last.is_enabled():
            self.view.get_by_role("button", name=self.say("components.attention.clear")).click()
        idle(self.page)

    def row(self) -> tuple[int, np.ndarray]:
        """The token whose weights are told, and these."""
        at = int(self.said.get_attribute("data-row") or -1)
        return at, np.array((self.said.get_attribute("data-weights") or "").split(), float)

    def tells(self, position: int, weights: np.ndarray) -> None:
        def look() -> None:
            row, found = self.row()
            assert row == position
            np.testing.assert_allclose(found, weights, atol=1e-5)

        eventually(self.page, look)
        expect(self.said).to_contain_text(percent(float(weights.max())))

    def goes_to(self, position: int) -> None:
        self.canvas.focus()
        self.page.keyboard.press("Home")
        for _ in range(position):
            self.page.keyboard.press("ArrowRight")

    def pins(self, *positions: int) -> None:
        for position in positions:
            self.goes_to(position)
            self.page.keyboard.press("Enter")
        idle(self.page)

    def lines(self) -> int:
        return int(self.canvas.get_attribute("data-lines") or -1)

    def uses(self, tool: str) -> None:
        self.picks("tools", self.say(f"tool.{tool}"))
        heading = self.page.get_by_role("heading", level=2, name=self.say(f"{tool}.title"), exact=True)
        expect(heading).to_be_visible(timeout=60_000 * PACE)
        idle(self.page)

    def table(self, number: int = 0) -> list[list[str]]:
        rows = self.main.locator("table.plain-table").nth(number).locator("tr").all()[1:]
        return [row.locator("td").all_inner_texts() for row in rows]


@pytest.fixture(scope="module")
def weights(reference: Reference) -> Weights:
    """attentions[layers, heads, L, L] by the library."""
    import torch
    from transformers import BertModel

    net = BertModel.from_pretrained(MODEL_FOLDER, attn_implementation="eager", add_pooling_layer=False).float().eval()

    def read(text: str) -> np.ndarray:
        with torch.no_grad():
            out = net(torch.tensor([reference.ids(text)]), output_attentions=True)
        return torch.stack(out.attentions)[:, 0].numpy()

    return read


@pytest.fixture(scope="module")
def own(chromium: Browser, server: Server) -> Iterator[Attention]:
    """One page, opened on a sentence of the reader's own, that several journeys go on with."""
    watch = Watch()
    context = chromium.new_context(locale="zh-CN", viewport={"width": 1280, "height": 720}, reduced_motion="reduce")
    context.add_init_script(path=RUNS)
    page = context.new_page()
    page.set_default_timeout(PATIENCE * 1000)
    watch.follow(page)
    page.goto(f"{server.url}/attention?{urlencode({'v': '1', 'lang': 'zh', 'text': ZH, 'mass': '1'})}")
    idle(page)
    yield Attention(page)
    context.close()
    assert not watch.outside and not watch.errors


@pytest.mark.parametrize(("lang", "text"), [("zh", "池塘边的柳树又发芽了。"), ("en", EN)])
def test_from_all_heads_to_one_token_with_the_library_s_weights(
    lang: str, text: str, open_page: OpenPage, weights: Weights
) -> None:
    page, expected = Attention(open_page("/attention", lang=lang), lang), weights(text)
    page.writes(text)
    page.picks_head(6, 9)
    page.shows(6, 9)
    page.pins(4)
    page.tells(4, expected[6, 9, 4])


def test_another_head_or_layer_runs_no_model(own: Attention, server: Server, weights: Weights) -> None:
    own.alone(1, 2)
    own.pins(3)
    before = server.status()["forward_passes"]
    for layer, head in ((1, 7), (10, 7), (4, 0)):
        own.picks_head(layer, head)
        own.shows(layer, head)
        own.tells(3, weights(ZH)[layer, head, 3])
        idle(own.page)
    assert server.status()["forward_passes"] == before


def test_across_down_grid_and_zoom(own: Attention) -> None:
    own.alone(2, 3)
    expect(own.view.locator('[data-choice="across"]')).to_have_attribute("aria-pressed", "true")
    for layout in ("down", "grid", "across"):
        own.view.get_by_role("button", name=own.say(f"components.attention.{layout}"), exact=True).click()
        expect(own.view.locator(f'[data-choice="{layout}"]')).to_have_attribute("aria-pressed", "true")
        eventually(own.page, lambda wanted=layout: _same("layout=" in own.page.url, wanted != "across"))
    before = float(own.canvas.get_attribute("data-zoom") or 0)
    own.view.get_by_role("button", name=own.say("components.attention.closer")).click()
    eventually(own.page, lambda: _true(float(own.canvas.get_attribute("data-zoom") or 0) > before))
    own.view.get_by_role("button", name=own.say("components.attention.farther")).click()
    expect(own.canvas).to_have_attribute("data-zoom", f"{before:g}")


def test_hovering_and_pinning_several_tokens(own: Attention, weights: Weights) -> None:
    own.alone(5, 6)
    everything = eventually(own.page, lambda: _at_least(own.lines(), 20))
    own.canvas.hover(position={"x": 250, "y": 20})
    row, found = eventually(own.page, lambda: _hovered(own))
    np.testing.assert_allclose(found, weights(ZH)[5, 6, row], atol=1e-5)
    eventually(own.page, lambda: _true(own.lines() < everything))  # only this token's lines
    own.page.mouse.move(5, 5)
    expect(own.said).to_have_text(own.say("components.attention.nothing"))
    own.pins(2, 7)
    own.tells(7, weights(ZH)[5, 6, 7])
    own.canvas.blur()  # no token has the cursor: all pinned ones are told
    eventually(own.page, lambda: _same(len(own.said.inner_text().split("\n")), 2))
    linked(own.page, "pins=2%7E7|pins=2~7")


def test_several_heads_are_combined(own: Attention, weights: Weights) -> None:
    own.alone(2, 3)
    own.picks_head(4, 5, modifiers=["Shift"])
    own.shows(4, 5)
    expect(own.view.locator(".top b")).to_have_text(own.say("components.attention.mean", n=2))
    own.view.get_by_label(own.say("components.attention.several")).check()
    own.picks_head(9, 0)
    own.shows(9, 0)
    own.view.get_by_label(own.say("components.attention.several")).uncheck()
    own.pins(2)
    own.tells(2, weights(ZH)[[2, 4, 9], [3, 5, 0], 2].mean(0))
    linked(own.page, "heads=")


def test_what_is_drawn_is_chosen_by_mass_and_kind(own: Attention, weights: Weights) -> None:
    own.alone(5, 6)
    matrix = weights(ZH)[5, 6]
    everything = eventually(own.page, lambda: _at_least(own.lines(), int((matrix > 0.004).sum())))
    dial = own.view.locator('input[data-dial="mass"]')
    dial.fill(dial.get_attribute("min") or "0")
    fewest = sum(int(np.searchsorted(np.cumsum(np.sort(row)[::-1]), 0.1 * row.sum() - 1e-6)) + 1 for row in matrix)
    eventually(own.page, lambda: _same(own.lines(), fewest))
    assert fewest < everything
    own.view.get_by_role("button", name=own.say("components.attention.reset")).click()
    own.view.get_by_label(own.say("components.attention.hide_special")).check()
    inside = matrix[1:-1, 1:-1]
    expect(own.view.locator(".large .note")).to_contain_text(percent(float(1 - inside.sum() / matrix.sum())))
    own.view.get_by_label(own.say("components.attention.hide_diagonal")).check()
    left = inside.sum() - np.trace(inside)
    expect(own.view.locator(".large .note")).to_contain_text(percent(float(1 - left / matrix.sum())))
    for name in ("special", "diagonal"):
        own.view.get_by_label(own.say(f"components.attention.hide_{name}")).uncheck()
    idle(own.page)


def test_the_keyboard_alone(own: Attention, weights: Weights) -> None:
    own.alone(3, 3)
    own.thumbs.focus()
    for key in ("ArrowDown", "ArrowRight", "ArrowRight", "ArrowUp", "ArrowLeft"):
        own.page.keyboard.press(key)
    own.shows(3, 4)
    own.page.keyboard.press("ArrowDown")
    own.shows(4, 4)
    own.goes_to(6)
    own.tells(6, weights(ZH)[4, 4, 6])
    own.page.keyboard.press("Enter")
    own.page.keyboard.press("End")
    own.tells(len(ZH) + 1, weights(ZH)[4, 4, -1])
    own.page.keyboard.press("Escape")
    expect(own.said).to_have_text(own.say("components.attention.nothing"))
    zoom = own.canvas.get_attribute("data-zoom")
    own.page.keyboard.press("-")
    expect(own.canvas).not_to_have_attribute("data-zoom", str(zoom))
    own.page.keyboard.press("+")
    expect(own.canvas).to_have_attribute("data-zoom", str(zoom))
    idle(own.page)


def test_one_cell_is_taken_apart_from_q_and_k_to_the_weighted_v(own: Attention, reference: Reference) -> None:
    own.uses("cell")
    own.alone(3, 3)
    own.pins(5)
    q, k, v = _q_k_v(reference, ZH, 3, 3)
    dots = k @ q[5]
    scaled = dots / np.sqrt(q.shape[1])
    chance = softmax(scaled)
    best = [int(j) for j in np.argsort(-chance)[:6]]

    def told() -> None:
        rows = own.table()
        pieces = reference.pieces(ZH)
        found = {row[0].removesuffix(" ←"): row[1:] for row in rows}
        assert set(found) == {pieces[j] for j in best}
        for j in best:
            dot, score, bias, power, weight = found[pieces[j]]
            assert abs(float(dot.replace("−", "-")) - dots[j]) < 2e-3
            assert abs(float(score.replace("−", "-")) - scaled[j]) < 2e-3
            assert float(bias) == 0
            assert abs(float(power) - np.exp(scaled[j] - scaled.max())) < 1e-3
            assert weight == percent(float(chance[j]))

    eventually(own.page, told)
    own.sees(own.say("cell.root", d=32, scale="0.1768"))
    output = figure(own.page, "attention-v")
    lowest, highest = (chance @ v).min(), (chance @ v).max()
    expect(output).to_contain_text(own.say("cell.output"))
    expect(output).to_contain_text(f"{lowest:.1f}".replace("-", "−"))
    expect(output).to_contain_text(f"{highest:.1f}")


def test_the_atlas_sorts_and_filters_heads_and_rolls_them_out(own: Attention, weights: Weights) -> None:
    own.alone(11, 0)
    own.uses("atlas")
    found = weights(ZH).astype(float)
    own.picks("atlas.sort", own.say("measure.previous"))
    previous = found.diagonal(-1, 2, 3).sum(-1) / found.shape[-1]
    _first(own, previous, range(12))
    own.picks("atlas.filter", own.say("third.high"))
    _first(own, previous, range(8, 12))
    own.picks("atlas.sort", own.say("measure.entropy"))
    _first(own, -(found * np.log2(found)).sum(-1).mean(-1), range(8, 12), "{:.2f}")
    flow = np.eye(found.shape[-1])
    for layer in found.mean(1):
        flow = (layer + np.eye(len(layer))) / 2 @ flow
    rolled = figure(own.page, "attention-rollout")
    rolled.locator(".scroller canvas").focus()
    for key in ("Home", "ArrowRight", "ArrowRight"):
        own.page.keyboard.press(key)

    def told() -> None:
        given = np.array((rolled.locator(".said").get_attribute("data-weights") or "").split(), float)
        np.testing.assert_allclose(given, flow[2], atol=1e-5)

    eventually(own.page, told)


def test_heads_off_change_the_prediction(own: Attention, reference: Reference) -> None:
    own.alone(0, 4)
    own.picks_head(0, 8, modifiers=["Shift"])
    own.shows(0, 8)
    own.uses("off")
    own.strip_of("attention-blank").click(10)
    whole = reference.masked(ZH, 10)
    with _silenced(reference, ((0, 4), (0, 8))):
        less = reference.masked(ZH, 10)
    for p in (whole, less):
        expect(figure(own.page, "attention-off")).to_contain_text(percent(float(p.max())))
    assert abs(whole.max() - less.max()) > 1e-3, "the two sides can be told apart"
    own.sees(own.say("off.without", heads="1–5、1–9"))
    own.main.get_by_role("button", name=own.say("common.run")).click()
    expect(own.page.locator(".st-key-attention-kl .js-plotly-plot")).to_be_visible(timeout=120_000 * PACE)
    idle(own.page)
    # Beside it, where the blank looks; the numbers are held against the library in tests/views.
    expect(own.page.locator(".st-key-attention-looks .js-plotly-plot")).to_be_visible()
    looking, both, *_, missed, rho = own.reads("beside.alike")
    assert int(both) + int(missed) == int(looking) and float(rho) >= 0.5, "the words are those of the number"
    layer, head = (int(part) - 1 for part in own.table()[0][0].split("–"))
    with _silenced(reference, ((layer, head),)):
        off = reference.masked(ZH, 10)
    assert abs(float(own.table()[0][1]) - float((whole * np.log(whole / off)).sum())) < 2e-3
    assert own.table()[0][2].endswith(percent(float(off.max())))


def test_patterns_are_drawn_counted_and_followed_through_layers(own: Attention) -> None:
    own.uses("sparse")
    for pattern, count, reached in (("dense", 1024, 1.0), ("causal", 528, 528 / 1024), ("local", 268, 268 / 1024)):
        own.picks("sparse.which", own.say(f"pattern.{pattern}"))
        expect(own.main.locator(".figure b").first).to_have_text(f"{count:,}")
        expect(own.main.locator(".figure b").nth(1)).to_have_text(f"{100 * reached:.1f} %")
    own.picks("sparse.which", own.say("pattern.bigbird"))
    idle(own.page)
    depth = own.main.get_by_role("slider", name=own.say("dial.depth"))
    depth.focus()
    own.page.keyboard.press("ArrowRight")
    expect(own.main.locator(".figure b").nth(1)).to_have_text("100.0 %")
    idle(own.page)
    curves = {trace["name"]: trace["y"] for trace in own.plot("attention-costs")}
    assert curves[own.say("curve.square")][5] == 1024**2
    assert curves[own.say("curve.window")][5] == 1024 * 9


def test_dense_attention_is_timed_and_a_window_is_priced(own: Attention) -> None:
    own.uses("sparse")
    own.page.locator(".st-key-attention-dense button").click()
    expect(own.page.locator(".st-key-attention-dense-fig .main-svg").first).to_be_visible(timeout=120_000 * PACE)
    idle(own.page)
    time, memory = own.plot("attention-dense-fig")
    assert len(time["y"]) == len(memory["y"]) >= 4
    assert 3 < memory["y"][3] / memory["y"][2] <= 4, "twice the length, nearly four times the memory"
    assert min(time["y"]) > 0
    own.page.locator(".st-key-attention-price button").click()
    expect(own.page.locator(".st-key-attention-price-fig .main-svg").first).to_be_visible(timeout=120_000 * PACE)
    idle(own.page)
    (price,) = own.plot("attention-price-fig")
    assert list(price["x"]) == ["4", "8", "16", own.say("price.all")]
    assert price["y"][0] > price["y"][-1] > 0


def test_an_encoder_sees_all_and_a_decoder_looks_back(own: Attention) -> None:
    own.alone(2, 1)
    own.uses("sides")
    for kind, sees in (("masked", lambda n: n * n), ("causal", lambda n: n * (n + 1) // 2)):
        drawn = figure(own.page, f"attention-side-{kind}")
        expect(drawn).to_be_visible(timeout=120_000 * PACE)
        caption = drawn.locator("figcaption").inner_text()
        counts = [
            n for n in range(4, 40) if caption == own.say("sides.pairs", n=n, all=f"{n * n:,}", pairs=f"{sees(n):,}")
        ]
        assert len(counts) == 1, caption
    own.sees(own.say("padding.title"))
    with_mask, without = own.table()
    assert with_mask[1] == "0 %" and float(with_mask[2]) < 1e-3
    assert without[1] != "0 %" and float(without[2]) > 1e-2


def test_the_embedded_decoder_is_shown_for_what_it_is(own: Attention) -> None:
    own.uses("cell")
    own.picks("model", "Gemma 3 270M lite")
    own.sees(own.say("cell.grouped", heads=4, kv=1, at=1))
    own.sees(own.say("cell.rotary"))
    own.sees(own.say("cell.window", w=512))
    idle(own.page)
    own.pins(2)
    eventually(own.page, lambda: _same(own.row()[0], 2))
    row = own.row()[1]
    assert abs(row.sum() - 1) < 1e-4 and row[3:].max() == 0, "nobody sees the future"
    eventually(own.page, lambda: _true(any(cells[3] == "−∞" for cells in own.table())))
    own.picks("model", "mini-mbert")
    expect(own.page.get_by_test_id("stSidebar")).to_contain_text("mini-mbert")
    idle(own.page)


def test_a_pair_has_blocks_and_an_empty_half_is_told(own: Attention, reference: Reference) -> None:
    own.uses("cell")
    own.main.get_by_text(own.say("paired"), exact=True).click()
    own.sees(own.say("errors.pair_empty"))
    idle(own.page)
    second = "它一只也没有追到。"
    own.types("second", second)
    idle(own.page)
    own.picks_head(7, 2)
    own.shows(7, 2)
    own.view.get_by_role("button", name="B → A").click()
    expect(own.view.locator('[data-choice="ba"]')).to_have_attribute("aria-pressed", "true")
    import torch

    both = reference.tokenizer(ZH, second, return_tensors="pt")
    reference.net.set_attn_implementation("eager")
    with torch.no_grad():
        out = reference.net.bert(**both, output_attentions=True)
    matrix, side = out.attentions[7][0, 2].numpy(), both.token_type_ids[0].numpy()
    block = matrix[side == 1][:, side == 0].sum() / matrix.sum()
    expect(own.view.locator(".large .note")).to_contain_text(percent(float(1 - block)))
    own.main.get_by_text(own.say("paired"), exact=True).click()
    expect(own.view.get_by_role("button", name="B → A")).to_have_count(0)
    idle(own.page)


def test_everything_can_be_taken_along(own: Attention, weights: Weights) -> None:
    own.alone(6, 1)
    own.pins(4)
    root = ElementTree.fromstring(_saved(own, "svg").decode("utf-8"))
    texts = ["".join(element.itertext()) for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert set(ZH) <= set(texts) and own.say("components.attention.head", layer=7, head=2) in texts
    assert list(root.iter("{http://www.w3.org/2000/svg}image")), "the small pictures"
    png = _saved(own, "png")
    assert png.startswith(b"\x89PNG\r\n\x1a\n") and int.from_bytes(png[16:20], "big") > 1000
    rows = list(csv.reader(io.StringIO(_saved(own, "csv").decode("utf-8-sig"))))
    stage = [row for row in rows if len(row) == 5 and row[0].isdigit()][: (len(ZH) + 2) ** 2]
    assert len(stage) == (len(ZH) + 2) ** 2
    assert (stage[0][0], stage[0][2]) == ("1", "1"), "rows and columns are counted from 1"
    matrix = np.array([float(row[4]) for row in stage]).reshape(len(ZH) + 2, -1)
    np.testing.assert_allclose(matrix, weights(ZH)[6, 1], atol=1e-6)
    with np.load(io.BytesIO(_downloaded(own, "npz"))) as kept:
        np.testing.assert_allclose(kept["weights"], weights(ZH), atol=1e-6)
    table = list(csv.reader(io.StringIO(_downloaded(own, "csv").decode("utf-8-sig"))))
    assert len(table) == 1 + weights(ZH).size


def test_long_texts_and_one_token(own: Attention, server: Server) -> None:
    own.uses("cell")
    own.writes("树")
    own.alone(0, 0)
    own.pins(1)
    eventually(own.page, lambda: _same(len(own.row()[1]), 3))
    own.writes("树上有鸟，" * 110)
    own.sees(own.say("cut", limit=512, typed=550, used=510))
    own.picks_head(8, 3)
    own.shows(8, 3)
    own.pins(3)
    eventually(own.page, lambda: _same((own.row()[0], len(own.row()[1])), (3, 512)))
    own.writes("  ")
    own.sees(own.say("errors.text_empty"))
    own.writes(ZH)
    expect(own.thumbs).to_be_visible()
    assert own.page.locator(".stException").count() == 0


def test_cross_attention_of_an_encoder_decoder(
    open_page: OpenPage, with_another: Callable[[str], tuple[ModelInfo, Server]]
) -> None:
    import torch
    from transformers import BartForConditionalGeneration

    model, server = with_another("bart")
    page = Attention(
        open_page("/attention", lang="en", on=server, query={"v": "1", "text": "The kettle is singing"}), "en"
    )
    page.picks("model", model.name)
    page.picks("part_label", page.say("part.cross"))
    idle(page.page)
    page.types("target", "a kitten")
    idle(page.page)
    page.picks_head(1, 2)
    page.shows(1, 2)
    page.pins(1)
    net = BartForConditionalGeneration.from_pretrained(model.folder, attn_implementation="eager").eval()
    from explorer.models.network.tokenizer import for_model

    read = for_model(model)
    source, written = read.encode("The kettle is singing"), read.encode("a kitten")
    ids = [net.config.decoder_start_token_id, *(i for i, s in zip(written.ids, written.special, strict=True) if not s)]
    with torch.no_grad():
        out = net(torch.tensor([source.ids]), decoder_input_ids=torch.tensor([ids]), output_attentions=True)
    page.tells(1, out.cross_attentions[1][0, 2, 1].numpy())
    page.picks("part_label", page.say("part.decoder"))
    linked(page.page, "part=decoder")
    idle(page.page)
    page.pins(2)
    page.tells(2, out.decoder_attentions[1][0, 2, 2].numpy())


# --- what the journeys share -----------------------------------------------------------------------------------


def _q_k_v(reference: Reference, text: str, layer: int, head: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Queries, keys and values [L, 32] of one head, from the library's own matrices."""
    import torch

    with torch.no_grad():
        states = reference.net.bert(torch.tensor([reference.ids(text)]), output_hidden_states=True).hidden_states[layer]
        look = reference.net.bert.encoder.layer[layer].attention.self
        here = slice(32 * head, 32 * (head + 1))
        q, k, v = (part(states[0])[:, here].double().numpy() for part in (look.query, look.key, look.value))
    return q, k, v


class _silenced:
    """Inside, these heads of the library's model put out zeros."""

    def __init__(self, reference: Reference, heads: tuple[tuple[int, int], ...]) -> None:
        self.layers, self.heads = reference.net.bert.encoder.layer, heads

    def __enter__(self) -> None:
        def hook(head: int) -> Any:
            def silence(module: Any, args: Any) -> Any:
                mixed = args[0].clone()
                mixed[..., 32 * head : 32 * (head + 1)] = 0
                return (mixed,)

            return silence

        self.hooks = [
            self.layers[layer].attention.output.dense.register_forward_pre_hook(hook(head))
            for layer, head in self.heads
        ]

    def __exit__(self, *_: object) -> None:
        for hook in self.hooks:
            hook.remove()


def _first(page: Attention, values: np.ndarray, layers: range, written: str = "") -> None:
    """The first row of the atlas is the head that has most of it among these layers."""
    among = np.where(np.isin(np.arange(len(values)), layers)[:, None], values, -np.inf)
    layer, head = np.unravel_index(int(among.argmax()), among.shape)

    def look() -> None:
        first = page.table()[0]
        assert first[0] == f"{layer + 1}–{head + 1}"
        assert (written.format(among.max()) if written else percent(float(among.max()))) in first

    eventually(page.page, look)


def _saved(page: Attention, kind: str) -> bytes:
    with page.page.expect_download() as download:
        figure(page.page, "attention-export").locator(f'[data-export="{kind}"]').click()
    return download.value.path().read_bytes()


def _downloaded(page: Attention, kind: str) -> bytes:
    idle(page.page)  # the place that was told last; a run that begins as a file is ready takes it away
    with page.page.expect_download() as download:
        page.page.locator(f".st-key-attention-{kind} button").first.click()
    return download.value.path().read_bytes()


def _hovered(page: Attention) -> tuple[int, np.ndarray]:
    row, found = page.row()
    assert row >= 0 and page.view.locator(".said[data-row]").count() == 1
    return row, found


def _at_least(found: Number, least: int) -> Number:
    assert found >= least
    return found


def _same(found: object, expected: object) -> None:
    assert found == expected


def _true(fact: bool) -> None:
    assert fact
