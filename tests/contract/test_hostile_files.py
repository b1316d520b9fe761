"""Files that are cut, lengthened or changed are refused by whatever reads them, and nothing else happens."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import hostile_files

EACH = 25


def test_all_kinds_refuse_what_they_can_t_read(tmp_path: Path) -> None:
    assert list(hostile_files.troubles(tmp_path, EACH)) == []


def test_a_fault_would_be_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def reader(folder: Path) -> tuple[bytes, hostile_files.Reads]:
        return b"sound", lambda data: 1 // 0

    monkeypatch.setattr(hostile_files, "KINDS", {"own": (reader, (ValueError,))})
    assert "ZeroDivisionError" in next(hostile_files.troubles(tmp_path, 1))
