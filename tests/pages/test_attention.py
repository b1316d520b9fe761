"""注意力 without a browser: every tool, every architecture, each of its attentions, and whatever a reader may bring."""

from __future__ import annotations

import contextlib
import io
import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import numpy as np
import pytest

from explorer.content import examples
from explorer.engine import get_engine
from explorer.lab.types.attention import CELL, OFF, CellInputs, OffInputs, Sight
from explorer.models.catalog import adhoc_models
from explorer.models.catalog.policy import Policy
from explorer.ui import i18n
from explorer.ui.state import to_query
from explorer.views.attention import common
from tests import tiny
from tests.pages.app import assert_kept, body, count, drawn, html, link, notices, open_page, snippets

if TYPE_CHECKING:
    from explorer.models.catalog.catalog import ModelInfo

OWN = {
    "zh": {"text": "小猫趴在窗台上打盹，尾巴轻轻地晃。", "layer": "4", "head": "7", "pins": "2~5"},
    "en": {"text": "The kettle sang while the old clock kept time.", "layer": "4", "head": "7", "pins": "2~5"},
}
TOOLS = get_args(common.Tool)
PARTS = [
    (family, part)
    for family, (_, _, kind, _, _) in tiny.FAMILIES.items()
    for part in (get_args(common.Part) if kind == "seq2seq" else ("self",))
]


