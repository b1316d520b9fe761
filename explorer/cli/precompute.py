"""`python -m explorer precompute`: every default example's result beforehand, so that a first paint needs no model.

Knows how to fill assets/precomputed from what content/first_paint lists, and nothing of what the examples show.
"""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from explorer.content import first_paint
from explorer.engine import cache
from explorer.engine.cache import Precomputed
from explorer.engine.local import LocalEngine
from explorer.models.catalog import catalog


def write(chapter: str | None = None, folder: Precomputed | None = None) -> Iterator[Path]:
    """Compute every entry anew and keep it; yields each file as it is written. Files of no entry are removed; those of
    models that do not lie here stay.

    Raises LookupError for a chapter that shows nothing of the kind.

    Without `chapter`, whatever else lies in the folder is out of date (another version, other weights) and goes.
    """
    folder = folder or Precomputed()
    written = set()
    with contextlib.closing(LocalEngine(precomputed=None)) as engine:
        for experiment, model_id, inputs in first_paint.asked(chapter):
            key = engine.key(experiment, model_id, inputs)
            path = folder.put(experiment.wire, key, engine.run(experiment, model_id, inputs).result)
            written.add(path)
            yield path
        for experiment, model_id, inputs in first_paint.beside(chapter):
            key = engine.key(experiment, model_id, inputs)
            path = folder.path(experiment.wire, key)
            if model_id is not None and catalog.entry(model_id).weights_file.is_file():
                folder.put(experiment.wire, key, engine.run(experiment, model_id, inputs).result)
                yield path
            written.add(path)
        for one in first_paint.texts(chapter):
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
