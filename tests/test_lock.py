"""requirements.lock holds every package of requirements.txt, within its range, on every system, with checksums."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement

from tests import licences, lock, versions

SYSTEMS = {
    "linux": {"sys_platform": "linux", "platform_system": "Linux", "platform_machine": "x86_64", "os_name": "posix"},
    "macos": {"sys_platform": "darwin", "platform_system": "Darwin", "platform_machine": "arm64", "os_name": "posix"},
    "windows": {"sys_platform": "win32", "platform_system": "Windows", "platform_machine": "AMD64", "os_name": "nt"},
}


def required() -> list[Requirement]:
    lines = (lock.ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    wanted = (line.split("#")[0].strip() for line in lines)
    return [Requirement(line) for line in wanted if line and not line.startswith("--")]


def on(system: str, python: str) -> dict[str, list[lock.Pin]]:
    """What is installed there, by name."""
    there = {**SYSTEMS[system], "python_version": python, "python_full_version": f"{python}.4"}
    found: dict[str, list[lock.Pin]] = {}
    for pin in lock.read():
        if not pin.marker or Marker(pin.marker).evaluate(there):
            found.setdefault(pin.name, []).append(pin)
    return found


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("python", versions.PROMISED)
def test_every_requirement_is_locked_once_and_within_its_range(system: str, python: str) -> None:
    there = on(system, python)
    assert {name: len(pins) for name, pins in there.items() if len(pins) != 1} == {}
    outside = [
        str(one) for one in required() if not one.specifier.contains(there[one.name.replace("_", "-")][0].version)
    ]
    assert outside == []


def test_every_package_has_checksums_and_comes_from_nowhere_else() -> None:
    text = lock.LOCK.read_text(encoding="utf-8")
    assert [pin.name for pin in lock.pins(text) if not pin.hashes] == []
    assert re.findall(r"^-.*|https?://\S+", text, re.MULTILINE) == []
    assert len(lock.pins(text)) > 60


def test_the_lock_brings_what_the_ranges_bring() -> None:
    locked = {pin.name for pin in lock.read()}
    assert set(licences.brought()) - locked == set(), "python -m tests.lock makes it anew"
    assert set(licences.written()) - locked == set(), "THIRD_PARTY.md has a row for what is not brought any more"


def test_torch_is_the_version_that_has_a_cpu_build() -> None:
    (torch,) = {pin.version for pin in lock.read() if pin.name == "torch"}
    assert "+" not in torch, "a build's own mark is not in the index that the lock is made from"
    done = subprocess.run(
        [sys.executable, "-m", "tests.lock", "without-torch"], cwd=lock.ROOT, capture_output=True, text=True, check=True
    )
    left = {pin.name for pin in lock.pins(done.stdout)}
    assert not [name for name in left if lock.WITH_TORCH.fullmatch(name)]
    assert {"streamlit", "transformers", "sympy", "filelock"} <= left, "what a CPU build of torch needs stays"


@pytest.mark.parametrize(
    "line",
    [
        "streamlit>=1.67",
        "streamlit @ https://example.org/s.whl",
        "--index-url https://example.org",
        "    --hash=md5:00",
    ],
)
def test_a_lock_with_anything_else_in_it_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="not a pin"):
        lock.pins(line)


def test_a_file_that_was_changed_is_not_installed(tmp_path: Path) -> None:
    """pip itself refuses it: the lock's own line for a small package, with a wheel made here under its name."""
    pin = next(pin for pin in lock.read() if pin.name == "mdurl")
    wheel = tmp_path / f"mdurl-{pin.version}-py3-none-any.whl"
    wheel.write_bytes(b"not what was published")
    (tmp_path / "one.lock").write_text(pin.text + "\n", encoding="utf-8")
    asked = ["install", "--no-index", "--find-links", str(tmp_path), "--no-deps", "--target", str(tmp_path / "to")]
    done = subprocess.run(
        [sys.executable, "-m", "pip", *asked, "--require-hashes", "-r", str(tmp_path / "one.lock")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode != 0
    assert "DO NOT MATCH THE HASHES" in done.stderr
