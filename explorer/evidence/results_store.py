"""Store of measured rows: those that came with the app, and those measured on this installation.

Knows where they lie and how they are written; measures nothing. Own rows are kept beside the fetched models.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock

from explorer import evidence, paths
from explorer.errors import ModelUnavailable
from explorer.evidence import heldout_results
from explorer.lab.types.evidence import Figure, Row
from explorer.models.catalog import catalog, store

SHIPPED = paths.PRECOMPUTED / "evidence.json"
FIELDS = tuple(field.name for field in dataclasses.fields(Row) if field.init)


def own() -> Path:
    """The file of what was measured here."""
    return store.default().root / "evidence.json"


def keep(rows: Iterable[Row], path: Path | None = None) -> None:
    """Write rows, each over the one of its id, with the time of now."""
    path = path or own()
    path.parent.mkdir(parents=True, exist_ok=True)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    with FileLock(path.parent / f".{path.name}.lock"):
        before = _read(path)
        new = {row.id: {name: getattr(row, name) for name in FIELDS} | {"when": now} for row in rows}
        store.write_json(path, before | new)


def ship(rows: Iterable[Row], path: Path = SHIPPED) -> None:
    """Write what comes with the app: these rows and no others of their chapters, and none of chapters without any."""
    rows = list(rows)
    anew = {row.chapter for row in rows}
    old = {id: table for id, table in _read(path).items() if table["chapter"] in set(evidence.CHAPTERS) - anew}
    store.write_json(path, old)
    keep(rows, path)
    (path.parent / f".{path.name}.lock").unlink(missing_ok=True)


def figures(chapter: str) -> tuple[Figure, ...]:
    """The newest figure of each claim of a chapter, in the order in which they were measured; at the end the claims
    that are measured on outside data alone."""
    shipped, here, outside = _read(SHIPPED), _read(own()), heldout_results.read()
    rows = shipped | here
    alone = {id: table for id, table in outside.items() if id not in rows and "claim_zh" in table}
    found = []
    for id, table in (rows | alone).items():
        if table.get("chapter") != chapter:
            continue
        row = Row(**{name: table[name] for name in FIELDS if name != "id"}, id=id)
        held_out = outside.get(id) if id in rows else None
        found.append(
            Figure(
                row=row,
                when=table["when"],
                here=id in here,
                stale=row.revision != _revision(row.model),
                held_out=None if held_out is None else (held_out["measured"], held_out["n"], held_out["data"]),
            )
        )
    return tuple(found)


def _revision(model_id: str) -> str:
    try:
        return catalog.entry(model_id).revision
    except ModelUnavailable:
        return ""


def _read(path: Path) -> dict[str, dict[str, Any]]:
    """Rows by id; a file that is no such list, or rows of an older shape, count as none."""
    try:
        tables = json.loads(path.read_text(encoding="utf-8"))
        return {id: table for id, table in tables.items() if {*FIELDS, "when"} <= set(table)}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}
