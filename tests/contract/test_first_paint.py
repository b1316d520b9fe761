"""A first page costs no model: in a fresh process it is drawn from what comes computed, without torch and its kin.

The page is run as Streamlit runs it, without a browser; how long it takes there is benchmarks/' to measure.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from explorer import chapters

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ("torch", "transformers", "safetensors", "sklearn", "scipy", "umap", "numba", "jieba", "pandas", "matplotlib")

SCRIPT = """
import json, sys
from dataclasses import asdict
from streamlit.testing.v1 import AppTest
page, lang, text = sys.argv[1:4]
heavy = sys.argv[4].split()
from tests.pages.app import open_page
at = open_page(page, lang)
from explorer.engine import get_engine
seen = {"exceptions": [e.message for e in at.exception], "heavy": [m for m in heavy if m in sys.modules],
        "counters": asdict(get_engine().counters())}
if text:
    at.text_input(key=f"{page}-text").set_value(text).run(timeout=120)
    seen["after"] = {"torch": "torch" in sys.modules, "exceptions": [e.message for e in at.exception],
                     "counters": asdict(get_engine().counters())}
get_engine().close()
print(json.dumps(seen))
"""


ALL_PAGES = """
import json, sys
from dataclasses import asdict
pages, lang, heavy = sys.argv[1].split(), sys.argv[2], sys.argv[3].split()
from tests.pages.app import open_page
from explorer.engine import get_engine
from explorer.ui import first_paint
first_paint.PATIENCE_S = 3600  # no browser says that it has painted: on a slow machine models would be read meanwhile
seen = {}
for page in pages:
    at = open_page(page, lang)
    seen[page] = {"exceptions": [e.message for e in at.exception], "heavy": [m for m in heavy if m in sys.modules],
                  "counters": asdict(get_engine().counters())}
get_engine().close()
print(json.dumps(seen))
"""


# A locale in which whatever is read or written without naming its encoding is refused.
ASCII_ALONE = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "utf-8"}


def first_page(page: str, lang: str, text: str = "") -> dict[str, Any]:
    """What a fresh process has seen, computed and imported once `page` stands."""
    return in_a_fresh_process(SCRIPT, page, lang, text, " ".join(HEAVY))


def in_a_fresh_process(script: str, *arguments: str) -> dict[str, Any]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SESAME_")}
    if script is ALL_PAGES:
        environment |= ASCII_ALONE
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        cwd=ROOT, env=environment, capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_first_pages_load_no_model_and_none_of_its_libraries(lang: str) -> None:
    """All of them one after the other, in one process that was new before the first."""
    pages = [chapter.id for chapter in chapters.CHAPTERS if chapter.painted_without_model]
    seen = in_a_fresh_process(ALL_PAGES, " ".join(pages), lang, " ".join(HEAVY))
    assert [*seen] == pages
    before = 0
    for page, one in seen.items():
        assert one["exceptions"] == [], page
        assert one["heavy"] == [], page
        counters = one["counters"]
        assert (counters["model_loads"], counters["forward_passes"]) == (0, 0), page
        assert counters["models_ready"] == [], page
        found = counters["precomputed_hits"] + counters["memory_hits"]
        assert found > before or page == "input", f"{page}: looked up, not left out"
        before = found


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_tokens_need_no_model_at_all(lang: str) -> None:
    """The first page of 输入, and any new text there: two tokenizers, and neither weights nor torch."""
    seen = first_page("input", lang, "The lighthouse keeper 数星星。")
    assert seen["exceptions"] == []
    assert seen["heavy"] == []
    after = seen["after"]
    assert after["exceptions"] == []
    assert not after["torch"]
    assert (after["counters"]["model_loads"], after["counters"]["forward_passes"]) == (0, 0)


def test_a_sentence_of_the_reader_s_own_asks_for_the_model_once() -> None:
    seen = first_page("home", "zh", "邻居家的狗整夜都在叫。")
    assert seen["heavy"] == []
    after = seen["after"]
    assert after["exceptions"] == []
    assert after["torch"]
    assert after["counters"]["model_loads"] == 1
    assert after["counters"]["forward_passes"] >= 1
