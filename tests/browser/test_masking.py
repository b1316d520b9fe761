"""Chapter 2, 填空: the stage and the distribution, on sentences of the reader's own in all the model's languages.

    One mask: a click moves it, an arrow key takes it along   test_one_mask_moves_and_its_number_is_told
    Several: clicks cover and uncover                         test_clicks_cover_and_uncover
    … by dragging over them                                   test_a_drag_covers_all_it_passes
    … from the keyboard                                       test_the_keyboard_covers_moves_and_uncovers
    Visible, [MASK], a random other token                     test_three_ways_to_leave_a_position
    Top-k bars; the original's probability and rank           test_the_bars_are_the_softmax_over_the_whole_vocabulary
    … in all six languages                                    (the same)
    Temperature and how many bars                             test_temperature_and_number_of_bars_act_on_the_same_scores
    The rank of any word typed                                test_any_word_has_a_rank
    A word of several pieces: joint score, explained          test_a_word_of_several_pieces_is_scored_jointly
    Cross-entropy as a number, against the guessing line      (the same)
    Every position masked in turn: the surprisal strip        test_the_strip_shows_how_hard_every_token_is_to_guess
    Guess first, write the guess down, then look              test_guess_first_keeps_the_answer_secret
    A blank that was never filled ([MASK] typed)              test_a_typed_mask_is_a_blank_without_an_answer

The numbers on the page are held against the transformers library called directly, with a softmax in plain NumPy. The
tools of the chapter are in test_masking_tools.py.
"""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.journey import Masking, Reference, eventually, linked, numbers, percent, softmax

SENTENCES = {
    "zh": ("邻居家的小狗每天傍晚都在河边追蝴蝶。", 12),
    "en": ("A tired sailor told us stories about distant islands.", 7),
    "ja": ("祖母は毎朝庭で花に水をやります。", 8),
    "fr": ("Le boulanger ouvre sa boutique avant le lever du soleil.", 5),
    "de": ("Der alte Fischer repariert am Abend seine Netze.", 6),
    "es": ("La maestra lee un cuento a los niños cada tarde.", 3),
}
ZH, EN = SENTENCES["zh"][0], SENTENCES["en"][0]


def covered(language: str, open_page: OpenPage, reference: Reference) -> Masking:
    """A reader who opens a link to this language's sentence and its blank."""
    text, position = SENTENCES[language]
    query = {"v": "1", "text": text, "masks": str(position), "focus": str(position)}
    page = Masking(open_page("/masking", lang=language, query=query), language)
    page.sentence.reads(reference.pieces(text), covered=[position])
    return page


@pytest.mark.parametrize("languages", [("zh",), ("en", "ja", "fr", "de", "es")], ids=["zh", "from the left"])
def test_the_bars_are_the_softmax_over_the_whole_vocabulary(
    languages: tuple[str, ...], open_page: OpenPage, reference: Reference
) -> None:
    page = Masking(open_page("/masking", lang=languages[0]), languages[0])
    for language in languages:
        text, position = SENTENCES[language]
        pieces = reference.pieces(text)
        page.writes(text, pieces)
        page.covers(position)
        p, original = reference.masked(text, position), reference.ids(text)[position]
        page.bars.show(p, original=original)
        assert len([row for row in page.bars.rows() if row.kind == "first"]) == 6
        best = reference.tokenizer.convert_ids_to_tokens(int(p.argmax()))
        assert page.bars.rows()[0].word == best
        expect(page.bars.verdict).to_contain_text(pieces[position])
        expect(page.bars.verdict).to_contain_text(percent(p[original]))
        # Cross-entropy as a number, against the guessing line.
        vocabulary, hidden = reference.net.config.vocab_size, reference.net.config.hidden_size
        steps, loss = page.main.locator(".steps"), -math.log(p[original])
        eventually(page.page, lambda steps=steps, loss=loss: _among(numbers(steps.inner_text()), loss))
        expect(steps).to_contain_text(f"{math.log(vocabulary):.2f}")
        expect(steps).to_contain_text(f"{hidden} × {vocabulary:,} = {hidden * vocabulary:,}")


