"""Sentences in files as spreadsheets and people save them; and the way out and back again."""

from __future__ import annotations

import pytest

from explorer.views.context import csv_files

LINES = ["这个苹果很甜", "苹果发布了手机"]
FOUND = (LINES, "苹果", (0, 1))


def table(head: str, separator: str, rows: tuple[str, str] = ("水果", "公司")) -> str:
    body = "\r\n".join(separator.join((line, "苹果", sense)) for line, sense in zip(LINES, rows, strict=True))
    return (head.replace(",", separator) + "\r\n" if head else "") + body + "\r\n"


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize(
    "head", ["sentence,word,sense", "句子,词,义", "例句,單詞,義項", "Text,Token,Label", "", "甲,乙,丙"]
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_a_table_is_read_whoever_saved_it(head: str, separator: str, encoding: str) -> None:
    assert csv_files.from_csv(table(head, separator).encode(encoding)) == FOUND


def test_columns_may_stand_in_any_order() -> None:
    text = "编号,义,句子,词\n1,水果,这个苹果很甜,苹果\n2,公司,苹果发布了手机,苹果\n"
    assert csv_files.from_csv(text.encode()) == FOUND


def test_big5_is_not_read_as_rare_characters() -> None:
    text = "句子,詞,義\r\n這個蘋果很甜,蘋果,水果\r\n蘋果發佈了手機,蘋果,公司\r\n"
    assert csv_files.from_csv(text.encode("big5")) == (["這個蘋果很甜", "蘋果發佈了手機"], "蘋果", (0, 1))


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16", "big5"])
def test_plain_lines_stay_lines_with_their_commas(encoding: str) -> None:
    lines = ["他今天不在,明天在", "水很深;井很老", "一行"] if encoding != "big5" else ["這裡的水很深,很冷", "水開了"]
    assert csv_files.from_csv("\n".join(lines).encode(encoding)) == (lines, "", ())


def test_only_line_ends_end_a_line() -> None:
    assert csv_files.from_csv("水\u2028很深\r\n井".encode()) == (["水\u2028很深", "井"], "", ())


@pytest.mark.parametrize("data", [b"\x00\x01\x02", b"\xff\xfe\x00\xd8", b"\x81"])
def test_what_is_no_text_is_told(data: bytes) -> None:
    assert csv_files.from_csv(data) is None


def test_a_sentence_with_a_line_feed_in_its_cell_stays_one() -> None:
    assert csv_files.from_csv('句子,词\n"水\n很深",水\n'.encode()) == (["水 很深"], "水", (-1,))


def test_the_separator_that_a_first_line_names_is_the_one() -> None:
    assert csv_files.from_csv(("sep=;\r\n" + table("句子,词,义", ";")).encode("utf-8-sig")) == FOUND


def test_the_comma_of_a_chinese_keyboard_parts_columns_that_have_names() -> None:
    assert csv_files.from_csv(table("句子,词,义", "，").encode()) == FOUND
    assert csv_files.from_csv("水很深，水\n井水很冷，井".encode()) == (["水很深，水", "井水很冷，井"], "", ())


def test_an_apostrophe_of_the_sentence_s_own_stays() -> None:
    assert csv_files.from_csv(b"sentence,word\n'Twas a bank,bank\n'=1+1 bank,bank\n") == (
        ["'Twas a bank", "=1+1 bank"], "bank", (-1, -1),
    )  # fmt: skip


def test_line_ends_of_every_system_end_lines() -> None:
    for end in ("\n", "\r\n", "\r"):
        assert csv_files.from_csv(end.join(("水很深", "", "井很老", "")).encode()) == (["水很深", "井很老"], "", ())
