"""Tokens as text, as byte groups, and as part of a link."""

from __future__ import annotations

import pytest

from explorer.engine import catalog, get_engine
from explorer.ui.state import MAX_LINK, from_query, link_length, to_query
from explorer.views.generation import common, pieces
from tests.ui.conftest import Reader
from tests.ui.conftest import reader as reader  # a stand-in for a session


def test_bytes_are_grouped_under_the_character_they_spell() -> None:
    row = ["<bos>", "老", "<0xE7>", "<0x8A>", "<0x87>", "▁ox", "<0xE7>", "x"]
    found = pieces.spelled(row)
    assert [group for group, _ in found] == [0, 1, 2, 2, 2, 3, 4, 4]
    assert [whole for _, whole in found] == ["", "", "", "", "犇", "", "", ""]
    assert pieces.text_of(row[1:5]) == "老犇"
    assert pieces.text_of(["▁the", "▁cat", "Ġsat", "Ċ"]) == " the cat sat\n"
    assert pieces.text_of(["<0xE7>"]) == "\ufffd"


def test_byte_level_pieces_of_two_characters_are_told_apart() -> None:
    assert pieces.spelled(["好<0xE4>", "<0xBD><0xA0>", "吗"]) == [(0, ""), (0, "你"), (1, "")]


@pytest.mark.parametrize("ids", [(), (0,), (48_676, 1, 262_143), tuple(range(4_090, 4_110))])
def test_a_path_goes_into_a_link_and_comes_back(ids: tuple[int, ...]) -> None:
    text = pieces.pack(ids)
    assert len(text) == 3 * len(ids)
    assert pieces.unpack(text) == ids
    assert pieces.unpack(text + "!!") == ids
    assert pieces.unpack("AA") == ()


def test_a_link_carries_as_much_of_the_path_as_fits() -> None:
    ids = tuple(range(1_000, 1_900))
    state = common.State(text="山谷里有一条河，", path=pieces.pack(ids), b_on=True, b_path=pieces.pack(ids[:300]))
    short = common.shorten(state, MAX_LINK)
    assert MAX_LINK - 12 <= link_length(short) <= MAX_LINK
    kept = pieces.unpack(short.path)
    assert kept == ids[: len(kept)]
    assert len(kept) > 200
    assert from_query(common.State, to_query(short)) == (short, ())
    assert common.shorten(common.State(path="AAA"), MAX_LINK).path == "AAA"


def test_a_path_of_another_model_s_tokens_ends_where_it_stops_making_sense(reader: Reader) -> None:
    model = catalog.default("causal").id
    size = len(get_engine().vocabulary(model))
    state = common.State(model=model, path=pieces.pack((5, 9, size, 7)))
    assert common.path_of(state) == (5, 9)
