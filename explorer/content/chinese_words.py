"""Chinese text in words, as jieba cuts it: its dictionary is loaded the first time that anybody asks.

At the bottom of the house: it knows jieba alone.
"""

from __future__ import annotations

import logging
from functools import lru_cache
from typing import Any


def cut(text: str) -> list[str]:
    """The words of `text`, blanks and marks among them: together they are the text."""
    return list(_jieba().lcut(text))


@lru_cache(maxsize=1)
def _jieba() -> Any:
    import jieba

    jieba.setLogLevel(logging.ERROR)  # it reports the loading of its dictionary on stderr
    jieba.initialize()
    return jieba
