"""What each page shows before it is touched, one module a chapter: results to compute beforehand.

A module has `asked()`: (experiment, model, inputs) of everything its page asks for at first, in both languages; where
tokenizers alone answer, `texts()` too; `beside()` is what it shows of models that do not come with the app. It knows
the chapter's examples and its types, and no view.
"""

from __future__ import annotations

import importlib
from types import ModuleType

from explorer import chapters
from explorer.content.examples import Asked

Text = tuple[str, str, str | None]  # model, text, and its second sentence


def asked(chapter: str | None = None) -> list[Asked]:
    """What the pages show before they are touched, or one of them. Raises LookupError for a page that has nothing."""
    return [one for module in _modules(chapter) for one in module.asked()]


def texts(chapter: str | None = None) -> list[Text]:
    """What is shown cut into tokens. Raises LookupError as `asked` does."""
    return [one for module in _modules(chapter) if hasattr(module, "texts") for one in module.texts()]


def beside(chapter: str | None = None) -> list[Asked]:
    """What is shown of models that do not come with the app: to be computed where they lie, and kept where not."""
    return [one for module in _modules(chapter) if hasattr(module, "beside") for one in module.beside()]


def _modules(chapter: str | None) -> list[ModuleType]:
    names = [one.id for one in chapters.CHAPTERS if one.painted_without_model and chapter in (None, one.id)]
    if not names:
        raise LookupError(f"no default example for chapter {chapter!r}")
    return [importlib.import_module(f"{__name__}.{name}") for name in names]
