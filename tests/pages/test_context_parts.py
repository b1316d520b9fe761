"""What the views of 语境 read: lines, words, files. No model runs here."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.errors import Told
from explorer.views.context import common, csv_files, own, words


def test_a_word_is_found_whole_where_letters_are_concerned() -> None:
    def starts(text: str, word: str) -> list[int]:
        return [found.start for found in words.occurrences("mini-mbert", text, word)]

    assert starts("bank, embankment, bank", "bank") == [0, 18]
    assert starts("embankment", "bank") == [2]
    assert starts("果果果", "果") == [0, 1, 2]


def test_the_501st_line_is_not_read_and_said() -> None:
    scene = common._own("\n".join(f"第{n}杯水" for n in range(501)), "水", 0, (), "mini-mbert")
    assert (len(scene.lines), scene.dropped) == (500, 1)


def test_only_the_ends_of_lines_end_a_line() -> None:
    scene = common._own("有水\u2028的\x0b地方\x85\r\n水站\r水", "水", 0, (), "mini-mbert")
    assert [line.text for line in scene.lines] == ["有水\u2028的\x0b地方", "水站", "水"]


def test_lines_without_the_word_are_left_out_and_none_at_all_is_an_error() -> None:
    scene = common._own("有水\n没有\n\n水水", "水", 1, (0, 1, 1), "mini-mbert")
    assert [line.start for line in scene.lines] == [1, 1]
    assert [line.sense for line in scene.lines] == [0, 1]
    assert scene.skipped == ("没有",)
    with pytest.raises(Told) as problem:
        common._own("没有", "水", 0, (), "mini-mbert")
    assert problem.value.key == "word_missing"


def test_what_is_saved_is_read_back() -> None:
    scene = common._own("=水是什么\n热,水\n“水”", "水", 0, (1, -1, 0), "mini-mbert")
    assert csv_files.as_csv(scene).startswith(b"\xef\xbb\xbf"), "without this mark Excel reads 汉字 as something else"
    lines, word, senses = csv_files.from_csv(csv_files.as_csv(scene)) or ([], "", ())
    assert lines == [line.text for line in scene.lines]
    assert word == "水"
    assert senses == (0, -1, 1)  # senses are numbered as they come


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
def test_both_encodings_are_read(encoding: str) -> None:
    assert csv_files.from_csv("水开了\n喝水".encode(encoding)) == (["水开了", "喝水"], "", ())


def test_no_sense_and_nan_are_no_sense() -> None:
    found = csv_files.from_csv("sentence,word,sense\n水,水,NaN\n水水,水,\n".encode())
    assert found == (["水", "水水"], "水", (-1, -1))


@pytest.mark.parametrize("data", [b"\xff\xfe\x00\x01\x80", b"\x89PNG\r\n\x1a\n\x00\x00"])
def test_what_is_no_text_is_refused(data: bytes) -> None:
    assert csv_files.from_csv(data) is None


def test_a_hundred_megabytes_are_refused_before_they_are_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(own.page_parts, "notice", lambda key, *_, **__: said.append(key))
    own._open(bytes(100_000_000))
    assert said == ["context.own.too_large"]


def test_every_set_has_two_senses_and_each_line_its_word() -> None:
    for name in common.SETS:
        scene = common.preset(name, "zh")
        assert {line.sense for line in scene.lines} == {0, 1}
        assert all(line.text[line.start : line.end] == scene.word for line in scene.lines)
    assert np.all([len(common.preset(name, "en").lines) == 14 for name in common.SETS[1:]])
