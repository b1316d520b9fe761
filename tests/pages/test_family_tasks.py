"""One formula for every task, the old words for what models give, and pictures that are continued like text."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest

from explorer.lab.types.generation import WriteInputs
from explorer.ui import i18n
from explorer.ui.markup import bare
from explorer.views.family import writing
from tests.pages.app import body, drawn, html, open_page
from tests.pages.test_family import words

SNOW = "昨天夜里下了大雪，早上公交车停了，学校通知今天不上课，孩子们都跑到操场上堆雪人。"
SNOWED = (
    "It snowed all night. In the morning the buses stood still, the school stayed closed, and the children built "
    "snowmen."
)
# After GPT-2 (Radford et al. 2019, § 3.5–3.7): what stands before and behind what is given, our own between them.
FORMS = {
    ("translate", "zh"): (
        "I like the lake. = 我喜欢这个湖。\nThe cat is asleep. = 猫睡着了。\n",
        "Where is my book?",
        " =",
    ),
    ("translate", "en"): (
        "我喜欢这个湖。 = I like the lake.\n猫睡着了。 = The cat is asleep.\n",
        "我的书在哪里？",
        " =",
    ),
    ("read", "zh"): ("", "小明昨天坐火车去了杭州，在西湖边坐了一下午。", "\n问：小明去了哪个城市？\n答："),
    ("read", "en"): (
        "",
        "Yesterday Tom took the train to Paris and sat by the river all afternoon.",
        "\nQ: Which city did Tom go to?\nA:",
    ),
    ("summary", "zh"): ("", SNOW, "\n一句话总结："),
    ("summary", "en"): ("", SNOWED, "\nTL;DR:"),
}


@pytest.mark.parametrize(("job", "lang"), FORMS)
def test_every_task_is_the_text_before_what_is_given_and_the_text_behind(
    job: str, lang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the page and to the model, for the page's own text and the reader's; without the task the text stands bare."""
    read: list[str] = []
    prompt = writing.prompt

    def noted(text: str, *settings: Any) -> WriteInputs:
        read.append(text)
        return prompt(text, *settings)

    monkeypatch.setattr(writing, "prompt", noted)
    before, own, after = FORMS[job, lang]
    at = open_page("family", lang, tool="tasks", job=job)
    for given in (own, "一只猫 a cat"):
        if given != own:
            drawn(at.text_input, "family-given").set_value(given).run()
        assert not at.exception
        assert f"{before}{given}{after} ?".replace("\n", "") in body(at)
        assert read[-2:] == [before + given + after, given]


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
def test_the_old_words_say_what_comes_out_how_it_is_judged_and_where_it_was_met(lang: str) -> None:
    at = open_page("family", lang, tool="tasks")
    (table,) = (piece for piece in html(at) if words("family.old.clustering_out", lang) in unescape(piece))
    rows = [[bare(cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row)] for row in table.split("<tr>")[2:]]
    assert rows == [
        [words(f"family.old.{word}{part}", lang) for part in ("", "_out", "_loss", "_here")]
        for word in ("classification", "regression", "clustering")
    ]
    heads = [bare(cell) for cell in re.findall(r"<th[^>]*>(.*?)</th>", table)]
    assert heads[1:] == [words(f"family.old.{part}", lang) for part in ("out", "loss", "here")]


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
def test_the_box_of_pictures_holds_both_models_and_their_papers(lang: str) -> None:
    seen = body(open_page("family", lang, tool="tasks"))
    for key, paper in (("igpt", "Chen"), ("gpt4", "arXiv 2303.08774")):
        told = words(f"family.pictures.{key}", lang)
        assert told in seen and paper in told
