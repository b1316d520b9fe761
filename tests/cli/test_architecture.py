"""ARCHITECTURE.md: its tree is the one that lies here, and its drawing names what is there."""

from __future__ import annotations

import ast
import re

import pytest

from explorer import paths
from explorer.cli import architecture

TEXT = architecture.DOCUMENT.read_text(encoding="utf-8")
STATION = re.compile(r"^[ │├─]*([\w/]+\.py) +(\w+)\(\)", re.MULTILINE)


def test_the_tree_is_current() -> None:
    assert architecture.current(TEXT) == TEXT, "run: python -m explorer architecture"


def test_every_file_of_the_app_says_what_it_is_in_the_tree() -> None:
    lines = [line.split(maxsplit=1) for line in architecture.tree().splitlines()]
    assert [name for name, *says in lines if name.endswith(".py") and not says] == []
    assert len([name for name, *_ in lines if name.endswith(".js")]) == len(list(paths.ROOT.glob("explorer/**/*.js")))


def test_a_document_without_a_place_for_the_tree_is_told() -> None:
    with pytest.raises(ValueError, match="marks"):
        architecture.current("# Architecture\n")


def test_every_station_of_the_sentence_is_there() -> None:
    stations = STATION.findall(TEXT)
    assert len(stations) == len(re.findall(r"\w\(\)  ", TEXT.partition("## The tree")[0])) >= 12
    for file, function in stations:
        code = ast.parse((paths.ROOT / "explorer" / file).read_text(encoding="utf-8"))
        assert function in {node.name for node in ast.walk(code) if isinstance(node, ast.FunctionDef)}, file
