"""哪种弄坏法最好 without a browser: what it opens on, a contest run, stopped, told, and what its verdict follows."""

from __future__ import annotations

import time

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explorer.engine import get_engine
from explorer.engine.runs import runs
from explorer.lab import contest, contest_tasks
from explorer.lab.types.contest import BAND, CONTEST, ENTRANTS, KINDS, TASKS, ContestInputs
from explorer.ui import i18n
from explorer.views.denoising import contest as view
from tests.pace import PACE
from tests.pages.app import body, count, drawn, link, notices, open_page


def words(key: str, lang: str = "zh", **values: object) -> str:
    return i18n.text(f"denoising.contest.{key}", lang, **values).replace("**", "")


def started(at: AppTest) -> bool:
    return any(one.key == "denoising-contest-stop" for one in at.button)


def until_over(at: AppTest) -> None:
    deadline = time.monotonic() + 60 * PACE
    while started(at) and time.monotonic() < deadline:
        time.sleep(0.1)
        at.run()
    assert not started(at), "it did not end"


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contest, "SENTENCES", 96)
    monkeypatch.setattr(contest, "TUNES", 4)
    monkeypatch.setattr(contest_tasks, "TESTED", 40)
    monkeypatch.setattr(contest_tasks, "TAUGHT", {"fit": 40, "order": 40, "sum": 16})


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
def test_it_opens_on_a_whole_contest_with_the_other_seeds_beside_it(lang: str) -> None:
    at = open_page("denoising", lang, tool="contest")
    assert not at.exception
    assert count(at, "plotly_chart") == 1 + len(TASKS)
    seen = body(at)
    for entrant in ENTRANTS:
        assert words(f"entrant.{entrant}", lang) in seen
    found = get_engine().peek(CONTEST, None, ContestInputs())
    assert found is not None
    assert words("cost_note", lang, seconds=f"{found.took:.0f}") in seen
    assert words("bars", lang, n=contest_tasks.TESTED, seeds=len(BAND)) in seen
    assert any(
        words("verdict", lang, seeds=len(BAND), firsts="|", told="", source="").split("|")[0] in n for n in notices(at)
    )
    drawn(at.button, "denoising-contest-again").click().run()
    assert link(at) == {"tool": "contest", "drawn": "1"}


@pytest.mark.usefixtures("small")
def test_a_contest_runs_is_stopped_stands_and_is_run_again() -> None:
    at = open_page("denoising", "zh", tool="contest", drawn="91", updates="100")
    run = None
    drawn(at.button, "denoising-contest-start").click().run()
    assert not at.exception and started(at)
    inputs = ContestInputs(100, 91)
    deadline = time.monotonic() + 60 * PACE
    while time.monotonic() < deadline:
        run = runs().find(CONTEST, None, inputs)
        if run is not None and len(run.so_far) > 12:
            break
        time.sleep(0.05)
    assert run is not None
    other = open_page("denoising", "zh", tool="contest", drawn="91", updates="100")
    assert started(other) or run.ended, "another session, or a reload, finds it"
    drawn(at.button, "denoising-contest-stop").click().run()
    until_over(at)
    told = words("stopped", done="|", total=100).split("|")
    assert any(all(part in notice for part in told) for notice in notices(at)), notices(at)
    assert count(at, "plotly_chart") == 1, "the curves stand"
    drawn(at.button, "denoising-contest-start").click().run()
    until_over(at)
    assert not at.exception
    assert count(at, "plotly_chart") == 1 + len(TASKS)


@pytest.mark.usefixtures("small")
def test_a_loss_that_is_no_number_is_told_on_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contest, "RATE", 1e30)
    at = open_page("denoising", "en", tool="contest", drawn="92", updates="100")
    drawn(at.button, "denoising-contest-start").click().run()
    until_over(at)
    assert not at.exception
    start = i18n.text("errors.training_diverged", "en", step="|").split("|")[1]
    assert any(start in notice for notice in notices(at))


def test_the_verdict_follows_the_order_of_those_that_take_words_away(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[dict[str, object]] = []
    monkeypatch.setattr(view.page_parts, "notice", lambda key, **values: told.append(values))
    for high, key in (
        (("mask", "delete", "infill"), "agrees"),
        (("mask", "permute"), "partly"),
        (("rotate",), "differs"),
    ):
        shares = np.zeros((len(TASKS), len(ENTRANTS)))
        shares[:, [KINDS.index(kind) for kind in high]] = 0.5
        if key == "partly":
            shares[:, KINDS.index("permute")] = 0.1
            shares[:, KINDS.index("infill")] = 0.2
        view._verdict(shares, 5)
        assert str(told[-1]["told"]).startswith(words(key, n="|", all=6).split("|")[0][:12])
        assert words(f"entrant.{KINDS[int(shares[0].argmax())]}") in str(told[-1]["firsts"])
