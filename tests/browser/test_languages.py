"""Chapter 6, 跨语言, on sentences that are no preset; every bullet has its test.

Shift: α and layer moved in the browser, nothing asked    test_alpha_and_layer_move_without_the_model
… into all six languages, as the library computes it      test_every_direction_is_what_the_library_computes
… play, curves, random direction, right words             (the first)
Language vectors: norms, cosines, tree                    test_neighbours_are_cosines_of_language_vectors
Map: lines between translations, "remove language"        test_the_map_joins_translations_and_removes_the_language
Alignment bench: raw and centred, mean and [CLS]          test_the_bench_shows_every_layer_and_pair
Word translation                                          test_words_are_translated_without_a_dictionary
Fill-in keeps to its language: question first             test_a_blank_keeps_to_its_language_after_the_guess
Zero-shot parts of speech: train, matrix, own sentence    test_a_head_is_trained_tested_on_six_and_tags_my_sentence
… stopped                                                 test_training_stops_when_asked
Bad input                                                 test_odd_input_is_told
"""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pytest
from playwright.sync_api import Locator, expect

from explorer.content import corpora
from explorer.views.languages import common
from tests.browser.conftest import OpenPage
from tests.browser.journey import Reader, Reference, eventually, figure, idle, linked, paused, until
from tests.browser.server import Server
from tests.pace import PACE

OWN = {
    "zh": "老渔夫每天晚上都在码头补网。",
    "en": "The baker sells warm bread on the corner.",
    "ja": "隣の子供が庭で花に水をやっている。",
    "fr": "Le facteur apporte une lettre à ma voisine.",
    "de": "Der Gärtner gießt am Abend die Rosen.",
    "es": "La niña dibuja un barco en el cuaderno.",
}
ALL_LAYERS = 120  # seconds; the other layers follow the first

Open = Callable[..., Reader]


@pytest.fixture(scope="module")
def server(shipped: Server) -> Server:
    """The app with what comes computed: the survey of the model's parallel sentences takes minutes on a busy machine.

    Every sentence below is the reader's own, so what is shown of it is computed here and now.
    """
    return shipped


@pytest.fixture
def start(open_page: OpenPage) -> Open:
    def start(text: str, lang: str = "zh", **state: str) -> Reader:
        page = open_page("/languages", lang=lang, query={"v": "1", "text": text, **state})
        idle(page)
        return Reader(page, "languages", lang)

    return start


def shift(page: Reader) -> Locator:
    return figure(page.page, "languages-shift")


def filled(page: Reader) -> list[str]:
    return shift(page).locator("[data-filled] li b").all_inner_texts()


def turn(page: Reader, dial: str, value: float) -> None:
    """Drag a dial as a finger would: it speaks on every movement and when it is let go."""
    box = shift(page).locator(f'input[data-dial="{dial}"]')
    box.evaluate(
        """(input, value) => {
            input.value = String(value);
            input.dispatchEvent(new Event("input", {bubbles: true}));
            input.dispatchEvent(new Event("change", {bubbles: true}));
        }""",
        value,
    )


def test_alpha_and_layer_move_without_the_model(start: Open, server: Server, reference: Reference) -> None:
    page = start(OWN["en"], target="zh", layer="6", alpha="0")
    pieces = reference.pieces(OWN["en"])[1:-1]
    eventually(page.page, lambda: _is(len(filled(page)), len(pieces)), seconds=ALL_LAYERS)
    assert sum(a == b for a, b in zip(filled(page), pieces, strict=True)) >= 0.9 * len(pieces)
    expect(page.page.get_by_text(page.say("shift.completing"))).to_have_count(0, timeout=ALL_LAYERS * 1000 * PACE)
    idle(page.page)
    before, unmoved = server.status()["forward_passes"], filled(page)
    seen = {}
    for layer in (6, 9, 12, 0):
        turn(page, "layer", layer)
        for alpha in (0, 1, 2, 3, -1):
            turn(page, "alpha", alpha)
            eventually(page.page, lambda a=alpha, n=layer: _is(_dials(page), (n, a)))
            seen[layer, alpha] = filled(page)
    idle(page.page)
    assert server.status()["forward_passes"] == before
    assert all(seen[layer, 0] == unmoved for layer in (6, 9, 12, 0)), "α = 0 reproduces the input"
    han = {key: np.mean([bool(re.search(r"[\u4e00-\u9fff]", word)) for word in words]) for key, words in seen.items()}
    assert han[9, 0] == 0 < han[9, 1] <= han[9, 3]
    linked(page.page, "alpha=-1", "layer=0")

    turn(page, "layer", 9)
    turn(page, "alpha", 2)
    root = shift(page)
    expect(root.locator("li[data-kind='0']")).not_to_have_count(0)
    expect(root.locator("li[data-right]")).not_to_have_count(0)
    expect(root.locator("[data-line='random']")).to_be_visible()
    for curve in ("converted", "right", "meaning"):
        expect(root.locator(f"[data-curve={curve}] polyline")).to_have_count(4)
    root.locator("[data-play]").click()
    until(page.page, lambda: _is(_dials(page)[1] > 2, True))
    paused(page.page, root.locator("[data-play]"))
    turn(page, "alpha", 0)
    root.locator("[data-play]").click()  # the arrow's own length, and no farther
    eventually(page.page, lambda: _is((_dials(page)[1], root.locator("[data-play]").inner_text()), (1, "▶")))
    page.sees(page.say("shift.honesty", known="9").split("。")[0])


