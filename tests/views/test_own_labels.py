"""Sentences with labels as people type them and as spreadsheets write them."""

from __future__ import annotations

import csv
import io

import pytest

from explorer.views.context import csv_files
from explorer.views.finetuning.own_labels import parsed

ROWS = [
    ("好", "这碗面，真香"),
    ("差", "汤是凉的"),
    ("好", "店员很和气"),
    ("差", "等了一个钟头"),
    ("好", "还会再来"),
    ("差", "再也不来"),
]
TRAIN = (("这碗面，真香", 0), ("汤是凉的", 1), ("店员很和气", 0), ("等了一个钟头", 1))
HELD_OUT = (("还会再来", 0), ("再也不来", 1))


def table(separator: str, *, head: bool = True, turned: bool = False) -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator)
    rows = [("标签", "句子"), *ROWS] if head else ROWS
    writer.writerows(row[::-1] if turned else row for row in rows)
    return out.getvalue()


@pytest.mark.parametrize("mark", ["，", ",", "：", ": ", "\t", "；", "|"])
def test_a_typed_line_has_its_label_first_whatever_stands_between(mark: str) -> None:
    found = parsed("\n".join(f"{label}{mark}{sentence}" for label, sentence in ROWS))
    assert found.labels == ("好", "差")
    assert (found.train, found.held_out) == (TRAIN, HELD_OUT)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("head", [True, False])
@pytest.mark.parametrize("turned", [True, False])
def test_a_table_is_read_with_names_or_without_and_in_either_order(separator: str, head: bool, turned: bool) -> None:
    found = parsed(table(separator, head=head, turned=turned))
    assert found.labels == ("好", "差")
    assert (found.train, found.held_out) == (TRAIN, HELD_OUT)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
def test_a_file_is_read_in_every_encoding_that_excel_writes(encoding: str) -> None:
    text = csv_files.decoded(table(";").encode(encoding))
    assert text is not None
    assert parsed(text).train == TRAIN


def test_a_third_column_says_what_is_held_out() -> None:
    rows = [
        "label,part,sentence",
        *(f'{label},{"test" if n < 2 else "train"},"{text}"' for n, (label, text) in enumerate(ROWS)),
    ]
    found = parsed("\n".join(rows))
    assert found.held_out == TRAIN[:2]
    assert len(found.train) == 4


def test_lines_that_lack_something_and_lines_that_come_twice_are_counted() -> None:
    found = parsed("好，真香\n好，真香\n好，\n，真香\n没有标签\n\n差，凉了\n好，凉了")
    assert (found.left_out, found.doubled) == (3, 1)
    assert found.train == (("真香", 0), ("凉了", 1), ("凉了", 0))


def test_labels_come_in_turn_so_that_the_first_few_have_all_of_them() -> None:
    found = parsed("a: 1\na: 2\na: 3\na: 4\nb: 5\nb: 6\nc: 7")
    assert found.train == (("1", 0), ("5", 1), ("7", 2), ("2", 0), ("6", 1), ("4", 0))
    assert found.held_out == (("3", 0),)
