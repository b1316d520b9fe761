"""The simulated reader against the running app: what it counts is what a reader at a browser would get."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from benchmarks import load, soak
from benchmarks.load import SENTENCES, SHORTEST
from benchmarks.reader import Reader, ReaderError
from explorer.engine import get_engine
from tests import loops
from tests.browser.server import Server, running
from tests.pace import PATIENCE

MODEL = "mini-mbert"


@pytest.fixture(scope="module")
def app() -> Iterator[Server]:
    with running(environment={"SESAME_PRECOMPUTED": "off"}) as server:
        yield server


def test_every_token_a_simulated_reader_covers_is_there() -> None:
    for sentence in SENTENCES:
        tokens = get_engine().tokens(MODEL, sentence)
        assert len(tokens) == len(sentence) + 2
        assert len(sentence) >= SHORTEST
        assert not any(tokens.unknown)


def test_two_readers_share_one_model(app: Server) -> None:
    async def both() -> None:
        for sentence in SENTENCES[:2]:
            async with Reader(app.url, "masking", v="1", lang="zh", text=sentence, masks="1", focus="1") as reader:
                before = app.status()["runs"]
                await reader.open()
                opened = app.status()["runs"]
                assert opened > before
                await reader.cover(3)
                assert app.status()["runs"] == opened, "the answers at all positions were there"

    loops.run(both())
    assert app.status()["model_loads"] == 1


def test_no_new_answer_is_an_error(app: Server) -> None:
    async def repeat() -> None:
        async with Reader(app.url, "masking", v="1", lang="zh", text=SENTENCES[0], masks="1", focus="1") as reader:
            await reader.open()
            await reader.cover(5)
            await reader.cover(5)

    with pytest.raises(ReaderError, match="no new bars"):
        loops.run(repeat())


def test_a_page_that_is_not_there_is_an_error(app: Server) -> None:
    async def visit() -> None:
        async with Reader(app.url, "nowhere") as reader:
            await reader.open()

    with pytest.raises(ReaderError):
        loops.run(visit())


def test_a_button_that_a_simulated_reader_presses_does_what_it_says(app: Server) -> None:
    async def press() -> None:
        state = {"v": "2", "lang": "zh", "amount": "all", "epochs": "10", "seed": "7"}
        async with Reader(app.url, "finetuning", **state) as reader:
            await reader.visit()
            assert reader.shows("finetuning-train") and not reader.shows("finetuning-stop")
            await reader.press("finetuning-train")
            assert reader.shows("finetuning-stop"), "the training runs"
            await reader.press("finetuning-stop")
            async with asyncio.timeout(PATIENCE):  # until the step that was under way has ended
                while reader.shows("finetuning-stop"):
                    await reader.visit()
            assert reader.shows("finetuning-train")

    loops.run(press())


def test_a_short_day_of_a_school_leaves_no_failure(app: Server) -> None:
    """A quarter of a minute of what `benchmarks scale scale.soak_errors` does for ten."""
    loops.run(load.warm(app))
    found = soak.day(app, readers=2, lasting=15.0, every=3.0, trainers=0)
    assert found.errors == []
    assert found.clicks and found.pages and found.reloads and found.memory
    assert "Traceback" not in app.log()
