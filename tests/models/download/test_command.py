"""`python -m explorer models …`: what a teacher types, and what is said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from explorer.cli.main import main
from explorer.models.catalog import catalog
from explorer.models.catalog.store import Store
from tests.models.download import material
from tests.models.download.servers import Fault, Site

ID = "bert-base-chinese"


@pytest.fixture
def site(hub: Site) -> Site:
    """The hub with one model of the catalogue on it."""
    hub.repos["google-bert/bert-base-chinese"] = hub.repos[material.REPO]
    return hub


def say(*words: str) -> int:
    return main(["models", *words])


def test_list_says_of_every_model_what_state_it_is_in(
    site: Site, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    assert say("fetch", ID) == 0
    capsys.readouterr()
    assert say("list", "--json") == 0
    rows = {row["id"]: row for row in json.loads(capsys.readouterr().out)}
    assert set(rows) == {info.id for info in catalog.all_entries()}
    assert rows["mini-mbert"]["state"] == "embedded"
    assert rows[ID]["state"] == "whole"
    assert rows[ID]["parameters"] > 0
    assert rows["gpt2"]["state"] == "absent"
    assert rows["gpt2"]["verified"] is False
    assert say("list") == 0
    assert str(store.root) in capsys.readouterr().out


def test_a_chapter_is_named_in_either_language(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("接龙", "generation"):
        assert say("list", "--json", "--all-for", name) == 0
        rows = json.loads(capsys.readouterr().out)
        assert [row["id"] for row in rows] == [info.id for info in catalog.able_to("lm")]
    with pytest.raises(SystemExit):
        say("list", "--all-for", "nothing")


def test_the_whole_road_home_to_school(
    site: Site, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert say("fetch", ID, "lab/bert") == 0
    assert say("verify") == 0
    assert "CHANGED" not in capsys.readouterr().out
    stick = tmp_path / "stick.zip"
    assert say("pack", str(stick)) == 0
    monkeypatch.setenv("SESAME_MODELS", str(tmp_path / "school"))
    assert say("unpack", str(stick)) == 0
    assert Store(tmp_path / "school").ids() == (ID, "lab/bert")
    assert say("remove", ID) == 0
    assert Store(tmp_path / "school").ids() == ("lab/bert",)


def test_what_went_wrong_is_said_in_words_and_the_others_are_fetched(
    site: Site, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    site.faults = [Fault("status", path="/api/models/lab", value=404)]
    assert say("fetch", "lab/bert@main", ID) == 1
    said = capsys.readouterr()
    assert "does not have" in said.err
    assert "**" not in said.err
    assert f"{ID}: here" in said.out


def test_a_proxy_that_cannot_be_used_is_named(
    site: Site, store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:7890")
    assert say("list") == 0
    assert say("fetch", "rbt3") == 1
    said = capsys.readouterr().err
    assert "ALL_PROXY" in said and "Traceback" not in said


def test_terms_are_asked_for(site: Site, store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    asked = len(site.asked)
    assert say("fetch", "gemma-3-270m") == 1
    assert "Gemma Terms of Use" in capsys.readouterr().err
    assert len(site.asked) == asked


def test_the_terms_can_be_read(store: Store) -> None:
    from explorer.models.catalog import terms

    text = terms.text(catalog.entry("gemma-3-270m-q4"))
    assert "By using, reproducing, modifying, distributing" in text
    assert "<" not in text[:2000]


def test_verify_finds_what_was_changed(site: Site, store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    say("fetch", ID)
    file = catalog.entry(ID).weights_file
    file.write_bytes(file.read_bytes()[:-1] + b"?")
    assert say("verify", ID) == 1
    assert "model.safetensors: CHANGED" in capsys.readouterr().out
    assert say("list", "--json") == 0
    assert {row["id"]: row["state"] for row in json.loads(capsys.readouterr().out)}[ID] == "damaged"


@pytest.mark.parametrize("words", [("fetch",), ("pack", "x.zip"), ("fetch", "mini-mbert")])
def test_nothing_to_do_is_said(store: Store, words: tuple[str, ...]) -> None:
    assert say(*words) == 2


def test_a_name_that_is_none(store: Store) -> None:
    with pytest.raises(SystemExit, match="no model called"):
        say("fetch", "bret")


def test_a_folder_is_used_where_it_is(store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    for name, body in material.repository(10_000).items():
        (folder / name).write_bytes(body)
    assert say("use", str(folder)) == 0
    assert "folder:mine" in capsys.readouterr().out
    assert say("use", str(tmp_path / "nowhere")) == 1


def test_a_chapter_is_given_another_model_and_goes_back_when_it_is_removed(
    site: Site, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    from explorer.models.catalog import chapter_models

    assert say("choose", "填空", ID) == 1
    assert "are not there" in capsys.readouterr().err
    assert say("choose", "masking", "gemma-3-270m-lite") == 1
    assert "cannot be used in this chapter" in capsys.readouterr().err
    chapter_models.store.default().remember(chapter_models.TOPIC, "masking", ID)
    say("fetch", ID)
    capsys.readouterr()
    assert say("list", "--json", ID) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert row["used_by"] == ["masking"]
    assert say("remove", ID) == 0
    assert chapter_models.chosen("masking").id == "mini-mbert"
    assert store.note("chapters") == {}
