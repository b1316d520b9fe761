"""Chapter 0, 首页: each promise of the chapter kept on sentences of the reader's own.

    One text split in x′ and x″, live, BERT's way        test_some_of_the_text_hidden_is_bert_s_split
    … and GPT's way                                      test_the_rest_of_the_text_hidden_is_gpt_s_split
    … and another draw of what is hidden                 test_hide_others_draws_again
    Supervised, unsupervised, semi-, reinforcement; the
      name and its date; is BERT semi-supervised?        test_what_stands_below_a_sentence_of_the_reader_s_own
    The family: time, size on a log axis, type, target   (the same)
    One idea: hidden × classes                           (the same)
    Why pre-train                                        (the same)
    The map of the chapters                              (the same)

The numbers on the page are held against the transformers library called directly.
"""

from __future__ import annotations

import math

import pytest
from playwright.sync_api import expect

from explorer.chapters import CHAPTERS
from tests.browser.conftest import OpenPage
from tests.browser.journey import Home, Reference, eventually, idle, linked, numbers, percent

SENTENCES = {
    "zh": "邻居家的小狗每天傍晚都在河边追蝴蝶。",
    "en": "A tired sailor told us stories about distant islands.",
    "fr": "Le boulanger ouvre sa boutique avant le lever du soleil.",
}


@pytest.mark.parametrize("language", ["zh", "fr"])
def test_some_of_the_text_hidden_is_bert_s_split(language: str, open_page: OpenPage, reference: Reference) -> None:
    text = SENTENCES[language]
    home = Home(open_page("/", lang=language), "zh" if language == "zh" else "en")
    pieces = reference.pieces(text)
    home.writes(text, pieces)

    first = home.sentence.covered()
    assert len(first) == max(1, round(0.15 * (len(pieces) - 2))), "15 % of the tokens are hidden at first"
    chosen = next(n for n in range(2, len(pieces) - 1) if n not in first)
    home.sentence.click(chosen)
    hidden = sorted([*first, chosen])

    tokenized = reference.tokenizer(text, return_offsets_mapping=True)
    surface = [text[start:end] for start, end in tokenized["offset_mapping"]]
    vocabulary = reference.tokenizer.convert_ids_to_tokens

    def the_page_is_right() -> None:
        seen, guessed = home.split()
        assert guessed == " · ".join(surface[n] for n in hidden)
        assert seen.count("＿") == len(hidden)
        assert all(surface[n] in seen for n in range(1, len(pieces) - 1) if n not in hidden)
        rows = home.guesses()
        assert [row[0] for row in rows] == [surface[n] for n in hidden]
        for n, (_, guess, p_guess, p_original) in zip(hidden, rows, strict=True):
            p = reference.masked(text, n, *hidden)
            assert guess == vocabulary(int(p.argmax())).removeprefix("##")
            assert _close(p_guess, p.max())
            assert _close(p_original, p[reference.ids(text)[n]])

    eventually(home.page, the_page_is_right)


def test_hide_others_draws_again(open_page: OpenPage, reference: Reference) -> None:
    text = "祖父把旧照片一张一张贴进相册，慢慢讲起从前的事。"
    home = Home(open_page("/"))
    home.writes(text, reference.pieces(text))
    seen = [tuple(home.sentence.covered())]
    for _ in range(3):
        home.page.get_by_role("button", name=home.say("split.reroll")).click()
        eventually(home.page, lambda: _differs(home.sentence.covered(), seen[-1]))
        seen.append(tuple(home.sentence.covered()))
    assert len({len(drawn) for drawn in seen}) == 1, "always as many"
    guessed = home.split()[1].split(" · ")
    assert len(guessed) == len(seen[-1])


def test_the_rest_of_the_text_hidden_is_gpt_s_split(open_page: OpenPage, reference: Reference) -> None:
    text = SENTENCES["en"]
    home = Home(open_page("/", lang="en"), "en")
    pieces = reference.pieces(text)
    home.writes(text, pieces)
    home.picks("split.how", home.say("split.gpt"))
    home.sees(home.say("split.gpt_note"))
    idle(home.page)  # a click on the strip of before covers one token more
    home.sentence.click(4)
    last = len(pieces) - 2

    def only_the_left_is_seen() -> None:
        assert home.sentence.covered() == list(range(4, last + 1))
        seen, guessed = home.split()
        assert seen.replace(" ", "").endswith("…") and "＿" not in seen
        assert guessed.count(" · ") == last - 4
        assert "".join(guessed.split(" · ")) in text.replace(" ", "")

    eventually(home.page, only_the_left_is_seen)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_stands_below_a_sentence_of_the_reader_s_own(
    language: str, open_page: OpenPage, reference: Reference
) -> None:
    home = Home(open_page("/", lang=language), language)
    home.writes(SENTENCES[language], reference.pieces(SENTENCES[language]))
    _who_gives_the_answer_in_each_kind_of_learning(home)
    if language == "en":
        _the_family_has_a_date_a_size_a_build_and_a_target_each(home)
    _only_the_number_of_classes_changes(home, reference)
    for step in ("why.step1", "why.step2", "why.step3", "why.honesty"):
        home.sees(home.say(step))
    _the_map_leads_to_every_chapter_that_works(home)


