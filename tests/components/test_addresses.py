"""Arrays by address: nobody can guess one, they stay while they are shown, and there are never more than fit."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explorer.components import addresses
from explorer.components.addresses import LINGER_S, Shelf
from explorer.components.mounting import INLINE
from explorer.components.packing import planes, unpack
from tests.pace import PACE

GALLERY = Path(__file__).parents[1] / "browser" / "components" / "gallery.py"


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_an_address_tells_nothing_and_is_told_by_nothing() -> None:
    one, other = Shelf(), Shelf()
    (address,) = one.show("a", "bars", [b"scores"])
    assert one.show("b", "bars", [b"scores"]) == [address]  # two readers, one entry
    assert other.show("a", "bars", [b"scores"]) != [address]  # the same bytes in another process
    assert len(address) == 32
    assert address not in {hashlib.new(name, b"scores").hexdigest()[:32] for name in ("sha256", "sha1", "md5")}
    assert one.entry(hashlib.sha256(b"scores").hexdigest()[:32]) is None


def test_an_array_stays_while_anybody_shows_it_and_a_while_longer() -> None:
    clock, here = Clock(), {"a", "b"}
    shelf = Shelf(alive=lambda session: session in here, clock=clock)
    (address,) = shelf.show("a", "bars", [b"one"])
    shelf.show("b", "bars", [b"one"])
    shelf.show("a", "bars", [b"two"])
    clock.now = 10 * LINGER_S
    shelf.show("a", "bars", [b"two"])
    assert shelf.entry(address), "b shows it still"
    here.remove("b")
    clock.now += LINGER_S
    shelf.show("a", "bars", [b"two"])
    assert shelf.entry(address), "b may come back"
    clock.now += LINGER_S
    shelf.show("a", "bars", [b"two"])
    assert shelf.entry(address) is None
    assert shelf.size == len(b"two")


def test_over_the_bound_the_one_shown_longest_ago_goes() -> None:
    shelf = Shelf(most=100)
    addresses_of = {name: shelf.show(name, "bars", [name.encode() * 40])[0] for name in "abc"}
    assert [name for name in "abc" if shelf.entry(addresses_of[name])] == ["b", "c"]
    shelf.show("b", "bars", [b"b" * 40])
    shelf.show("d", "bars", [b"d" * 40])
    assert [name for name in "bc" if shelf.entry(addresses_of[name])] == ["b"]


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Iterator[Shelf]:
    shelf = Shelf()
    monkeypatch.setattr(addresses, "shelf", shelf)
    monkeypatch.setattr(addresses, "_served", True)
    yield shelf


def test_large_arrays_go_by_address_with_the_same_digits_and_small_ones_inline(served: Shelf) -> None:
    by_address = _payloads()
    addresses._served = False
    inline = _payloads()
    far = 0
    for key, (header, arrays) in inline.items():
        other, near = by_address[key]
        entries = {entry["name"]: entry for entry in other.pop("far", [])}
        assert other.pop("fresh"), "labels at least are to be kept"
        assert other == header
        assert set(near) | set(entries) == set(arrays)
        for name, array in arrays.items():
            if name in near:
                assert array.nbytes <= INLINE
                np.testing.assert_array_equal(near[name], array)
            else:
                far += 1
                entry = served.entry(entries[name]["address"])
                assert entry is not None
                assert entry.body == planes(array)
    assert far > 4


def test_what_has_not_changed_is_named_and_the_same_payload_to_the_byte(served: Shelf) -> None:
    page = AppTest.from_file(str(GALLERY), default_timeout=20 * PACE).run()
    runs = []
    for _ in range(3):
        runs.append({element.proto.id: element.proto.bytes for element in page.get("bidi_component")})
        page.run()
    first, second, third = runs
    assert second == third
    assert sum(map(len, second.values())) < sum(map(len, first.values())) / 2
    told = {key: unpack(payload) for key, payload in first.items()}
    for key, payload in second.items():
        header, arrays = unpack(payload)
        for name, digest in header.pop("known", {}).items():
            assert told[key][0]["fresh"][name] == digest
            if name[0] == "$":
                arrays[name[1:]] = told[key][1][name[1:]]
            else:
                header[name] = told[key][0][name]
        assert header == {name: value for name, value in told[key][0].items() if name != "fresh"}
        assert set(arrays) == set(told[key][1])


def test_after_a_loss_everything_is_said_anew() -> None:
    def script() -> None:
        import numpy as np
        import streamlit as st

        from explorer.components import said

        header, arrays = {"key": "bars", "labels": ["名"] * 40, "n": 1}, {"row": np.arange(40, dtype=np.int32)}
        said.shortened("bars", header, arrays)
        st.session_state["known"] = said.shortened("bars", header, arrays)
        st.session_state["elsewhere"] = said.shortened("other", header, arrays)
        said.forget("bars")
        st.session_state["anew"] = said.shortened("bars", header, arrays)

    state = AppTest.from_function(script, default_timeout=20 * PACE).run().session_state
    (known, no_arrays), (anew, arrays) = state["known"], state["anew"]
    assert set(known["known"]) == {"labels", "$row"}
    assert {"labels", "fresh"} & set(known) == set()
    assert known["n"] == 1
    assert no_arrays == {}
    assert "known" not in anew
    assert anew["labels"] == ["名"] * 40
    assert set(arrays) == {"row"}
    assert set(state["elsewhere"][0]["fresh"]) == {"labels", "$row"}, "each figure is told for itself"


def test_planes_are_the_bytes_of_the_numbers_in_order_of_weight() -> None:
    numbers = np.array([1, 256, 65536 + 2], dtype=np.int32)
    assert planes(numbers) == bytes([1, 0, 2, 0, 1, 0, 0, 0, 1, 0, 0, 0])
    assert planes(np.array([[3, 4]], dtype=np.uint8)) == bytes([3, 4])
    with pytest.raises(ValueError, match="float16"):
        planes(np.zeros(2, dtype=np.float16))


def _payloads() -> dict[str, tuple[dict[str, object], dict[str, np.ndarray]]]:
    page = AppTest.from_file(str(GALLERY), default_timeout=20 * PACE).run()
    assert not page.exception
    found = {}
    for element in page.get("bidi_component"):
        header, arrays = unpack(element.proto.bytes)
        found[str(header["key"])] = header, arrays
    return found