@pytest.mark.parametrize(("source", "target"), [("zh", "en"), ("ja", "de")])
def test_every_direction_is_what_the_library_computes(
    source: str, target: str, start: Open, reference: Reference, arrows: Callable[[str, str, int], np.ndarray]
) -> None:
    import torch

    text, layer = OWN[source], 9
    page = start(text, lang="en", target=target, layer=str(layer), alpha="2")
    expect(page.main.get_by_role("heading", level=2).first).to_contain_text(page.say(f"name.{target}"))
    ids = reference.ids(text)
    with torch.no_grad():
        states = reference.net.bert(torch.tensor([ids]), output_hidden_states=True).hidden_states
        hidden = states[layer] + 2 * torch.from_numpy(arrows(source, target, layer))
        for block in reference.net.bert.encoder.layer[layer:]:
            hidden = block(hidden)
        best = reference.net.cls.predictions(hidden)[0, 1:-1].argmax(dim=-1).tolist()
    words = reference.tokenizer.convert_ids_to_tokens(best)
    eventually(
        page.page, lambda: _is(sum(a == b for a, b in zip(filled(page), words, strict=True)) >= len(words) - 1, True)
    )
    assert _dials(page) == (layer, 2)


@pytest.fixture(scope="module")
def arrows(reference: Reference) -> Callable[[str, str, int], np.ndarray]:
    """Mean of one language's tokens minus that of another, by the library alone."""
    import torch

    kept: dict[str, np.ndarray] = {}

    def mean(lang: str) -> np.ndarray:
        if lang not in kept:
            lines = sorted(corpora.sentences(lang), key=len)
            total, count = np.zeros((13, 384)), 0
            for start in range(0, len(lines), 32):
                batch = reference.tokenizer(lines[start : start + 32], padding=True, return_tensors="pt")
                with torch.no_grad():
                    states = torch.stack(reference.net.bert(**batch, output_hidden_states=True).hidden_states)
                for n, length in enumerate(batch.attention_mask.sum(dim=1).tolist()):
                    total += states[:, n, 1 : length - 1].double().sum(dim=1).numpy()
                    count += length - 2
            kept[lang] = total / count
        return kept[lang]

    return lambda source, target, layer: (mean(target) - mean(source))[layer].astype(np.float32)


def test_neighbours_are_cosines_of_language_vectors(start: Open) -> None:
    page = start(OWN["de"], lang="en", tool="near", target="fr", layer="5")
    page.sees(page.say("near.cosine_caption", layer=5))
    cos = page.heat("languages-cosines")
    assert cos.shape == (6, 6) and np.allclose(np.diag(cos), 1, atol=1e-3) and np.allclose(cos, cos.T, atol=1e-5)
    lengths = page.plot("languages-lengths")
    assert len(lengths) == 6 and all(len(trace["y"]) == 13 for trace in lengths)
    assert len(page.plot("languages-tree")) == 5
    page.sees(page.say("near.honesty").split(".")[0])


