"""Every way in which a hub can fail, one named test each: what is told, and that nothing half is taken for whole."""

from __future__ import annotations

import errno
import shutil
import threading
from pathlib import Path
from typing import IO, Any

import pytest

from explorer.errors import ModelUnavailable, Told
from explorer.models.catalog.store import Store
from explorer.models.download.fetch import Options, fetch
from explorer.models.download.sources.base import LIMITS
from tests.models.download import material
from tests.models.download.conftest import FAST, WEIGHTS, assert_not_whole, assert_whole, content, refusal, run
from tests.models.download.servers import COMMIT, CONVERTED, Fault, Site, running
from tests.pace import PACE


def test_slow_but_steady_arrives_and_says_how_long_it_takes(hub: Site, store: Store) -> None:
    hub.faults = [Fault("slow", value=0.004)]
    steps = run(material.entry())
    assert_whole(store, hub)
    told = [step for step in steps if step.phase == "fetching" and step.seconds_left]
    assert told
    assert all(step.rate > 0 for step in told)


def test_cut_off_it_goes_on_by_itself_from_where_it_was(hub: Site, store: Store) -> None:
    hub.faults = [Fault("cut", times=1, value=0.6)]
    steps = run(material.entry())
    assert_whole(store, hub)
    assert "waiting" in {step.phase for step in steps}
    assert hub.bytes_of(WEIGHTS) <= 1.05 * len(content(hub))


def test_cut_off_for_good_it_is_resumed_the_next_time(hub: Site, store: Store) -> None:
    hub.faults = [Fault("cut", times=1, value=0.6), Fault("status", value=500)]
    assert refusal(material.entry()).key == "connection_lost"
    assert store.state("lab-bert") == "partial"
    assert_not_whole(store)
    hub.faults = []
    run(material.entry())
    assert_whole(store, hub)
    assert hub.bytes_of(WEIGHTS) <= 1.05 * len(content(hub))
    last = [headers for path, headers in hub.asked if "/cdn/" in path][-1]
    assert last["Range"].startswith("bytes=")
    assert last["If-Range"].startswith('"')


def test_cancelled_it_stops_at_once_and_is_resumed(hub: Site, store: Store) -> None:
    hub.faults = [Fault("slow", times=1, value=0.01 * PACE)]
    cancel = threading.Event()
    with pytest.raises(Told) as caught:
        for step in fetch(material.entry(), Options(timing=FAST), cancel=cancel):
            if step.file == WEIGHTS:
                cancel.set()
    assert caught.value.key == "cancelled"
    assert_not_whole(store)
    sent = hub.bytes_of(WEIGHTS)
    assert 0 < sent < len(content(hub))
    run(material.entry())
    assert_whole(store, hub)


def test_another_version_behind_the_same_address_is_not_glued_to_the_first(hub: Site, store: Store) -> None:
    hub.faults = [Fault("cut", times=1, value=0.6), Fault("status", value=500)]
    refusal(material.entry())
    etag = store.parts("lab-bert") / f"{WEIGHTS}.etag"
    etag.write_text('"of-an-older-file"', encoding="ascii")
    hub.faults = []
    run(material.entry())
    assert_whole(store, hub)


def test_a_server_without_ranges_starts_over(hub: Site, store: Store) -> None:
    hub.faults = [Fault("cut", times=1, value=0.6), Fault("no ranges")]
    run(material.entry())
    assert_whole(store, hub)


def test_404_says_that_the_repository_is_not_there(hub: Site, store: Store) -> None:
    error = refusal(material.entry(sources=("huggingface:lab/nothing",)))
    assert error.key == "source_missing"
    assert "lab/nothing" in str(error.values["repo"])
    assert_not_whole(store)


def test_404_of_one_file(hub: Site, store: Store) -> None:
    hub.faults = [Fault("status", value=404)]
    assert refusal(material.entry()).key == "source_missing"
    assert_not_whole(store)


@pytest.mark.parametrize("status", [401, 403])
def test_gated_repositories_ask_for_permission(hub: Site, store: Store, status: int) -> None:
    hub.faults = [Fault("gated", path="/resolve/", value=status), Fault("gated", path="config.json", value=status)]
    error = refusal(material.entry())
    assert (error.key, error.values["status"]) == ("source_gated", status)
    assert_not_whole(store)


@pytest.mark.parametrize("kind", ["rate limit", "rate limit date"])
def test_429_waits_as_long_as_it_is_told(hub: Site, store: Store, kind: str) -> None:
    hub.faults = [Fault(kind, times=1, value=2)]
    waits = [step for step in run(material.entry()) if step.phase == "waiting"]
    assert len(waits) == 1
    assert 0 < (waits[0].seconds_left or 0) <= 2
    assert_whole(store, hub)