def test_one_mask_moves_and_its_number_is_told(open_page: OpenPage, reference: Reference) -> None:
    text = ZH
    page, pieces, ids = Masking(open_page("/masking")), reference.pieces(text), reference.ids(text)
    page.writes(text, pieces)
    count = page.sentence.root.locator(".count")

    def counted(n: int) -> None:
        expect(count).to_have_text(page.say("components.strip.count", n=n, all=len(pieces) - 2))

    page.covers(5)
    counted(1)
    page.covers(7)
    page.sentence.reads(pieces, covered=[7])
    page.bars.show(reference.masked(text, 7), original=ids[7])
    counted(1)

    # The arrow keys take it along, and do not leave the sentence with it.
    page.sentence.chips.nth(7).focus()
    page.page.keyboard.press("ArrowLeft")
    page.sentence.reads(pieces, covered=[6])
    page.bars.show(reference.masked(text, 6), original=ids[6])
    for key, at in (("End", len(pieces) - 2), ("ArrowRight", len(pieces) - 2), ("Home", 1)):
        page.page.keyboard.press(key)
        page.sentence.reads(pieces, covered=[at])
    page.bars.show(reference.masked(text, 1), original=ids[1])

    # So does a drag; a click on the covered one takes it off.
    page.sentence.drag(1, 4)
    page.sentence.reads(pieces, covered=[4])
    page.bars.show(reference.masked(text, 4), original=ids[4])
    page.sentence.click(4)
    page.sentence.reads(pieces)
    counted(0)

    # Several is a choice that the link keeps; back to one, what was looked at stays.
    page.covers(3, 6)
    counted(2)
    linked(page.page, "cover=several", "masks=3~6|masks=3%7E6")
    page.picks("cover_label", page.say("covers.one"))
    page.sentence.reads(pieces, covered=[6])
    page.bars.show(reference.masked(text, 6), original=ids[6])


def test_a_link_that_covers_several_opens_with_several(open_page: OpenPage, reference: Reference) -> None:
    query = {"v": "1", "text": ZH, "masks": "5~12", "focus": "12"}
    page = Masking(open_page("/masking", query=query))
    page.sentence.reads(reference.pieces(ZH), covered=[5, 12])
    page.sentence.click(8)
    page.sentence.reads(reference.pieces(ZH), covered=[5, 8, 12])


def test_clicks_cover_and_uncover(open_page: OpenPage, reference: Reference) -> None:
    page, pieces = Masking(open_page("/masking")), reference.pieces(ZH)
    ids = reference.ids(ZH)
    page.writes(ZH, pieces)
    page.covers_several()
    page.covers(5)
    page.bars.show(reference.masked(ZH, 5), original=ids[5])
    page.covers(12)
    page.sentence.reads(pieces, covered=[5, 12])
    page.bars.show(reference.masked(ZH, 12, 5), original=ids[12])

    # A click on a covered token that is not in front brings it to the front; the next one uncovers it.
    page.covers(5)
    page.bars.show(reference.masked(ZH, 5, 12), original=ids[5])
    page.sentence.click(5)
    page.sentence.reads(pieces, covered=[12])
    page.bars.show(reference.masked(ZH, 12), original=ids[12])
    page.page.get_by_role("button", name=page.say("clear")).click()
    page.sentence.reads(pieces)
    page.sees(page.say("cover.nothing"))


def test_a_drag_covers_all_it_passes(open_page: OpenPage, reference: Reference) -> None:
    page, pieces = Masking(open_page("/masking")), reference.pieces(ZH)
    page.writes(ZH, pieces)
    page.covers_several()
    page.sentence.drag(4, 7)
    page.sentence.reads(pieces, covered=[4, 5, 6, 7])
    page.bars.show(reference.masked(ZH, 7, 4, 5, 6), original=reference.ids(ZH)[7])
    blanks = page.page.get_by_role("radiogroup", name=page.say("which")).get_by_role("radio")
    expect(blanks).to_have_count(4)


