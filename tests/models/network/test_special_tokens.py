"""Special tokens by a model's own files, whichever of them is right; and files that are not what their names say."""

from __future__ import annotations

import dataclasses
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from explorer.engine import get_engine
from explorer.errors import ModelUnavailable
from explorer.lab.types.generation import WRITE, Settings, WriteInputs, WriteResult
from explorer.models.catalog import adhoc_models, chapter_models
from explorer.models.catalog.catalog import ModelInfo, default
from explorer.models.catalog.policy import Policy
from explorer.models.network import embeddings, special_tokens
from explorer.views.generation import common
from tests import tiny
from tests.pages.app import body, notices, open_page

ALONE = Policy(alone=True)


@pytest.fixture
def chinese_gpt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModelInfo]:
    """A Chinese GPT with BERT's tokenizer, in a folder with an awkward name, known to the app."""
    monkeypatch.setenv("SESAME_MODELS", str(tmp_path / "models"))
    folder = tmp_path / "语言模型 #1 50%"
    tiny.make("gpt2", folder, tiny.CHINESE_GPT)
    info = adhoc_models.register(folder, ALONE)
    yield info
    get_engine().unload(info.id)


def test_a_model_ends_with_what_its_tokenizer_ends_a_text_with(chinese_gpt: ModelInfo) -> None:
    found = special_tokens.of_model(chinese_gpt)
    assert found.ids == (0, 1, 2, 3, 4)
    assert found.begin == 2
    assert found.ends == (3,), "50256 is no token of a vocabulary of 300"


def test_the_page_begins_with_one_token_and_closes_nothing(chinese_gpt: ModelInfo) -> None:
    chapter_models.choose("generation", chinese_gpt.id)
    tokens = get_engine().tokens(chinese_gpt.id, "山上有一棵老树")
    assert tokens.pieces == ("[CLS]", *"山上有一棵老树")
    for text in ("山上有一棵老树", " "):
        for tool in ("step", "train", "ways"):
            at = open_page("generation", "zh", text=text, tool=tool)
            assert not at.exception
            assert not [notice for notice in notices(at) if "NaN" in notice]
    blank = common.in_use(common.State(text=" "))
    assert blank.model == chinese_gpt.id
    assert common.prompt(blank).ids == (2,), "[CLS] alone, which is no text"
    assert common.prompt(blank).special == (True,)


def test_writing_stops_at_the_end(chinese_gpt: ModelInfo) -> None:
    ids = get_engine().tokens(chinese_gpt.id, "山上有").ids
    ended = set()
    for seed in range(12):
        *_, last = get_engine().stream(WRITE, chinese_gpt.id, WriteInputs(ids, 60, Settings(temperature=3.0), seed))
        assert isinstance(last, WriteResult)
        written = [one.token_id for one in last.written]
        assert 3 not in written[:-1]
        assert last.ended == (written[-1] == 3)
        ended.add(last.ended)
    assert True in ended


@pytest.mark.parametrize(
    ("config", "generation", "ends"),
    [
        ({"eos_token_id": 0}, None, (0,)),
        ({"eos_token_id": [0, 5]}, None, (0, 5)),
        ({"eos_token_id": 0}, {"eos_token_id": [0, 7]}, (0, 7)),
        ({"eos_token_id": 10**9}, {"eos_token_id": -1}, (0,)),
        ({"eos_token_id": None}, {}, (0,)),
    ],
)
def test_ends_come_from_all_three_files(
    config: dict[str, object], generation: dict[str, object] | None, ends: tuple[int, ...],
    tiny_of: Callable[[str], ModelInfo], tmp_path: Path,
) -> None:  # fmt: skip
    shutil.copytree(tiny_of("qwen2").folder, tmp_path / "model")
    path = tmp_path / "model" / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | config), encoding="utf-8")
    (tmp_path / "model" / "generation_config.json").unlink(missing_ok=True)
    if generation is not None:
        text = "\ufeff" + json.dumps(generation)  # as Notepad saves it
        (tmp_path / "model" / "generation_config.json").write_text(text, encoding="utf-8")
    info = dataclasses.replace(tiny_of("qwen2"), path=str(tmp_path / "model"), id=f"tiny{ends}{generation}{config}")
    assert special_tokens.of_model(info).ends == ends


POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 1115590446\n"
INSTEAD = {
    "file_pointer": POINTER,
    "file_page": b"<!DOCTYPE html><html><title>Sign in</title></html>",
    "file_empty": b"",
    "file_pickle": b"PK\x03\x04archive/data.pkl",
}


