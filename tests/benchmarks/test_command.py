"""`python -m benchmarks`: which figures there are, and what the command returns."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from benchmarks import __main__ as command
from benchmarks import home, masking
from benchmarks.rows import Row

WANTED = """masking.first_paint_s masking.click_p50_ms masking.click_p95_ms masking.dial_forward_passes
masking.dial_frame_p95_ms masking.all_positions_ratio_fp32 masking.all_positions_ratio_fast masking.single_ratio
masking.load40_errors masking.load40_p95_s masking.load40_rss_gb masking.second_reader_loads""".split()
GENERATION = """first_paint_s load_s load_again_s step_ratio stream_ratio same_tokens step_click_p50_ms
dial_forward_passes dial_frame_p95_ms readers20_errors readers20_first_token_p95_s readers20_ratio branch_reuse
stop_after_s closed_after_s""".split()
ATTENTION = """attention.bytes_32 attention.bytes_ratio attention.text_to_screen_p50_ms attention.switch_ms
attention.switch_forward_passes attention.frame_p95_ms_128 attention.exact attention.cell_arithmetic
attention.first_paint_s""".split()
WIRE = "first_load_kb second_page_kb click_kb full_kb lesson_kb static_cpu_ratio".split()
FIELDS = "id figure value unit op target holds runs load command".split()


def test_every_figure_that_was_promised_can_be_measured(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["masking", "--list", "--json"]) == 0
    assert set(WANTED) <= set(json.loads(capsys.readouterr().out))
    assert command.main(["generation", "--list", "--json"]) == 0
    assert {f"generation.{name}" for name in GENERATION} <= set(json.loads(capsys.readouterr().out))
    assert command.main(["attention", "--list", "--json"]) == 0
    assert set(ATTENTION) <= set(json.loads(capsys.readouterr().out))
    assert command.main(["wire", "--list", "--json"]) == 0
    assert {f"wire.{name}" for name in WIRE} <= set(json.loads(capsys.readouterr().out))
    assert command.main(["home", "--list"]) == 0
    assert "home.first_paint_s" in capsys.readouterr().out


def test_an_unknown_figure_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        command.main(["home", "home.speed_of_light"])
    assert "home.first_paint_s" in capsys.readouterr().err


@pytest.mark.parametrize(("measured", "status"), [(1.0, 0), (9.0, 1)])
def test_a_missed_target_is_an_exit_status(
    measured: float, status: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def measure() -> Iterator[Row]:
        yield Row("home.a", "figure", "s", (measured,), 0.2, "command", "<=", 3)

    monkeypatch.setattr(home, "GROUPS", {("home.a",): measure})
    assert command.main(["home", "--json"]) == status
    (row,) = json.loads(capsys.readouterr().out)
    assert set(FIELDS) <= set(row)


def test_only_the_groups_asked_for_are_measured(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def measure(id: str) -> Iterator[Row]:
        yield Row(id, "figure", "s", (1.0,), 0.2, "command")

    groups = {(id,): lambda id=id: measure(id) for id in ("masking.a", "masking.b")}
    monkeypatch.setattr(masking, "GROUPS", groups)
    assert command.main(["masking", "masking.b"]) == 0
    out = capsys.readouterr().out
    assert "masking.b" in out
    assert "masking.a" not in out