def test_the_map_joins_translations_and_removes_the_language(start: Open, server: Server) -> None:
    page = start(OWN["es"], tool="map", target="zh", layer="6")
    root = figure(page.page, "languages-map")
    expect(root.locator("path[data-k]")).to_have_count(6 * 24, timeout=60_000 * PACE)
    idle(page.page)
    before = server.status()["forward_passes"]
    root.locator('path[data-k="2"][data-line="3"]').click(force=True)
    expect(root.locator("[data-link]")).to_have_count(15)
    texts = root.locator(".found li").all_inner_texts()
    assert [text.strip() for text in texts] == [corpora.sentences(lang)[12] for lang in corpora.LANGUAGES]
    apart = float(root.locator(".verdict").get_attribute("data-apart") or "")
    root.locator('[data-value="centred"]').click()
    eventually(page.page, lambda: _is(root.get_attribute("data-treatment"), "centred"))
    assert float(root.locator(".verdict").get_attribute("data-apart") or "") < 0.01 < 0.3 < apart
    root.locator('[data-value="by_meaning"]').click()
    points = root.locator('path[data-line="3"]')
    fills = "all => [...new Set(all.map(p => p.getAttribute('fill')))]"
    eventually(page.page, lambda: _is(len(points.evaluate_all(fills)), 1))
    root.locator("input[data-scrub]").fill("9")
    eventually(page.page, lambda: _is(root.get_attribute("data-layer"), "9"))
    idle(page.page)
    assert server.status()["forward_passes"] == before
    # The reader's own sentence is a star; one that is on the map already comes to lie on its point.
    star = root.locator("path[data-own]")
    star.click(force=True)
    expect(root.locator(".found [data-own]")).to_contain_text(OWN["es"])
    page.types("input", corpora.sentences("es")[12])
    twin = root.locator('path[data-k="5"][data-line="3"]')

    def on_its_twin() -> None:
        for axis in ("data-x", "data-y"):
            assert abs(float(star.get_attribute(axis) or "nan") - float(twin.get_attribute(axis) or "nan")) < 1.5

    eventually(page.page, on_its_twin)


def test_the_bench_shows_every_layer_and_pair(start: Open) -> None:
    page = start(OWN["en"], tool="align", target="de")
    lines = {trace["name"]: np.array(trace["y"]) for trace in page.plot("languages-accuracy")}
    assert {*lines} == {page.say(f"align.{name}") for name in ("centred_mean", "raw_mean", "centred_cls", "raw_cls")}
    centred, raw = lines[page.say("align.centred_mean")], lines[page.say("align.raw_mean")]
    assert len(centred) == 13 and centred.max() > 0.7 and (centred >= raw).mean() > 0.7
    mrr = {trace["name"]: np.array(trace["y"]) for trace in page.plot("languages-mrr")}
    assert (mrr[page.say("align.centred_mean")] >= centred - 1e-6).all()
    expect(page.page.locator(".st-key-languages-pairs .js-plotly-plot")).to_be_visible()
    for source in ("Pires", "Libovický", "2010.10938"):
        page.sees(source)


def test_words_are_translated_without_a_dictionary(start: Open, reference: Reference) -> None:
    asked = ["lune", "chien", "hiver"]
    page = start(OWN["fr"], tool="words", target="zh", words=" ".join(asked))
    table = page.main.locator("table.plain-table").first
    rows = [row.locator("td").all_inner_texts() for row in table.locator("tr").all()[1:]]
    assert [row[0] for row in rows] == asked
    french, chinese = (
        [forms[0] for forms, kind in zip(corpora.forms(lang), corpora.classes(), strict=True) if kind != "function"]
        for lang in ("fr", "zh")
    )
    mine, known, there = (word_vectors(reference, words) for words in (asked, french, chinese))
    queries, candidates = mine - known.mean(axis=1, keepdims=True), there - there.mean(axis=1, keepdims=True)
    queries, candidates = (x / np.linalg.norm(x, axis=-1, keepdims=True) for x in (queries, candidates))
    order = np.argsort(-(queries @ candidates.transpose(0, 2, 1)), axis=-1, kind="stable")[..., :5]
    by_layer = [["、".join(chinese[line] for line in row) for row in layer] for layer in order]
    assert [row[1] for row in rows] in by_layer, "the words that the library finds at one and the same layer"
    lines = {trace["name"]: np.array(trace["y"]) for trace in page.plot("languages-precision")}
    first, five = lines[page.say("words.shifted1")], lines[page.say("words.shifted5")]
    assert (five >= first).all() and first.max() > lines[page.say("words.raw1")].max() - 1e-6
    page.types("words.input", "pomme, " * 41)
    page.sees(page.say("errors.too_many_words", limit=40, used=41))


