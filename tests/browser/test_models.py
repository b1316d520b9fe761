"""A teacher on the Models page: a model that no catalogue has is found, fetched, stopped, gone on with, and used.

The hub is one of our own on loopback; the network it holds is a tiny RoBERTa with random weights.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from explorer.models.catalog.catalog import ModelInfo
from explorer.ui.i18n import text as words
from tests.browser.conftest import OpenPage
from tests.browser.journey import eventually, figure, idle
from tests.browser.server import Server
from tests.models.download import material
from tests.models.download.servers import COMMIT, Fault, Site, running
from tests.pace import PACE, PATIENCE

ID = "lab/tiny-roberta"
LONG = PATIENCE * 1000


@pytest.fixture
def site(tiny_of: Callable[[str], ModelInfo]) -> Iterator[Site]:
    folder = tiny_of("roberta").folder
    files = {file.name: file.read_bytes() for file in folder.iterdir()}
    padded = material.repository(4 * material.MB)
    with running(Site(repos={ID: {COMMIT: files}, "google-bert/bert-base-uncased": {COMMIT: padded}})) as site:
        yield site


@pytest.fixture
def app(site: Site, tmp_path: Path, fresh_server: Callable[..., Server]) -> Server:
    return fresh_server(
        environment={
            "SESAME_MODELS": str(tmp_path / "models"),
            "HF_ENDPOINT": site.url,
            "MODELSCOPE_ENDPOINT": site.url,
            "NO_PROXY": "127.0.0.1",
        }
    )


def button(page: Page, key: str) -> Locator:
    return page.locator(f".st-key-{key} button")


def say(key: str, lang: str = "zh", **values: object) -> str:
    return words(key, lang, **values).replace("**", "")


def test_a_fetch_is_watched_stopped_gone_on_with_and_the_app_goes_on_meanwhile(
    app: Server, site: Site, open_page: OpenPage
) -> None:
    site.faults = [Fault("slow", "cdn/google-bert", value=min(0.3 * PACE, 3))]  # over a minute for all of it
    page = open_page("/models", on=app)
    expect(page.locator("h1.question")).to_have_text(say("models.title"))
    button(page, "fetch-bert-base-uncased").click()
    line = page.locator(".st-key-model-bert-base-uncased")
    expect(line).to_contain_text(re.compile(r"\d\.\d MB，一共 4\.\d MB.*\d MB/s"), timeout=LONG)

    # another reader's page answers while it runs
    other = open_page("/masking", on=app, query={"text": "小河边有一座木桥。", "masks": "2", "focus": "2"})
    expect(figure(other, "masking-bars").locator("li.row").first).to_be_visible(timeout=LONG)
    expect(line.get_by_role("progressbar")).to_be_visible()

    line.get_by_role("button", name=say("common.cancel")).click()
    expect(page.get_by_test_id("stMain")).to_contain_text(say("models.state.partial"), timeout=LONG)
    sent = site.bytes_of("model.safetensors")
    assert 0 < sent < 4 * material.MB
    site.faults = []
    button(page, "fetch-bert-base-uncased").click()
    row = page.locator('[data-model="bert-base-uncased"]')
    eventually(page, lambda: _equal(row.get_attribute("data-state"), "whole"))
    again = site.bytes_of("model.safetensors") - 4 * material.MB
    assert again < 0.05 * 4 * material.MB + 2**16, "what had arrived was not sent again"


def test_a_model_found_by_its_name_is_used_by_a_chapter(app: Server, open_page: OpenPage) -> None:
    page = open_page("/models", on=app, lang="en")
    typed = page.get_by_role("textbox", name=say("models.typed.label", "en"))
    typed.fill(ID)
    typed.press("Enter")
    main = page.get_by_test_id("stMain")
    expect(main).to_contain_text(re.compile(r"Found tiny-roberta: \d+\.\d MB, fills blanks"), timeout=LONG)
    button(page, "models-again-lab-tiny-roberta").click()
    expect(main).to_contain_text(say("models.here_now", "en", model="tiny-roberta"), timeout=LONG)

    idle(page)
    box = page.locator(".st-key-models-use-masking-en").get_by_role("combobox")
    box.click()
    box.press_sequentially("tiny")  # the list is narrowed to what is typed
    box.press("Enter")
    idle(page)
    eventually(page, lambda: _equal(uses_of(app, "masking"), ID))
    link = page.get_by_test_id("stSidebar").get_by_role("link")
    page.goto(f"{app.url}/masking?text=The+kettle+is+singing.&masks=2&focus=2&lang=en")
    idle(page)
    expect(link.last).to_contain_text("tiny-roberta", timeout=LONG)
    expect(figure(page, "masking-bars").locator("li.row").first).to_be_visible(timeout=LONG)
    idle(page)  # the strip may be drawn after the bars
    faces = figure(page, "masking-strip").locator(".chip .main").all_inner_texts()
    assert faces[0] == "<s>"
    assert "[CLS]" not in faces
    link.last.click()  # the model's line leads back to all models
    expect(page.locator("h1.question")).to_have_text(say("models.title", "en"))


def test_nothing_reached_says_what_was_tried_and_what_to_do(
    tmp_path: Path, fresh_server: Callable[..., Server], open_page: OpenPage
) -> None:
    nowhere = "http://127.0.0.1:9"
    app = fresh_server(
        environment={
            "SESAME_MODELS": str(tmp_path),
            "HF_ENDPOINT": nowhere,
            "MODELSCOPE_ENDPOINT": nowhere,
            "NO_PROXY": "127.0.0.1",
        }
    )
    page = open_page("/models", on=app, viewport=(390, 844), theme="dark")
    button(page, "fetch-rbt3").click()
    main = page.get_by_test_id("stMain")
    expect(main).to_contain_text(say("models.nowhere", model="RBT3"), timeout=2 * LONG)
    expect(main.locator(".tried li")).to_have_count(2)
    expect(main).to_contain_text(say("models.todo.stick"))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def uses_of(app: Server, chapter: str) -> str | None:
    """The model that was chosen for a chapter, as the app's folder of models notes it."""
    notes = Path(app.process.environ()["SESAME_MODELS"]) / "notes.json"
    found: str | None = json.loads(notes.read_text(encoding="utf-8")).get("chapters", {}).get(chapter)
    return found


def _equal(found: object, wanted: object) -> None:
    assert found == wanted
