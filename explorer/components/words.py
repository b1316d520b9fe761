"""Words of the interface that go into a component: checked to be complete, and the language they are in.

Knows nothing about where texts lie; a page passes the table of its language.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

_TAGS = {"zh": "zh-CN", "en": "en"}


def chosen(labels: Mapping[str, str], names: Sequence[str]) -> dict[str, str]:
    """Those entries of `labels` that a component reads. KeyError names what is missing."""
    missing = [name for name in names if name not in labels]
    if missing:
        raise KeyError(f"labels without {', '.join(missing)}")
    return {name: labels[name] for name in names}


def tag(lang: str) -> str:
    """The HTML language tag of an interface language ("zh" → "zh-CN")."""
    return _TAGS[lang]
