"""The reader's own labelled sentences: typed lines or a table, read into training and held-out sentences.

Knows separators and the names of columns in both languages. It knows no page and no file's encoding.
"""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from dataclasses import dataclass

from explorer.lab.types.finetuning import MOST_LABELS, Labelled
from explorer.views._shared import typed

LABEL = "label labels class category sentiment y 标签 標籤 类别 類別 分类 分類 情感".split()
SENTENCE = "sentence sentences text content review 句子 文本 内容 內容 评论 評論 原文".split()
PART = "part split set 部分 划分 用途".split()
HELD_OUT = "test dev held-out heldout validation valid 测试 測試 验证 驗證 考".split()
SEPARATORS = "\t;,"
TYPED = re.compile(r"[\t,，;；:：|]")
EVERY = 3  # where the reader has not said it, every third sentence of a label is held out


@dataclass(frozen=True)
class Own:
    """Sentences by their labels' numbers; `labels` by name, in the order in which they come.

    left_out   lines without a label or without a sentence; `doubled` sentences that came twice with the same label
    """

    labels: tuple[str, ...]
    train: Labelled
    held_out: Labelled
    left_out: int
    doubled: int


def parsed(text: str) -> Own:
    """One sentence a line, its label before it; or a table as spreadsheets write it, with or without column names."""
    rows = _table(text)
    found = rows if rows is not None else [_line(line) for line in typed.lines(text) if line.strip()]
    whole = [row for row in found if row[0] and row[1]]
    unique = list(dict.fromkeys(whole))
    names = tuple(dict.fromkeys(label for label, _, _ in unique))
    number = {name: n for n, name in enumerate(names)}
    said = any(part for _, _, part in unique)
    kept: dict[bool, dict[int, list[str]]] = {False: defaultdict(list), True: defaultdict(list)}
    seen: dict[str, int] = defaultdict(int)
    for label, sentence, part in unique:
        seen[label] += 1
        held = part if said else seen[label] % EVERY == 0
        kept[held][number[label]].append(sentence)
    return Own(names, _in_turn(kept[False]), _in_turn(kept[True]), len(found) - len(whole), len(whole) - len(unique))


def _in_turn(by_label: dict[int, list[str]]) -> Labelled:
    """Sentences of the labels in turn, so that the first few have all of them."""
    longest = max(map(len, by_label.values()), default=0)
    return tuple(
        (sentences[n], label)
        for n in range(longest)
        for label, sentences in sorted(by_label.items())
        if n < len(sentences)
    )


def _line(line: str) -> tuple[str, str, bool]:
    """Label, sentence, held out? of one typed line."""
    parts = TYPED.split(line.strip(), maxsplit=1)
    return (parts[0].strip(), parts[1].strip(), False) if len(parts) == 2 else ("", line.strip(), False)


def _table(text: str) -> list[tuple[str, str, bool]] | None:
    """The rows of a table; None where the text is none."""
    text = text.removeprefix("\ufeff")
    named = re.match("sep=(.)[\r\n]+", text, re.IGNORECASE)
    text = text[named.end() :] if named else text
    for separator in named[1] if named else SEPARATORS:
        try:
            rows = [
                [cell.strip() for cell in row]
                for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator)
                if any(cell.strip() for cell in row)
            ]
        except csv.Error:
            continue
        if not rows:
            return None
        if (found := _columns(rows)) is not None:
            return found
    return None


def _columns(rows: list[list[str]]) -> list[tuple[str, str, bool]] | None:
    """By the names in the first row; without names, by what is in two columns: the one of few values is the label."""
    head = [cell.lower() for cell in rows[0]]

    def place(names: list[str]) -> int:
        return next((n for n, cell in enumerate(head) if cell in names), -1)

    label, sentence, part = place(LABEL), place(SENTENCE), place(PART)
    if label >= 0 and sentence >= 0:
        rows = rows[1:]
    elif len(rows) > 1 and all(len(row) == 2 for row in rows):
        kinds = [len({row[n] for row in rows}) for n in (0, 1)]
        if min(kinds) > MOST_LABELS or kinds[0] == kinds[1]:
            return None
        label, sentence, part = (0, 1, -1) if kinds[0] < kinds[1] else (1, 0, -1)
    else:
        return None

    def cell(row: list[str], at: int) -> str:
        return " ".join(row[at].split()) if 0 <= at < len(row) else ""

    return [(cell(row, label), cell(row, sentence), cell(row, part).lower() in HELD_OUT) for row in rows]
