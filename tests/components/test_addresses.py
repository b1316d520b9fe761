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


def test_what_has_not_changed_is_the_same_payload_to_the_byte(served: Shelf) -> None:
    page = AppTest.from_file(str(GALLERY), default_timeout=20).run()
    first = {element.proto.id: element.proto.bytes for element in page.get("bidi_component")}
    again = {element.proto.id: element.proto.bytes for element in page.run().get("bidi_component")}
    assert first == again


def test_planes_are_the_bytes_of_the_numbers_in_order_of_weight() -> None:
    numbers = np.array([1, 256, 65536 + 2], dtype=np.int32)
    assert planes(numbers) == bytes([1, 0, 2, 0, 1, 0, 0, 0, 1, 0, 0, 0])
    assert planes(np.array([[3, 4]], dtype=np.uint8)) == bytes([3, 4])
    with pytest.raises(ValueError, match="float64"):
        planes(np.zeros(2))


def _payloads() -> dict[str, tuple[dict[str, object], dict[str, np.ndarray]]]:
    page = AppTest.from_file(str(GALLERY), default_timeout=20).run()
    assert not page.exception
    found = {}
    for element in page.get("bidi_component"):
        header, arrays = unpack(element.proto.bytes)
        found[str(header["key"])] = header, arrays
    return found
