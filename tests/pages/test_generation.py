"""接龙 without a browser: every tool in both languages on a text of the reader's own, and whatever is odd."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from explorer.lab import decoding
from explorer.ui import i18n
from explorer.views.generation import common, pieces
from tests.pages.app import body, html, link, notices, open_page, snippets

OWN = {"text": "小猫趴在窗台上打盹，忽然", "n": "3", "long": "10"}
PATH = (15_000, 15_001, 15_002)
HEADINGS = {"step": "generation.title"}


def words(key: str, lang: str, **values: object) -> str:
    return i18n.text(key, lang, **values)


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
@pytest.mark.parametrize("tool", common.TOOLS)
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
    from explorer import examples
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
    dropped = int(next(iter(n for n in told.replace("16", "").split() if n.isdigit())))
    assert dropped % 8 == 0


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
    from explorer.models.model import Model

    real = Model.decode
    monkeypatch.setattr(Model, "decode", lambda self, hidden: real(self, hidden) * math.nan)
    at = open_page("generation", "en", text="A text that nobody has asked about before")
    assert not at.exception
    assert notices(at) == [words("errors.scores_broken", "en")]


def test_a_model_that_is_not_there_is_left_aside() -> None:
    at = open_page("generation", "zh", model="gpt2", text="窗外下着雪")
    assert not at.exception
    assert notices(at) == []


def test_writing_stays_and_can_be_taken_over() -> None:
    at = open_page("generation", "zh", tool="write", text="河边的老房子里", long="10")
    at.button(key="generation-write-go").click().run(timeout=60)
    assert not at.exception
    written = next(piece for piece in html(at) if "written" in piece and 'class="w"' in piece)
    assert written.count('class="w"') == 10
    at.slider(key="generation-w-t").set_value(1.5).run()
    assert any(piece == written for piece in html(at)), "what was written stays when the dials are moved"
    at.button(key="generation-write-keep").click().run()
    assert len(pieces.unpack(link(at)["path"])) == 10


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
    from explorer.engine import get_engine
    from explorer.lab.types.generation import ScanInputs
    from explorer.views.generation.train import scrambled

    def read(text: str) -> tuple[float, float]:
        ids = get_engine().tokens(common.catalog.default("causal").id, text).ids
        mixed = scrambled(ids, common.State().mix)
        assert sorted(mixed) == sorted(ids) and mixed[0] == ids[0]
        result = get_engine().run("generation.scan", common.catalog.default("causal").id, ScanInputs((ids, mixed)))
        natural, other = (float(np.sum(row.nats, dtype=np.float64)) for row in result.rows)
        return natural, other

    return read