def test_the_keyboard_covers_moves_and_uncovers(open_page: OpenPage, reference: Reference) -> None:
    page, pieces = Masking(open_page("/masking", lang="en"), "en"), reference.pieces(EN)
    page.writes(EN, pieces)
    page.covers_several()
    page.sentence.chips.nth(1).focus()
    for _ in range(4):
        page.page.keyboard.press("ArrowRight")
    page.page.keyboard.press("Space")
    page.sentence.reads(pieces, covered=[5])
    page.bars.show(reference.masked(EN, 5), original=reference.ids(EN)[5])
    for _ in range(2):
        page.page.keyboard.press("Shift+ArrowRight")
    page.page.keyboard.press("ArrowRight")  # on to a token that is not covered: what has the focus lies open
    page.sentence.reads(pieces, covered=[5, 6, 7])
    page.bars.show(reference.masked(EN, 7, 5, 6), original=reference.ids(EN)[7])
    page.page.keyboard.press("Escape")
    page.sentence.reads(pieces)
    page.sees(page.say("cover.nothing"))


def test_three_ways_to_leave_a_position(open_page: OpenPage, reference: Reference) -> None:
    text, position = SENTENCES["en"]
    page, ids = covered("en", open_page, reference), reference.ids(text)
    page.bars.show(reference.masked(text, position), original=ids[position])

    page.picks("how_label", page.say("how.keep"))
    eventually(page.page, lambda: _same(page.sentence.treated("keep"), [position]))
    page.bars.show(reference.p(text, position, {}), original=ids[position])

    page.picks("how_label", page.say("how.random"))
    eventually(page.page, lambda: _same(page.sentence.treated("random"), [position]))
    page.answered()
    # The snippet names the token that was drawn; the chip shows it.
    drawn = int(re.search(r"zip\(\[\d+\], \[(\d+)\]\)", page.code())[1])  # type: ignore[index]
    assert drawn != ids[position]
    assert page.sentence.faces()[position] == reference.tokenizer.convert_ids_to_tokens(drawn).removeprefix("##")
    page.bars.show(reference.p(text, position, {position: drawn}), original=ids[position])


