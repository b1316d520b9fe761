"""What the browser sends is checked: every malformed event is dropped, none reaches the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
import streamlit as st

from explorer.components import events
from explorer.components.distribution import Dials, Watch, parse_dials, parse_watch
from explorer.components.events import MalformedEventError
from explorer.components.layers_map import MapChange
from explorer.components.layers_map import parse as parse_map
from explorer.components.token_strip import StripChange, parse_change

KINDS = ("special", "token", "token", "unknown", "special")
DIALS: dict[str, Any] = {"temperature": 0.7, "show": 8, "watch": ["冷"]}


def test_a_gesture_is_sorted_and_has_no_doubles() -> None:
    assert parse_change({"covered": [3, 1, 3], "focus": 3}, KINDS) == StripChange((1, 3), 3)
    assert parse_change({"covered": [], "focus": None}, KINDS) == StripChange((), None)


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"covered": None, "focus": None},
        {"covered": "12", "focus": None},
        {"covered": [1.0], "focus": None},
        {"covered": [True], "focus": None},
        {"covered": [-1], "focus": None},
        {"covered": [5], "focus": None},
        {"covered": [0], "focus": None},  # a special token
        {"covered": [1] * 6, "focus": None},
        {"covered": [1], "focus": 5},
        {"covered": [1], "focus": "1"},
        {"covered": [[1]], "focus": None},
    ],
)
def test_a_malformed_gesture_is_refused(value: Mapping[str, Any]) -> None:
    with pytest.raises(MalformedEventError):
        parse_change(value, KINDS)


def test_dials_are_read() -> None:
    assert parse_dials(DIALS) == Dials(0.7, 8, ("冷",))
    assert parse_watch({"word": "暖和", "watch": ["冷", "暖和"]}) == Watch("暖和", ("冷", "暖和"))


@pytest.mark.parametrize(
    "change",
    [
        {"temperature": 0.0},
        {"temperature": 3.01},
        {"temperature": float("nan")},
        {"temperature": True},
        {"temperature": "1"},
        {"show": 2},
        {"show": 3.5},
        {"watch": ["x"] * 9},
        {"watch": ["x" * 41]},
        {"watch": [""]},
        {"watch": ["\ud800"]},
        {"watch": "冷"},
        {"watch": [1]},
        {"temperature": float("inf")},
    ],
)
def test_malformed_dials_are_refused(change: Mapping[str, Any]) -> None:
    with pytest.raises(MalformedEventError):
        parse_dials({**DIALS, **change})


def test_a_listener_acts_once_and_remembers_n(monkeypatch: pytest.MonkeyPatch) -> None:
    state: dict[str, Any] = {"strip": {"change": {"covered": [1], "focus": 1, "n": 4}}}
    monkeypatch.setattr(st, "session_state", state)
    seen: list[StripChange] = []
    events.listener("strip", "change", lambda value: parse_change(value, KINDS), seen.append)()
    assert seen == [StripChange((1,), 1)]
    assert events.last_seen("strip") == 4


@pytest.mark.parametrize("value", [None, 3, "x", [], {}, {"n": -1}, {"n": 1}, {"n": "1", "covered": [], "focus": None}])
def test_a_listener_drops_what_it_cannot_read(monkeypatch: pytest.MonkeyPatch, value: object) -> None:
    state: dict[str, Any] = {"strip": {"change": value}}
    monkeypatch.setattr(st, "session_state", state)
    seen: list[StripChange] = []
    events.listener("strip", "change", lambda value: parse_change(value, KINDS), seen.append)()
    assert seen == []
    assert events.last_seen("strip") == 0


def test_what_was_overtaken_on_its_way_is_acted_on_once_and_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streamlit puts the newer message in the place of the older one that waits; both gestures count all the same."""
    first, second, third = ({"kind": "sense", "value": "", "layer": 1, "point": n, "n": n} for n in (1, 2, 3))
    state: dict[str, Any] = {}
    monkeypatch.setattr(st, "session_state", state)
    seen: list[int] = []
    hear = events.listener("map", "change", parse_map, lambda change: seen.append(change.point))
    for message in (
        {**second, "earlier": [first]},  # the first one alone never came
        {**second, "earlier": [first]},  # what a browser says twice in one breath is called back twice
        {**third, "earlier": [first, second]},  # no answer has reached it yet
        {**third, "earlier": [{"n": "x"}, None]},
        third,
    ):
        state["map"] = {"change": message}
        hear()
    assert seen == [1, 2, 3]
    assert events.last_seen("map") == 3


def test_kinds_of_events_do_not_overtake_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    state: dict[str, Any] = {"bars": {"watch": {"word": "冷", "watch": ["冷"], "n": 4}, "dials": {**DIALS, "n": 3}}}
    monkeypatch.setattr(st, "session_state", state)
    seen: list[object] = []
    for name, parse in (("watch", parse_watch), ("dials", parse_dials)):
        events.listener("bars", name, parse, seen.append)()
    assert seen == [Watch("冷", ("冷",)), Dials(0.7, 8, ("冷",))]
    assert events.last_seen("bars") == 4


def test_what_a_map_of_layers_says_is_read() -> None:
    assert parse_map({"kind": "layer", "value": "", "layer": 7}) == MapChange("layer", layer=7)
    assert parse_map({"kind": "method", "value": "umap", "layer": 0}) == MapChange("method", "umap")
    assert parse_map({"kind": "sense", "value": "", "layer": 3, "point": 499}) == MapChange("sense", point=499)


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"kind": "layer", "value": "", "layer": -1},
        {"kind": "layer", "value": "", "layer": 2.5},
        {"kind": "method", "value": "pickle", "layer": 1},
        {"kind": "treatment", "value": ["raw"], "layer": 1},
        {"kind": "sense", "value": "", "layer": 1},
        {"kind": "sense", "value": "", "layer": 1, "point": 513},
        {"kind": "other", "value": "", "layer": 1},
    ],
)
def test_a_malformed_word_of_a_map_is_refused(value: Mapping[str, Any]) -> None:
    with pytest.raises(MalformedEventError):
        parse_map(value)
