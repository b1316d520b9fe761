"""What was published stands as it was published; and what came of a tuning is said as it was, chance included."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from explorer import texts
from explorer.lab.types.gpt_line import LINE
from explorer.ui import i18n
from explorer.views.family import line, verdict, voted

# Ouyang et al. 2022 (arXiv 2203.02155): each number, and the section or table that prints it.
INSTRUCT = {
    "agree": ("72.6 ± 1.5 %", "§ 3.4"),
    "heldout": ("77.3 ± 1.3 %", "§ 3.4"),
    "reward": ("69.6 ± 0.9 %", "§ 4.1"),
    "own": ("72.4 ± 0.4 %", "§ 4.1"),
    "gpt3": ("85 ± 3 %", "§ 1, § 4.1"),
    "fewshot": ("71 ± 4 %", "§ 1, § 4.1"),
    "made_up": ("41 % → 21 %", "§ 1"),
    "data": ("12,725 / 33,207 / 31,144", "Table 6"),
    "people": ("≈ 40; 4–9", "§ 3.4; § 3.5"),
}
# Layers, width, heads, context, vocabulary; millions of weights as printed and as corrected.
# Radford et al. 2018, § 4.1; Radford et al. 2019, Table 2, § 2.2–2.3, and openai/gpt-2 (hparams.json, README.md,
# DEVELOPERS.md); Brown et al. 2020, Table 2.1, § 2.1.
SHAPES = {
    "gpt1": (12, 768, 12, 512, 40_478, 0, 0),
    "gpt2s": (12, 768, 12, 1024, 50_257, 117, 124),
    "gpt2m": (24, 1024, 16, 1024, 50_257, 345, 355),
    "gpt2l": (36, 1280, 20, 1024, 50_257, 762, 774),
    "gpt2xl": (48, 1600, 25, 1024, 50_257, 1542, 1558),
    "gpt3": (96, 12_288, 96, 2048, 50_257, 175_000, 0),
    "instruct": (96, 12_288, 96, 2048, 50_257, 175_000, 0),
}
# What a model's facts have to name, in the one language and in the other. The same papers, and OpenAI 2022 (ChatGPT).
SAID = {
    ("gpt1", "batch"): ("64 段 × 512 词元", "64 texts × 512 tokens"),
    ("gpt1", "text"): ("BooksCorpus，7,000", "BooksCorpus, over 7,000"),
    **{(name, "batch"): ("512 段 × 1,024 词元", "512 texts × 1,024 tokens") for name in LINE if name[:4] == "gpt2"},
    **{(name, "text"): ("800 万个网页，40 GB", "8 million web pages, 40 GB") for name in LINE if name[:4] == "gpt2"},
    ("gpt3", "batch"): ("320 万词元", "3.2 million tokens"),
    ("gpt3", "text"): ("3,000 亿词元", "300 billion tokens"),
    ("instruct", "text"): ("12,725", "12,725 demonstrations"),
    ("chatgpt", "batch"): ("没有公布", "never published"),
    ("gpt4", "batch"): ("没有公布", "never published"),
}


def test_what_instruct_gpt_measured_is_what_its_paper_prints() -> None:
    assert voted.INSTRUCT == INSTRUCT


def test_the_line_s_numbers_are_those_that_were_published() -> None:
    found = {
        name: (spec.layers, spec.width, spec.heads, spec.context, spec.vocabulary, spec.printed, spec.corrected)
        for name, spec in LINE.items()
        if spec
    }
    assert found == SHAPES
    assert {name for name, spec in LINE.items() if spec is None} == {"chatgpt", "gpt4"}, "whose shape nobody published"
    assert line.KNOWN == {("gpt4", "context"): "8,000 / 32,000"}


@pytest.mark.parametrize(("name", "fact"), SAID)
def test_each_model_s_facts_name_the_published_numbers(name: str, fact: str) -> None:
    assert fact in line.FACTS
    for lang, wanted in zip(("zh", "en"), SAID[name, fact], strict=True):
        assert wanted in texts.text(f"family.line.{name}.{fact}", lang)


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
def test_no_percentage_is_given_for_1_3b_over_175b(lang: str) -> None:
    """The paper's text says that it is preferred and prints no number: only Figure 1 shows one."""
    rows = {fact: texts.text(f"family.instruct.what_{fact}", lang) for fact in INSTRUCT}
    assert not [fact for fact, what in rows.items() if "1.3B" in what]
    sentences = [
        one for text in _all(texts.section("family", lang)) for one in re.split(r"[。！？]|[.!?](?:\s|$)", text)
    ]
    about = [one for one in sentences if "1.3B" in one]
    assert len(about) > 1, "it is said that it is preferred"
    assert not [one for one in about if re.search(r"\d\s*[%％]|百分之|percent\b", one)]


def _all(section: dict[str, Any]) -> list[str]:
    return [one for value in section.values() for one in (_all(value) if isinstance(value, dict) else [value])]


# --- what came of a tuning -------------------------------------------------------------------------------------


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    found: list[str] = []
    monkeypatch.setattr(verdict.page_parts, "notice", lambda key, tone="", /, **values: found.append(key))
    return found


@pytest.mark.parametrize(
    ("reward", "rule", "kl", "said"),
    [
        (1.5, 0.5, 3.0, "rose"),
        (1.5, -0.5, 3.0, "hacked"),
        (-0.2, 0.5, 3.0, "still"),
        (0.2, 0.1, 0.001, "unmoved"),
        (0.2, -0.1, 0.001, "unmoved"),
        (-0.2, -0.1, 0.0, "unmoved"),
    ],
)
def test_a_gain_is_one_only_where_the_policy_has_moved(
    reward: float, rule: float, kl: float, said: str, told: list[str]
) -> None:
    """Two draws of 128 answers differ by chance: with a KL of a thousandth there is neither progress nor hacking."""
    curves = np.array([[0.0, 0.0, 0.0, 2.0, 6.0], [reward, rule, kl, 2.0, 6.0]])
    verdict.draw(SimpleNamespace(curves=curves, diverged=0, far=False))  # type: ignore[arg-type]
    assert told == [f"family.tune.{said}"]


def test_weights_that_broke_at_once_are_not_called_too_slow(told: list[str]) -> None:
    verdict.draw(SimpleNamespace(curves=np.zeros((1, 5)), diverged=1, far=False))  # type: ignore[arg-type]
    assert told == ["family.tune.diverged"]
