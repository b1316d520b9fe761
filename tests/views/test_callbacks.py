"""What a click changes starts from the state that is kept, never from the one that was drawn."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import streamlit as st

from tests.pages.app import link, open_page

VIEWS = Path(__file__).resolve().parents[2] / "explorer" / "views"
AGAIN = [
    ("home", {}, "home-reroll"),
    ("masking", {"tool": "lottery"}, "masking-roll"),
    ("pairs", {}, "pairs-another"),
    ("pairs", {"tool": "lesson"}, "pairs-roll"),
]


@pytest.mark.parametrize(("page", "state", "key"), AGAIN, ids=[key for _, _, key in AGAIN])
def test_two_quick_clicks_count_twice(
    page: str, state: dict[str, str], key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw = st.button
    clicks: list[int] = []

    def button(*args: Any, **settings: Any) -> bool:
        """The button; where it is the one, both clicks arrive before anything is drawn again."""
        if settings.get("key") == key and not clicks:
            for n in range(2):
                clicks.append(n)
                settings["on_click"]()
        return draw(*args, **settings)

    monkeypatch.setattr(st, "button", button)
    at = open_page(page, "zh", **state)
    assert not at.exception
    assert len(clicks) == 2
    assert link(at)["seed"] == "2"


def faults(source: str) -> list[str]:
    """Callbacks of a view that start from what was drawn: a captured `state`, or a store asked with `.get()`."""
    tree = ast.parse(source)
    functions = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    named = {name for name in _handed_over(tree) if name in functions}
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Lambda) and _writes(node)]
    return [
        f"line {node.lineno}" for node in [*found, *(functions[name] for name in sorted(named))] if _reads_drawn(node)
    ]


def _handed_over(tree: ast.AST) -> Iterator[str]:
    """Names of functions that are given to `on_…=` of a widget or a component."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            for keyword in node.keywords:
                if keyword.arg and keyword.arg.startswith("on_") and isinstance(keyword.value, ast.Name):
                    yield keyword.value.id


def _writes(node: ast.AST) -> bool:
    """Whether a store is written to."""
    return any(_store_call(part) in ("set", "put", "change") for part in ast.walk(node))


def _reads_drawn(node: ast.Lambda | ast.FunctionDef) -> bool:
    own = {argument.arg for part in ast.walk(node) if isinstance(part, ast.Lambda | ast.FunctionDef)
           for argument in part.args.args}  # fmt: skip
    own |= {part.id for part in ast.walk(node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)}
    names = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
    return ("state" in names and "state" not in own) or any(_store_call(part) == "get" for part in ast.walk(node))


def _store_call(node: ast.AST) -> str:
    """The method called on `store()`, or nothing."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return ""
    of = node.func.value
    called = of.func if isinstance(of, ast.Call) else of
    name = called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""
    return node.func.attr if name == "store" else ""


def test_no_callback_of_a_view_starts_from_what_was_drawn() -> None:
    found = {str(path.relative_to(VIEWS)): faults(path.read_text(encoding="utf-8")) for path in VIEWS.rglob("*.py")}
    assert {name: lines for name, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    "source",
    [
        "def draw(state):\n    button(on_click=lambda: common.store().set(seed=state.seed + 1))",
        "def draw(state):\n    toggle('key', lambda on: store().set(on=on, text=text_of(state)))",
        "def roll():\n    store.set(seed=store.get().seed + 1)\n\nbutton(on_click=roll)",
    ],
)
def test_a_callback_that_starts_from_what_was_drawn_is_found(source: str) -> None:
    assert faults(source)
