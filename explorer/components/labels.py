"""Labels: the interface's words that a component shows, in the reader's language.

Knows which words a component needs, and whom to ask. It does not know where texts lie or how a language is chosen:
the views say so once (explorer/views/__init__.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

_TAGS = {"zh": "zh-CN", "en": "en"}


class _Source:
    """Whom to ask: the table of a component in the reader's language, and that language."""

    table: Callable[[str], Mapping[str, str]] | None = None
    language: Callable[[], str] | None = None


def ask(table: Callable[[str], Mapping[str, str]], language: Callable[[], str]) -> None:
    """From now on, `table("components.strip")` gives the words of a component, `language()` is "zh" or "en"."""
    _Source.table, _Source.language = table, language


def reader_lang() -> str:
    """The HTML language tag of the reader's interface: "zh-CN" or "en". RuntimeError before `ask`."""
    if _Source.language is None:
        raise RuntimeError("nobody has said which language the reader has: call labels.ask first")
    return _TAGS[_Source.language()]


def interface(table: str, names: Sequence[str], own: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The entries "lang" and "labels" of a component's header: the words `names` of components.`table`.

    own  words that this page says differently. KeyError names what is missing, or what the component never says.
    """
    lang = reader_lang()
    assert _Source.table is not None  # given together with the language
    return {"lang": lang, "labels": chosen(_Source.table(f"components.{table}"), names, own or {})}


def chosen(labels: Mapping[str, str], names: Sequence[str], own: Mapping[str, str]) -> dict[str, str]:
    """Those entries of `labels` that a component reads, with a page's own in their place."""
    missing = [name for name in names if name not in labels]
    if missing:
        raise KeyError(f"labels without {', '.join(missing)}")
    unknown = [name for name in own if name not in names]
    if unknown:
        raise KeyError(f"no such labels: {', '.join(unknown)}")
    return {name: own.get(name, labels[name]) for name in names}
