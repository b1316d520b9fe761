"""What holds for every page test. The engine and its one model are shared by all, each test has its own session."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from explorer.views.masking import stage


@pytest.fixture(autouse=True)
def no_error_is_logged(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """The engine logs what nobody foresaw; on a page that would look like a polite message."""
    yield
    assert [record.message for record in caplog.records if record.name.startswith("explorer")] == []


@pytest.fixture
def unscanned(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the scan of the whole sentence, which follows every new sentence and takes longer than all else."""
    monkeypatch.setattr(stage, "complete", lambda *drawn: None)
