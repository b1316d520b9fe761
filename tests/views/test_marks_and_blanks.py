"""Tokens on every tool of 填空 as a reader can read them: no mark is offered as a word, no sign of a blank is shown.

With a checkpoint whose head likes [UNK], [CLS] and their like best of all and that calls its LayerNorms' vectors as
Google's first files did, and with one whose words carry their blanks.
"""

from __future__ import annotations

import contextlib
import io
import json
import re
import shutil
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from explorer import chapters
from explorer.components import compare as columns
from explorer.components import scatter_ab
from explorer.components.packing import unpack
from explorer.engine import get_engine
from explorer.models.catalog import adhoc_models, chapter_models
from explorer.models.catalog.catalog import ModelInfo
from explorer.models.catalog.policy import Policy
from explorer.ui import i18n
from tests.pages.app import body, html, notices, open_page, snippets

TOOLS = chapters.get("masking").tools
MARKS = ("[UNK]", "[CLS]", "[SEP]", "[PAD]", "[MASK]")
QUOTED = {"text": "“山上有一棵老树。”", "masks": "4~6", "focus": "4"}  # quotation marks that Google's list lacks
TEXT = {"text": "The kettle is singing.", "masks": "2~4", "focus": "2", "wrong": "key"}
InfoOf = Callable[[str], ModelInfo]


def chosen(info: ModelInfo, monkeypatch: pytest.MonkeyPatch, root: Path) -> ModelInfo:
    monkeypatch.setenv("SESAME_MODELS", str(root / "models"))
    mine = adhoc_models.register(info.folder, Policy(alone=True))
    chapter_models.choose("masking", mine.id)
    return mine


@pytest.fixture
def likes_marks(tiny_of: InfoOf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModelInfo]:
    from safetensors.numpy import load_file, save_file

    from tests import tiny

    shutil.copytree(tiny_of("bert").folder, tmp_path / "marks")
    tensors = load_file(tmp_path / "marks" / "model.safetensors")
    for name in [name for name in tensors if name.startswith("cls.predictions") and tensors[name].ndim == 1]:
        if name.endswith(("predictions.bias", "decoder.bias")):
            tensors[name] = tensors[name] + np.array([30.0] * 5 + [0.0] * (len(tensors[name]) - 5), dtype=np.float32)
    old = {
        name.replace("Norm.weight", "Norm.gamma").replace("Norm.bias", "Norm.beta"): array
        for name, array in tensors.items()
    }
    assert any(name.endswith("gamma") for name in old)
    save_file(old, tmp_path / "marks" / "model.safetensors", metadata={"format": "pt"})
    names = {f"{mark[1:-1].lower()}_token": mark for mark in MARKS}
    settings = json.dumps({"tokenizer_class": "BertTokenizer", "do_lower_case": False, **names})
    (tmp_path / "marks" / "tokenizer_config.json").write_text(settings, encoding="utf-8")
    mine = chosen(tiny.describe("bert", "masked", tmp_path / "marks"), monkeypatch, tmp_path)
    yield mine
    get_engine().unload(mine.id)


@pytest.fixture
def with_blanks(tiny_of: InfoOf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModelInfo]:
    mine = chosen(tiny_of("roberta"), monkeypatch, tmp_path)
    yield mine
    get_engine().unload(mine.id)


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The headers of the two figures that take whole distributions, by the page's key."""
    found: dict[str, Any] = {}
    monkeypatch.setattr(columns, "_mount", lambda header, *arrays: found.update({header["key"]: header}))
    monkeypatch.setattr(scatter_ab, "_mount", lambda header, *arrays: found.update({header["key"]: header}))
    return found


def words(drawn: dict[str, Any]) -> list[str]:
    figure = drawn.get("masking-treatments", {"columns": []})
    found = [row["word"] for column in figure["columns"] for row in column["rows"]]
    return found + [word for _, word in drawn.get("masking-scatter", {"head": []})["head"]]


def printed(code: str) -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(code, "snippet", "exec"), {"__name__": "__main__"})
    return out.getvalue()


@pytest.mark.parametrize("tool", [tool for tool in TOOLS if tool not in ("lottery", "budget")])
def test_no_mark_is_offered_as_a_word(tool: str, likes_marks: ModelInfo, drawn: dict[str, Any]) -> None:
    at = open_page("masking", "en", tool=tool, **TEXT)
    assert not at.exception
    assert len(notices(at)) == (tool in ("see", "repair"))  # what became of the wrong word
    assert tool not in ("see", "compare") or words(drawn)
    assert not set(words(drawn)) & set(MARKS)
    assert not [mark for mark in ("[UNK]", "[CLS]", "[PAD]") if mark in body(at)]
    said = printed(snippets(at)[-1])
    assert not [mark for mark in ("[UNK]", "[CLS]", "[PAD]", "[SEP]") if mark in said], said


@pytest.mark.parametrize("tool", [tool for tool in TOOLS if tool not in ("lottery", "repair", "budget")])
@pytest.mark.parametrize("place", ["4", "1"], ids=["a word", "a mark"])
def test_quotation_marks_that_the_model_lacks_stay_as_they_are_typed(
    place: str, tool: str, likes_marks: ModelInfo, drawn: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are said to be unknown, once; no sentence, table or chip shows the mark of the model's list instead."""
    given = QUOTED if place == "4" else QUOTED | {"masks": "1~6", "focus": "1"}
    at = open_page("masking", "zh", tool=tool, **given)
    assert not at.exception
    (told,) = notices(at)
    assert told == i18n.text("common.unknown", "zh")
    assert "[UNK]" not in body(at).replace(told, "")
    assert tool == "compare" or "[UNK]" not in words(drawn)  # of two sentences, each may lack another mark
    if tool == "joint":
        filled = re.findall(r'<div class="sentence">(.*?)</div>', "".join(html(at)))
        assert len(filled) == 3
        for line in map(unescape, filled):
            assert place == "1" or line.startswith("“山上")
            assert line.endswith("。”")
    told = (unpack(one.proto.bytes) for one in at.get("bidi_component") if one.proto.bytes)
    chips = json.loads(next(arrays["chips"].tobytes() for header, arrays in told if header["key"] == "masking-strip"))
    assert [chip["original"] for chip in chips[1:-1]] == list("“山上有一棵老树。”")
    assert [chip["original"] for chip in chips if chip["kind"] == "unknown"] == ["“", "”"]


@pytest.mark.parametrize("tool", TOOLS)
def test_no_sign_of_a_blank_is_shown(tool: str, with_blanks: ModelInfo, drawn: dict[str, Any]) -> None:
    at = open_page("masking", "en", tool=tool, **TEXT)
    assert not at.exception
    assert "Ġ" not in body(at)
    assert not [word for word in words(drawn) if "Ġ" in word]
    assert tool not in ("see", "compare") or any(word.startswith("␣") for word in words(drawn))
