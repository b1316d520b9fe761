"""Rows of evidence and the texts they are measured on."""

from __future__ import annotations

import json
import lzma
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from explorer import paths, texts
from explorer.evidence import heldout_results
from explorer.evidence.texts import Row, Sample, own, sampled
from explorer.evidence.texts import row as measured_row


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
    zh = sampled(tmp_path, "zh", Sample("news", n=8, seed=1))
    en = sampled(tmp_path, "en", Sample("news", n=8, seed=1))
    assert zh == sampled(tmp_path, "zh", Sample("news", n=8, seed=1))
    assert [line.removeprefix("中文") for line in zh.lines] == [line.removeprefix("english ") for line in en.lines]
    assert len(zh.lines) == 8
    assert zh.origin.startswith("news.en-zh.tsv.xz sha256:")
    assert str(tmp_path) not in zh.origin
    assert zh.lines != sampled(tmp_path, "zh", Sample("news", n=8, seed=2)).lines


SHIPPED = {
    **{id: row for id, row in heldout_results.read().items() if "claim_zh" in row},
    **json.loads((paths.PRECOMPUTED / "evidence.json").read_text(encoding="utf-8")),
}


@pytest.mark.parametrize("id", SHIPPED)
def test_a_shipped_row_says_what_its_text_says_now(id: str) -> None:
    stored = SHIPPED[id]
    for lang, mark, fields in (("zh", "_zh", ("published_zh", "unit_zh")), ("en", "_en", ("published", "unit"))):
        said = texts.section(f"claims.{id}", lang)
        for part, field in zip(("claim", "published", "unit"), (f"claim{mark}", *fields), strict=True):
            figures = re.sub(r"\\\{\w+(?::[^}]*)?\\\}", "(.+)", re.escape(said.get(part, "")))
            assert re.fullmatch(figures, stored.get(field, "")), (lang, part)


def test_figures_and_lists_are_filled_in_as_the_language_writes_them() -> None:
    made = measured_row(
        "languages", "mini-mbert", id="languages.meaning_kept", source="s", measured=1.0, op=">=", target=0.5, n=3,
        data="d", words={"ranks": ("0.900", "0.500")},
    )  # fmt: skip
    assert made.unit.endswith("by α: 0.900, 0.500")
    assert made.unit_zh.endswith("各个 α：0.900、0.500")
    with pytest.raises(KeyError):
        measured_row(
            "languages", "mini-mbert", id="languages.nobody", source="s", measured=1.0, op=">=", target=0.5, n=3,
            data="d",
        )  # fmt: skip