def test_429_for_an_hour_is_said_and_not_waited_for(hub: Site, store: Store) -> None:
    hub.faults = [Fault("rate limit", value=3600)]
    error = refusal(material.entry())
    assert (error.key, error.values["seconds"]) == ("rate_limited", 3600)
    assert_not_whole(store)


def test_429_of_the_listing(hub: Site, store: Store) -> None:
    hub.faults = [Fault("rate limit", path="/api/", value=3600)]
    assert refusal(material.entry()).key == "rate_limited"


def test_a_wrong_checksum_is_refused_and_nothing_is_kept(hub: Site, store: Store) -> None:
    hub.faults = [Fault("changed bytes")]
    assert refusal(material.entry()).key == "checksum_wrong"
    assert_not_whole(store)
    assert not list(store.parts("lab-bert").glob(f"{WEIGHTS}*"))


def test_a_wrong_checksum_of_a_small_file_is_refused_too(hub: Site, store: Store) -> None:
    hub.faults = [Fault("changed bytes", path="vocab.txt")]
    error = refusal(material.entry())
    assert (error.key, error.values["file"]) == ("checksum_wrong", "vocab.txt")
    assert_not_whole(store)


def test_damage_in_the_resumed_half_is_repaired_by_fetching_once_more(hub: Site, store: Store) -> None:
    hub.faults = [Fault("cut", times=1, value=0.6), Fault("status", value=500)]
    refusal(material.entry())
    part = store.parts("lab-bert") / f"{WEIGHTS}.part"
    part.write_bytes(b"?" * part.stat().st_size)
    hub.faults = []
    run(material.entry())
    assert_whole(store, hub)


@pytest.mark.parametrize("kind", ["short", "long"])
def test_another_length_than_announced_is_refused(hub: Site, store: Store, kind: str) -> None:
    hub.faults = [Fault(kind)]
    error = refusal(material.entry())
    assert error.key == "size_wrong"
    assert error.values["expected"] == len(content(hub))
    assert_not_whole(store)


def test_a_full_disk_is_said_and_what_came_is_used_later(hub: Site, store: Store) -> None:
    room = 2**20

    class Full:
        """A file on a disk that is full after one megabyte of weights."""

        def __init__(self, file: IO[bytes]) -> None:
            self.file = file

        def __enter__(self) -> Full:
            return self

        def __exit__(self, *_: object) -> None:
            self.file.close()

        def write(self, block: Any) -> int:
            if self.file.tell() + len(block) > room:
                raise OSError(errno.ENOSPC, "No space left on device")
            return self.file.write(block)

    def opener(path: Path, mode: str) -> Any:
        return Full(path.open(mode, buffering=0))

    error = refusal(material.entry(), opener=opener)
    assert error.key == "disk_full"
    assert error.values["needed_gb"]
    assert store.state("lab-bert") == "partial"
    assert_not_whole(store)
    run(material.entry())
    assert_whole(store, hub)
    # What the server had sent ahead is lost with the connection, so only the resumed piece is counted.
    last = [headers for path, headers in hub.asked if "/cdn/" in path][-1]
    assert int(last["Range"].removeprefix("bytes=").removesuffix("-")) > room - 2**17


