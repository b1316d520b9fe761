"""Chapter 2, 填空: each tool of the chapter, on sentences of the reader's own.

    The road: vector → linear → scores → softmax, real numbers   test_the_road_shows_the_numbers_of_this_very_position
    Cross-entropy against one-hot, as a picture                   (in the first)
    Seen, [MASK], random: P(original) side by side                test_seeing_itself_is_far_easier_than_guessing
    … as an average over many                                     test_the_average_over_many_sentences_says_the_same
    A typo in plain sight, one is made at once                    test_a_slip_is_made_at_once
    … or typed                                                    test_a_typo_is_repaired
    … and the kept tenth as a bridge                              (in that of what is seen)
    The lottery, three colours, counts against expectation        test_the_lottery_draws_fifteen_per_cent
    … 字 or whole words                                           test_whole_words_are_drawn_whole
    Several blanks: three orders side by side                     test_several_blanks_are_filled_in_three_orders
    Layer by layer, rank trajectories of chosen words             test_the_lens_reads_the_head_at_every_layer
    … the table coloured by probability                           (in that of the lens)
    Charts whose letters a class can read                         (in those of the lens and of what is seen)
    Two sentences: the vocabulary under A against B               test_two_sentences_share_one_map_of_the_vocabulary
    What a head costs; ln V; training signal; 20 %                test_the_bill_adds_up
    "Show the code" as the reader copies it                       (in the first; all of them: tests/test_snippets.py)

The numbers on the page are held against the transformers library called directly, with a softmax in plain NumPy. The
stage and the distribution are in test_masking.py.
"""

from __future__ import annotations

import contextlib
import csv
import io
import math
import re
from collections.abc import Callable

import numpy as np
import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import OpenPage
from tests.browser.journey import ROOT, Masking, Reference, eventually, exported, idle, numbers, percent, softmax
from tests.pace import PACE

ZH, ZH_AT = "邻居家的小狗每天傍晚都在河边追蝴蝶。", 12
EN, EN_AT = "A tired sailor told us stories about distant islands.", 7
ES, ES_AT = "La maestra lee un cuento a los niños cada tarde.", 3
Start = Callable[..., Masking]


@pytest.fixture
def start(open_page: OpenPage, reference: Reference, monkeypatch: pytest.MonkeyPatch) -> Start:
    """A reader who opens a link to 填空: an own sentence, some of it covered, and a tool chosen.

    That the same comes of writing, clicking and choosing is test_masking.py's and test_bad_input.py's to show.
    """
    monkeypatch.chdir(ROOT)  # snippets name the model's folder as the reader's notebook would

    def start(text: str, *covered: int, tool: str, lang: str = "zh") -> Masking:
        state = {"v": "1", "text": text, "tool": tool, "masks": "~".join(map(str, covered))}
        if covered:
            state |= {"focus": str(covered[-1]), "cover": "several" if len(covered) > 1 else "one"}
        page = Masking(open_page("/masking", lang=lang, query=state), lang)
        page.opened(tool)
        if covered:
            page.sentence.reads(reference.pieces(text), covered)
        return page

    return start


