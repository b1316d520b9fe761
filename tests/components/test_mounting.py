"""Each component mounts in a plain script run, sends the payload it should, and says which words it lacks."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explorer.components.bundle import bundle
from explorer.components.labels import chosen
from explorer.components.packing import unpack
from explorer.components.scatter_ab import LEAST_P, LISTED, extremes
from explorer.lab.types.head import best
from tests.pace import PACE

ROOT = Path(__file__).parents[2]
COMPONENTS = sorted(
    path.parent.name for path in (ROOT / "explorer" / "components").glob("*/*.js") if path.stem == path.parent.name
)


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


def test_the_gallery_runs_and_sends_what_the_browser_reads() -> None:
    page = AppTest.from_file(
        str(ROOT / "tests" / "browser" / "components" / "gallery.py"), default_timeout=20 * PACE
    ).run()
    assert not page.exception
    payloads = {}
    for element in page.get("bidi_component"):
        header, arrays = unpack(element.proto.bytes)
        payloads[header["key"]] = header, arrays
    header, arrays = payloads["bars"]
    assert header["size"] == 33_627
    assert arrays["ids"].shape == arrays["logits"].shape == (1, 200)
    names = dict(json.loads(arrays["about"].tobytes())["names"])
    assert names[int(arrays["ids"][0, 0])] == "好"
    assert "whole" not in arrays
    assert payloads["strip"][0]["covered"] == [[6, "mask", None]]
    assert json.loads(payloads["strip"][1]["chips"].tobytes())[6]["original"] == "好"


def test_missing_words_are_named() -> None:
    with pytest.raises(KeyError, match="b, c"):
        chosen({"a": "x"}, ("a", "b", "c"), {})


def test_a_page_says_a_word_differently_and_only_one_that_is_there() -> None:
    assert chosen({"a": "x", "b": "y"}, ("a", "b"), {"b": "z"}) == {"a": "x", "b": "z"}
    with pytest.raises(KeyError, match="c"):
        chosen({"a": "x"}, ("a",), {"c": "z"})


def test_the_best_ids_are_a_stable_descending_order() -> None:
    logits = np.round(np.random.default_rng(1).normal(size=500), 1).astype(np.float32)
    expected = sorted(range(500), key=lambda i: (-logits[i], i))[:60]
    assert best(logits, 60).tolist() == expected
    assert best(logits[:7], 60).tolist() == sorted(range(7), key=lambda i: (-logits[i], i))


def test_extremes_hold_the_largest_differences_of_the_likely_words() -> None:
    rng = np.random.default_rng(2)
    a, b = (rng.normal(0, 2, 4000).astype(np.float32) for _ in range(2))
    p_a, p_b = (np.exp(x) / np.exp(x.astype(np.float64)).sum() for x in (a, b))
    likely = [i for i in range(4000) if max(p_a[i], p_b[i]) >= LEAST_P]
    by_ratio = sorted(likely, key=lambda i: np.log(p_b[i] / p_a[i]))
    found = set(extremes(a, b))
    assert set(by_ratio[:LISTED]) <= found
    assert set(by_ratio[-LISTED:]) <= found
