"""Rows of evidence and the texts they are measured on."""

from __future__ import annotations

import lzma
from collections.abc import Callable
from pathlib import Path

import pytest

from explorer.evidence.texts import Row, own, sampled


@pytest.fixture
def row() -> Callable[..., Row]:
    def make(measured: float, op: str, target: float) -> Row:
        return Row(
            "a.b", "a", "话", "claim", "", "own", measured, "share", op, target, "model", "rev", "command", 10, "text"
        )

    return make


@pytest.mark.parametrize(
    ("measured", "op", "target", "holds"),
    [
        (0.5, ">=", 0.5, True),
        (0.5, ">", 0.5, False),
        (0.4, "<", 0.5, True),
        (0.6, "<=", 0.5, False),
    ],
)
def test_a_claim_holds_if_the_measurement_says_so(
    row: Callable[..., Row], measured: float, op: str, target: float, holds: bool
) -> None:
    assert row(measured, op, target).holds is holds


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_projects_own_sentences_are_many_and_different(lang: str) -> None:
    texts = own("masking", lang)
    assert len(texts.lines) >= 60
    assert len(set(texts.lines)) == len(texts.lines)
    assert not any(line.startswith("#") for line in texts.lines)
    chinese = [any("\u4e00" <= c <= "\u9fff" for c in line) for line in texts.lines]
    assert all(chinese) if lang == "zh" else not any(chinese)


def test_a_sample_of_outside_text_is_the_same_every_time_and_says_what_it_is(tmp_path: Path) -> None:
    folder = tmp_path / "parallel"
    folder.mkdir()
    lines = "".join(f"english {i}\t中文{i}\n" for i in range(50))
    (folder / "news.en-zh.tsv.xz").write_bytes(lzma.compress(lines.encode()))
    zh = sampled(tmp_path, "zh", name="news", n=8, seed=1)
    en = sampled(tmp_path, "en", name="news", n=8, seed=1)
    assert zh == sampled(tmp_path, "zh", name="news", n=8, seed=1)
    assert [line.removeprefix("中文") for line in zh.lines] == [line.removeprefix("english ") for line in en.lines]
    assert len(zh.lines) == 8
    assert zh.origin.startswith("news.en-zh.tsv.xz sha256:")
    assert str(tmp_path) not in zh.origin
    assert zh.lines != sampled(tmp_path, "zh", name="news", n=8, seed=2).lines
