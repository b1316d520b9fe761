"""`python -m explorer offline FOLDER`: everything a class needs without a network, in one folder to carry.

The app, the models that were fetched here, and every Python package as a file; `start.py` beside them installs and
starts without asking any other machine. To be made on a machine with the same system and Python as those it is for.
"""

from __future__ import annotations

import argparse
import json
import platform
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from explorer import paths
from explorer.cli.models import message, show
from explorer.errors import Told
from explorer.models.catalog import store
from explorer.models.download import archive

APP = (
    "app.py", "explorer", "pages", "assets", ".streamlit", "docs", "requirements.txt",
    "LICENSE", "THIRD_PARTY.md", "SECURITY.md", "README.md", "README.zh.md",
)  # fmt: skip
LEFT_OUT = ("__pycache__", "*.pyc")
START = Path(__file__).with_name("offline_start.py")
MADE = "made.json"  # which system and Python the packages are for; offline_start.py reads it
ON_THE_WAY = "UNFINISHED"


def add(commands: Any) -> None:
    """Adds `offline` to the parser's subcommands."""
    parser = commands.add_parser("offline", help="write app, packages and models into one folder to carry")
    parser.add_argument("folder", type=Path, help="a new or empty folder, or one that this command made")
    parser.add_argument("--without-packages", action="store_true", help="for machines that have the packages already")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    folder: Path = options.folder.absolute()
    try:
        problem = _unfit(folder)
        if problem:
            print(problem, file=sys.stderr)
            return 2
        folder.mkdir(parents=True, exist_ok=True)
        (folder / ON_THE_WAY).touch()
        _app(folder / "app")
        shutil.copyfile(START, folder / "start.py")
        made = {"python": platform.python_version(), "system": platform.system(), "machine": platform.machine()}
        (folder / MADE).write_text(json.dumps(made, indent=1), encoding="utf-8")
        _models(folder / "models.zip")
        if not options.without_packages and not _packages(folder / "packages"):
            return 1
        (folder / ON_THE_WAY).unlink()
    except Told as error:
        print(message(error), file=sys.stderr)
        return 1
    except (OSError, shutil.Error) as error:  # full, write-protected, taken away
        print(f"{folder}: {error}", file=sys.stderr)
        return 1
    print(f"{folder}: {_size(folder) / 1e6:,.0f} MB. There: python start.py")
    return 0


def _unfit(folder: Path) -> str:
    """Why nothing is to be written there; "" if it may be."""
    if folder.is_relative_to(paths.ROOT):
        return f"{folder}: lies in the app's own folder; name another place"
    if folder.exists() and not folder.is_dir():
        return f"{folder}: is no folder"
    if folder.is_dir() and any(folder.iterdir()) and not (folder / MADE).is_file():
        return f"{folder}: holds something else; name a new or an empty folder"
    return ""


def _app(target: Path) -> None:
    """A copy of what the app runs on: no tests, no history."""
    print("app …", flush=True)
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    for name in APP:
        source = paths.ROOT / name
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=shutil.ignore_patterns(*LEFT_OUT))
        else:
            shutil.copyfile(source, target / name)


def _models(target: Path) -> None:
    """What was fetched here and is whole; the embedded models are in the app."""
    target.unlink(missing_ok=True)
    kept = store.default()
    whole = [one for one in kept.ids() if kept.state(one) == "whole"]
    if whole:
        print(f"models: {', '.join(whole)}", flush=True)
        show(archive.pack(whole, target, kept))


def _packages(target: Path) -> bool:
    """Every package that requirements.txt brings, as a wheel for this system and Python; pip says what it does."""
    print("packages …", flush=True)
    command = [sys.executable, "-m", "pip", "wheel", "--retries", "1", "--wheel-dir", str(target)]
    done = subprocess.run([*command, "-r", str(paths.ROOT / "requirements.txt")], check=False)
    if done.returncode:
        print("pip could not get every package; the same command goes on from here", file=sys.stderr)
    return not done.returncode


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
