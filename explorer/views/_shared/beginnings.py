"""What a model goes on from: what the reader wrote, or, for a class of young pupils, the project's own words alone.

It knows the teacher's setting (SESAME_FREE_GENERATION) and the line a reader writes in; it knows no chapter.
"""

from __future__ import annotations

from collections.abc import Callable

from explorer.ui import page_parts, permission, widgets


def of(written: str) -> str:
    """`written` where models may go on from it; "" stands for the page's own example."""
    return written if permission.free_generation() else ""


def line(key: str, label: str, text: str, write: Callable[[str], None], placeholder: str) -> None:
    """The line to write in; where nothing may be written, a word why."""
    if permission.free_generation():
        widgets.text_line(key, label, text, write, placeholder)
    else:
        page_parts.notice("common.no_free_generation")
