"""还原 without a browser: all ways to break, their dials, who sees whom, the papers' numbers, odd texts."""

from __future__ import annotations

import itertools
import re
from typing import Any

import pytest

from explorer.lab.types.breaking import KINDS
from explorer.lab.types.denoising import MAX_TOKENS
from explorer.ui import i18n
from explorer.views._shared import reader_text
from explorer.views.denoising import chips, common, published
from tests.pages.app import body, count, drawn, html, link, notices, open_page

OWN = {"zh": "裁缝把旧大衣改成了外套。", "en": "The tailor turned an old overcoat into a jacket."}


def words(key: str, lang: str = "zh", **values: object) -> str:
    return re.sub(r"\[\[([^|\]]+)(?:\|[^\]]*)?\]\]", r"\1", i18n.text(key, lang, **values)).replace("**", "")


def plain(key: str, lang: str = "zh") -> str:
    return words(key, lang).replace("`", "")


@pytest.mark.parametrize(("kind", "lang"), list(zip(KINDS, itertools.cycle(i18n.LANGUAGES), strict=False)))
def test_every_way_is_told_and_only_its_dials_are_there(kind: str, lang: str) -> None:
    dials = {
        "mask": {"rate"}, "delete": {"rate"}, "permute": {"pieces", "span"}, "rotate": set(),
        "infill": {"rate", "span"}, "mass": {"rate"}, "sentinels": {"rate", "span"},
    }  # fmt: skip
    at = open_page("denoising", lang, text=OWN[lang], kind=kind)
    assert not at.exception
    assert notices(at) == []
    seen = body(at)
    assert plain(f"denoising.kind_line.{kind}", lang) in seen
    assert {str(one.key).split("~")[0].removeprefix("denoising-") for one in at.slider} == dials[kind]
    moved = kind in ("permute", "rotate")
    said = words("denoising.breaking.all_given" if moved else "denoising.breaking.not_given", lang)
    assert re.search(re.sub(r"\\\{\w+\\\}", ".+", re.escape(said)), seen)
    assert count(at, "plotly_chart") == 2


def test_a_way_is_chosen_and_stays_in_the_link() -> None:
    at = open_page("denoising", "zh")
    drawn(at.segmented_control, "denoising-kind-zh").set_value("rotate").run()
    assert link(at) == {"kind": "rotate"}
    assert plain("denoising.kind_line.rotate") in body(at)


def test_another_seed_and_a_dial_stay_in_the_link() -> None:
    at = open_page("denoising", "zh", text=OWN["zh"], kind="mask", seed="999")
    at.button(key="denoising-again").click().run()
    assert link(at) == {"text": OWN["zh"], "kind": "mask"}, "after the last seed comes the first"
    drawn(at.slider, "denoising-rate").set_value(60).run()
    assert link(at) == {"text": OWN["zh"], "kind": "mask", "rate": "60"}
    assert words("denoising.breaking.not_given", n=7, words="")[:14] in body(at), "60 % of 12"


@pytest.mark.parametrize(
    ("state", "key", "values"),
    [
        ({"text": "好", "kind": "permute"}, "too_short_to_break", {"words": 2}),
        ({"text": "hello", "kind": "rotate"}, "too_short_to_break", {"words": 2}),
        ({"text": "你好", "kind": "delete", "rate": "90"}, "breaks_to_nothing", {}),
        ({"text": "hi", "kind": "sentinels", "tool": "see"}, "breaks_to_nothing", {}),
    ],
)
@pytest.mark.parametrize("lang", i18n.LANGUAGES)
def test_what_can_t_be_broken_is_told_and_the_rest_of_the_page_stands(
    state: dict[str, str], key: str, values: dict[str, Any], lang: str
) -> None:
    at = open_page("denoising", lang, **state)
    assert not at.exception
    assert words(f"errors.{key}", lang, **values) in notices(at)
    assert words("common.honesty", lang) in body(at)
    drawn(at.text_input, "denoising-text").set_value(OWN[lang]).run()
    assert notices(at) == []


def test_ways_that_one_word_does_not_take_are_named_and_the_others_drawn() -> None:
    at = open_page("denoising", "zh", text="好", kind="mask")
    assert notices(at) == []
    names = [words(f"denoising.kind.{kind}") for kind in ("delete", "permute", "rotate", "infill", "sentinels")]
    assert words("denoising.breaking.impossible", names="、".join(names)) in body(at)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("雨" * 600, ("common.cut", {"limit": 64, "typed": 600, "used": 62})),
        ("[MASK] 在桌子上睡着了", ("denoising.breaking.typed_mask", {})),
        ("把 <extra_id_0> 放进信箱", ("denoising.breaking.typed_sentinel", {})),
    ],
)
def test_long_texts_and_signs_of_ours_are_told(text: str, told: tuple[str, dict[str, Any]]) -> None:
    at = open_page("denoising", "zh", text=text, kind="mask")
    assert not at.exception
    assert words(told[0], **told[1]).replace("`", "") in notices(at)
    assert words("denoising.breaking.given", n=at_most(text)) in body(at)


