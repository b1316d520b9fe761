"""Each component mounts in a plain script run, sends the payload it should, and says which words it lacks."""

from __future__ import annotations

import importlib
import re
import tomllib
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explorer.components.bundle import bundle
from explorer.components.distribution import head_ids
from explorer.components.packing import unpack
from explorer.components.scatter_ab import LEAST_P, LISTED, extremes

ROOT = Path(__file__).parents[2]
COMPONENTS = sorted(
    path.parent.name for path in (ROOT / "explorer" / "components").glob("*/*.js") if path.stem == path.parent.name
)
TABLES = {
    "token_strip": "strip",
    "distribution": "bars",
    "vector_strip": "vector",
    "scatter_ab": "scatter",
    "compare": "compare",
    "export_bar": "export",
    "language_shift": "shift",
    "language_map": "map",
    "generator": "generator",
    "triangle": "triangle",
    "tree": "tree",
    "layers_map": "layers",
}


@pytest.mark.parametrize("name", COMPONENTS)
def test_bundles_are_whole(name: str) -> None:
    made = bundle(ROOT / "explorer" / "components" / name)
    assert "import {" not in made.js
    assert made.js.count("export default function") == 1
    assert "\nexport function" not in made.js
    assert "\nexport class" not in made.js
    assert "innerHTML" not in made.js
    # Streamlit takes a text without inner newlines for a path.
    assert "\n" in made.js.strip()
    assert "\n" in made.css.strip()
    assert "http://" not in made.js.replace("http://www.w3.org/2000/svg", "")
    assert "https://" not in made.js


@pytest.mark.parametrize("name", COMPONENTS)
def test_a_bundle_declares_every_name_once(name: str) -> None:
    """Its modules share one scope: a name that two of them declare keeps the component from starting."""
    made = bundle(ROOT / "explorer" / "components" / name)
    declared = re.findall(r"^(?:async )?(?:function\*?|const|let|class) (\w+)", made.js, re.MULTILINE)
    assert sorted(declared) == sorted(set(declared))


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(("name", "table"), TABLES.items())
def test_every_word_a_component_needs_is_there(name: str, table: str, lang: str) -> None:
    texts = tomllib.loads((ROOT / "assets" / "text" / lang / "components.toml").read_text(encoding="utf-8"))
    assert set(importlib.import_module(f"explorer.components.{name}").LABELS) == set(texts[table])


def test_the_gallery_runs_and_sends_what_the_browser_reads() -> None:
    page = AppTest.from_file(str(ROOT / "tests" / "browser" / "components" / "gallery.py"), default_timeout=20).run()
    assert not page.exception
    payloads = {}
    for element in page.get("bidi_component"):
        header, arrays = unpack(element.proto.bytes)
        payloads[header["key"]] = header, arrays
    header, arrays = payloads["bars"]
    assert arrays["logits"].shape == (33_627,)
    assert header["head"][0][1] == "好"
    assert [chip["covered"] for chip in payloads["strip"][0]["chips"]][6] == "mask"


def test_missing_words_are_named() -> None:
    from explorer.components.words import chosen

    with pytest.raises(KeyError, match="b, c"):
        chosen({"a": "x"}, ("a", "b", "c"))


def test_head_ids_are_a_stable_descending_order() -> None:
    logits = np.round(np.random.default_rng(1).normal(size=500), 1).astype(np.float32)
    expected = sorted(range(500), key=lambda i: (-logits[i], i))[:60]
    assert head_ids(logits).tolist() == expected
    assert head_ids(logits[:7]).tolist() == sorted(range(7), key=lambda i: (-logits[i], i))


def test_extremes_hold_the_largest_differences_of_the_likely_words() -> None:
    rng = np.random.default_rng(2)
    a, b = (rng.normal(0, 2, 4000).astype(np.float32) for _ in range(2))
    p_a, p_b = (np.exp(x) / np.exp(x.astype(np.float64)).sum() for x in (a, b))
    likely = [i for i in range(4000) if max(p_a[i], p_b[i]) >= LEAST_P]
    by_ratio = sorted(likely, key=lambda i: np.log(p_b[i] / p_a[i]))
    found = set(extremes(a, b))
    assert set(by_ratio[:LISTED]) <= found
    assert set(by_ratio[-LISTED:]) <= found
