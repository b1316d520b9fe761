"""Whatever the console can show: the command line and the benchmarks print on it and end as they should."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from explorer import paths

CONSOLES = {
    "Windows in Chinese": {"PYTHONIOENCODING": "gbk"},
    "Windows in English": {"PYTHONIOENCODING": "cp1252"},
    "no language": {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "C"},
}
SAID = "Libovický −1 → 填空 · …"


def run(console: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONUTF8", "LC_ALL", "LANG")}
    command = [sys.executable, *arguments]
    return subprocess.run(
        command, cwd=paths.ROOT, env=environment | CONSOLES[console], capture_output=True, timeout=120, check=False
    )


@pytest.mark.parametrize("console", CONSOLES)
@pytest.mark.parametrize(
    "arguments",
    [("explorer", "--help"), ("explorer", "models", "list"), ("explorer", "models", "fetch", "--help"),
     ("benchmarks", "--help"), ("benchmarks", "input", "--list")],
    ids=" ".join,
)  # fmt: skip
def test_every_command_prints_on_every_console(console: str, arguments: tuple[str, ...]) -> None:
    done = run(console, "-m", *arguments)
    assert done.returncode == 0, done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("console", CONSOLES)
def test_what_a_console_lacks_is_replaced_and_the_rest_survives(console: str) -> None:
    code = f"from explorer import console; console.make_tolerant(); print({SAID!a})"
    done = run(console, "-c", code)
    assert done.returncode == 0, done.stderr
    assert b"Libovick" in done.stdout
    if console == "Windows in Chinese":
        assert "填空" in done.stdout.decode("gbk")


@pytest.mark.parametrize("console", CONSOLES)
def test_json_stays_whole_on_every_console(console: str) -> None:
    done = run(console, "-m", "explorer", "models", "list", "--json")
    rows = json.loads(done.stdout)
    code = f"from explorer import console; console.make_tolerant(); print(console.json_text([{SAID + chr(0x1F600)!a}]))"
    assert json.loads(run(console, "-c", code).stdout) == [SAID + chr(0x1F600)]
    assert {row["id"] for row in rows} >= {"mini-mbert"}