def printed(snippet: str) -> str:
    """What a snippet prints when it is run."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(snippet, "snippet", "exec"), {})
    return out.getvalue()


@pytest.mark.parametrize(
    ("text", "at", "lang"), [(ZH, ZH_AT, "zh"), (EN, EN_AT, "en"), (ES, ES_AT, "en")], ids=["zh", "en", "es"]
)
def test_the_road_shows_the_numbers_of_this_very_position(
    text: str, at: int, lang: str, start: Start, reference: Reference
) -> None:
    page, ids = start(text, at, tool="road", lang=lang), reference.ids(text)
    original = ids[at]
    ids[at] = reference.mask
    scores = reference.logits(ids)[at]
    p = softmax(scores)

    def the_table_is_right() -> None:
        rows = [row.locator("td").all_inner_texts() for row in _table(page, "road.power").locator("tr").all()[1:]]
        order = np.argsort(-scores)[:5]
        wanted = [*order, *([] if original in order else [original])]
        assert len(rows) == len(wanted)
        for (word, score, power, chance), token in zip(rows, wanted, strict=True):
            assert word.startswith(reference.tokenizer.convert_ids_to_tokens(int(token)))
            assert abs(numbers(score)[0] - scores[token]) < 5e-3
            assert abs(numbers(power)[0] - math.exp(scores[token] - scores.max())) < 5e-3
            assert chance == percent(p[token]) or abs(numbers(chance)[0] / 100 - p[token]) < 1e-3
        truth = [row[0] for row in rows if page.say("road.truth") in row[0]]
        assert len(truth) == 1

    eventually(page.page, the_table_is_right)
    total = float(np.exp(scores - scores.max()).sum())
    prose = page.main.locator(".prose").filter(has_text="softmax" if lang == "zh" else "Softmax").last.inner_text()
    assert any(math.isclose(found, total, rel_tol=5e-3) for found in numbers(prose))
    loss = page.main.get_by_text(re.compile("[−-]ln")).last.inner_text()
    assert abs(numbers(loss)[-1] + math.log(p[original])) < 5e-3

    # The two strips hold the output vector and what the head's transform makes of it.
    import torch

    with torch.no_grad():
        hidden = reference.net.bert(torch.tensor([ids])).last_hidden_state[0, at]
        transformed = reference.net.cls.predictions.transform(hidden)
    table = exported(page.page, "masking-vectors")
    strips = [float(row[2]) for row in list(csv.reader(io.StringIO(table)))[1:]]
    assert np.allclose(strips, torch.cat([hidden, transformed]).numpy(), atol=2e-3)

    def the_one_hot_picture_has_the_model_s_own_bars() -> None:
        truth, model = sorted(page.plot("masking-onehot"), key=lambda trace: max(trace["y"]), reverse=True)
        assert sum(truth["y"]) == 1.0
        assert abs(model["y"][truth["y"].index(1.0)] - p[original]) < 1e-3
        assert np.allclose(model["y"][:8], np.sort(p)[::-1][:8], atol=1e-3)

    eventually(page.page, the_one_hot_picture_has_the_model_s_own_bars)
    page.sees(page.say("road.onehot_caption"))
    assert abs(numbers(printed(page.code()))[-1] + math.log(p[original])) < 1e-3


@pytest.mark.parametrize(("text", "at", "lang"), [(ZH, 6, "zh"), (EN, EN_AT, "en")], ids=["zh", "en"])
def test_seeing_itself_is_far_easier_than_guessing(
    text: str, at: int, lang: str, start: Start, reference: Reference
) -> None:
    page, original = start(text, at, tool="see", lang=lang), reference.ids(text)[at]
    snippet = page.code()
    drawn = [int(n) for n in re.search(r"random_tokens = \[(.*?)\]", snippet)[1].split(",")]  # type: ignore[index]
    assert len(drawn) > 8 and original not in drawn
    randoms = [reference.p(text, at, {at: token})[original] for token in drawn]
    wanted = [reference.p(text, at, {})[original], reference.masked(text, at)[original], float(np.mean(randoms))]

    def side_by_side() -> None:
        bars = next(trace for trace in page.plot("masking-treat") if trace["type"] == "bar")
        assert np.allclose(bars["x"], wanted, atol=2e-3)

    eventually(page.page, side_by_side)
    seen, masked, _ = wanted
    assert seen > 0.5 and seen > 3 * masked, "a word that sees itself is copied"
    letters_are_large_enough(page, "masking-treat")
    page.sees(page.say("see.step3"))  # why a tenth is kept, with its source
    for word in ("NER", "MNLI", "Devlin"):
        expect(page.main.locator(".steps")).to_contain_text(word)


def letters_are_large_enough(page: Masking, chart: str) -> None:
    """A class can read every letter of the chart."""
    letters = page.page.locator(f".st-key-{chart} .js-plotly-plot text:visible")
    expect(letters.first).to_be_visible()
    sizes = letters.evaluate_all("all => all.map(e => parseFloat(getComputedStyle(e).fontSize))")
    assert min(sizes) >= 13, sizes


def test_the_average_over_many_sentences_says_the_same(start: Start) -> None:
    page = start(ZH, ZH_AT, tool="see")
    run = page.page.get_by_role("button", name=page.say("common.run"))
    expect(run.or_(page.page.locator(".st-key-masking-average-figure")).first).to_be_visible()
    if run.count():  # someone else may have measured it before
        run.click()
        page.cancels()
        page.sees(page.say("errors.cancelled"))
        idle(page.page)
        assert page.page.locator(".st-key-masking-average-figure").count() == 0, "stopped before it was through"
        page.uses("road")
        page.uses("see")
        run.click()
        expect(page.page.locator(".st-key-masking-average-figure")).to_be_visible(timeout=120_000 * PACE)
    n, seen, masked, random = (numbers(value)[0] for value in page.reads("see.average_done"))
    assert n == 48
    assert seen > 2 * masked and masked > random
    bars = next(trace for trace in page.plot("masking-average-figure") if trace["type"] == "bar")
    assert np.allclose(np.array(bars["x"]) * 100, [seen, masked, random], atol=0.06)


@pytest.mark.parametrize(
    ("lang", "text", "slip"),
    [
        ("zh", "他坐在院子里修自行车。", ("他", "她")),
        ("en", "We walked to the lake before breakfast.", ("to", "too")),
    ],
)
def test_a_slip_is_made_at_once(
    lang: str, text: str, slip: tuple[str, str], open_page: OpenPage, reference: Reference
) -> None:
    page, (right, wrong) = Masking(open_page("/masking", lang=lang), lang), slip
    page.writes(text, reference.pieces(text))
    page.uses("repair")
    at = reference.pieces(text).index(right)
    p = reference.p(text, at, {at: reference.id(wrong)})
    values = page.reads("repair.done")
    assert {right, wrong} <= set(values)
    assert str(int((p > p[reference.id(right)]).sum()) + 1) in values
    eventually(page.page, lambda: _same(page.sentence.treated("random"), [at]))
    assert page.sentence.faces()[at] == wrong


def test_a_typo_is_repaired(start: Start, reference: Reference) -> None:
    text, wrong = "昨天我在图书馆借了两本书。", "树"
    at = reference.pieces(text).index("书", 8)
    page = start(text, at, tool="cover")
    page.uses("repair")
    page.covers(at)
    page.types("repair.input", wrong)
    p = reference.p(text, at, {at: reference.id(wrong)})
    original, rank = reference.id("书"), int((p > p[reference.id("书")]).sum()) + 1

    def told() -> list[str]:
        values = page.reads("repair.done")
        assert {wrong, "书"} <= set(values), "the page begins with a slip of its own"
        return values

    values = eventually(page.page, told)
    found = [numbers(value)[0] for value in values if value not in (wrong, "书")]
    assert np.allclose(sorted(found), sorted([100 * p[original], rank, 100 * p[reference.id(wrong)]]), atol=0.15)
    best = reference.tokenizer.convert_ids_to_tokens(int(p.argmax())).removeprefix("##")
    expect(page.main.locator(".words .word").first).to_have_text(re.compile("^" + re.escape(best)))

    # A word of several tokens cannot stand in one place: that is said.
    page.types("repair.input", "树叶")
    page.sees(page.say("repair.many", wrong="树叶"))


@pytest.mark.parametrize(("text", "lang"), [(ZH * 3, "zh"), (EN * 3, "en")], ids=["zh", "en"])
def test_the_lottery_draws_fifteen_per_cent(text: str, lang: str, start: Start, reference: Reference) -> None:
    page = start(text, tool="lottery", lang=lang)
    ids = reference.ids(text)
    ordinary = len(ids) - 2
    budget = round(0.15 * ordinary)
    strip = page.strip_of("masking-lottery-strip")
    seen: list[tuple[list[int], ...]] = []
    for _ in range(4):

        def counted() -> tuple[list[int], ...]:
            drawn = tuple(strip.treated(how) for how in ("mask", "random", "keep"))
            assert drawn not in seen, "this is still the last roll"
            rows = [row.locator("td").all_inner_texts() for row in _table(page, "lottery.many").locator("tr").all()[1:]]
            found = np.array([[float(cell) for cell in row[1:]] for row in rows])
            assert found[:3, 0].tolist() == [len(positions) for positions in drawn]
            assert found[:, 0].sum() == ordinary and found[:3, 0].sum() == budget
            assert np.allclose(found[:3, 1], [budget * share for share in (0.8, 0.1, 0.1)], atol=0.06)
            assert np.allclose(found[:3, 2], found[:3, 1], atol=0.12), "a thousand rolls come close to the expectation"
            faces, pieces = strip.faces(), reference.pieces(text)
            assert all(faces[n] == "？" for n in drawn[0])
            assert all(faces[n] == pieces[n].removeprefix("##") for n in drawn[2])
            return drawn

        seen.append(eventually(page.page, counted))
        masks, randoms, kept = seen[-1]
        if not randoms:  # then the exercise can be done here as well: only the drawn positions count
            given = [reference.mask if n in masks else token for n, token in enumerate(ids)]
            p = softmax(reference.logits(given))
            loss = np.mean([-math.log(p[n, ids[n]]) for n in (*masks, *kept)])

            def told(loss: float = loss) -> None:  # the line follows the strip
                n, said, line = (float(value) for value in page.reads("lottery.loss"))
                assert n == budget and abs(said - loss) < 0.03
                assert abs(line - math.log(len(reference.vocabulary))) < 0.01

            eventually(page.page, told)
        page.page.get_by_role("button", name=page.say("lottery.roll")).click()
    page.sees(page.say("lottery.honesty").split("。" if lang == "zh" else ".")[0])


@pytest.mark.parametrize(
    ("text", "lang", "words"),
    [
        ("图书管理员把新到的杂志整整齐齐地摆在柜子里，又把窗户打开。", "zh", ("杂志", "整整齐齐", "窗户")),
        (
            "Grandfather's unforgettable storytelling fascinated everybody, even the grumpiest of our neighbours.",
            "en",
            ("unforgettable", "fascinated"),
        ),
    ],
    ids=["zh", "en"],
)
def test_whole_words_are_drawn_whole(
    text: str, lang: str, words: tuple[str, ...], start: Start, reference: Reference
) -> None:
    page = start(text, tool="lottery", lang=lang)
    page.picks("lottery.unit", page.say("lottery.unit_word"))
    bounds = page.reads("lottery.words")[0].split(" / ")
    assert set(words) <= set(bounds), bounds
    offsets = reference.tokenizer(text, return_offsets_mapping=True)["offset_mapping"]
    spans, end = [], 0
    for word in bounds:
        begin = text.index(word, end)
        end = begin + len(word)
        spans.append([n for n, (a, b) in enumerate(offsets) if begin <= a and b <= end and b > a])
    strip = page.strip_of("masking-lottery-strip")
    seen: list[list[int]] = []
    for _ in range(4):

        def whole() -> list[int]:
            drawn = strip.covered()
            assert drawn and drawn not in seen
            assert all(set(span) <= set(drawn) or not set(span) & set(drawn) for span in spans), "a word was torn"
            return drawn

        seen.append(eventually(page.page, whole))
        page.page.get_by_role("button", name=page.say("lottery.roll")).click()


@pytest.mark.parametrize(
    ("text", "blanks", "lang"),
    [(ZH, (7, 8, 13), "zh"), (EN, (6, 7), "en"), ("今晚[MASK][MASK]真好看。", (), "zh")],
    ids=["zh", "en", "typed"],
)
def test_several_blanks_are_filled_in_three_orders(
    text: str, blanks: tuple[int, ...], lang: str, start: Start, reference: Reference
) -> None:
    ids = reference.ids(text)
    if blanks:
        page = start(text, *blanks, tool="joint", lang=lang)
    else:
        blanks = tuple(n for n, token in enumerate(ids) if token == reference.mask)
        page = start("先写一句别的话。", tool="cover", lang=lang)
        page.writes(text)
        eventually(page.page, lambda: _same(page.sentence.covered(), list(blanks)))
        page.uses("joint")
    covered = [reference.mask if n in blanks else token for n, token in enumerate(ids)]
    cards = page.main.locator(".figure").filter(has=page.page.locator(".sentence"))
    expect(cards).to_have_count(3, timeout=30_000 * PACE)
    chains = []
    for name in ("independent", "left_to_right", "best_first"):
        card = cards.filter(has_text=page.say(f"joint.{name}"))
        steps = _fill(reference, covered, blanks, name)
        chains.append(_chain(reference, covered, {at: token for at, token, _ in steps}))
        by_place = sorted(steps)
        in_turn = by_place if name == "independent" else steps
        filled = [re.sub(r"\d+$", "", word) for word in card.locator(".filled").all_inner_texts()]
        assert filled == [reference.tokenizer.convert_ids_to_tokens(t).removeprefix("##") for _, t, _ in by_place]
        said = card.inner_text()
        written = next(line for line in said.splitlines() if "%" in line).split("\u3000")
        for order, (line, (_, token, p)) in enumerate(zip(written, in_turn, strict=True), start=1):
            word = reference.tokenizer.convert_ids_to_tokens(token).removeprefix("##")
            key = "joint.alone" if name == "independent" else "joint.order"
            assert line.startswith(page.say(key, n=order, word=word, p="").strip())
            assert (line.endswith("< 0.1 %") and p < 1e-3) or abs(numbers(line)[-1] / 100 - p) < 1e-3
        assert abs(numbers(said)[-1] - chains[-1]) < 0.02
    crowned = cards.filter(has_text=page.say("joint.best"))
    assert crowned.count() == sum(chain > max(chains) - 1e-4 for chain in chains)


@pytest.mark.parametrize(
    ("text", "at", "lang", "watched"),
    [(ZH, ZH_AT, "zh", ("山", "海")), (EN, EN_AT, "en", ("music", "bread"))],
    ids=["zh", "en"],
)
def test_the_lens_reads_the_head_at_every_layer(
    text: str, at: int, lang: str, watched: tuple[str, ...], start: Start, reference: Reference
) -> None:
    page, ids = start(text, at, tool="lens", lang=lang), reference.ids(text)
    original = ids[at]
    ids[at] = reference.mask
    layers = reference.layers(ids, at)
    page.types("lens.watch", " ".join(watched))
    names = reference.tokenizer.convert_ids_to_tokens

    def trajectories() -> None:
        drawn = {trace["name"].replace("\u200b", ""): trace["y"] for trace in page.plot("masking-lens")}
        wanted = {original, *map(reference.id, watched), int(layers[-1].argmax())}
        for token in wanted:
            ranks = (layers > layers[:, [token]]).sum(axis=1) + 1
            shown = np.array(drawn[names(token)])
            assert len(shown) == len(layers) == reference.net.config.num_hidden_layers + 1
            assert (np.abs(shown - ranks) <= np.maximum(2, ranks // 100)).all(), (names(token), shown, ranks)

    eventually(page.page, trajectories)
    idle(page.page)  # the table below is that of these words
    letters_are_large_enough(page, "masking-lens")
    cells = page.main.locator("table.plain-table td[style]")
    found = cells.evaluate_all("all => all.map(e => [e.textContent, e.getAttribute('style')])")
    depth = [(numbers(said)[-1], int(re.search(r"(\d+)%", style)[1])) for said, style in found]  # type: ignore[index]
    assert len(depth) >= 30
    assert all(abs(0.45 * said - deep) <= 1 for said, deep in depth if said != 0.1), "coloured by probability"
    rows = [row.locator("td").all_inner_texts() for row in _table(page, "lens.layer0").locator("tr").all()[1:]]
    assert len(rows) == len(layers)
    for row, scores in zip(rows, layers[::-1], strict=True):
        best, chance = row[1].rsplit(" ", 2)[0], numbers(row[1])[-1]
        assert best == names(int(scores.argmax())).removeprefix("##")
        assert abs(chance / 100 - softmax(scores).max()) < 2e-3
    page.types("lens.watch", f"{watched[0]} 蝴蝶结")
    page.sees(page.say("lens.missing", words="蝴蝶结"))


@pytest.mark.parametrize(
    ("a", "b", "at", "lang"),
    [
        ("妈妈在厨房里忙了一上午，做了一桌子鱼。", "爸爸在海边忙了一上午，做了一桌子鱼。", -3, "zh"),
        ("She worked as a nurse in the city.", "He worked as a nurse in the city.", 5, "en"),
    ],
    ids=["zh", "en"],
)
def test_two_sentences_share_one_map_of_the_vocabulary(
    a: str, b: str, at: int, lang: str, start: Start, reference: Reference
) -> None:
    look_a, look_b = (range(len(reference.ids(text)))[at] for text in (a, b))
    page = start(a, look_a, tool="compare", lang=lang)
    page.types("compare.second", b)
    second = page.strip_of("masking-strip-b")
    second.reads(reference.pieces(b), covered=[look_a])  # it begins as a copy of the first
    if look_b != look_a:
        second.click(look_b)
        second.reads(reference.pieces(b), covered=[look_b])  # one blank is enough: the newest counts
    log_a, log_b = np.log(reference.masked(a, look_a)), np.log(reference.masked(b, look_b))
    difference = log_b - log_a
    worth = (log_a >= math.log(1e-4)) | (log_b >= math.log(1e-4))
    order = [int(i) for i in np.argsort(difference) if worth[i]]
    lists = page.main.get_by_role("listbox")

    def preferred() -> None:
        for side, ids in zip(lists.all(), (order, order[::-1]), strict=True):
            items = side.locator("li").evaluate_all(
                "all => all.map(i => [Number(i.dataset.id), Number(i.dataset.difference)])"
            )
            assert len(items) >= 8
            for token, shown in items:
                assert abs(shown - difference[token]) < 5e-3
            # Near-ties may change places between two machines: compare how far, not who.
            assert np.allclose([abs(shown) for _, shown in items], np.abs(difference[ids[: len(items)]]), atol=5e-3)

    eventually(page.page, preferred)
    expect(lists.first).to_contain_text(reference.tokenizer.convert_ids_to_tokens(order[0]))


@pytest.mark.parametrize(("text", "at", "lang"), [(ZH, ZH_AT, "zh"), (EN, EN_AT, "en")], ids=["zh", "en"])
def test_the_bill_adds_up(text: str, at: int, lang: str, start: Start, reference: Reference) -> None:
    page = start(text, at, tool="budget", lang=lang)
    hidden, vocabulary = reference.net.config.hidden_size, reference.net.config.vocab_size
    line, loss = math.log(vocabulary), -math.log(reference.masked(text, at)[reference.ids(text)[at]])
    cards = page.main.locator(".figure b")
    expect(cards.nth(0)).to_have_text(f"{hidden * vocabulary:,}")
    expect(cards.nth(1)).to_have_text(f"{line:.2f}")
    assert abs(float(cards.nth(2).inner_text()) - loss) < 0.02
    page.sees(page.say("budget.now_sub" if loss <= line else "budget.now_worse", gain=f"{abs(line - loss):.2f}"))
    page.sees(page.say("budget.tied"))

    n = len(reference.ids(text)) - 2
    page.sees(page.say("budget.signal", n=n))
    signal = {
        trace_name: value
        for trace in page.plot("masking-signal")
        for trace_name, value in zip(trace["y"], trace["x"], strict=True)
    }
    wanted = {"signal_mlm": 0.15 * n, "signal_cbow": n, "signal_gpt": n}
    for key, value in wanted.items():
        assert abs(signal[page.say(f"budget.{key}")] - value) < 0.06
    assert abs(signal[page.say("budget.signal_ours", share=20)] - 0.2 * n) < 0.06, "the embedded model: 20 %"
    tasks = [
        row.locator("td").all_inner_texts()[1:] for row in _table(page, "budget.table_line").locator("tr").all()[1:]
    ]
    assert tasks == [[f"{n:,}", f"{n * hidden:,}", f"{math.log(n):.2f}"] for n in (2, 3, 17, vocabulary)]


def _table(page: Masking, heading: str) -> Locator:
    return page.main.locator("table.plain-table").filter(has_text=page.say(heading)).last


def _fill(
    reference: Reference, covered: list[int], blanks: tuple[int, ...], order: str
) -> list[tuple[int, int, float]]:
    """(position, token, its probability when chosen) step by step."""
    row, left, steps = list(covered), list(blanks), []
    p = softmax(reference.logits(row))
    while left:
        if order != "independent":
            p = softmax(reference.logits(row))
        at = max(left, key=lambda blank: p[blank].max()) if order == "best_first" else left[0]
        token = int(p[at].argmax())
        steps.append((at, token, float(p[at, token])))
        row[at] = token
        left.remove(at)
    return steps


def _chain(reference: Reference, covered: list[int], chosen: dict[int, int]) -> float:
    """log P of the chosen tokens, scored from left to right, each seeing those before it."""
    row, total = list(covered), 0.0
    for at in sorted(chosen):
        total += math.log(softmax(reference.logits(row)[at])[chosen[at]])
        row[at] = chosen[at]
    return total


def _same(found: object, expected: object) -> None:
    assert found == expected
