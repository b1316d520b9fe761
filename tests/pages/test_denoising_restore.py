"""还原's restoring without a browser: what came back is told, a token put in place, other models, a missing decoder."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from explorer.engine import get_engine
from explorer.lab.types.breaking import Breakage
from explorer.lab.types.restoring import RESTORE, RestoreInputs
from explorer.models.catalog import adhoc_models, chapter_models
from explorer.models.catalog.catalog import ModelInfo
from explorer.models.catalog.policy import Policy
from explorer.models.network import denoiser
from explorer.ui import i18n
from tests.pages.app import body, html, link, notices, open_page, snippets

OWN = {"zh": "渔夫把破了的网补好晒在岸边。", "en": "The fisherman mended his net and dried it on the shore."}


@pytest.fixture(params=["bart", "t5"])
def seq2seq(
    request: pytest.FixtureRequest,
    tiny_of: Callable[[str], ModelInfo],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[ModelInfo]:
    """An encoder-decoder that the teacher has put in place for the chapter."""
    monkeypatch.setenv("SESAME_MODELS", str(tmp_path / "models"))
    info = adhoc_models.register(tiny_of(request.param).folder, Policy(alone=True))
    chapter_models.choose("denoising", info.id)
    yield info
    get_engine().unload(info.id)


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
def test_what_came_back_is_told_for_every_way(lang: str) -> None:
    for kind, name in (("rotate", "moved"), ("delete", "hidden"), ("mass", "hidden")):
        at = open_page("denoising", lang, tool="restore", text=OWN[lang], kind=kind)
        assert not at.exception
        assert notices(at) == []
        seen = body(at)
        assert i18n.text(f"denoising.restore.{name}", lang) in seen
        back, asked = map(int, re.search(r"(\d+) / (\d+)", seen).groups())  # type: ignore[union-attr]
        assert 0 <= back <= asked and asked
        told = i18n.text("denoising.restore.as_taught", lang, name=i18n.text("denoising.kind.mask", lang))
        assert (told in seen) == (kind == "mass"), "the decoder was taught five of the seven"
        assert any("said.append" in code for code in snippets(at))


def test_the_code_says_what_the_page_says(capsys: pytest.CaptureFixture[str]) -> None:
    at = open_page("denoising", "en", tool="restore", text=OWN["en"], kind="permute", seed="2")
    code = next(code for code in snippets(at) if "said.append" in code)
    exec(compile(code, "snippet", "exec"), {"__name__": "__main__"})
    printed = dict(line.split(": ", 1) for line in capsys.readouterr().out.splitlines())
    inputs = RestoreInputs(OWN["en"], Breakage("permute", 0.3, 3.0, 3, 2))
    found = get_engine().run(RESTORE, "mini-mbert", inputs).result
    names = get_engine().vocabulary("mini-mbert")
    assert ast.literal_eval(printed["read"]) == [names[token] for token in found.read]
    assert ast.literal_eval(printed["said"]) == [names[token] for token in found.said]


def test_a_token_put_in_place_stays_until_the_text_is_broken_otherwise() -> None:
    at = open_page("denoising", "zh", tool="restore", text=OWN["zh"], kind="rotate", step="2")
    others = [button for button in at.button if str(button.key).startswith("denoising-instead-")]
    assert len(others) == 5 and sum(button.disabled for button in others) == 1, "what was said can't be said instead"
    others[3].click().run()
    assert not at.exception
    chosen = link(at)["chosen"]
    assert len(chosen.split("~")) == 3, "two that were said, and the reader's own"
    assert any(button.key == "denoising-undo" for button in at.button)
    at.button(key="denoising-again").click().run()
    assert "chosen" not in link(at) and not any(button.key == "denoising-undo" for button in at.button)
    wrong = open_page("denoising", "zh", tool="restore", chosen="99999999")
    assert not wrong.exception


def test_an_encoder_decoder_that_the_teacher_chose_restores(seq2seq: ModelInfo) -> None:
    at = open_page("denoising", "en", tool="restore", text="The kitten is listening.", kind="infill")
    assert not at.exception
    assert notices(at) == []
    assert any("figure" in piece and " / " in piece for piece in html(at))
    assert not any("said.append" in code for code in snippets(at)), "that code is our decoder's"


def test_a_decoder_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(denoiser, "folder", lambda info: tmp_path / "none")
    at = open_page("denoising", "zh", tool="restore", text="一句谁也没写过的话，修不了。")
    assert not at.exception
    assert any("training.denoise" in notice for notice in notices(at))
