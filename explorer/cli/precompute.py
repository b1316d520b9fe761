"""`python -m explorer precompute`: every default example's result beforehand, so that a first paint needs no model.

Knows how to fill assets/precomputed from the list in content/examples.py, and nothing of what the examples show.
"""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from explorer.content import examples
from explorer.engine import cache
from explorer.engine.cache import Precomputed
from explorer.engine.local import LocalEngine


def entries(chapter: str | None = None) -> list[examples.Asked]:
    """(experiment, model_id, inputs) of every default example, or of one chapter's ("masking/fill" is of "masking").

    Raises LookupError for a chapter without one.
    """
    found = [entry for entry in examples.defaults() if chapter in (None, entry[0].wire.partition("/")[0])]
    if not found:
        raise LookupError(f"no default example for chapter {chapter!r}")
    return found


def texts(chapter: str | None = None) -> list[tuple[str, str, str | None]]:
    """(model_id, text, pair) of what a page shows cut into tokens by two tokenizers before it is touched."""
    return examples.default_texts() if chapter in (None, "input") else []


def write(chapter: str | None = None, folder: Precomputed | None = None) -> Iterator[Path]:
    """Compute every entry anew and keep it; yields each file as it is written. Files of no entry are removed.

    Without `chapter`, whatever else lies in the folder is out of date (another version, other weights) and goes.
    """
    folder = folder or Precomputed()
    written = set()
    with contextlib.closing(LocalEngine(precomputed=None)) as engine:
        for experiment, model_id, inputs in entries(chapter):
            key = engine.key(experiment, model_id, inputs)
            path = folder.put(experiment.wire, key, engine.run(experiment, model_id, inputs).result)
            written.add(path)
            yield path
        for one in texts(chapter):
            path = folder.put(cache.TOKENS, engine.tokens_key(*one), engine.tokens(*one))
            written.add(path)
            yield path
    if chapter is None:
        for path in set(folder.folder.glob("*/*/*.npz")) - written:
            path.unlink()
        for emptied in sorted((path for path in folder.folder.rglob("*") if path.is_dir()), reverse=True):
            if not any(emptied.iterdir()):
                emptied.rmdir()


def add(commands: Any) -> None:
    """Adds `precompute` to the parser's subcommands."""
    parser = commands.add_parser("precompute", help="compute the results of the default examples")
    parser.add_argument("--chapter", help="only this chapter")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Compute and print what was written; always 0 (what can't be computed raises)."""
    for written in write(options.chapter):
        print(written, flush=True)
    return 0
