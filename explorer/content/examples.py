"""The examples of every page as data (assets/examples/<page>.toml), and what to compute beforehand for their defaults.

At the bottom of the house: it knows files and the types of inputs, and every layer may read it.
"""

from __future__ import annotations

import tomllib
from functools import lru_cache
from typing import Any

import numpy as np

from explorer import paths
from explorer.content import corpora
from explorer.lab.types import languages
from explorer.lab.types.attention import CELL, LOOK, CellInputs, LookInputs, Sight
from explorer.lab.types.context import EMBED, EmbedInputs, Occurrence
from explorer.lab.types.experiment import Experiment
from explorer.lab.types.generation import FOLLOW, FollowInputs
from explorer.lab.types.inputs import ADD_UP, POSITIONS, PositionInputs, SumInputs
from explorer.lab.types.masking import AVERAGE, FILL, HEADS, AverageInputs, Edit, FillInputs, HeadsInputs
from explorer.lab.types.pairs import JUDGE, MEASURE, JudgeInputs, MeasureInputs, Pair

LANGUAGES = ("zh", "en")
AVERAGE_PER_TEXT = 4


Asked = tuple[Experiment[Any, Any, Any], str, Any]  # an experiment, a model, and inputs


@lru_cache(maxsize=32)
def load(page: str) -> dict[str, Any]:
    """Everything in the page's file."""
    return tomllib.loads((paths.EXAMPLES / f"{page}.toml").read_text(encoding="utf-8"))


def entry(page: str, name: str, lang: str) -> dict[str, Any]:
    """The example `name` in `lang`, with what all languages share."""
    both = load(page)[name]
    return {**{key: value for key, value in both.items() if key not in LANGUAGES}, **both[lang]}


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


def elsewhere(lang: str, seed: int = 0) -> str:
    """A second sentence from elsewhere for the default pair of 句对."""
    example = entry("pairs", "default", lang)
    others = [line for line in entry("pairs", "elsewhere", lang)["lines"] if line not in (example["a"], example["b"])]
    return str(others[int(np.random.default_rng(seed).integers(len(others)))])


def defaults() -> list[Asked]:
    """(experiment, model, inputs) of everything a page shows before it is touched."""
    from explorer.engine import catalog, get_engine

    model = catalog.default("masked").id
    mask = get_engine().tokens(model, "[MASK]").ids[1]
    wanted: list[Asked] = []
    causal = catalog.default("causal").id
    for lang in LANGUAGES:
        beginning = entry("generation", "default", lang)["text"]
        wanted.append((FOLLOW, causal, FollowInputs(get_engine().tokens(causal, beginning).ids)))
        for page in ("home", "masking"):
            example = entry(page, "default", lang)
            positions = tuple(example["masks"])
            edits = tuple(Edit(position, mask) for position in positions)
            wanted.append((FILL, model, FillInputs(example["text"], edits, positions)))
        wanted.append((HEADS, model, HeadsInputs(entry("masking", "default", lang)["text"])))
        texts = tuple(entry("masking", "average", lang)["texts"])
        wanted.append((AVERAGE, model, AverageInputs(texts, AVERAGE_PER_TEXT)))
        default = entry("attention", "default", lang)
        sight, shown = Sight(default["text"]), default["state"]
        wanted.append((LOOK, model, LookInputs(sight)))
        wanted.append((CELL, model, CellInputs(sight, shown["layer"], shown["head"], shown["pins"][-1])))
        wanted.append((EMBED, model, word_set(entry("context", "default", lang)["chosen"])))
        first = entry("input", "default", lang)
        wanted.append((ADD_UP, model, SumInputs(first["text"], first.get("pair"))))
        a, b = (entry("pairs", "default", lang)[name] for name in ("a", "b"))
        wanted.append((JUDGE, model, JudgeInputs(((a, b), (b, a), (a, elsewhere(lang))))))
    wanted.append((POSITIONS, model, PositionInputs()))
    wanted.append((MEASURE, model, MeasureInputs(tuple(own_pairs(lang) for lang in LANGUAGES))))
    return wanted + _languages(model)


def default_texts() -> list[tuple[str, str, str | None]]:
    """(model, text, pair) for both tokenizers that 输入 opens with."""
    from explorer.engine import catalog

    firsts = [entry("input", "default", lang) for lang in LANGUAGES]
    models = [catalog.default(kind).id for kind in ("masked", "causal")]
    return [(model, first["text"], first.get("pair")) for model in models for first in firsts]


def _languages(model: str) -> list[Asked]:
    """Chapter 6: the survey, what is measured with it between Chinese and English, and the page's own sentence."""
    from explorer.engine import get_engine

    digest = corpora.digest()
    look = languages.SurveyInputs(digest)
    n_layers = get_engine().facts(model).n_layers
    wanted: list[Asked] = [(languages.SURVEY, model, look)]
    for source, target in (("en", "zh"), ("zh", "en")):
        profile = languages.profile_inputs(digest, source, target, n_layers)
        best = languages.best_of(get_engine().run(languages.AVERAGE, model, profile).result)
        curves = languages.curve_inputs(digest, source, target, best)
        wanted += [(languages.AVERAGE, model, inputs) for inputs in (profile, *curves)]
    layers = tuple(range(n_layers + 1))
    for text, target in {
        (entry("languages", "default", lang)["text"], entry("languages", "default", lang)["target"])
        for lang in LANGUAGES
    }:
        wanted.append((languages.SHIFT_ALL, model, languages.shift_inputs(digest, text, "en", target, layers)))
    return wanted