def test_a_blank_keeps_to_its_language_after_the_guess(start: Open, reference: Reference) -> None:
    page = start(OWN["en"], tool="keep", target="zh")
    page.sees(page.say("keep.first"))
    assert page.main.locator("table.plain-table").count() == 0, "the measurement comes after the guess"
    page.page.get_by_role("button", name=page.say("keep.guess_any")).click()
    tables = page.main.locator("table.plain-table")
    expect(tables).to_have_count(2, timeout=60_000 * PACE)
    idle(page.page)
    *rows, total = [row.locator("td").all_inner_texts() for row in tables.first.locator("tr").all()[1:]]
    assert total[0] == page.say("keep.total")
    pieces = reference.pieces(OWN["en"])[1:-1]
    assert len(rows) == len(pieces) - 1, "one row a piece, none for the stop"
    share = {
        row.locator("td").first.inner_text(): row.locator("td").all_inner_texts()[2:]
        for row in tables.last.locator("tr").all()[1:]
    }
    han, english = (
        {key: float(cells[n].rstrip(" %").replace("< ", "")) for key, cells in share.items()} for n in (0, 1)
    )
    assert han[page.say("keep.zh")] > 80 and english[page.say("keep.en")] > 50 > han[page.say("keep.en")]


def test_a_head_is_trained_tested_on_six_and_tags_my_sentence(start: Open) -> None:
    page = start(OWN["zh"], tool="pos", target="en", train="en~de")
    page.page.get_by_role("button", name=page.say("pos.start"), exact=True).click()
    expect(page.page.locator(".st-key-languages-matrix .js-plotly-plot")).to_be_visible(timeout=120_000 * PACE)
    idle(page.page)  # the tagged sentence comes after the matrix
    losses = page.plot("languages-loss")[0]["y"]
    assert losses[-1] < 0.5 * losses[0]
    (row,) = page.heat("languages-matrix")
    assert row.shape == (6,) and row[1] > 0.75 and row[4] > 0.75 and row[0] > 0.35
    tagged = page.main.locator(".tagged [data-tag]")
    tags = tagged.evaluate_all("all => all.map(e => e.dataset.tag)")
    assert len(tags) >= 7 and {*tags} <= {*corpora.TAGS} and tags[-1] == "PUNCT"
    page.sees("63.3 / 78.8")


def test_training_stops_when_asked(start: Open) -> None:
    page = start(OWN["en"], tool="pos", target="zh", train="fr", centred="1")
    page.page.get_by_role("button", name=page.say("pos.start"), exact=True).click()
    page.cancels()
    idle(page.page)
    expect(page.page.locator(".st-key-languages-loss")).to_have_count(0)
    expect(page.page.get_by_role("button", name=page.say("pos.start"), exact=True)).to_be_visible()


def test_odd_input_is_told(start: Open) -> None:
    page = start(OWN["en"], target="en", tool="shift")
    page.sees(page.say("same", tongue=page.say("name.en")))
    long = "word " * 300
    for text, notice in (
        ("Мама мыла раму весь день.", page.say("foreign").split("（")[0]),
        (
            "我的 homework 还没有写完, sorry my dear teacher。",
            page.say("mixed", tongue=page.say("name.zh")).split("，")[0],
        ),
        ("這裡的風箏飛得很高。", page.say("common.simplified")),
        (
            long,
            page.say("common.cut", limit=common.MAX_TOKENS, typed=len(long.strip()), used=0).split("，读了")[0][:20],
        ),
        (" ", page.say("errors.text_empty")),
    ):
        page.types("input", text)
        page.sees(notice)
    page.types("input", "Tea is hot.")
    page.sees(page.say("same", tongue=page.say("name.en")))  # English into English: nothing to do
    eventually(page.page, lambda: _is(page.main.locator(".notice").count(), 1))


def word_vectors(reference: Reference, words: list[str]) -> np.ndarray:
    """Mean vector of each word's pieces, alone between [CLS] and [SEP]: [L + 1, words, d]; by the library alone."""
    import torch

    batch = reference.tokenizer(words, padding=True, return_tensors="pt")
    with torch.no_grad():
        states = torch.stack(reference.net.bert(**batch, output_hidden_states=True).hidden_states).double().numpy()
    lengths = batch.attention_mask.sum(dim=1).tolist()
    return np.stack([states[:, n, 1 : length - 1].mean(axis=1) for n, length in enumerate(lengths)], axis=1)


def _dials(page: Reader) -> tuple[int, float]:
    root = shift(page)
    return int(root.get_attribute("data-layer") or -1), float(root.get_attribute("data-alpha") or "nan")


def _is(found: object, expected: object) -> None:
    assert found == expected
