"""What every page's state owes: it comes back whole from its link, is empty when untouched, and has bounds."""

from __future__ import annotations

import importlib
import typing
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explorer import chapters
from explorer.ui.state import from_query, to_query

STATES = [importlib.import_module(f"explorer.views.{page}.common").State for page in chapters.PAGES]
each = pytest.mark.parametrize("kind", STATES, ids=chapters.PAGES)
# The separators and escapes of links, quotes, scripts of several kinds; a lone surrogate is no text a link can carry.
TEXT = st.text(st.sampled_from("天气~%&=#+\\/?'\"<b>é🙂漢 0") | st.characters(exclude_categories=["Cs"]))


def values(hint: Any, bounds: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    """Whatever a field may hold."""
    low, high, longest = (bounds.get(name) for name in ("low", "high", "longest"))
    if typing.get_origin(hint) is Literal:
        return st.sampled_from(typing.get_args(hint))
    if typing.get_origin(hint) is tuple:
        item = values(typing.get_args(hint)[0], {**bounds, "longest": 9})
        if typing.get_args(hint)[0] is str:
            item = item.filter(bool)  # a list of one empty word is written as the empty list
        return st.lists(item, max_size=min(longest or 5, 12)).map(tuple)
    if hint is bool:
        return st.booleans()
    if hint is int:
        return st.integers(int(low or 0), int(high or 99))
    if hint is float:
        return st.floats(low or 0.0, high or 1.0).map(lambda x: round(x, 2))
    return TEXT.map(lambda text: text[: min(longest or 9, 60)])


def states(kind: type[Any]) -> st.SearchStrategy[Any]:
    hints = typing.get_type_hints(kind)
    return st.builds(kind, **{field.name: values(hints[field.name], field.metadata) for field in fields(kind)})


@each
def test_it_comes_back_from_its_link(kind: type[Any]) -> None:
    @settings(max_examples=60, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
    @given(states(kind))
    def check(whole: Any) -> None:
        assert from_query(kind, to_query(whole)) == (whole, ())

    check()


@each
def test_an_untouched_page_has_an_empty_link(kind: type[Any]) -> None:
    assert to_query(kind()) == {}
    assert from_query(kind, {}) == (kind(), ())


@each
def test_every_field_has_a_default_and_bounds(kind: type[Any]) -> None:
    hints = typing.get_type_hints(kind)
    for field in fields(kind):
        hint = hints[field.name]
        if hint in (int, float):
            assert field.metadata["low"] <= field.default <= field.metadata["high"], field.name
        if hint is str or typing.get_origin(hint) is tuple:
            assert field.metadata["longest"], field.name
