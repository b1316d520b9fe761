"""The console: what the command line prints survives consoles that lack a character.

Windows in Chinese or English, and LC_ALL=C, are such. Knows streams; used by the command line and by the benchmarks.
"""

from __future__ import annotations

import io
import json
import sys
from typing import Any


def make_tolerant() -> None:
    """From now on, a character that the console has no place for is printed as "?" and stops nothing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def json_text(rows: Any) -> str:
    """`rows` as JSON that this console can print whole: outside UTF-8 every 汉字 is written as its number."""
    unicode = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    return json.dumps(rows, ensure_ascii=not unicode, indent=1)