def test_temperature_and_number_of_bars_act_on_the_same_scores(open_page: OpenPage, reference: Reference) -> None:
    page = covered("zh", open_page, reference)
    original = reference.ids(ZH)[12]
    page.bars.show(reference.masked(ZH, 12), original=original)
    for keys, temperature in ((["End"], 3.0), (["Home"], 0.1)):
        for key in keys:
            page.bars.dial("temperature").press(key)
        hot = reference.p(ZH, 12, {12: reference.mask}, temperature=temperature)
        page.bars.show(hot, original=original, close=5e-3)
    page.bars.dial("show").press("End")
    eventually(page.page, lambda: _same(len([row for row in page.bars.rows() if row.kind == "first"]), 30))
    # The dials are let go: the link has them, and the next run leaves them where they are.
    expect(page.page).to_have_url(re.compile(r"[?&]t=0\.1(&|$)"))
    expect(page.page).to_have_url(re.compile(r"[?&]k=30(&|$)"))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_any_word_has_a_rank(language: str, open_page: OpenPage, reference: Reference) -> None:
    text, position = SENTENCES[language]
    page = covered(language, open_page, reference)
    p = reference.masked(text, position)
    for word in {"zh": ("鱼", "雪", "house"), "en": ("truth", "winter", "月")}[language]:
        page.bars.box.fill(word)
        page.bars.box.press("Enter")
        rank = int((p > p[reference.id(word)]).sum()) + 1

        def ranked(word: str = word, rank: int = rank) -> None:
            row = page.bars.row(word)
            assert row.id == reference.id(word)
            assert row.p is not None and abs(row.p - p[row.id]) < 1e-3
            assert row.rank is not None and abs(row.rank - rank) <= max(1, rank // 500)
            assert row.kind == "first" or page.say("components.bars.rank", rank=f"{row.rank:,}") in row.said

        eventually(page.page, ranked)


@pytest.mark.parametrize(
    ("language", "word"), [("zh", "蝴蝶"), ("en", "fairytales")], ids=["two characters", "word pieces"]
)
def test_a_word_of_several_pieces_is_scored_jointly(
    language: str, word: str, open_page: OpenPage, reference: Reference
) -> None:
    text, position = SENTENCES[language]
    page = covered(language, open_page, reference)
    parts = reference.ids(word)[1:-1]
    assert len(parts) > 1, "this word is one token; take another"
    page.bars.box.fill(word)
    page.bars.box.press("Enter")

    # Chain rule: as many blanks as pieces, filled from left to right.
    ids = reference.ids(text)
    opened = ids[:position] + [reference.mask] * len(parts) + ids[position + 1 :]
    joint = 1.0
    for n, part in enumerate(parts):
        joint *= softmax(reference.logits(opened)[position + n])[part]
        opened[position + n] = part

    def scored() -> None:
        row = page.bars.row(word)
        assert row.kind == "joint"
        assert row.p is not None and math.isclose(row.p, joint, rel_tol=0.02)
        pieces = " + ".join(reference.tokenizer.convert_ids_to_tokens(parts))
        assert row.said == percent(row.p) + page.say("cover.pieces", pieces=pieces)

    eventually(page.page, scored)


@pytest.mark.parametrize("language", ["zh", "de"])
def test_the_strip_shows_how_hard_every_token_is_to_guess(
    language: str, open_page: OpenPage, reference: Reference
) -> None:
    text, _ = SENTENCES[language]
    own = "zh" if language == "zh" else "en"
    page, ids = Masking(open_page("/masking", lang=own), own), reference.ids(text)
    page.writes(text, reference.pieces(text))
    page.uncovers()  # what is covered has no mark
    inner = range(1, len(ids) - 1)
    rows = [[reference.mask if n == at else token for n, token in enumerate(ids)] for at in inner]
    p = [softmax(scores[at])[ids[at]] for at, scores in zip(inner, reference.logits(rows), strict=True)]
    guessing = math.log(reference.net.config.vocab_size)
    length = [max(0.08, min(1.0, -math.log(one) / guessing)) for one in p]  # the shortest mark can still be seen

    def every_token_has_its_mark() -> None:
        marks = page.sentence.surprisal()
        assert marks[0] is None and marks[-1] is None, "special tokens have none"
        assert None not in marks[1:-1]
        assert np.allclose(np.array(marks[1:-1], dtype=float), length, atol=0.03)

    eventually(page.page, every_token_has_its_mark)
    page.sees(page.say("components.strip.tint"))
    hardest = int(np.argmin(p)) + 1
    note = page.sentence.note(hardest)
    surprisal = float(re.search(r"\d+\.\d\d", note.splitlines()[-1])[0])  # type: ignore[index]
    assert abs(surprisal + math.log(p[hardest - 1])) < 0.2


def test_guess_first_keeps_the_answer_secret(open_page: OpenPage, reference: Reference) -> None:
    page = covered("zh", open_page, reference)
    page.bars.show(reference.masked(ZH, 12), original=reference.ids(ZH)[12])
    page.main.get_by_text(page.say("hide"), exact=True).click()
    expect(page.bars.verdict).to_contain_text(page.say("components.bars.hidden"))
    assert {row.word for row in page.bars.rows() if row.kind == "first"} == {"？"}
    assert not any("%" in row.said for row in page.bars.rows())
    page.answered()  # the strip may hear of it after the bars
    assert page.say("components.strip.tip_hidden") in page.sentence.note(12)
    # There is a place for the reader's guess; where it lies is told with the answer.
    expect(page.bars.box).to_have_attribute("placeholder", page.say("components.bars.guess"))
    page.bars.box.fill("花")
    page.bars.box.press("Enter")
    expect(page.bars.root.locator(".seen")).to_contain_text("花")
    assert page.bars.row("花").kind == "none"
    page.bars.root.get_by_role("button", name=page.say("components.bars.show_answer")).click()
    eventually(page.page, lambda: _same(page.bars.row("花").id, reference.id("花")))
    expect(page.bars.box).to_have_attribute("placeholder", page.say("components.bars.watch"))
    page.bars.show(reference.masked(ZH, 12), original=reference.ids(ZH)[12])


def test_a_typed_mask_is_a_blank_without_an_answer(open_page: OpenPage, reference: Reference) -> None:
    text = "The old [MASK] was locked, so we climbed over the wall."
    page = Masking(open_page("/masking", lang="en"), "en")
    page.writes(text)
    position = reference.ids(text).index(reference.mask)
    p = softmax(reference.logits(reference.ids(text))[position])
    page.bars.show(p, original=None)
    assert page.sentence.covered() == [position]
    page.sees(page.say("cover.step3_none").split(".")[-2])


def _among(found: list[float], wanted: float) -> None:
    assert min(abs(one - wanted) for one in found) < 0.02


def _same(found: object, expected: object) -> None:
    assert found == expected
