"""The rows of 跨语言: what they are measured on, and that reading a treebank takes a form with its first word's tag."""

from __future__ import annotations

import lzma
from pathlib import Path

from explorer import evidence
from explorer.evidence import languages
from explorer.evidence.texts import own

CONLLU = """# text = Je vais au bal.
1\tJe\tje\tPRON\t_
2\tvais\taller\tVERB\t_
3-4\tau\t_\t_\t_
3\tà\tà\tADP\t_
4\tle\tle\tDET\t_
5\tbal\tbal\tNOUN\t_
5.1\tx\tx\tX\t_
6\t.\t.\tPUNCT\t_

1\tOui\toui\tINTJ\t_

"""


def test_a_treebank_is_read_by_its_written_forms(tmp_path: Path) -> None:
    path = tmp_path / "a.conllu.xz"
    path.write_bytes(lzma.compress(CONLLU.encode("utf-8")))
    assert languages.conllu(path) == (
        (("Je", "PRON"), ("vais", "VERB"), ("au", "ADP"), ("bal", "NOUN"), (".", "PUNCT")),
        (("Oui", "INTJ"),),
    )


def test_the_chapter_has_evidence_and_its_mixed_sentences_mix() -> None:
    assert "languages" in evidence.CHAPTERS
    for line in own("languages", "mixed").lines:
        assert any(char.isascii() and char.isalpha() for char in line)
        assert any("\u4e00" <= char <= "\u9fff" for char in line)