def test_too_little_room_is_said_before_anything_large_moves(
    hub: Site, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage("/")._replace(free=10**6)
    monkeypatch.setattr("explorer.models.catalog.preflight.shutil.disk_usage", lambda _: usage)
    assert refusal(material.entry()).key == "disk_full"
    assert hub.bytes_of(WEIGHTS) == 0


def test_a_model_that_no_memory_here_can_hold_is_refused_before_it_moves(
    hub: Site, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("explorer.models.catalog.preflight.total_memory", lambda: 10**6)
    with pytest.raises(ModelUnavailable) as caught:
        run(material.entry())
    assert caught.value.key == "model_too_large"
    assert hub.bytes_of(WEIGHTS) == 0


def test_an_endless_trickle_is_given_up(hub: Site, store: Store) -> None:
    hub.faults = [Fault("trickle", value=0.02)]
    assert refusal(material.entry()).key == "too_slow"
    assert_not_whole(store)


def test_a_connection_that_falls_silent_is_taken_up_again(hub: Site, store: Store) -> None:
    hub.faults = [Fault("stall", times=1, value=0.5)]
    run(material.entry())
    assert_whole(store, hub)


def test_a_redirect_to_another_host_is_followed_and_gets_no_token(
    hub: Site, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    with running(Site(repos=hub.repos)) as other:
        hub.elsewhere = other.url
        run(material.entry())
    assert_whole(store, hub)
    assert other.bytes_of(WEIGHTS) == len(content(hub))
    assert all("Authorization" not in headers for _, headers in other.asked)
    assert all(headers["Authorization"] == "Bearer hf_secret" for _, headers in hub.asked)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("host", ["", "the mirror's other host"])
def test_a_mirror_that_moves_everything_is_followed_with_its_query(
    status: int, host: str, hub: Site, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Listing and files, by a relative address or one on another host: what was asked behind "?" goes along."""
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    with running(Site(repos=hub.repos)) as other:
        hub.moved = (status, f"{other.url}{{path}}" if host else "{path}")
        run(material.entry())
    assert_whole(store, hub)
    asked = [path for path, _ in (*hub.asked, *other.asked) if "to=there" in path]
    assert any("/api/models/" in path and "blobs=true" in path for path in asked)
    assert all("Authorization" not in headers for _, headers in other.asked)
    assert bool(other.asked) == bool(host)


def test_a_file_that_comes_without_its_length_is_judged_by_its_checksum(hub: Site, store: Store) -> None:
    hub.faults = [Fault("no length", "/")]
    run(material.entry())
    assert_whole(store, hub)


def test_a_mirror_that_lists_no_checksum_is_named(hub: Site, store: Store) -> None:
    hub.faults = [Fault("no sha", "nothing")]
    error = refusal(material.entry())
    assert (error.key, error.values["file"]) == ("checksum_none", WEIGHTS)
    assert_not_whole(store)


def test_redirects_in_a_circle_end(hub: Site, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    hub.repos[material.REPO][COMMIT]["tokenizer.model"] = b"x"
    monkeypatch.setattr("tests.models.download.servers._large", lambda name: name != "config.json")
    hub.elsewhere = f"{hub.url}/lab/bert/resolve/{COMMIT}/tokenizer.json?"
    assert refusal(material.entry()).key in ("source_broken", "source_missing", "size_wrong")
    assert_not_whole(store)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"vocab_size": 10**9}, "vocab_size"),
        ({"num_hidden_layers": 10**6}, "num_hidden_layers"),
        ({"hidden_size": "wide"}, "hidden_size"),
        ({"model_type": "gpt2"}, "model_type"),
        ({"padding": "x" * 2**21}, "larger"),
    ],
)
def test_a_config_beyond_reason_is_refused_before_anything_large_moves(
    hub: Site, store: Store, change: dict[str, object], said: str
) -> None:
    hub.repos[material.REPO][COMMIT] = material.repository(**change)
    error = refusal(material.entry())
    assert error.key in ("config_refused", "file_too_large")
    assert said in str(error.values) or error.key == "file_too_large"
    assert hub.bytes_of(WEIGHTS) == 0
    assert_not_whole(store)


def test_weights_beyond_the_limit_are_refused(hub: Site, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LIMITS, "*.safetensors", 2**20)
    assert refusal(material.entry()).key == "file_too_large"
    assert hub.bytes_of("/resolve/") == 0


def test_a_repository_with_pickled_weights_only_is_refused(hub: Site, store: Store) -> None:
    del hub.repos[material.REPO][COMMIT][WEIGHTS]
    assert refusal(material.entry()).key == "only_pickle"
    assert hub.bytes_of("pytorch_model.bin") == 0


def test_the_converter_s_pull_request_stands_in_for_pickled_weights(hub: Site, store: Store) -> None:
    files = hub.repos[material.REPO]
    files[CONVERTED] = dict(files[COMMIT])
    del files[COMMIT][WEIGHTS]
    hub.discussions = [
        {"num": 3, "author": {"name": "somebody"}, "isPullRequest": True, "status": "open"},
        {"num": 7, "author": {"name": "SFconvertbot"}, "isPullRequest": True, "status": "open"},
    ]
    run(material.entry())
    kept = store.kept("lab-bert")
    assert kept is not None
    assert kept.commit == CONVERTED


def test_weights_in_several_files_are_refused(hub: Site, store: Store) -> None:
    files = hub.repos[material.REPO][COMMIT]
    files["model-00001-of-00002.safetensors"] = files.pop(WEIGHTS)
    assert refusal(material.entry()).key == "weights_in_parts"


def test_a_file_that_is_no_safetensors_is_refused(hub: Site, store: Store) -> None:
    hub.repos[material.REPO][COMMIT][WEIGHTS] = b"\x80\x04" + b"pickle" * 1000
    assert refusal(material.entry()).key == "source_broken"
    assert_not_whole(store)
