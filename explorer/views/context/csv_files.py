"""Sentences as CSV: written for spreadsheets, and read as spreadsheets and people save them.

Knows encodings, separators and the names of columns in both languages. It knows no page.
"""

from __future__ import annotations

import csv
import io
import re

from explorer.views.context.common import Scene

COLUMNS = {
    "sentence": "sentence sentences text line example 句子 句 例句 文本 内容 內容 原文".split(),
    "word": "word target token 词 詞 词语 詞語 单词 單詞 目标词 目標詞 字".split(),
    "sense": "sense senses label group meaning 义 義 义项 義項 意思 词义 詞義 标签 標籤 组 組".split(),
}
TYPED = "，"
SEPARATORS = (",", "\t", ";", TYPED)
FORMULAS = ("=", "+", "-", "@")
MOST_SENSES = 6
Found = tuple[list[str], str, tuple[int, ...]]


def as_csv(scene: Scene) -> bytes:
    """sentence, word, sense; with a mark at the head by which spreadsheets know UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("sentence", "word", "sense"))
    for line in scene.lines:
        safe = "'" * line.text.startswith(FORMULAS) + line.text  # a spreadsheet would run it as a formula
        writer.writerow((safe, scene.word, scene.senses[line.sense] if line.sense >= 0 else ""))
    return out.getvalue().encode("utf-8-sig")


def from_csv(data: bytes) -> Found | None:
    """(lines, word or "", senses) of a table or of plain lines; None for what is no text.

    Read are UTF-8, UTF-16 ("Unicode text" of Excel), GBK and Big5; commas, tabs and semicolons, with names above the
    columns also the ， of a Chinese keyboard, and the one that a first line "sep=;" names. The columns are told by
    their names in the first row, in Chinese or English and in any order; without names, by what is in them: a second
    column whose word stands in the first column's sentence.
    """
    text = decoded(data)
    if text is None:
        return None
    named = re.match("\ufeff?sep=(.)[\r\n]+", text, re.IGNORECASE)
    text = text[named.end() :] if named else text
    for separator in (named[1],) if named else SEPARATORS:
        if (found := _table(text, separator)) is not None:
            return found
    return [line.strip() for line in re.split("[\r\n]+", text) if line.strip()], "", ()


def decoded(data: bytes) -> str | None:
    """The text of a file in one of the encodings that Chinese and Western programs save in; None for anything else."""
    marked = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    if data[:4] in (b"\xff\xfe\0\0", b"\0\0\xfe\xff"):
        candidates = ["utf-32"]
    else:
        candidates = ["utf-16"] if marked else ["utf-8-sig", "gb18030", "big5"]
    texts = []
    for encoding in candidates:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            continue
        if encoding.startswith("utf"):
            return text
        texts.append(text)
    if not marked and b"\0" in data:  # UTF-16 without the mark that says so
        wide = [data.decode(name) for name in ("utf-16-le", "utf-16-be") if _decodes(data, name)]
        texts += [text for text in wide if _everyday(text) >= 0.5 and not re.search("[\0-\x08\x0e-\x1f]", text)]
    # GB 18030 reads nearly every Big5 file as rare characters: what is mostly everyday ones was meant.
    return max(texts, key=_everyday, default=None)


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _everyday(text: str) -> float:
    """Share of the characters beyond ASCII that are in the first level of GB 2312 or of Big5, or common marks."""
    odd = [char for char in text if char > "\x7f"]
    return sum(_is_everyday(char) for char in odd) / max(1, len(odd))


def _is_everyday(char: str) -> bool:
    for encoding, first, last in (("gb2312", 0xB0, 0xD7), ("big5", 0xA4, 0xC6)):
        try:
            lead = char.encode(encoding)[0]
        except UnicodeEncodeError:
            continue
        if first <= lead <= last or char in "，。！？、；：“”‘’（）《》「」…—":
            return True
    return False


def _table(text: str, separator: str) -> Found | None:
    """The table with this separator; None where the text is none."""
    try:
        rows = [
            [cell.strip() for cell in row]
            for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator)
            if any(cell.strip() for cell in row)
        ]
    except csv.Error:
        return None
    if not rows:
        return None
    names = [_column(cell) for cell in rows[0]]
    if "sentence" in names:
        return _columns(rows[1:], {name: names.index(name) for name in COLUMNS if name in names})
    if separator == TYPED:  # without names it is punctuation
        return None
    order = {name: at for at, name in enumerate(COLUMNS)}
    if _holds_words(rows):
        return _columns(rows, order)
    if _holds_words(rows[1:]):  # names in the first row that nobody here knows
        return _columns(rows[1:], order)
    return None


def _column(cell: str) -> str:
    """Which column a name is of; "" for none."""
    plain = cell.strip("\ufeff'\" ").lower()
    return next((column for column, names in COLUMNS.items() if plain in names), "")


def _holds_words(rows: list[list[str]]) -> bool:
    """Whether every row has two or three cells, and the second is a word of the first."""
    return bool(rows) and all(len(row) in (2, 3) and row[1] and row[1] in row[0] for row in rows)


def _columns(rows: list[list[str]], at: dict[str, int]) -> Found:
    def cells(name: str) -> list[str]:
        place = at.get(name, -1)
        return [row[place] if 0 <= place < len(row) else "" for row in rows]

    kept = [n for n, line in enumerate(cells("sentence")) if line]
    word = next((word for word in cells("word") if word), "")
    kinds: dict[str, int] = {}
    named = [cells("sense")[n] for n in kept]
    senses = [kinds.setdefault(name, len(kinds)) if name.lower() not in ("", "nan") else -1 for name in named]
    lines = [re.sub("[\r\n]+", " ", _unshielded(cells("sentence")[n])) for n in kept]
    return lines, word, tuple(sense if sense < MOST_SENSES else -1 for sense in senses)


def _unshielded(line: str) -> str:
    """A sentence as it was before `as_csv` kept a spreadsheet from running it; an apostrophe of its own stays."""
    return line[1:] if line[:1] == "'" and line[1:].startswith(FORMULAS) else line
