"""A model whose files are missing or changed, and one too large for the memory: said on the page, in the reader's
language, with what to do; the page and the other chapters stay usable. (All kinds of damage:
tests/models/network/test_model_files.py.)

The app runs from a copy of the project whose model folder was tampered with; too little memory is played by a
`sitecustomize` that the process imports before anything else.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.journey import MODEL_FOLDER, ROOT, Home, Masking, idle
from tests.browser.server import Server
from tests.pace import PACE

Start = Callable[..., Server]
OFF = {"SESAME_PRECOMPUTED": "off"}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The project without its other models; the model's files are links, to be replaced one by one."""
    root = tmp_path / "project"
    root.mkdir()
    shutil.copy(ROOT / "app.py", root)
    for folder in (".streamlit", "explorer", "pages", "assets/text", "assets/examples", "assets/precomputed"):
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("icon.svg", "palette.toml"):
        shutil.copy(ROOT / "assets" / file, root / "assets")
    model = root / "assets" / "models" / MODEL_FOLDER.name
    model.mkdir(parents=True)
    for file in MODEL_FOLDER.iterdir():
        try:
            os.link(file, model / file.name)
        except OSError:  # another disk, or a system without hard links
            shutil.copy(file, model / file.name)
    return root


def weights(root: Path) -> Path:
    return root / "assets" / "models" / MODEL_FOLDER.name / "model.safetensors"


def replace(file: Path, content: bytes) -> None:
    file.unlink()
    file.write_bytes(content)


def test_a_missing_model_folder(copy: Path, fresh_server: Start, open_page: OpenPage) -> None:
    shutil.rmtree(weights(copy).parent)
    server = fresh_server(root=copy, environment=OFF)
    page = Masking(open_page("/masking", on=server))
    alarm = page.main.get_by_role("alert")
    expect(alarm.first).to_contain_text(page.say("errors.model_missing").split("{")[0].split("*")[0].strip())
    expect(alarm.first).to_contain_text(MODEL_FOLDER.name)
    expect(page.page.locator("h1.question")).to_have_text(page.say("masking.title"))
    page.page.get_by_test_id("stSidebar").get_by_role("link").first.click()
    home = Home(page.page)
    expect(home.page.locator("h1.question")).to_have_text(home.say("home.title"))
    home.sees(home.say("kinds.title"))
    home.sees(home.say("why.title"))
    assert "Traceback" not in server.log()
    assert not server.status()["torch_imported"]


@pytest.mark.parametrize("what", ["one byte changed", "not a model", "settings broken"])
def test_a_damaged_model(what: str, copy: Path, fresh_server: Start, open_page: OpenPage) -> None:
    file = weights(copy)
    content = file.read_bytes()
    if what == "one byte changed":
        replace(file, content[:-1] + bytes([content[-1] ^ 1]))
    elif what == "not a model":
        replace(file, b"<html>Not found</html>")
    else:
        replace(file.parent / "config.json", b'{"vocab_size": 99999999999}')
    server = fresh_server(root=copy, environment=OFF)
    page = Masking(open_page("/masking", lang="en", on=server), "en")
    alarm = page.main.get_by_role("alert").first
    told = "a web page, probably a login" if what == "not a model" else "are incomplete or were changed"
    expect(alarm).to_contain_text(told, timeout=60_000 * PACE)
    expect(alarm).to_contain_text("config.json" if what == "settings broken" else "model.safetensors")
    # The session goes on: another sentence, the same answer.
    page.types("input", "A quiet pond behind the mill.")
    idle(page.page)
    expect(page.main.get_by_role("alert").first).to_contain_text(told)
    assert "Traceback" not in server.log()
    assert "quiet pond" not in server.log()


def test_too_little_memory(tmp_path: Path, fresh_server: Start, open_page: OpenPage) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import psutil\n"
        "reported = psutil.virtual_memory\n"
        "psutil.virtual_memory = lambda: reported()._replace(available=50 * 2**20)\n",
        encoding="utf-8",
    )
    server = fresh_server(environment={**OFF, "PYTHONPATH": str(tmp_path)})
    page = Masking(open_page("/masking", lang="en", on=server), "en")
    alarm = page.main.get_by_role("alert").first
    expect(alarm).to_contain_text("0.05 GB", timeout=30_000 * PACE)
    expect(alarm).to_contain_text("mini-mbert")
    expect(page.sentence.chips.nth(5)).to_be_visible(
        timeout=30_000 * PACE
    )  # more than five: the tokenizer needs no weights
    assert not server.status()["torch_imported"], "refused from the header's sizes, before anything large is done"
    assert server.status()["model_loads"] == 0
    assert "Traceback" not in server.log()