def printed(code: str) -> str:
    """What a snippet prints."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(code, "snippet", "exec"), {"__name__": "__main__"})
    return out.getvalue()


def words(key: str, lang: str, **values: object) -> str:
    return i18n.text(key, lang, **values)


# --- every tool, every architecture ----------------------------------------------------------------------------


@pytest.mark.parametrize(("tool", "lang"), list(zip(TOOLS, itertools.cycle(i18n.LANGUAGES), strict=False)))
def test_every_tool_draws_on_a_sentence_of_the_reader_s_own(tool: str, lang: str) -> None:
    at = open_page("attention", lang, tool=tool, **OWN[lang])
    assert not at.exception
    seen = body(at)
    assert words("attention.title", lang) in seen
    assert words(f"attention.{tool}.title", lang) in seen
    assert words("common.honesty", lang) in seen
    assert notices(at) == []
    (snippet,) = snippets(at)
    assert "__" not in snippet.replace("__name__", "")
    assert OWN[lang]["text"] in snippet


@pytest.fixture(scope="module")
def registered(
    tiny_of: Callable[[str], ModelInfo], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, str]]:
    """A tiny network of every family as a model of the reader's own machine: family → id."""
    store, found = tmp_path_factory.mktemp("models"), {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SESAME_MODELS", str(store))
        patch.setenv("SESAME_READERS_MAY", "switch")
        for family in tiny.FAMILIES:
            found[family] = adhoc_models.register(Path(tiny_of(family).path), Policy(alone=True)).id
        yield found


@pytest.mark.parametrize(("family", "part"), PARTS)
def test_every_architecture_shows_each_of_its_attentions(family: str, part: str, registered: dict[str, str]) -> None:
    at = open_page(
        "attention",
        "zh",
        model=registered[family],
        part=part,
        target="水声",
        text="井边有 kettle 和一口锅",
        layer="2",
        head="4",
    )
    assert not at.exception
    assert [notice for notice in notices(at) if words("attention.unknown", "zh") not in notice] == []
    assert words("attention.cell.title", "zh") in body(at)
    assert count(at, "bidi_component") >= 5  # all heads, two strips, the cards, the export row
    (snippet,) = snippets(at)
    assert "井边有 kettle 和一口锅" in snippet
    sight = Sight("井边有 kettle 和一口锅", part=part, target="水声" if part != "self" else "")
    cell = get_engine().run(CELL, registered[family], CellInputs(sight, 1, 3, 1)).result
    said = [line.split() for line in printed(snippet).splitlines()[1:]]
    best = np.sort(cell.weights)[::-1][: len(said)]
    np.testing.assert_allclose([float(line[-1]) for line in said], best, atol=2e-6)
    np.testing.assert_allclose(cell.weights[[int(line[0]) for line in said]], best, atol=2e-6)
    remarks = {
        "grouped": words("attention.cell.grouped", "zh", heads=4, kv="", at="").split("：")[0],
        "rotary": words("attention.cell.rotary", "zh").split("：")[0],
        "window": words("attention.cell.window", "zh", w=4),
        "bias": words("attention.cell.bias", "zh").split("：")[0],
    }
    expected = {
        "gemma3_text": {"grouped", "rotary"}, "llama": {"grouped", "rotary"}, "qwen2": {"grouped", "rotary"},
        "t5": {"bias"}, "mt5": {"bias"},
    }.get(family, set())  # fmt: skip
    if part == "cross":
        expected = set()  # T5 adds nothing where the decoder looks at the encoder
    assert {name for name, remark in remarks.items() if remark in body(at)} == expected
    unscaled = words("attention.cell.unscaled", "zh") in body(at)
    assert unscaled == (family in ("t5", "mt5"))


def test_a_sliding_window_is_told_where_the_layer_has_one(registered: dict[str, str]) -> None:
    at = open_page("attention", "en", model=registered["gemma3_text"], text="The kettle is singing", layer="3")
    assert words("attention.cell.window", "en", w=4) in body(at)


@pytest.mark.parametrize("family", ["t5", "gpt2", "albert", "roberta"])
@pytest.mark.parametrize("tool", ["atlas", "off"])
def test_other_tools_take_other_architectures(family: str, tool: str, registered: dict[str, str]) -> None:
    at = open_page(
        "attention", "en", model=registered[family], tool=tool, text="The kettle is singing", heads="102~203"
    )
    assert not at.exception
    refused = words("errors.no_answer", "en", model="").split(".")[0]
    assert (refused in " ".join(notices(at))) == (family == "t5" and tool == "off")
    if (tool, family) == ("off", "gpt2"):  # what is printed is what the page computes
        (snippet,) = snippets(at)
        asked = OffInputs("The kettle is singing", -1, ((0, 1), (1, 2)))
        rows = get_engine().run(OFF, registered[family], asked).result.logits.astype(float)
        p, q = (np.exp(row - row.max()) / np.exp(row - row.max()).sum() for row in rows)
        kl = float(printed(snippet).splitlines()[-1].split("=")[1])
        assert kl == pytest.approx(float((p * np.log(p / q)).sum()), abs=1e-4)
        assert kl > 1e-4


def test_an_encoder_decoder_is_compared_with_itself(registered: dict[str, str]) -> None:
    at = open_page("attention", "zh", model=registered["bart"], tool="sides", text="井边有 kettle 和一口锅")
    assert not at.exception
    assert words("attention.sides.both", "zh") in body(at)


def test_rollout_of_cross_attention_is_refused_with_a_reason(registered: dict[str, str]) -> None:
    at = open_page("attention", "zh", model=registered["t5"], part="cross", tool="atlas", text="井边有 kettle 和一口锅")
    assert not at.exception
    assert notices(at)[-1] == words("errors.no_rollout", "zh")


def test_a_model_that_gives_no_attentions_is_told(registered: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    from explorer.models.network.model import Model

    def nothing(*_: object, **__: object) -> None:
        raise IndexError("no attention went by")

    monkeypatch.setattr(Model, "heads", nothing)
    at = open_page("attention", "zh", model=registered["distilbert"], text="没有看过的句子")
    assert not at.exception
    name = registered["distilbert"].removeprefix("folder:")
    assert notices(at) == [words("errors.no_attention", "zh", model=name).replace("**", "")]
    assert drawn(at.text_input, "attention-text").value == "没有看过的句子"


@pytest.mark.parametrize(("name", "lang"), list(zip(common.PRESETS, itertools.cycle(i18n.LANGUAGES), strict=False)))
def test_every_preset_draws(name: str, lang: str) -> None:
    at = open_page("attention", lang, **to_query(common.example(name, lang)))
    assert not at.exception
    assert notices(at) == []


# --- odd input -------------------------------------------------------------------------------------------------

ODD = {
    "emoji": "🙂🙃 今天😀很好",
    "right-to-left": "שלום עולם, مرحبا بالعالم",
    "script": "<script>alert(1)</script><img src=x onerror=y>",
    "markdown": "**很** _好_ ![y](http://example.org/y.png) `z` [[嵌入]] $x^2$",
    "special": "[CLS] 你好 [SEP] [MASK] [UNK]",
    "placeholder": "{n} {} %s __TEXTS__ __LAYER__",
    "one": "雨",
    "newlines": "第一行\n第二行\r\n第三行",
    "null": "a\x00b\x07c",
}


@pytest.mark.parametrize(("name", "tool"), list(zip(ODD, itertools.cycle(TOOLS), strict=False)))
def test_odd_sentences_are_read(name: str, tool: str) -> None:
    at = open_page("attention", "zh")
    drawn(at.segmented_control, "attention-tool-zh").set_value(tool).run()
    drawn(at.text_input, "attention-text").set_value(ODD[name]).run()
    assert not at.exception
    assert words("attention.title", "zh") in body(at)
    assert not any(words("errors.failed", "zh") in notice for notice in notices(at))
    assert "<script>" not in "".join(html(at))
    assert "<img" not in "".join(html(at))


def test_an_emptied_box_and_an_empty_half_are_told_and_the_page_lives_on() -> None:
    at = open_page("attention", "zh", **OWN["zh"])
    drawn(at.text_input, "attention-text").set_value(" ").run()
    assert notices(at) == [words("errors.text_empty", "zh")]
    drawn(at.text_input, "attention-text").set_value("又有一句了。").run()
    assert notices(at) == []
    drawn(at.toggle, "attention-paired").set_value(True).run()
    assert notices(at) == [words("errors.pair_empty", "zh")]
    assert drawn(at.text_input, "attention-text").value == "又有一句了。"
    drawn(at.text_input, "attention-pair").set_value("还有一句。").run()
    assert not at.exception
    assert notices(at) == []


def test_more_than_512_tokens_are_cut_and_nothing_is_lost() -> None:
    text = "雨一直下。" * 2_000
    at = open_page("attention", "zh", layer="3")
    drawn(at.text_input, "attention-text").set_value(text).run()
    assert not at.exception
    cut = words("attention.cut", "zh", limit=512, typed=len(text), used=510)
    assert cut in notices(at)
    assert words("common.link_long", "zh") in notices(at)
    assert drawn(at.text_input, "attention-text").value == text
    assert_kept(at, "attention", text)


def test_traditional_characters_and_unknown_ones_are_told() -> None:
    traditional = open_page("attention", "zh", text="這裡的風箏飛得很高。")
    assert notices(traditional) == [words("attention.simplified", "zh")]
    assert "这里的风筝飞得很高。" in snippets(traditional)[0]
    assert notices(open_page("attention", "en", text="𓀀𓁀 and cats")) == [words("attention.unknown", "en")]


# --- links and the frame ---------------------------------------------------------------------------------------


def test_a_link_opens_the_page_as_it_was() -> None:
    state = {"tool": "atlas", "sort": "previous", "heads": "104~306", "layout": "grid", "mass": "0.5", **OWN["zh"]}
    at = open_page("attention", "zh", **state)
    assert link(at) == state
    assert notices(at) == []


@pytest.mark.parametrize(
    "bad", [{"layer": "999"}, {"heads": "x"}, {"mass": "nan"}, {"pattern": "none"}, {"pins": "-1"}, {"part": "both"}]
)
def test_a_bad_part_of_a_link_is_named_and_the_rest_is_used(bad: dict[str, str]) -> None:
    (field,) = bad
    at = open_page("attention", "en", tool="sparse", text=OWN["en"]["text"], **bad)
    assert not at.exception
    assert notices(at) == [words("common.link_bad", "en", fields=field)]
    assert link(at) == {"tool": "sparse", "text": OWN["en"]["text"]}


def test_heads_and_tokens_that_are_not_there_and_a_model_that_left_are_no_trouble() -> None:
    at = open_page(
        "attention", "zh", text="雨停了。", layer="90", head="40", heads="9200~104", pins="400", model="gone"
    )
    assert not at.exception
    assert notices(at) == []


def test_the_language_is_switched_and_start_over_puts_the_page_back() -> None:
    at = open_page("attention", "zh", tool="atlas", **OWN["zh"])
    at.sidebar.segmented_control(key="language-zh").set_value("en").run()
    assert not at.exception
    assert words("attention.atlas.title", "en") in body(at)
    assert link(at) == {"tool": "atlas", **OWN["zh"]}
    at.button(key="attention-reset").click().run()
    assert not at.exception
    assert link(at) == {}
    assert drawn(at.text_input, "attention-text").value == examples.entry("attention", "default", "en")["text"]


def test_a_sentence_is_seen_through_a_head_that_shows_something_in_it_and_the_page_says_why() -> None:
    at = open_page("attention", "zh", text="小明把书给了小红。")
    same, rule = words("attention.habits.same_why", "zh", layer="", head="", n="", share=""), "先找看同一个词的头"
    assert same.partition("：")[2][:9] in body(at)
    assert rule in body(at)
    drawn(at.text_input, "attention-text").set_value("雨停了。").run()
    previous = words("attention.habits.previous_why", "zh", layer="", head="", n=144, share="")
    assert previous.partition("：")[2][:12] in body(at), "no word occurs twice any more"
    assert "layer" not in link(at)


def test_a_head_that_was_chosen_stays_and_a_habit_can_be_chosen() -> None:
    at = open_page("attention", "zh", layer="4", head="7", text="小明把书给了小红。")
    drawn(at.text_input, "attention-text").set_value("雨停了。").run()
    assert (link(at)["layer"], link(at)["head"]) == ("4", "7")
    choice = drawn(at.segmented_control, "attention-habit-zh")
    choice.set_value("previous").run()
    assert (link(at)["layer"], link(at)["head"]) != ("4", "7")
    assert words("attention.habits.rule", "zh", enough="")[:8] not in body(at), "the reader chose"


def test_a_link_from_before_layers_were_counted_from_one_opens_the_same_head() -> None:
    old = {"v": "1", "text": "雨停了。", "layer": "2", "heads": "205~300", "head": "5"}
    at = open_page("attention", "zh", **old)
    assert notices(at) == []
    now = {name: value for name, value in link(at).items() if name != "v"}
    assert now == {"text": "雨停了。", "layer": "3", "head": "6", "heads": "306~401", "special": "0"}


def test_what_is_covered_unasked_is_said() -> None:
    at = open_page("attention", "zh", tool="off", text="雨停了。")
    assert words("attention.off.middle", "zh", token="了") in body(at)
    at = open_page("attention", "zh", tool="off", text="雨停了。", blank="1")
    assert words("attention.off.middle", "zh", token="雨") not in body(at)


def test_a_head_of_the_atlas_is_put_on_the_stage() -> None:
    at = open_page("attention", "zh", tool="atlas", sort="previous", **OWN["zh"])
    choice = drawn(at.segmented_control, "attention-to-stage-zh")
    first = choice.options[0]
    choice.set_value(_code(first)).run()
    assert not at.exception
    layer, head = (int(part) - 1 for part in first.split("–"))
    assert (link(at)["layer"], link(at)["head"]) == (str(layer + 1), str(head + 1))


def _code(name: str) -> str:
    layer, head = (int(part) - 1 for part in name.split("–"))
    return str(layer * 100 + head)


def test_two_changes_in_quick_succession_both_stay() -> None:
    """The second comes with the link as it was before the first, as from a browser that has not heard of it yet."""
    at = open_page("attention", "zh", **OWN["zh"])
    before = link(at)
    drawn(at.toggle, "attention-paired").set_value(True).run()
    del at.query_params["paired"]
    at.query_params["pins"] = before["pins"]
    assert link(at) == before
    drawn(at.text_input, "attention-pair").set_value("还有一句。").run()
    assert not at.exception
    assert (link(at)["paired"], link(at)["pair"]) == ("1", "还有一句。")
