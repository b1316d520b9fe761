"""Keys, the bounded memory, and the files that come with the app."""

from __future__ import annotations

import logging
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from explorer.engine import cache
from explorer.engine.cache import MemoryCache, Precomputed
from explorer.lab.types.core import Progress
from explorer.lab.types.masking import Edit, FillInputs, FillResult
from tests.engine.conftest import a_fill
from tests.engine.test_codec import same

KEY = "0123456789abcdef" * 4


def test_a_key_depends_on_all_that_changes_numbers_and_on_nothing_else() -> None:
    inputs = FillInputs("下雨了", (Edit(1, 4),), (1,))
    keys = {
        cache.key("rev", "masking/fill", 1, inputs),
        cache.key("rev2", "masking/fill", 1, inputs),
        cache.key("rev", "masking/scan", 1, inputs),
        cache.key("rev", "masking/fill", 2, inputs),
        cache.key("rev", "masking/fill", 1, replace(inputs, text="下雪了")),
    }
    assert len(keys) == 5
    assert all(len(k) == 64 for k in keys)
    assert cache.key("rev", "masking/fill", 1, FillInputs("下雨了", (Edit(1, 4),), (1,))) in keys
    # pinned: a key that changed by accident would orphan every precomputed file
    assert cache.key("rev", "masking/fill", 1, inputs)[:20] == "a3d8d5de7f0339a2c2b2"


def test_results_are_read_only_and_hold_no_more_memory_than_their_own() -> None:
    batch = np.zeros((32, 1000), np.float32)
    mine = replace(a_fill("雨", vocabulary=1000), logits=batch[3:4])
    owned = cache.own(mine)
    assert owned.logits.base is None
    assert not owned.logits.flags.writeable
    assert not owned.hidden.flags.writeable
    batch[:] = 1
    assert owned.logits.sum() == 0
    with pytest.raises(ValueError, match="read-only"):
        owned.logits[0, 0] = 1
    assert cache.own(owned) is owned  # nothing is copied twice


def test_memory_is_bounded_and_drops_the_least_recently_used() -> None:
    value = cache.own(a_fill("雨", vocabulary=10_000))
    one = cache.size(value)
    assert one > 40_000
    memory = MemoryCache(max_bytes=3 * one + 100)
    for name in "abc":
        memory.put(name, value)
    assert memory.get("a") is value  # now b is the oldest
    memory.put("d", value)
    assert memory.get("b") is None
    assert memory.get("a") is value
    assert memory.get("d") is value
    assert len(memory) == 3
    assert memory.used == 3 * one
    memory.put("d", value)
    assert memory.used == 3 * one


def test_a_result_beyond_the_bound_is_not_kept_and_pushes_nothing_out() -> None:
    memory = MemoryCache(max_bytes=10_000)
    memory.put("small", Progress(1, 2))
    memory.put("large", cache.own(a_fill("雨", vocabulary=10_000)))
    assert memory.get("large") is None
    assert memory.get("small") == Progress(1, 2)


def test_results_of_text_alone_count_too() -> None:
    memory = MemoryCache(max_bytes=50_000)
    for number in range(1000):
        memory.put(str(number), a_fill("雨" * 40).tokens)
    assert memory.used <= 50_000
    assert len(memory) < 20


def test_memory_stays_consistent_under_many_threads() -> None:
    value = cache.own(a_fill("雨", vocabulary=100))
    memory = MemoryCache(max_bytes=5 * cache.size(value))

    def work(seed: int) -> None:
        for number in np.random.default_rng(seed).integers(0, 12, 300):
            memory.get(str(number)) or memory.put(str(number), value)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(6)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert memory.used == len(memory) * cache.size(value) <= memory.max_bytes


def test_precomputed_results_come_back_read_only(tmp_path: Path, fill: FillResult) -> None:
    store = Precomputed(tmp_path)
    assert store.get("masking/fill", KEY) is None
    path = store.put("masking/fill", KEY, fill)
    assert path == tmp_path / "masking" / "fill" / "0123456789abcdef0123.npz"
    assert [p.name for p in path.parent.iterdir()] == [path.name]
    back = store.get("masking/fill", KEY)
    assert same(back, fill)
    assert not back.logits.flags.writeable


def test_a_damaged_precomputed_file_counts_as_none(
    tmp_path: Path, fill: FillResult, caplog: pytest.LogCaptureFixture
) -> None:
    store = Precomputed(tmp_path)
    store.put("masking/fill", KEY, fill).write_bytes(b"not a result")
    with caplog.at_level(logging.WARNING):
        assert store.get("masking/fill", KEY) is None
    assert "damaged" in caplog.text
    assert fill.tokens.text not in caplog.text


def test_names_that_would_leave_the_folder_are_refused(tmp_path: Path) -> None:
    for name in ("../masking", "/etc", "a/b/c", "a", "", "masking//fill", "masking.fill"):
        with pytest.raises(LookupError):
            Precomputed(tmp_path).path(name, KEY)
