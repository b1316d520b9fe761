"""The examples of every page as data (assets/examples/<page>.toml).

At the bottom of the house: it knows files and the types of inputs, and every layer may read it.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from explorer import paths
from explorer.lab.types.context import EmbedInputs, Occurrence
from explorer.lab.types.evidence import OPERATORS
from explorer.lab.types.experiment import Experiment
from explorer.lab.types.masking import FILL, Edit, FillInputs
from explorer.lab.types.pairs import Pair

LANGUAGES = ("zh", "en")
AVERAGE_PER_TEXT = 4


Asked = tuple[Experiment[Any, Any, Any], str | None, Any]  # an experiment, a model where it needs one, and inputs


@lru_cache(maxsize=32)
def load(page: str) -> dict[str, Any]:
    """Everything in the page's file."""
    return tomllib.loads((paths.EXAMPLES / f"{page}.toml").read_text(encoding="utf-8"))


def entry(page: str, name: str, lang: str) -> dict[str, Any]:
    """The example `name` in `lang`, with what all languages share."""
    both = load(page)[name]
    return {**{key: value for key, value in both.items() if key not in LANGUAGES}, **both[lang]}


def as_fields(entry: Mapping[str, Any]) -> dict[str, Any]:
    """An entry's values as a frozen record holds them: lists as tuples."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in entry.items()}


def word_set(name: str) -> EmbedInputs:
    """The sentences of a set of chapter 5, each with its word."""
    table = load("context")["sets"][name]
    word = table["word"]
    lines = [line for sense in table["senses"].values() for line in sense["lines"]]
    return EmbedInputs(tuple(Occurrence(line, line.index(word), line.index(word) + len(word)) for line in lines))


@lru_cache(maxsize=2)
def own_pairs(lang: str) -> tuple[Pair, ...]:
    """The project's own neighbouring sentences in `lang` (assets/examples/eval/pairs.*)."""
    lines = (paths.EVAL / f"pairs.{lang}.txt").read_text(encoding="utf-8").splitlines()
    halves = (line.partition("\t") for line in lines if line and not line.startswith("#"))
    return tuple((first, second) for first, _, second in halves)


def recorded(id: str) -> dict[str, Any] | None:
    """A figure measured on outside data and kept (see explorer/evidence/heldout_results.py); None if there is none."""
    return tomllib.loads(paths.HELDOUT.read_text(encoding="utf-8")).get(id) if paths.HELDOUT.exists() else None


@lru_cache(maxsize=1)
def _shipped() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = json.loads((paths.PRECOMPUTED / "evidence.json").read_text(encoding="utf-8"))
    return found


def shipped(id: str) -> dict[str, Any] | None:
    """A row of evidence that comes with the app (lab/types/evidence.py names its fields); None if there is none."""
    return _shipped().get(id)


def holds(row: Mapping[str, Any]) -> bool:
    """Whether what was measured is as the row claims."""
    return OPERATORS[str(row["op"])](float(row["measured"]), float(row["target"]))


def elsewhere(lang: str, seed: int = 0) -> str:
    """A second sentence from elsewhere for the default pair of 句对."""
    example = entry("pairs", "default", lang)
    others = [line for line in entry("pairs", "elsewhere", lang)["lines"] if line not in (example["a"], example["b"])]
    return str(others[int(np.random.default_rng(seed).integers(len(others)))])


def fill_default(page: str, lang: str) -> Asked:
    """The blanks of a page's default example, all covered and all read."""
    from explorer.engine import catalog, get_engine

    model, example = catalog.default("masked").id, entry(page, "default", lang)
    mask = get_engine().tokens(model, "[MASK]").ids[1]
    positions = tuple(example["masks"])
    return FILL, model, FillInputs(example["text"], tuple(Edit(at, mask) for at in positions), positions)
