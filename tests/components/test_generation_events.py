"""What the browser may say about a growing text and a tree, and what is dropped because no page of ours says it."""

from __future__ import annotations

from typing import Any

import pytest

from explorer.components.events import MalformedEventError
from explorer.components.generator import parse_act
from explorer.components.tree import parse_pick
from explorer.lab.types.generation import Settings

DIALS = {"temperature": 0.7, "top_k": 5, "top_p": 0.9, "min_p": 0.1, "repetition": 1.2}
GOOD = {"kind": "take", "at": 3, "token": 41, "free": False, "settings": DIALS, "n": 1}


def test_an_act_brings_the_dials_as_they_stood() -> None:
    act = parse_act(GOOD, size=50, last=3)
    assert (act.kind, act.at, act.token, act.free) == ("take", 3, 41, False)
    assert act.settings == Settings(0.7, 5, 0.9, 0.1, 1.2)
    assert parse_act({**GOOD, "kind": "go", "at": 0}, size=50, last=3).token is None
    assert parse_act({**GOOD, "kind": "free", "free": True}, size=50, last=3).free


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "delete"}, {"kind": None}, {"at": 4}, {"at": -1}, {"at": 1.5}, {"token": 50}, {"token": "41"},
        {"settings": None}, {"settings": {**DIALS, "temperature": -0.1}}, {"settings": {**DIALS, "top_k": 1000}},
        {"settings": {**DIALS, "top_p": float("nan")}}, {"settings": {**DIALS, "repetition": 0.5}},
        {"settings": {"temperature": 1.0}},
    ],
)  # fmt: skip
def test_what_no_page_would_send_is_dropped(wrong: dict[str, Any]) -> None:
    with pytest.raises(MalformedEventError):
        parse_act({**GOOD, **wrong}, size=50, last=3)


def test_a_node_is_picked_from_those_on_the_screen() -> None:
    assert parse_pick({"node": 4, "n": 1}, count=5) == 4
    for wrong in (5, -1, "4", None, True):
        with pytest.raises(MalformedEventError):
            parse_pick({"node": wrong, "n": 1}, count=5)