@pytest.mark.parametrize("name", ["model.safetensors", "config.json", "tokenizer.json"])
@pytest.mark.parametrize(("key", "content"), INSTEAD.items())
def test_what_stands_in_a_file_s_place_is_told_when_the_folder_is_named(
    name: str, key: str, content: bytes, tiny_of: Callable[[str], ModelInfo], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("SESAME_MODELS", str(tmp_path / "models"))
    shutil.copytree(tiny_of("bert").folder, tmp_path / "mine")
    (tmp_path / "mine" / name).write_bytes(content)
    with pytest.raises(ModelUnavailable) as caught:
        adhoc_models.register(tmp_path / "mine", ALONE)
    assert caught.value.key == key
    assert name in str(caught.value.values["path"])


@pytest.mark.parametrize("name", ["tokenizer.json", "generation_config.json"])
def test_a_small_file_that_is_broken_is_told_when_the_folder_is_named(
    name: str, tiny_of: Callable[[str], ModelInfo], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SESAME_MODELS", str(tmp_path / "models"))
    shutil.copytree(tiny_of("gpt2").folder, tmp_path / "mine")
    (tmp_path / "mine" / name).write_bytes(b"{")
    with pytest.raises(ModelUnavailable) as caught:
        adhoc_models.register(tmp_path / "mine", ALONE)
    assert caught.value.key == "model_damaged"


def test_marks_that_notepad_leaves_are_passed_over(
    tiny_of: Callable[[str], ModelInfo], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SESAME_MODELS", str(tmp_path / "models"))
    shutil.copytree(tiny_of("gpt2").folder, tmp_path / "mine")
    for name in ("config.json", "tokenizer.json", "generation_config.json"):
        path = tmp_path / "mine" / name
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    info = adhoc_models.register(tmp_path / "mine", ALONE)
    assert special_tokens.of_model(info).ends == (0,)


@pytest.mark.parametrize("prefix", ["bert.", ""])
def test_tables_are_found_under_the_names_google_gave_them(prefix: str, tmp_path: Path) -> None:
    from safetensors.numpy import load_file, save_file

    own = default("masked")
    tensors = load_file(own.weights_file)
    old = {
        name.removeprefix("bert.").replace("Norm.weight", "Norm.gamma").replace("Norm.bias", "Norm.beta"): array
        for name, array in tensors.items() if name.startswith("bert.embeddings.")
    }  # fmt: skip
    save_file({prefix + name: array for name, array in old.items()}, tmp_path / "model.safetensors")
    older = dataclasses.replace(own, id="older", path=str(tmp_path), revision="", weights="model.safetensors")
    for name in ("segment", "position", "gain", "bias"):
        np.testing.assert_array_equal(embeddings.table(older, name), embeddings.table(own, name))
    np.testing.assert_array_equal(embeddings.token_rows(older, [5, 9]), embeddings.token_rows(own, [5, 9]))


def test_a_folder_with_a_vocabulary_of_lines_alone_can_be_used(
    tiny_of: Callable[[str], ModelInfo], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SESAME_MODELS", str(tmp_path / "models"))
    shutil.copytree(tiny_of("bert").folder, tmp_path / "mine")
    words = get_words(tmp_path / "mine" / "tokenizer.json")
    (tmp_path / "mine" / "tokenizer.json").unlink()
    (tmp_path / "mine" / "vocab.txt").write_bytes(("\ufeff" + "\r\n".join(words) + "\r\n").encode())
    (tmp_path / "mine" / "tokenizer_config.json").write_text('\ufeff{"do_lower_case": false}', encoding="utf-8")
    info = adhoc_models.register(tmp_path / "mine", ALONE)
    assert get_engine().vocabulary(info.id) == tuple(words)
    at = open_page("input", "zh", text="山上有树", left=info.id)
    assert not at.exception
    assert info.name in body(at)


def get_words(path: Path) -> list[str]:
    vocabulary: dict[str, int] = json.loads(path.read_text(encoding="utf-8"))["model"]["vocab"]
    return sorted(vocabulary, key=vocabulary.__getitem__)


def test_the_sidebar_names_the_model_that_the_page_is_drawn_with() -> None:
    """A reader may look at another embedded model than the chapter's; the line in the sidebar follows."""
    other = default("causal")
    for page, link in (("attention", {"model": other.id}), ("context", {"model": other.id})):
        at = open_page(page, "zh", **link)
        assert not at.exception
        lines = "".join(e.proto.label for e in at.sidebar if e.type == "page_link")
        assert other.name.split()[0] in lines, page
