"""Which model a chapter uses: chosen, kept, refused with a reason, and given up when the model goes."""

from __future__ import annotations

import dataclasses
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from explorer.errors import ModelUnavailable
from explorer.models.catalog import adhoc_models, catalog, chapter_models
from explorer.models.catalog.catalog import ModelInfo
from explorer.models.catalog.policy import Policy

OWN = "mini-mbert"


@pytest.fixture(autouse=True)
def store_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SESAME_MODELS", str(tmp_path / "models"))


def registered(info: ModelInfo, tmp_path: Path, change: Callable[[Path], None] = lambda folder: None) -> str:
    """A copy of a tiny model as a folder that the app knows; its id."""
    folder = tmp_path / f"my-{info.family}"
    shutil.copytree(info.folder, folder)
    change(folder)
    return adhoc_models.register(folder, Policy(alone=True)).id


def refused(chapter: str, model_id: str) -> str:
    with pytest.raises(ModelUnavailable) as caught:
        chapter_models.choose(chapter, model_id)
    return caught.value.key


def test_a_chapter_starts_with_the_model_in_the_box() -> None:
    assert chapter_models.chosen("masking").id == OWN
    assert chapter_models.chosen("generation").id == "gemma-3-270m-lite"
    with pytest.raises(LookupError):
        chapter_models.chosen("nowhere")


def test_a_choice_holds_and_is_taken_back(tiny_of: Callable[[str], ModelInfo], tmp_path: Path) -> None:
    mine = registered(tiny_of("roberta"), tmp_path)
    assert [info.id for info in chapter_models.usable("masking")] == [OWN, mine]
    chapter_models.choose("masking", mine)
    assert chapter_models.chosen("masking").id == mine
    assert chapter_models.chapters_of(mine) == ("masking",)
    chapter_models.choose("masking", OWN)
    assert chapter_models.chosen("masking").id == OWN


def test_when_the_model_goes_the_chapter_goes_back_to_its_own(
    tiny_of: Callable[[str], ModelInfo], tmp_path: Path
) -> None:
    mine = registered(tiny_of("bert"), tmp_path)
    chapter_models.choose("masking", mine)
    chapter_models.forget(mine)
    assert chapter_models.chosen("masking").id == OWN


def test_what_a_chapter_cannot_use_is_refused_with_the_reason(
    tiny_of: Callable[[str], ModelInfo], tmp_path: Path
) -> None:
    assert refused("masking", "bert-base-chinese") == "model_missing"
    assert refused("masking", "gemma-3-270m-lite") == "not_for_chapter"
    assert refused("masking", "nobody/nothing") == "model_unknown"
    assert refused("home", OWN) == "not_for_chapter"
    assert refused("masking", registered(tiny_of("gpt2"), tmp_path)) == "not_for_chapter"


def test_a_checkpoint_without_the_head_is_refused_before_it_is_loaded(
    tiny_of: Callable[[str], ModelInfo], tmp_path: Path
) -> None:
    """transformers would fill the head with random numbers and say nothing that a reader sees."""
    from safetensors.torch import load_file, save_file

    def behead(folder: Path) -> None:
        file = folder / "model.safetensors"
        save_file({name: t for name, t in load_file(file).items() if not name.startswith("cls.")}, file)

    assert refused("masking", registered(tiny_of("bert"), tmp_path, behead)) == "head_missing"


def test_a_checkpoint_that_says_it_has_no_head_is_one_for_reading_only(
    tiny_of: Callable[[str], ModelInfo], tmp_path: Path
) -> None:
    def confess(folder: Path) -> None:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        (folder / "config.json").write_text(json.dumps(config | {"architectures": ["BertModel"]}), encoding="utf-8")

    mine = registered(tiny_of("bert"), tmp_path, confess)
    assert catalog.entry(mine).kind == "encoder"
    assert refused("masking", mine) == "head_missing"


def test_every_entry_is_good_for_something() -> None:
    for info in catalog.all_entries():
        assert info.able
        assert dataclasses.replace(info, abilities=()).able
