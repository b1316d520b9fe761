"""Which package indexes pip is configured to use on this machine, and how it reaches them.

Asks pip itself (`pip config list` merges its files and the environment); without pip, reads the environment alone.
Installs nothing.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass

PYPI = "https://pypi.org/simple"
SECTIONS = ("global", "download", "install", ":env:")  # a later one overrides an earlier one


@dataclass(frozen=True)
class PipConfig:
    """`indexes` in pip's order, the main one first; `find_links`: folders or pages that list wheels directly."""

    indexes: tuple[str, ...]
    find_links: tuple[str, ...] = ()
    certificates: str = ""
    proxy: str = ""


def read(environment: Mapping[str, str] = os.environ) -> PipConfig:
    """The configuration in force; PyPI where nothing is configured."""
    settings = _from_pip(environment)
    if settings is None:
        settings = {
            key.removeprefix("PIP_").lower().replace("_", "-"): value
            for key, value in environment.items()
            if key.startswith("PIP_")
        }
    indexes = (settings.get("index-url") or PYPI, *settings.get("extra-index-url", "").split())
    if settings.get("no-index", "").lower() in ("1", "true", "yes", "on"):
        indexes = ()
    return PipConfig(
        indexes=tuple(index.rstrip("/") for index in indexes),
        find_links=tuple(settings.get("find-links", "").split()),
        certificates=settings.get("cert", ""),
        proxy=settings.get("proxy", ""),
    )


def _from_pip(environment: Mapping[str, str]) -> dict[str, str] | None:
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pip", "config", "list", "--disable-pip-version-check"],
            capture_output=True,
            encoding="utf-8",
            errors="replace",  # on a Chinese Windows pip writes paths in GBK
            timeout=30,
            env=dict(environment),
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return parse(done.stdout) if done.returncode == 0 else None


def parse(listing: str) -> dict[str, str]:
    """Settings from the lines of `pip config list`: SECTION.KEY='VALUE', the value as Python writes it."""
    found: dict[str, dict[str, str]] = {section: {} for section in SECTIONS}
    for line in listing.splitlines():
        name, equals, value = line.partition("=")
        section, _, key = name.rpartition(".") if not name.startswith(":env:") else (":env:", "", name[len(":env:.") :])
        if not equals or section not in found:
            continue
        try:
            found[section][key.replace("_", "-")] = str(ast.literal_eval(value))
        except (ValueError, SyntaxError):
            continue
    return {key: value for section in SECTIONS for key, value in found[section].items()}
