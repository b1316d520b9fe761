"""Only looking: a source says how large a model is, its config is checked, and nothing is kept."""

from __future__ import annotations

import json

import pytest

from explorer.models.catalog.adhoc_models import UNSTATED
from explorer.models.catalog.store import MANIFEST, Store
from explorer.models.download.background import Fetches
from explorer.models.download.fetch import Options
from tests.models.download import material
from tests.models.download.conftest import FAST, refusal, run
from tests.models.download.servers import COMMIT, Fault, Site
from tests.pace import PACE


def test_the_source_says_how_large_and_nothing_is_kept(hub: Site, store: Store) -> None:
    last = run(material.entry(), look_only=True)[-1]
    wanted = {name: body for name, body in material.repository().items() if name in material.FETCHED}
    assert (last.phase, last.total, last.reason) == ("found", sum(map(len, wanted.values())), "masked")
    assert hub.bytes_of("model.safetensors") == 0
    assert store.state("lab-bert") == "absent"
    assert store.note("pins") == {}
    assert not list((store.root / ".looked").iterdir())


@pytest.mark.parametrize(
    ("card", "stated"),
    [
        ({"license": "apache-2.0"}, "apache-2.0"),
        ({"license": ["mit", "cc-by-4.0"]}, "mit, cc-by-4.0"),
        ({"license": "other", "license_name": "our-own"}, "our-own"),
        ({"license": "<b>bold"}, "bbold"),
        ({"license": 7}, ""),
        ({}, ""),
    ],
)
def test_a_model_typed_by_name_gets_the_licence_its_page_states(
    hub: Site, store: Store, card: dict[str, object], stated: str
) -> None:
    hub.card = card
    info = material.entry(licence=UNSTATED)
    assert run(info, look_only=True)[-1].licence == stated
    run(info)
    kept = store.kept("lab-bert")
    assert kept is not None
    manifest = json.loads((kept.folder / MANIFEST).read_text(encoding="utf-8"))
    assert manifest["info"]["licence"] == (stated or UNSTATED)


def test_what_is_half_fetched_stays_as_it_is(hub: Site, store: Store) -> None:
    hub.faults = [Fault("cut", value=0.5)]
    refusal(material.entry())
    before = store.bytes_on_disk("lab-bert")
    run(material.entry(), look_only=True)
    assert store.bytes_on_disk("lab-bert") == before > material.MB


@pytest.mark.parametrize(
    ("config", "key"), [({"model_type": "mamba"}, "config_refused"), ({"hidden_size": 10**9}, "config_refused")]
)
def test_a_config_that_cannot_be_is_refused_when_looking(hub: Site, config: dict[str, object], key: str) -> None:
    hub.repos[material.REPO][COMMIT] = material.repository(**config)  # type: ignore[arg-type]
    assert refusal(material.entry(), look_only=True).key == key


def test_terms_need_not_be_accepted_to_look(hub: Site, store: Store) -> None:
    info = material.entry(terms=("LICENSE",))
    assert run(info, look_only=True)[-1].phase == "found"
    assert refusal(info).key == "terms_first"


def test_a_look_in_the_background_says_so_and_is_forgotten(hub: Site) -> None:
    fetches = Fetches()
    fetches.start(material.entry(), Options(timing=FAST, look_only=True))
    job = fetches.wait("lab-bert", 20 * PACE)
    assert job is not None
    assert (job.asked, job.running, job.progress.phase) == (True, False, "found")
    fetches.forget("lab-bert")
    assert fetches.jobs() == ()
