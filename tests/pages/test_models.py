"""The Models page without a browser: what it offers, to whom, and what every button does."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from explorer.engine import get_engine, library, uses
from explorer.models.catalog import catalog, store
from explorer.models.catalog.catalog import ModelInfo
from explorer.models.catalog.policy import Policy
from explorer.ui import i18n, permission
from explorer.views.models import progress
from tests.models.download import material
from tests.models.download.servers import COMMIT, Fault, Site, running
from tests.pace import PACE
from tests.pages.app import body, html, link, notices, open_page

ALONE = Policy(alone=True)
REPO = "google-bert/bert-base-chinese"
ID = "bert-base-chinese"


def words(key: str, lang: str = "zh", **values: object) -> str:
    return i18n.text(key, lang, **values).replace("**", "").replace("`", "")


@pytest.fixture(autouse=True)
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A hub on loopback, a store of its own, and nobody fetching."""
    monkeypatch.setenv("SESAME_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(library, "fetches", type(library.fetches)())
    monkeypatch.setattr(progress, "EVERY_S", None)  # nothing redraws itself behind a test
    with running(Site(repos={REPO: {COMMIT: material.repository(200_000)}})) as site:
        monkeypatch.setenv("HF_ENDPOINT", site.url)
        monkeypatch.setenv("MODELSCOPE_ENDPOINT", site.url)
        yield site


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server is reached by this machine only."""
    monkeypatch.setattr(permission, "policy", lambda: ALONE)


def states(at: AppTest) -> dict[str, str]:
    """The models on the shelf and how they stand."""
    import re

    found = [re.search(r'data-model="([^"]+)" data-state="(\w+)"', piece) for piece in html(at)]
    return {match[1]: match[2] for match in found if match}


def keys(at: AppTest) -> set[str]:
    return {button.key for button in at.button if button.key}


def ended(model: str = ID) -> library.Job:
    job = library.fetches.wait(model, 20 * PACE)
    assert job is not None and not job.running
    return job


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
def test_what_is_here_and_what_can_be_had(lang: str) -> None:
    at = open_page("models", lang)
    assert not at.exception
    on_shelf = states(at)
    assert len(on_shelf) == len(catalog.all_entries())
    assert on_shelf["mini-mbert"] == "embedded"
    assert on_shelf[ID] == "absent"
    seen = body(at)
    for said in ("Gemma Terms of Use", "Apache-2.0", "ModelScope", "PyPI", "69.5 MB", "0.16 GB"):
        assert said in seen
    assert words("models.honesty", lang) in seen


def test_a_reader_of_a_shared_server_gets_no_buttons_and_is_told_how_the_teacher_does_it() -> None:
    at = open_page("models", "zh")
    assert {key for key in keys(at) if key.split("-")[0] in ("fetch", "ask", "verify", "remove", "evict")} == set()
    assert notices(at) == [words("models.shared")]
    assert [box.key for box in at.text_input] == []


def test_what_the_teacher_allows_is_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SESAME_READERS_MAY", "fetch")
    at = open_page("models", "zh")
    assert f"fetch-{ID}" in keys(at)
    assert not any(key.startswith("evict") for key in keys(at))
    assert [box.key for box in at.text_input] == ["models-typed"]  # a folder of the machine is never named by readers


@pytest.mark.usefixtures("alone")
def test_a_model_is_fetched_verified_damaged_repaired_and_removed(site: Site) -> None:
    at = open_page("models", "zh")
    at.button(key=f"fetch-{ID}").click().run()
    ended()
    at.run()
    assert states(at)[ID] == "whole"
    assert words("models.here_now", model="BERT base Chinese") in notices(at)

    at.button(key=f"verify-{ID}").click().run()
    assert words("models.verify_right", n=5) in notices(at)
    file = catalog.entry(ID).weights_file
    file.write_bytes(file.read_bytes()[:-1] + b"?")
    at.button(key=f"verify-{ID}").click().run()
    assert words("models.verify_wrong", files="model.safetensors") in notices(at)
    assert states(at)[ID] == "damaged"

    before = site.bytes_of("model.safetensors")
    at.button(key=f"fetch-{ID}").click().run()
    ended()
    at.run()
    assert states(at)[ID] == "whole"
    assert site.bytes_of("model.safetensors") > before

    at.button(key=f"remove-{ID}").click().run()
    assert states(at)[ID] == "absent"
    assert store.default().state(ID) == "absent"


@pytest.mark.usefixtures("alone")
def test_a_model_that_arrives_while_the_page_is_drawn_is_offered_to_its_chapter_at_once(
    site: Site, tiny_of: Callable[[str], ModelInfo], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tiny_of("roberta").folder
    site.repos["lab/tiny-roberta"] = {COMMIT: {file.name: file.read_bytes() for file in folder.iterdir()}}
    site.faults = [Fault("slow", "cdn/lab", value=0.05)]
    at = open_page("models", "zh")
    shelf = library.shelf

    def later() -> tuple[library.Standing, ...]:
        ended("lab/tiny-roberta")  # the choice of models above the shelf is drawn by now
        return shelf()

    library.fetch(library.named_model("lab/tiny-roberta"), ALONE)
    at.session_state["models-said"] = ("chapters", "models.removed", "", {"model": "X", "size": "1 MB"})
    with monkeypatch.context() as patch:
        patch.setattr(library, "shelf", later)
        at.run()
    assert words("models.here_now", model="tiny-roberta") in notices(at)
    offered = at.selectbox(key="models-use-masking-zh").options
    assert "tiny-roberta" in offered
    assert words("models.removed", model="X", size="1 MB") in notices(at), "a message is not lost by drawing again"
    at.run()
    assert words("models.removed", model="X", size="1 MB") not in notices(at)


@pytest.mark.usefixtures("alone")
def test_how_large_it_is_can_be_asked_and_nothing_large_moves(site: Site) -> None:
    at = open_page("models", "zh")
    at.button(key=f"ask-{ID}").click().run()
    assert ended().progress.phase == "found"
    at.run()
    assert site.bytes_of("model.safetensors") == 0
    assert states(at)[ID] == "absent"
    (found,) = notices(at)
    assert "BERT base Chinese" in found
    assert "0.2 MB" in found


@pytest.mark.usefixtures("alone")
def test_terms_are_shown_and_accepted_before_anything_is_asked_of_a_source(site: Site) -> None:
    at = open_page("models", "zh")
    at.button(key="fetch-gemma-3-270m").click().run()
    assert "By using, reproducing, modifying, distributing" in body(at)
    button = at.button(key="accepted-gemma-3-270m")
    assert button.disabled
    assert site.asked == []
    assert link(at)["open"] == "gemma-3-270m"
    at.checkbox(key="accept-gemma-3-270m").check().run()
    at.button(key="accepted-gemma-3-270m").click().run()
    assert ended("gemma-3-270m").error is not None  # the hub does not have it
    assert "/api/models/google/gemma-3-270m/revision/main?blobs=true" in [path for path, _ in site.asked]


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize("lang", i18n.LANGUAGES)
def test_no_source_reached_says_which_were_tried_and_what_to_do(lang: str, site: Site) -> None:
    site.repos.clear()
    at = open_page("models", lang)
    at.button(key=f"fetch-{ID}").click().run()
    ended()
    at.run()
    seen = body(at)
    assert words("models.nowhere", lang, model="BERT base Chinese") in notices(at)
    assert seen.count(REPO) == 2  # the hub and ModelScope, each with what it said
    for what in ("mirror", "index", "stick"):
        assert words(f"models.todo.{what}", lang) in seen
    assert f"models-again-{ID}" in keys(at)


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize("act", ["ask", "fetch"])
def test_a_proxy_that_cannot_be_used_is_named(act: str, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:7890")
    at = open_page("models", "zh")
    at.button(key=f"{act}-{ID}").click().run()
    ended()
    at.run()
    assert not at.exception
    assert "ALL_PROXY" in " ".join([*notices(at), body(at)])


@pytest.mark.usefixtures("alone")
def test_a_hub_s_id_is_looked_up_and_its_config_checked_first(site: Site) -> None:
    site.repos["lab/own-bert"] = {COMMIT: material.repository(150_000)}
    site.repos["lab/huge"] = {COMMIT: material.repository(150_000, num_hidden_layers=10**9)}
    site.repos["lab/strange"] = {COMMIT: material.repository(150_000, model_type="mamba")}
    at = open_page("models", "zh")
    for name, key in (("lab/huge", "config_refused"), ("lab/strange", "model_unsupported")):
        at.text_input(key="models-typed").set_value(name).run()
        error = ended(name).error
        assert error is not None and error.key == key
        at.run()
        assert any(name.split("/")[1] in said for said in notices(at))
    assert site.bytes_of("model.safetensors") == 0
    at.text_input(key="models-typed").set_value("lab/own-bert").run()
    assert ended("lab/own-bert").progress.reason == "masked"
    at.run()
    at.button(key="models-again-lab/own-bert").click().run()
    ended("lab/own-bert")
    at.run()
    assert states(at)["lab/own-bert"] == "whole"
    at.text_input(key="models-typed").set_value("../../etc/passwd").run()
    assert words("errors.id_refused", id="../../etc/passwd") in notices(at)


@pytest.mark.usefixtures("alone")
def test_a_folder_is_used_chosen_for_a_chapter_and_unloaded(
    tiny_of: Callable[[str], ModelInfo], tmp_path: Path
) -> None:
    folder = tmp_path / "class-model"
    shutil.copytree(tiny_of("distilbert").folder, folder)
    at = open_page("models", "zh")
    at.text_input(key="models-folder").set_value(str(folder)).run()
    assert words("models.folder_note.used", model="folder:class-model") in notices(at)
    assert at.selectbox(key="models-use-masking-zh").options == ["mini-mbert", "class-model"]
    at.selectbox(key="models-use-masking-zh").set_value("folder:class-model").run()
    assert not at.exception
    assert uses.model_of("masking").id == "folder:class-model"
    get_engine().warm("folder:class-model")
    _until_ready("folder:class-model")
    at.run()
    (evict,) = [key for key in keys(at) if key.startswith("evict-folder-class-model")]
    at.button(key=evict).click().run()
    assert get_engine().state("folder:class-model") == "cold"
    at.text_input(key="models-folder").set_value(str(tmp_path / "nowhere")).run()
    assert any("nowhere" in said for said in notices(at))


def _until_ready(model: str) -> None:
    import threading

    waiting = threading.Event()
    for _ in range(int(2000 * PACE)):
        if get_engine().state(model) == "ready":
            return
        waiting.wait(0.01)
    raise AssertionError(f"{model} was not loaded")


@pytest.mark.usefixtures("alone")
def test_a_chapter_narrows_the_shelf_and_stands_in_the_link() -> None:
    at = open_page("models", "zh", chapter="masking")
    shown = states(at)
    assert ID in shown
    assert "gpt2" not in shown
    at.segmented_control(key="models-chapter-zh").set_value("").run()
    assert "gpt2" in states(at)
    assert not open_page("models", "zh", chapter="nowhere").exception


@pytest.mark.usefixtures("alone")
def test_an_error_of_a_source_is_told_in_the_reader_s_language(site: Site) -> None:
    site.faults = [Fault("status", path="/api/models/google-bert", value=403)]
    site.repos.clear()
    at = open_page("models", "en")
    at.button(key=f"fetch-{ID}").click().run()
    ended()
    at.run()
    assert "HF_TOKEN" in body(at)
