"""What readers type: blanks in everyday spelling, characters that no model reads, a word that is to be found in a line.

It knows characters, and what a tokenizer makes of them; it knows no chapter.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from explorer.engine import get_engine
from explorer.ui import page_parts

MASK = "[MASK]"
_BLANK = re.compile(
    r"(?:\[|［|【|〔|<|＜|〈|《|\{|｛)\s*(?:mask|ｍａｓｋ)\s*(?:\]|］|】|〕|>|＞|〉|》|\}|｝)"  # [mask], 【MASK】
    r"|_{3,}|(?<![A-Za-z0-9_])__(?![A-Za-z0-9_])|＿+"  # a line to write on, but not the __ of a programmer's __init__
    r"|（\s*）|(?<![A-Za-z0-9_])\(\s*\)|【\s*】|［\s*］|〔\s*〕|\[\s+\]|[□▢]",  # brackets with nothing in them, a box
    re.IGNORECASE,
)
_JOINS = re.compile("[\u1160-\u11ff]")  # vowels and finals of 한글 written letter by letter


def with_masks(text: str) -> tuple[str, bool]:
    """`text` with every blank that a person may write ("___", 【MASK】, （ ）, □) as [MASK], and whether there was one.

    [MASK] and <mask> stay as they are: every tokenizer here reads them.
    """
    read = _BLANK.sub(lambda found: found[0] if found[0] in (MASK, "<mask>") else MASK, text)
    return read, read != text


def lines(text: str) -> list[str]:
    """The lines of a text. Only line feeds and carriage returns end one: U+2028 or U+0085, which come along with what
    is copied from a web page, leave a sentence whole."""
    return re.split(r"\r\n|\r|\n", text)


def unseen(char: str) -> bool:
    """Whether a character leaves no mark of its own on the page: zero-width, soft hyphen, variation selector, control,
    private or unassigned."""
    if char in "\t\n\r":
        return False
    chosen = "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef" or char == "\u034f"
    return chosen or unicodedata.category(char)[0] == "C"


@lru_cache(maxsize=256)
def unread(model: str, text: str) -> int:
    """How many unseen characters of `text` the model's tokenizer drops: with or without them it reads the same."""
    chars = {char for char in text if unseen(char)}
    if not chars:
        return 0
    engine = get_engine()
    ids = engine.tokens(model, text).ids
    dropped = [char for char in chars if engine.tokens(model, text.replace(char, "")).ids == ids]
    return sum(text.count(char) for char in dropped)


def remarks(model: str, text: str) -> None:
    """Say on the page that some characters of `text` were not read, and that a blank was read as plain text.

    Where blanks are masks, `text` has none any more (`with_masks`).
    """
    if n := unread(model, text):
        page_parts.notice("common.unread", n=n)
    if with_masks(text)[1]:
        page_parts.notice("common.blank")


def places(text: str, word: str) -> list[tuple[int, int]]:
    """Where `word` stands in `text`, as half-open ranges, however the same characters are spelled there.

    Unseen characters are passed over, and é of one character is é of two. A word of letters is not found inside a
    longer one unless it stands only there.
    """
    (line, ranges), (wanted, _) = _folded(text), _folded(word)
    if not wanted:
        return []
    found, at = [], line.find(wanted)
    while at >= 0:
        found.append(at)
        at = line.find(wanted, at + len(wanted))
    if wanted.isascii() and wanted.isalpha():
        edges = ((at, line[max(0, at - 1) : at], line[at + len(wanted) :][:1]) for at in found)
        found = [at for at, before, after in edges if not before.isalnum() and not after.isalnum()] or found
    return [(ranges[at][0], ranges[at + len(wanted) - 1][1]) for at in found]


def _folded(text: str) -> tuple[str, list[tuple[int, int]]]:
    """The characters that are seen, composed, and the range of `text` behind each."""
    groups: list[tuple[str, int, int]] = []
    for at, char in enumerate(text):
        if unseen(char):
            continue
        if groups and (unicodedata.combining(char) or _JOINS.match(char)):
            before, start, _ = groups[-1]
            groups[-1] = (before + char, start, at + 1)
        else:
            groups.append((char, at, at + 1))
    whole, ranges = "", []
    for chars, start, end in groups:
        composed = unicodedata.normalize("NFC", chars)
        whole += composed
        ranges += [(start, end)] * len(composed)
    return whole, ranges
