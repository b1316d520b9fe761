"""Chapter 7, 接龙: every bullet of the chapter once, on texts of the reader's own, nothing computed beforehand.

Before and after temperature, top-k, top-p, min-p, repetition penalty; cut tokens stay
visible; nothing recomputed when only the dials move        test_dials_act_on_the_scores_that_are_there
Step, play, pause, rewind, branch, side by side, keyboard;
the draw shown, seed fixed or free; force a candidate; the link replays   test_a_text_grows_and_its_link_replays_it
Bytes grouped under their 字, special tokens visible         test_rare_characters_are_shown_as_the_bytes_they_are
Training view, P(S), scrambled, the offset beside BERT's     test_training_view
Greedy, sampled, beam as a tree, likeliest roads, the chain  test_three_ways_to_choose
Free writing, streamed, stopped, kept                        test_writing_stops_at_once_and_stays
Another model chosen while one writes                        test_another_model_chosen_while_one_writes
A closed browser ends the forward passes                     test_a_closed_browser_ends_the_work
How much context helps, n-gram beside it                     test_context_helps
KV cache: kept and new, both ways run                        test_the_cache_saves_time_and_changes_nothing
Inside one step                                              test_inside_one_step
BERT and GPT on the same blank                               test_bert_and_gpt_on_one_blank
Bad input                                                    test_odd_beginnings
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from playwright.sync_api import expect

from explorer.lab.types.generation import chance_at
from explorer.models.catalog.catalog import ModelInfo
from explorer.views.generation.common import State
from tests.browser.conftest import OpenPage
from tests.browser.generation import Generation, Gpt
from tests.browser.journey import Reference, eventually, exported, idle, linked, numbers, until
from tests.browser.server import Server
from tests.pace import PACE

ZH, EN = "邻居家的小狗每天傍晚都", "A tired sailor told us"
SEED = State().seed  # of a page that was not touched
CLOSE = 2e-3


@pytest.fixture(scope="module")
def gpt(gemma: object) -> Gpt:
    return Gpt(gemma)


def test_dials_act_on_the_scores_that_are_there(open_page: OpenPage, gpt: Gpt, server: Server) -> None:
    page, ids = Generation(open_page("/generation")), gpt.ids(ZH)
    page.writes(ZH, len(ids))
    text = page.text
    plain = gpt.offer(ids)

    def shows(**settings: float) -> None:
        """The bars are the library's own processors' answer; what they cut stays, and is said to be cut."""
        expected = gpt.offer(ids, **settings)

        def look() -> None:
            rows = text.rows()
            assert len(rows) >= 6
            for row in rows:
                assert abs(row["plain"] - plain[row["id"]]) < CLOSE
                assert abs(row["p"] - expected[row["id"]]) < CLOSE, (row, expected[row["id"]], settings)
                assert row["cut"] == (expected[row["id"]] == 0)
                assert (row["said"] == page.say("components.generator.cut")) == row["cut"]
            assert text.drawn() == gpt.draws(ids, text.chance(), **settings)

        eventually(page.page, look)

    shows()
    before = server.status()["forward_passes"]
    text.turns("temperature", 0.6)
    shows(temperature=0.6)
    text.turns("top_k", 3)
    shows(temperature=0.6, top_k=3)
    assert sum(row["cut"] for row in text.rows()) >= 3
    text.turns("top_k", 0)
    text.turns("top_p", 0.7)
    text.turns("temperature", 1.5)
    shows(temperature=1.5, top_p=0.7)
    text.turns("top_p", 1)
    text.turns("min_p", 0.1)
    shows(temperature=1.5, min_p=0.1)
    text.turns("min_p", 0)
    text.turns("repetition", 1.5)
    text.turns("temperature", 1)
    shows(penalty=1.5)
    text.turns("temperature", 0)
    eventually(page.page, lambda: _same([row["p"] for row in text.rows()][:2], [1, 0]))
    expect(text.verdict).to_contain_text(page.say("components.generator.verdict_best")[:4])
    expect(page.page).to_have_url(re.compile(r"[?&]t=0(&|$)"))
    idle(page.page)
    assert server.status()["forward_passes"] == before, "a dial asks for no forward pass"


def test_a_text_grows_and_its_link_replays_it(open_page: OpenPage, gpt: Gpt) -> None:
    page, ids = Generation(open_page("/generation", lang="en"), "en"), gpt.ids(EN)
    page.writes(EN, len(ids))
    text, start = page.text, len(ids)
    # Step: the token on which the seed's number falls, in the library's distribution.
    for _ in range(2):
        assert text.chance() == pytest.approx(chance_at(SEED, len(ids)))
        ids.append(gpt.draws(ids, chance_at(SEED, len(ids))))
        text.does("step")
        text.stands_at(len(ids), len(ids))
    assert text.ids() == ids
    # The chosen token's surprisal and the entropy of its step, along the text.
    marks = text.root.locator(".entropies i").evaluate_all(
        "(m) => m.map((i) => [i.dataset.entropy, i.dataset.nats].map(Number))"
    )
    for place, (entropy, nats) in zip(range(start, len(ids)), marks, strict=True):
        p = gpt.offer(ids[:place])
        assert nats == pytest.approx(-math.log(p[ids[place]]), abs=0.02)
        assert entropy == pytest.approx(float(-(p[p > 0] * np.log(p[p > 0])).sum()), abs=0.02)
    # Play and pause: the same draws, until told to stop.
    text.does("play")
    until(page.page, lambda: _true(len(text.ids()) >= len(ids) + 2))
    text.does("play")
    idle(page.page)
    grown = text.ids()
    text.stands_at(len(grown))
    for place in range(len(ids), len(grown)):
        assert grown[place] == gpt.draws(grown[:place], chance_at(SEED, place))
    # Rewind by a click and from the keyboard; the token taken there is marked.
    text.root.locator(f'.tok[data-i="{start + 1}"]').click()
    text.stands_at(start + 1, len(grown))
    eventually(page.page, lambda: _same([row["id"] for row in text.rows() if row["taken"]], [grown[start + 1]]))
    text.root.locator("figure").press("ArrowLeft")
    text.stands_at(start, len(grown))
    # Branch there; the branch has dials of its own, and a forced candidate is what it goes on with.
    text.root.locator("figure").press("b")
    page.branch.stands_at(start, start)
    forced = page.branch.rows()[4]["id"]
    page.branch.root.locator("figure").press("5")
    page.branch.stands_at(start + 1, start + 1)
    assert page.branch.ids() == [*grown[:start], forced]
    page.branch.turns("temperature", 0)
    page.branch.root.locator("figure").press("Enter")
    page.branch.stands_at(start + 2, start + 2)
    greedy = int(gpt.logits([*grown[:start], forced])[-1].argmax())
    assert page.branch.ids() == [*grown[:start], forced, greedy]
    assert text.ids() == grown, "the first text stays as it was"
    # Another seed is another number; set free, it comes anew.
    seen = page.branch.chance()
    page.branch.does("again")
    eventually(page.page, lambda: _true(page.branch.chance() != seen))
    page.branch.does("free")
    expect(page.page).to_have_url(re.compile(r"b_free=1"))
    # The path as CSV, and a link that opens all of it in another browser.
    idle(page.page)
    rows = exported(page.page, "generation-a").strip().splitlines()
    assert len(rows) == len(grown) + 1
    assert rows[-1].split(",")[0] == str(len(grown)), "places are counted from 1"
    assert rows[-1].split(",")[2] == str(grown[-1])
    query = {name: value[0] for name, value in parse_qs(urlsplit(page.page.url).query).items()}
    other = Generation(open_page("/generation", lang="en", query=query), "en")
    other.text.stands_at(start, len(grown))
    other.branch.stands_at(start + 2)
    assert (other.text.ids(), other.branch.ids()) == (grown, page.branch.ids())


def test_rare_characters_are_shown_as_the_bytes_they_are(open_page: OpenPage, gpt: Gpt) -> None:
    rare = next(char for char in "犇骉羴鱻麤龘靐齾" if sum(word.startswith("<0x") for word in _pieces(gpt, char)) >= 3)
    ids = gpt.ids(f"他写了一个{rare}字")
    page = Generation(open_page("/generation"))
    page.writes(f"他写了一个{rare}字", len(ids))
    group = page.text.root.locator(".spelled")
    expect(group.locator(".whole")).to_have_text(rare)
    expect(group.locator(".tok")).to_have_count(3)
    assert group.locator(".tok").all_inner_texts() == [gpt.words[i] for i in ids if gpt.words[i].startswith("<0x")]
    expect(page.text.root.locator(".tok.special")).to_have_text("<bos>")


def test_training_view(open_page: OpenPage, gpt: Gpt, reference: Reference) -> None:
    text = "厨师尝了一口汤，又加了一点盐。"
    ids = gpt.ids(text)
    page = Generation(open_page("/generation", query={"tool": "train", "v": "1", "text": text}))
    rows = page.page.locator('.sesame[data-key="generation-triangle"] tr[data-row]')
    expect(rows).to_have_count(len(ids) - 1, timeout=30_000 * PACE)
    scores = gpt.logits(ids)[:-1]
    log_p = scores - scores.max(-1, keepdims=True)
    log_p -= np.log(np.exp(log_p).sum(-1, keepdims=True))
    own = log_p[np.arange(len(ids) - 1), ids[1:]]
    shown = rows.evaluate_all("(rows) => rows.map((r) => Number(r.dataset.nats))")
    assert np.allclose(shown, -own, atol=0.02)
    ranks = rows.evaluate_all("(rows) => rows.map((r) => Number(r.dataset.rank))")
    assert ranks[0] == int((scores[0] > scores[0][ids[1]]).sum()) + 1
    # Row n sees its left and nothing else; pointing at it says so.
    for n in (0, 3):
        seen = rows.nth(n).locator("td[data-seen]").evaluate_all("(c) => c.map((x) => Number(x.dataset.seen))")
        assert seen == [1] * (n + 1) + [0] * (len(ids) - n - 1)
    rows.nth(3).hover()
    expect(page.page.locator('.sesame[data-key="generation-triangle"] .said')).to_contain_text(f"{-own[3]:.2f}")
    # The product of all, as its logarithm, and per token and per character.
    page.sees(f"−{-own.sum():.2f}"[:5])
    cards = page.main.locator(".figures .figure b").all_inner_texts()
    assert numbers(cards[2])[0] == pytest.approx(math.exp(-own.mean()), rel=0.02)
    assert numbers(cards[3])[0] == pytest.approx(math.exp(-own.sum() / len(text)), rel=0.02)
    natural, mixed = page.plot("generation-product")
    assert natural["y"][-1] == pytest.approx(float(own.sum()), abs=0.1)
    assert mixed["y"][-1] < natural["y"][-1] - 5, "the same tokens scrambled"
    # BERT's rows see both sides, and the place to guess is their own.
    bert = page.page.locator('.sesame[data-key="generation-triangle-bert"] tr[data-row]')
    count = len(reference.ids(text))
    expect(bert).to_have_count(count - 2, timeout=30_000 * PACE)
    seen = bert.nth(2).locator("td[data-seen]").evaluate_all("(c) => c.map((x) => Number(x.dataset.seen))")
    assert seen == [1] * 3 + [0] + [1] * (count - 4)


def test_three_ways_to_choose(open_page: OpenPage, gpt: Gpt) -> None:
    text = "He opened the old box and"
    ids = gpt.ids(text)
    query = {"tool": "ways", "v": "1", "text": text, "n": "3", "beams": "2", "lp": "0"}
    page = Generation(open_page("/generation", lang="en", query=query), "en")
    tree = page.page.locator('.sesame[data-key="generation-beam"] .node')
    expect(tree.first).to_be_visible(timeout=60_000 * PACE)
    names = [row[0] for row in page.table()]
    assert names[0] == page.say("ways.greedy") and names[-1] == page.say("ways.beam") and len(names) == 5
    greedy, now = 0.0, list(ids)
    for _ in range(3):
        scores = gpt.logits(now)[-1]
        token = int(scores.argmax())
        greedy += float(scores[token] - scores.max() - np.log(np.exp(scores - scores.max()).sum()))
        now.append(token)
    assert numbers(page.table()[0][2])[0] == pytest.approx(greedy, abs=0.02)
    assert numbers(page.table()[-1][2])[0] >= greedy - 0.02, "the beam's total is at least greedy's here"
    assert tree.count() >= 2 + 4
    expect(page.page.locator('.sesame[data-key="generation-beam"] .node.best')).to_have_count(3)
    picture = exported(page.page, "generation-beam", "svg")
    assert picture.startswith("<svg") and picture.count("<text") >= 12
    # The likeliest roads: a click takes one of them, and the text's own chain is listed.
    roads = page.page.locator('.sesame[data-key="generation-tree"] .node')
    expect(roads).to_have_count(3 + 9 + 27, timeout=30_000 * PACE)
    page.sees("GPT-2 XL")
    page.sees("10.97 %")
    roads.first.click()
    first = int(gpt.logits(ids)[-1].argmax())
    expect(page.page).to_have_url(re.compile(r"[?&]path=...(&|$)"))
    idle(page.page)
    page.uses("step")
    page.text.stands_at(len(ids) + 1)
    assert page.text.ids() == [*ids, first]


def test_writing_stops_at_once_and_stays(open_page: OpenPage, server: Server, gpt: Gpt) -> None:
    text = "山谷里的风停了，"
    query = {"tool": "write", "v": "1", "text": text, "long": "400", "t": "0.8", "seed": "3"}
    page = Generation(open_page("/generation", query=query))
    words = page.main.locator(".written .w")
    page.page.get_by_role("button", name=page.say("write.go"), exact=True).click()
    until(page.page, lambda: _true(words.count() >= 4))
    page.page.get_by_role("button", name=page.say("write.stop"), exact=True).click()
    assert _quiet_within(server, 5) <= 4 * PACE
    expect(page.page.get_by_role("button", name=page.say("write.keep"), exact=True)).to_be_enabled()
    idle(page.page)
    said = eventually(page.page, lambda: _at_rest(page))
    kept = words.count()
    assert 4 <= kept < 400
    ids, spoken = gpt.ids(text), ""
    for _ in range(3):
        ids.append(gpt.draws(ids, chance_at(3, len(ids)), temperature=0.8))
    spoken = gpt.tokenizer.decode(ids)
    assert said.startswith(spoken)
    # The dials are turned; what was written stays, and can become part of the text.
    page.page.get_by_role("slider", name=page.say("write.t")).press("ArrowRight")
    expect(page.page).to_have_url(re.compile(r"[?&]t=0\.85"))
    idle(page.page)
    assert page.main.locator(".written").inner_text() == said
    page.page.get_by_role("button", name=page.say("write.keep"), exact=True).click()
    idle(page.page)
    page.uses("step")
    eventually(page.page, lambda: _true(len(page.text.ids()) == len(gpt.ids(text)) + kept))


def test_a_closed_browser_ends_the_work(open_page: OpenPage, server: Server) -> None:
    query = {"tool": "write", "v": "1", "text": "海边的灯塔每天晚上", "long": "400", "seed": "11"}
    page = Generation(open_page("/generation", query=query))
    page.page.get_by_role("button", name=page.say("write.go"), exact=True).click()
    until(page.page, lambda: _true(page.main.locator(".written .w").count() >= 3))
    page.page.context.close()
    assert _quiet_within(server, 15) <= 12 * PACE


def test_another_model_chosen_while_one_writes(
    open_page: OpenPage, with_another: Callable[[str], tuple[ModelInfo, Server]]
) -> None:
    other, server = with_another("llama")
    query = {"tool": "write", "v": "1", "text": "树下有孩子在唱歌", "long": "400", "seed": "7"}
    page = Generation(open_page("/generation", on=server, query=query))
    words = page.main.locator(".written .w")
    go = page.page.get_by_role("button", name=page.say("write.go"), exact=True)
    go.click()
    until(page.page, lambda: _true(words.count() >= 3))
    page.page.get_by_role("radio", name=other.name).click()
    assert _quiet_within(server, 8) <= 6 * PACE, "the model that was left stops"
    linked(page.page, "model=folder")
    idle(page.page)
    eventually(page.page, lambda: _true(words.count() == 0))  # what the other wrote is no text of this one
    go.click()
    until(page.page, lambda: _true(words.count() >= 20))
    assert {"gemma-3-270m-lite", other.id} <= set(server.status()["models_ready"])
    assert page.page.get_by_role("alert").count() == 0


def test_context_helps(open_page: OpenPage, gpt: Gpt) -> None:
    text = "小林把钥匙交给老林，老林又还给小林。"
    page = Generation(open_page("/generation", query={"tool": "context", "v": "1", "text": text}))
    eventually(page.page, lambda: page.plot("generation-context"), seconds=60)
    model, ngram = page.plot("generation-context")
    ids = gpt.ids(text)
    first, body = ids[:1], ids[1:]
    for k, loss in ((1, model["y"][0]), (len(body) - 1, model["y"][-1])):
        nats = []
        for at in range(1, len(body)):
            scores = gpt.logits([*first, *body[max(0, at - k) : at]])[-1]
            nats.append(float(np.log(np.exp(scores - scores.max()).sum()) + scores.max() - scores[body[at]]))
        assert loss == pytest.approx(np.mean(nats), abs=0.02)
    assert model["y"][0] > model["y"][-1]
    before = min(ngram["y"])
    page.page.get_by_role("textbox", name=page.say("context.corpus")).fill(text * 2)
    page.page.get_by_role("textbox", name=page.say("context.corpus")).press("Control+Enter")
    eventually(page.page, lambda: _true(min(page.plot("generation-context")[1]["y"]) < before - 1), seconds=60)


def test_the_cache_saves_time_and_changes_nothing(open_page: OpenPage, gpt: Gpt) -> None:
    text = "窗外的雨下了一整夜，"
    page = Generation(open_page("/generation", query={"tool": "cache", "v": "1", "text": text}))
    page.page.get_by_role("button", name=page.say("common.run"), exact=True).click()
    expect(page.main.locator(".kv")).to_have_count(10, timeout=60_000 * PACE)
    idle(page.page)
    rows, ids = page.table(), gpt.ids(text)
    for step, row in enumerate(rows):
        token = int(gpt.logits(ids)[-1].argmax()) if step < 3 else None
        assert token is None or row[0] == gpt.words[token].replace("▁", "␣")
        kept, new, held = (int(value.replace(",", "")) for value in row[1:4])
        assert (kept, new) == ((0, len(ids)) if step == 0 else (len(gpt.ids(text)) + step - 1, 1))
        assert held == (kept + new) * 18 * 2 * 256 * 4
        assert float(row[6]) < 1e-3
        ids.append(token or 0)
    assert page.main.locator(".kv").nth(4).locator(".new").count() == 1


def test_inside_one_step(open_page: OpenPage, gpt: Gpt) -> None:
    text = "The key to the door is under the"
    query = {"tool": "inside", "v": "1", "text": text, "layer": "5", "head": "2"}
    page = Generation(open_page("/generation", lang="en", query=query), "en")
    eventually(page.page, lambda: _true(page.main.locator("table.plain-table").count() == 2))
    layers, sums = page.table(0), page.table(1)
    ids = gpt.ids(text)
    assert len(layers) == 19
    best = gpt.words[int(gpt.logits(ids)[-1].argmax())].replace("▁", "␣")
    assert layers[-1][1].startswith(best) and layers[-1][2] == "1"
    weights = [numbers(row[5])[0] for row in sums]
    powers = [float(row[4]) for row in sums]
    assert sum(weights) == pytest.approx(100, abs=1)
    for power, weight, row in zip(powers, weights, sums, strict=True):
        product, scaled, masked = (numbers(cell)[0] for cell in row[1:4])
        assert scaled == pytest.approx(product * 256**-0.5, abs=0.01)
        assert masked == 0, "the last token may look at all: nothing is added"
        assert weight == pytest.approx(100 * power / sum(powers), abs=0.2)
    page.sees(page.say("inside.grouped", q=4, kv=1))
    page.page.get_by_role("slider", name=page.say("inside.head")).press("ArrowLeft")
    expect(page.page).to_have_url(re.compile(r"[?&]head=2"))
    eventually(page.page, lambda: _true(page.table(1) != sums))


def test_bert_and_gpt_on_one_blank(open_page: OpenPage, gpt: Gpt, reference: Reference) -> None:
    text = "奶奶戴上眼镜，坐在灯下看报纸。"
    page = Generation(open_page("/generation", query={"tool": "both", "v": "1", "text": text}))
    strip = page.strip_of("generation-strip")
    strip.reads(reference.pieces(text))
    place = reference.pieces(text).index("镜")
    strip.click(place)
    eventually(page.page, lambda: _same(strip.focus(), [place]))
    columns = page.page.locator('.sesame[data-key="generation-both"] section')
    p = reference.masked(text, place)
    best = reference.tokenizer.convert_ids_to_tokens(int(p.argmax()))
    expect(columns.nth(0).locator("li .w").first).to_have_text(best)
    left = gpt.offer(gpt.ids(text[: text.index("镜")]))
    word = gpt.words[int(left.argmax())].replace("▁", " ").strip()
    expect(columns.nth(1).locator("li .w").first).to_have_text(word)
    bert, causal = page.plot("generation-gap")
    assert bert["y"][place - 1] == pytest.approx(-math.log(p[reference.ids(text)[place]]), abs=0.3)
    alike = [n for n, name in enumerate(gpt.words) if name.startswith("镜")]
    assert causal["y"][place - 1] == pytest.approx(-math.log(left[alike].sum()), abs=0.05)
    gaps = np.array(causal["y"]) - np.array(bert["y"])
    shown = [numbers(card)[0] for card in page.main.locator(".figures .figure b").all_inner_texts()]
    assert shown[0] == pytest.approx(gaps[:-1].mean(), abs=0.02)
    assert shown[1] == pytest.approx(gaps[-1], abs=0.02)


def test_odd_beginnings(open_page: OpenPage, gpt: Gpt) -> None:
    page = Generation(open_page("/generation"))
    page.types("input", " ")
    page.text.stands_at(1, 1)
    assert page.text.ids() == [2]
    expect(page.text.root.locator(".tok.special")).to_have_text("<bos>")
    page.text.does("step")
    page.text.stands_at(2, 2)
    long = "河水" * 700
    ids = gpt.ids(long)
    assert len(ids) > 1024
    page.types("input", long)
    page.sees(re.compile("1,024"))
    page.text.stands_at(len(ids))


def _quiet_within(server: Server, seconds: float) -> float:
    """Seconds until the engine's forward passes stand still for a second; AssertionError if they never do.

    `seconds`, and that second, are those of a quiet machine (tests/pace.py).
    """
    start = time.monotonic()
    last, since = server.status()["forward_passes"], start
    while time.monotonic() - start < (seconds + 5) * PACE:
        time.sleep(0.1)  # a counter in another process announces nothing
        now = server.status()["forward_passes"]
        if now != last:
            last, since = now, time.monotonic()
        elif time.monotonic() - since >= PACE:
            return since - start
    raise AssertionError("the model is still at work")


def _at_rest(page: Generation) -> str:
    """What is written, once the last drawing of it has arrived."""
    before = page.main.locator(".written").inner_text()
    page.page.wait_for_timeout(400)  # drawings announce no end
    assert page.main.locator(".written").inner_text() == before
    return before


def _pieces(gpt: Gpt, text: str) -> list[str]:
    return [gpt.words[i] for i in gpt.ids(text)]


def _same(found: object, expected: object) -> None:
    assert found == expected


def _true(fact: bool) -> None:
    assert fact
