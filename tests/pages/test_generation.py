"""接龙 without a browser: every tool in both languages on a text of the reader's own, and whatever is odd."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from explorer import chapters
from explorer.content import examples
from explorer.engine import catalog, get_engine
from explorer.lab import decoding, sampling
from explorer.lab.types.generation import FOLLOW, SCAN, FollowInputs, chance_at
from explorer.ui import i18n
from explorer.views.generation import common, pieces
from tests.pages.app import body, html, link, notices, open_page, snippets

OWN = {"text": "小猫趴在窗台上打盹，忽然", "n": "3", "long": "10"}
PATH = (15_000, 15_001, 15_002)
HEADINGS = {"step": "generation.title"}


def words(key: str, lang: str, **values: object) -> str:
    return i18n.text(key, lang, **values)


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
@pytest.mark.parametrize("tool", chapters.get("generation").tools)
def test_every_tool_draws_on_a_text_of_the_reader_s_own(tool: str, lang: str) -> None:
    at = open_page("generation", lang, tool=tool, **OWN)
    assert not at.exception
    seen = body(at)
    assert words("generation.title", lang) in seen
    assert words(HEADINGS.get(tool, f"generation.{tool}.title"), lang) in seen
    assert words("common.honesty", lang) in seen
    assert notices(at) == []
    (snippet,) = snippets(at)
    assert "__" not in snippet


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
def test_the_first_word_that_is_drawn_is_one_a_reader_would_guess(lang: str) -> None:
    text = examples.entry("generation", "default", lang)["text"]
    model, state = catalog.default("causal").id, common.State()
    ids = get_engine().tokens(model, text).ids
    logits = get_engine().run(FOLLOW, model, FollowInputs(ids)).result.logits
    drawn = sampling.draw(sampling.offer(logits, ids, common.settings_of(state)), chance_at(state.seed, len(ids)))
    assert int((logits > logits[drawn]).sum()) < 3


@pytest.mark.parametrize("tool", ["step", "train", "ways", "write", "inside"])
def test_an_empty_beginning_starts_from_the_token_before_every_text(tool: str) -> None:
    at = open_page("generation", "zh", tool=tool, text=" ", n="2")
    assert not at.exception
    expected = [words("errors.text_empty", "zh")] if tool == "train" else []
    assert notices(at) == expected


@pytest.mark.parametrize("tool", ["context", "both"])
def test_a_text_too_short_to_measure_is_told(tool: str) -> None:
    at = open_page("generation", "en", tool=tool, text="嗯")
    assert not at.exception
    assert notices(at) == [words("generation.context.short", "en")]


@pytest.mark.parametrize("name", common.PRESETS)
def test_every_preset_opens(name: str) -> None:
    from explorer.content import examples
    from explorer.ui.state import to_query

    lang = i18n.LANGUAGES[common.PRESETS.index(name) % 2]
    example = examples.entry("generation", name, lang)
    state = common.State(text=example["text"][:40], **{"n": 2, **example.get("state", {})})
    at = open_page("generation", lang, **to_query(state))
    assert not at.exception
    assert notices(at) == []


def test_beyond_the_limit_the_reader_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "LIMIT", 16)
    text = "从前有一座高山，山上有一个小村子，村子里住着一位会讲故事的老人。"
    at = open_page("generation", "zh", text=text)
    assert not at.exception
    (told,) = notices(at)
    assert told.startswith("模型一次最多看 16 个词元")
    dropped = re.search(r"最早的 (\d+) 个", told)
    assert dropped and int(dropped[1]) in (8, 16, 24)


def test_a_link_with_a_path_and_a_branch_opens_as_it_was() -> None:
    at = open_page(
        "generation", "zh", text=OWN["text"], path=pieces.pack(PATH), back="1", b_on="1", b_path=pieces.pack(PATH[:1]),
        b_t="1.5",
    )  # fmt: skip
    assert not at.exception
    assert len(at.get("bidi_component")) >= 2
    assert link(at)["path"] == pieces.pack(PATH)


def test_a_path_that_is_none_does_not_break_the_page() -> None:
    for path in ("!!!", "____", "___" * 4):
        at = open_page("generation", "en", text=OWN["text"], path=path)
        assert not at.exception


@pytest.mark.parametrize("extreme", [{"t": "0"}, {"k": "100", "p": "0"}, {"m": "1"}, {"r": "2"}])
def test_extreme_settings_still_give_a_text(extreme: dict[str, str]) -> None:
    at = open_page("generation", "zh", tool="ways", text="山上有座庙，", n="2", **extreme)
    assert not at.exception
    assert notices(at) == []


def test_scores_that_are_no_numbers_are_told(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    from explorer.models.network.model import Model

    real = Model.decode
    monkeypatch.setattr(Model, "decode", lambda self, hidden: real(self, hidden) * math.nan)
    at = open_page("generation", "en", text="A text that nobody has asked about before")
    assert not at.exception
    assert notices(at) == [words("errors.scores_broken", "en")]


@pytest.mark.parametrize("family", ["gpt2", "llama", "qwen2", "gemma3_text"])
def test_the_page_works_with_every_kind_of_causal_network(
    family: str, tiny_of: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of the tools on each."""
    use(monkeypatch, tiny_of(family))
    for n, tool in enumerate(chapters.get("generation").tools):
        if n % 2 == ("gpt2", "llama", "qwen2", "gemma3_text").index(family) % 2:
            at = open_page("generation", "zh", tool=tool, model=f"tiny-{family}", text="远处的山坡上站着一匹马", n="2")
            assert not at.exception, tool
            assert notices(at) == [], tool


