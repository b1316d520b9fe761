"""Python's places in a text as JavaScript's, also behind characters beyond U+FFFF."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.javascript import FOLDER, node

SHARED = FOLDER.parents[1] / "explorer" / "components" / "shared"


@pytest.mark.parametrize(
    ("text", "word"), [("😀😀👨‍👩‍👧苹果很甜", "苹果"), ("𠮷家的𬌗苹果", "苹果"), ("苹果", "苹果"), ("a😀", "😀")]
)
def test_the_same_word_is_cut_out(text: str, word: str, tmp_path: Path) -> None:
    start = text.index(word)
    script = tmp_path / "script.mjs"
    source = (SHARED / "text.js").read_text(encoding="utf-8")
    call = f"console.log(text.slice(placeOf(text, {start}), placeOf(text, {start + len(word)})));"
    script.write_text(f"{source}\nconst text = {json.dumps(text)};\n{call}\n", encoding="utf-8")
    done = subprocess.run([*node(), str(script)], capture_output=True, check=True, encoding="utf-8")
    assert done.stdout.strip() == word


def test_the_map_of_words_in_context_turns_every_place_it_is_sent() -> None:
    code = (SHARED.parent / "layers_map" / "layers_map.js").read_text(encoding="utf-8")
    assert code.count("header.points") == 1
    assert "start: placeOf(point.text, point.start), end: placeOf(point.text, point.end)" in code