def at_most(text: str) -> int:
    """How many tokens of the text are shown, where each hidden one has its [MASK]."""
    read = reader_text.read(common.model().id, text, MAX_TOKENS)
    return len(chips.ordinary(read.tokens))


@pytest.mark.parametrize("text", ["猫😀👍🎉狗跑了", "<b>粗</b> & `x` **y** [[z]]", "a\u200bb c\u00add e"])
def test_a_reader_s_text_is_data(text: str) -> None:
    at = open_page("denoising", "zh", text=text, kind="mass", rate="90")
    assert not at.exception
    assert not any("<b>粗" in piece for piece in html(at))


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
def test_who_sees_whom_counts_what_the_chosen_token_sees(lang: str) -> None:
    at = open_page("denoising", lang, tool="see", text=OWN[lang], kind="delete", place="0")
    assert not at.exception
    assert notices(at) == []
    pattern = words("denoising.see.sees", lang, word=".+", n="N").replace("N", r"(\d+)")
    counts = [int(n) for n in re.findall(pattern, body(at))]
    assert len(counts) == 3
    assert counts[0] == counts[2] > counts[1] == 1, "the first token: all of the broken text, or itself alone"
    at = open_page("denoising", lang, tool="see", text=OWN[lang], kind="delete")
    assert words("denoising.see.sees_none", lang) in body(at), "an encoder alone has no answer to look at"
    for task in ("translate", "summarize", "accept", "similar", "entail"):
        assert words(f"denoising.forms.{task}", lang) in body(at)


def test_the_first_form_is_the_reader_s_sentence_with_sentinels() -> None:
    at = open_page("denoising", "en", tool="see", text=OWN["en"], kind="sentinels", rate="30", span="2")
    row = next(piece for piece in html(at) if words("denoising.forms.denoise", "en") in piece)
    cells = [re.sub("<[^>]*>", "", cell).replace("&lt;", "<").replace("&gt;", ">") for cell in row.split("<td>")[2:4]]
    given, said = cells[0].split(" "), cells[1].split(" ")
    assert given.count("<X>") == said.count("<X>") == 1
    rebuilt = " ".join(cells[0].split())
    for name, after in re.findall(r"<([A-Z])> ([^<]+)", cells[1]):
        rebuilt = rebuilt.replace(f"<{name}>", after.strip())
    assert rebuilt.replace(" ", "") == OWN["en"].replace(" ", ""), "put back, the sentence is whole"


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
def test_the_papers_numbers_stand_with_paper_and_table(lang: str) -> None:
    at = open_page("denoising", lang, tool="papers", bart="eli5", t5="squad")
    assert not at.exception
    seen = body(at)
    for value in ("90.8", "53.69", "21.40", "84.44", "73.17", "82.09", "61.14", "2P"):
        assert value in seen, value
    for key in ("bart", "t5", "structure_title"):
        assert words(f"denoising.papers.{key}", lang) in seen
    column = words("denoising.papers.bart_column.eli5", lang)
    assert words("denoising.papers.bart_caption_down", lang, column=column) in seen


def test_a_column_is_chosen_and_stays_in_the_link() -> None:
    at = open_page("denoising", "zh", tool="papers", bart="eli5", t5="squad")
    drawn(at.segmented_control, "denoising-bart-zh").set_value("squad").run()
    assert link(at) == {"tool": "papers", "t5": "squad"}


def test_what_is_said_about_the_papers_numbers_is_what_they_say() -> None:
    """The steps beside them: where infilling is best, who is best on ELI5, what lies together and what apart."""
    best = []
    for n, column in enumerate(published.BART_COLUMNS):
        values = {row: found[n] for row, found in published.BART.items() if found[n] is not None}
        top = (max if column in published.BART_HIGHER else min)(value for value in values.values() if value is not None)
        best += [column] if values["infill"] == top else []
        if column == "eli5":
            assert [row for row, value in values.items() if value == top] == ["lm"]
    assert best == ["squad", "xsum", "convai2"], "three of six"
    for n, column in enumerate(published.T5_COLUMNS):
        alike = [published.T5[row][n] for row in ("bert", "mass", "spans", "drop")]
        assert published.T5["deshuffle"][n] < min(alike)
        if not column.startswith("en"):
            assert published.T5["prefix"][n] < min(alike)
    assert max(abs(published.T5["prefix"][n] - published.T5["spans"][n]) for n in (4, 5, 6)) < 0.2
    for rows in (published.T5.values(), published.RATES.values(), published.SPANS.values()):
        assert published.BASELINE in rows


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
@pytest.mark.parametrize("name", common.PRESETS)
def test_every_preset_draws(name: str, lang: str) -> None:
    from explorer.content import examples
    from explorer.ui.state import to_query

    state = common.State(**examples.entry("denoising", name, lang))
    at = open_page("denoising", lang, **to_query(state))
    assert not at.exception
    assert notices(at) == []
    assert plain(f"denoising.kind_line.{state.kind}", lang) in body(at)