def test_another_model_reads_the_same_text_anew(tiny_of: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, tiny_of("llama"))
    vocabulary = get_engine().vocabulary(catalog.default("causal").id)
    path = tuple(vocabulary.index(word) for word in ("孩子", "的"))
    at = open_page("generation", "zh", text="树下有", path=pieces.pack(path), b_on="1")
    at.segmented_control(key="generation-model-zh").set_value("tiny-llama").run()
    assert not at.exception
    assert link(at)["model"] == "tiny-llama"
    assert link(at)["text"] == "树下有孩子的"
    assert {"path", "b_on"} & link(at).keys() == set()
    assert len(at.get("bidi_component")) >= 1


def use(monkeypatch: pytest.MonkeyPatch, info: Any) -> None:
    """One more model in the catalogue, lying on this machine, where readers may switch to it."""
    monkeypatch.setenv("SESAME_READERS_MAY", "switch")
    entry, everything = catalog.entry, catalog.everything
    monkeypatch.setattr(catalog, "entry", lambda model_id: info if model_id == info.id else entry(model_id))
    monkeypatch.setattr(catalog, "everything", lambda: (*everything(), info))


def test_a_model_that_is_not_there_is_left_aside() -> None:
    at = open_page("generation", "zh", model="gpt2", text="窗外下着雪")
    assert not at.exception
    assert notices(at) == []


def test_writing_stays_and_can_be_taken_over() -> None:
    at = open_page("generation", "zh", tool="write", text="河边的老房子里", long="10", seed="7")
    at.button(key="generation-write-go").click().run()
    assert not at.exception
    written = next(piece for piece in html(at) if "written" in piece and 'class="w"' in piece)
    assert written.count('class="w"') == 10
    assert not any(at.button(key=f"generation-write-{name}").disabled for name in ("keep", "clear"))
    at.slider(key="generation-w-t").set_value(1.5).run()
    assert any(piece == written for piece in html(at)), "what was written stays when the dials are moved"
    at.button(key="generation-write-keep").click().run()
    assert len(pieces.unpack(link(at)["path"])) == 10


def test_what_somebody_has_written_before_is_written_for_the_next_reader_too() -> None:
    pages = []
    for _ in range(2):
        at = open_page("generation", "zh", tool="write", text="木桥那头的灯", long="10", seed="5")
        at.button(key="generation-write-go").click().run()
        assert not at.exception
        pages.append(next(piece for piece in html(at) if "written" in piece and 'class="w"' in piece))
    assert pages[0].count('class="w"') == 10
    assert pages[1] == pages[0]


def test_training_numbers_multiply_to_the_sentence_s(gemma_result: Any) -> None:
    """P(S) on the page is the product of what the experiment gives, and a scrambled order has less."""
    at = open_page("generation", "en", tool="train", text="The cook tasted the soup and added salt.")
    natural, mixed = gemma_result("The cook tasted the soup and added salt.")
    seen = body(at)
    assert f"−{natural:.2f}" in seen
    assert f"−{mixed:.2f}" in seen
    assert natural < mixed


@pytest.fixture
def gemma_result() -> Any:
    from explorer.lab.types.generation import ScanInputs
    from explorer.views.generation.train import scrambled

    def read(text: str) -> tuple[float, float]:
        ids = get_engine().tokens(catalog.default("causal").id, text).ids
        mixed = scrambled(ids, 1, common.State().mix)
        assert sorted(mixed) == sorted(ids) and mixed[0] == ids[0]
        result = get_engine().run(SCAN, catalog.default("causal").id, ScanInputs((ids, mixed))).result
        natural, other = (float(np.sum(row.nats, dtype=np.float64)) for row in result.rows)
        return natural, other

    return read


def test_layers_and_heads_of_a_step_are_counted_from_one() -> None:
    at = open_page("generation", "en", tool="inside", layer="3", head="2")
    assert not at.exception
    layer, head = (next(one for one in at.slider if one.key == f"generation-{name}") for name in ("layer", "head"))
    assert (layer.min, layer.value, layer.max) == (1, 3, 18)
    assert (head.min, head.value) == (1, 2)
    head.set_value(1).run()
    assert at.session_state["generation-head"] == 1


@pytest.mark.parametrize(
    ("lang", "order", "once"),
    [("zh", ("压低", "温度", "top-k"), ("提示也算", "各压一次")),
     ("en", ("penalised", "temperature", "top-k"), ("prompt included", "once"))],
)  # fmt: skip
def test_the_page_says_what_is_penalised_and_in_which_order_the_dials_act(
    lang: str, order: tuple[str, ...], once: tuple[str, ...]
) -> None:
    said = body(open_page("generation", lang))
    step = next(line for line in said.splitlines() if all(part in line for part in once))
    places = [step.index(one) for one in order]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Roses are red,\n", "ends_in_line"),
        ("\nRoses are red,", None),
        ("The capital of France is ", "ends_in_blank"),
        ("The capital of France is", None),
    ],
)
def test_the_prompt_is_read_as_it_was_given(text: str, key: str | None) -> None:
    """Blanks and line feeds at either end are tokens of a GPT; what such an end does to the answer is said."""
    at = open_page("generation", "en", text=text, v="1")
    assert not at.exception
    state = common.in_use(common.State(text=text))
    assert common.prompt(state).text == text
    assert common.prompt(state).ids == get_engine().tokens(state.model, text).ids
    if "\n" in text:
        assert common.prompt(state).ids != common.prompt(common.in_use(common.State(text=text.strip("\n")))).ids
    assert notices(at) == ([] if key is None else [words(f"generation.{key}", "en")])