def _who_gives_the_answer_in_each_kind_of_learning(home: Home) -> None:
    table = home.main.locator("table.plain-table").filter(has_text=home.say("kinds.head_answer"))
    for kind in ("supervised", "unsupervised", "semi", "reinforcement", "self"):
        row = table.locator("tr").filter(has=home.page.get_by_text(home.say(f"kinds.{kind}"), exact=True))
        expect(row.locator("td")).to_have_text(
            [home.say(f"kinds.{kind}{part}") for part in ("", "_given", "_answer", "_example")]
        )
    home.sees("LeCun")
    home.sees("2019 年 4 月" if home.lang == "zh" else "April 2019")
    home.sees(home.say("kinds.semi_debate"))


def _the_family_has_a_date_a_size_a_build_and_a_target_each(home: Home) -> None:
    table = home.main.locator("table.plain-table").filter(has_text=home.say("family.head_target"))
    rows = {
        cells[0]: cells[1:] for row in table.locator("tr").all()[1:] for cells in [row.locator("td").all_inner_texts()]
    }
    published = {
        "ELMo": ("2018", "94 M"),
        "BERT-large": ("2018", "340 M"),
        "GPT-2": ("2019", "1.5 B"),
        "Megatron": ("2019", "8.3 B"),
        "T5": ("2019", "11 B"),
        "Turing-NLG": ("2020", "17 B"),
        "GPT-3": ("2020", "175 B"),
        "Switch": ("2021", "1.6 T"),
    }
    for name, (year, size) in published.items():
        when, shown, build, target, source = rows[name]
        assert when.startswith(year) and shown.strip() == size
        assert build and target and source
    assert {"ERNIE (Baidu)", "ERNIE (THU)", "Big Bird"} <= rows.keys()
    builds = {row[2] for row in rows.values()}
    assert {home.say(f"family.type_{build}") for build in ("lstm", "encoder", "decoder", "both")} <= builds

    dots = {
        row.locator("td").first.inner_text(): row.locator(".axis i").evaluate("dot => parseFloat(dot.style.left)")
        for row in table.locator("tr").filter(has=home.page.locator(".axis")).all()
    }
    decade = (dots["GPT-3"] - dots["T5"]) / math.log10(175 / 11)
    assert dots["Switch"] - dots["ELMo"] == pytest.approx(decade * math.log10(1.6e12 / 94e6), abs=0.3), "a log axis"


def _only_the_number_of_classes_changes(home: Home, reference: Reference) -> None:
    hidden, vocabulary = reference.net.config.hidden_size, reference.net.config.vocab_size
    for task, classes in (("sentiment", 2), ("nli", 3), ("pos", 17), ("vocabulary", vocabulary)):
        home.picks("classes.pick", home.say(f"classes.{task}"))
        card = home.main.locator(".figure").filter(has_text=f"{hidden * classes:,}")
        expect(card).to_contain_text(
            home.say("common.hidden_classes", hidden=hidden, classes=f"{classes:,}", n=f"{hidden * classes:,}")
        )
        expect(card).to_contain_text(f"{math.log(classes):.2f}")


def _the_map_leads_to_every_chapter_that_works(home: Home) -> None:
    sidebar = home.page.get_by_test_id("stSidebar").get_by_role("link")
    chapters = home.main.locator(".st-key-map").get_by_role("link")
    expect(sidebar).to_have_count(len(CHAPTERS) + 1)  # and the model's line
    expect(chapters).to_have_count(len(CHAPTERS) - 1)
    home.sees(home.say("masking.invitation"))
    chapters.filter(has_text=home.say("masking.nav")).click()
    expect(home.page.locator("h1.question")).to_have_text(home.say("masking.title"))
    linked(home.page, "/masking")
    sidebar.first.click()
    expect(home.page.locator("h1.question")).to_have_text(home.say("home.title"))


def _close(shown: str, p: float) -> bool:
    """Whether a written percentage is this probability, to its last digit."""
    return shown == percent(p) or abs(numbers(shown)[0] / 100 - p) < 1e-3


def _differs(now: list[int], before: tuple[int, ...]) -> None:
    assert tuple(now) != before
