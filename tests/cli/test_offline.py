"""A folder to carry: what is in it, where it may be written, and that it runs where there is no network at all."""

from __future__ import annotations

import json
import platform
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from explorer import paths
from explorer.cli import offline_start
from explorer.cli.main import main
from explorer.models.download import archive
from tests.models.download import material
from tests.models.download.conftest import hub, run, store
from tests.models.download.servers import Site
from tests.pace import PATIENCE

__all__ = ["hub", "store"]
ALONE = ["unshare", "-rn", sys.executable]


def _can_be_alone() -> bool:
    return shutil.which("unshare") is not None and not subprocess.run([*ALONE, "-c", ""], check=False).returncode


@pytest.mark.skipif(not _can_be_alone(), reason="this system lets nobody have a network of their own")
def test_every_page_opens_and_answers_in_a_network_that_leads_nowhere(tmp_path: Path) -> None:
    folder = tmp_path / "to carry"
    assert main(["offline", str(folder), "--without-packages"]) == 0
    done = subprocess.run(
        [*ALONE, "-m", "tests.cli.without_network", str(folder)],
        cwd=paths.ROOT, capture_output=True, text=True, timeout=6 * PATIENCE, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert not found["outside"]
    assert found["runs"] > 0, "a sentence was computed"
    assert "Traceback" not in found["log"]


def test_it_holds_the_app_and_what_was_fetched_and_is_made_anew_in_place(tmp_path: Path, hub: Site) -> None:
    run(material.entry())
    folder = tmp_path / "to carry"
    for _ in range(2):
        assert main(["offline", str(folder), "--without-packages"]) == 0
        assert {one.name for one in archive.contents(folder / "models.zip")} == {material.entry().name}
        assert (folder / "app" / "assets" / "models" / "mini-mbert").is_dir()
        assert not list(folder.rglob("__pycache__")) and not (folder / "app" / "tests").exists()
        assert not offline_start.unfit(folder)
        (folder / "app" / "left over").touch()  # of an older version: gone after the next
    assert zipfile.is_zipfile(folder / "models.zip")


def test_it_writes_into_no_folder_that_holds_something_else(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "class.jpg").touch()
    (tmp_path / "file").touch()
    for place, why in (("photos", "something else"), ("file", "no folder")):
        assert main(["offline", str(tmp_path / place)]) == 2
        assert why in capsys.readouterr().err
    assert main(["offline", str(paths.ROOT / "assets" / "pack")]) == 2
    assert [one.name for one in (tmp_path / "photos").iterdir()] == ["class.jpg"]


def test_a_full_stick_is_told_and_what_lies_there_says_that_it_is_not_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "copytree", full)
        assert main(["offline", str(tmp_path / "stick"), "--without-packages"]) == 1
    assert "No space left" in capsys.readouterr().err
    assert offline_start.unfit(tmp_path / "stick") == offline_start.UNFINISHED


def test_another_system_or_python_is_told_both(tmp_path: Path) -> None:
    (tmp_path / "packages").mkdir()
    made = {"python": platform.python_version(), "system": platform.system(), "machine": platform.machine()}
    (tmp_path / "made.json").write_text(json.dumps(made), encoding="utf-8")
    assert offline_start.unfit(tmp_path) == ""
    for name, other in (("python", "3.9.1"), ("system", "Plan 9"), ("machine", "vax")):
        (tmp_path / "made.json").write_text(json.dumps(made | {name: other}), encoding="utf-8")
        told = offline_start.unfit(tmp_path)
        assert other.removesuffix(".1") in told and platform.system() in told and "请" in told


def test_packages_are_installed_once_from_the_folder_alone(tmp_path: Path) -> None:
    packages = tmp_path / "packages"
    packages.mkdir()
    with zipfile.ZipFile(packages / "sesame_seed-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("sesame_seed.py", "GROWS = True\n")
        wheel.writestr("sesame_seed-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: sesame-seed\nVersion: 1.0\n")
        wheel.writestr(
            "sesame_seed-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr("sesame_seed-1.0.dist-info/RECORD", "")
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("--extra-index-url http://127.0.0.1:9\nsesame-seed==1.*\n", encoding="utf-8")
    python = offline_start.environment(packages, requirements, tmp_path / "home")
    assert python != sys.executable
    says = subprocess.run(
        [python, "-c", "import sesame_seed; print(sesame_seed.GROWS)"], capture_output=True, check=True
    )
    assert says.stdout.strip() == b"True"
    whole = next((tmp_path / "home").glob("*/whole"))
    before = whole.stat().st_mtime_ns
    assert offline_start.environment(packages, requirements, tmp_path / "home") == python
    assert whole.stat().st_mtime_ns == before, "the second start installs nothing"
    requirements.write_text("not-in-the-folder\n", encoding="utf-8")
    whole.unlink()
    with pytest.raises(subprocess.CalledProcessError):
        offline_start.environment(packages, requirements, tmp_path / "home")
