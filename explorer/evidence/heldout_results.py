"""Held-out results: figures measured with `--data` on test sets that are not part of the project, and their origin.

Knows how they lie in heldout_results.toml. It measures nothing and changes no figure.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from explorer import paths
from explorer.evidence.texts import Row

FILE = paths.HELDOUT
HEAD = "# Written by `python -m explorer evidence --data DIR --record`; not by hand.\n"
KEPT = ("data", "n", "measured", "unit", "model", "revision", "command")
# What a row says besides its figure; without it a claim that is measured on outside data alone could not be shown.
CLAIM = ("chapter", "claim_zh", "claim_en", "published", "published_zh", "source", "unit_zh", "op", "target")


def read(path: Path = FILE) -> dict[str, dict[str, Any]]:
    """Recorded figures by id of their row."""
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def write(rows: Iterable[Row], path: Path = FILE) -> None:
    """Keep the rows measured on outside data; a figure recorded earlier under the same id is replaced."""
    day = datetime.now(UTC).date().isoformat()
    kept = read(path) | {
        row.id: {key: getattr(row, key) for key in KEPT + CLAIM} | {"when": day}
        for row in rows
        if "--data" in row.command
    }
    tables = (
        f'\n["{id}"]\n' + "".join(f"{key} = {_toml(value)}\n" for key, value in figures.items())
        for id, figures in sorted(kept.items())
    )
    path.write_text(HEAD + "".join(tables), encoding="utf-8")


def _toml(value: str | float | int) -> str:
    """A TOML value; a JSON string is a TOML basic string."""
    return json.dumps(value, ensure_ascii=False)
