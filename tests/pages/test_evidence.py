"""The Evidence page without a browser: every claim with its source, its figure, its model and its command."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from explorer import chapters
from explorer.evidence import results_store, runner
from explorer.lab.types.evidence import OWN, Measuring, Row
from explorer.ui import i18n
from explorer.views.evidence import claims, common
from tests.evidence.test_runner import ROW, SECOND
from tests.pages.app import body, html, link, notices, open_page


@pytest.fixture(autouse=True)
def own_figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SESAME_MODELS", str(tmp_path))
    monkeypatch.setattr(runner, "_status", None)


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
def test_every_claim_that_came_with_the_app_is_there(lang: str) -> None:
    at = open_page("evidence", lang)
    assert not at.exception
    seen, figures = body(at), runner.figures("masking")
    assert len(figures) >= 5
    for figure in figures:
        row = figure.row
        remark = claims.REMARKS.get(row.source.partition(f"{OWN}; ")[2])
        source = row.source.replace(OWN, i18n.text("evidence.own", lang))
        if remark:
            source = i18n.text("evidence.own", lang) + i18n.text(f"evidence.remark.{remark}", lang)
        for said in (row.claim_zh if lang == "zh" else row.claim_en, source, row.revision[:12], row.command):
            assert said in seen, row.id
        assert (row.claim_en if lang == "zh" else row.claim_zh) not in seen
        assert common.written(row.measured, row.unit) in seen
    assert i18n.text("evidence.shipped", lang, day=figures[0].when[:10]) in seen
    assert i18n.text("evidence.honesty", lang) in seen


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
def test_what_was_measured_here_is_said_so_and_what_fails_too(lang: str) -> None:
    results_store.keep([ROW, SECOND])
    at = open_page("evidence", lang, chapter="masking")
    cards = "".join(html(at))
    assert 'data-claim="masking.a" data-measured="0.6"' in cards
    seen = body(at)
    assert i18n.text("evidence.holds_not", lang) in seen
    assert "10 % ≥ 50 %" in seen
    n = len(runner.figures("masking"))
    first = i18n.text("evidence.first_fact", lang, n=n, held=n - 1, failed=1)
    assert first + i18n.text("evidence.claims_sub", lang, here=2) in seen
    claim = SECOND.claim_zh if lang == "zh" else SECOND.claim_en
    links = {one.proto.label: (one.proto.page, one.proto.query_string) for one in at.main if one.type == "page_link"}
    assert links[i18n.text("evidence.see", lang, claim=claim)] == ("masking", f"v=1&tool=cover&lang={lang}")
    assert cards.index('<details class="claim" open data-claim="masking.b"') > 0, "what fails lies open"
    assert '<details class="claim" data-claim="masking.a"' in cards, "what holds is folded to a line"


def every_row() -> list[Row]:
    return [figure.row for chapter in runner.chapters() for figure in runner.figures(chapter)]


def test_a_claim_leads_to_a_tool_that_there_is() -> None:
    for row in every_row():
        assert common.where(row.id)["tool"] in chapters.get(row.chapter).tools, row.id


def test_the_chinese_page_says_nothing_in_english_but_sources_files_and_models() -> None:
    for row in every_row():
        own, _, remark = row.source.partition("; ")
        assert own != OWN or not remark or remark in claims.REMARKS, row.id
        assert row.unit_zh and bool(row.published_zh) == bool(row.published), row.id
    seen = body(open_page("evidence", "zh"))
    assert "paper reports" not in seen and i18n.text("evidence.remark.no_accuracy", "zh") in seen


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [(0.4697, "share of tokens", "47 %"), (4.768e-07, "largest difference", "0.00000048"), (-2.73, "nats", "−2.73"),
     (0.9241, "accuracy en→zh", "92.4 %"), (1.0, "mean P(original)", "100 %"), (0.0, "nats", "0")],
)  # fmt: skip
def test_figures_are_said_as_a_reader_would(value: float, unit: str, said: str) -> None:
    assert common.written(value, unit) == said


def test_every_chapter_with_evidence_is_offered_and_the_link_holds_the_choice() -> None:
    names = [name for name in chapters.IDS if name in runner.chapters()]
    at = open_page("evidence", "zh")
    control = at.segmented_control(key="evidence-chapter-zh")
    assert control.options == ["全部", *(i18n.text(f"{name}.nav", "zh").partition("：")[0] for name in names)]
    control.set_value("masking").run()
    assert link(at) == {"chapter": "masking"}
    assert not open_page("evidence", "zh", chapter="nowhere").exception


def test_how_a_measurement_stands_and_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "_status", Measuring("masking", False, 3, 9, error="cancelled"))
    assert notices(open_page("evidence", "zh")) == [i18n.text("evidence.stopped", "zh", done=3)]
    monkeypatch.setattr(runner, "_status", Measuring("masking", True, 3, 9, step=(2, 8)))
    at = open_page("evidence", "en")
    assert at.button(key="measure-masking").disabled
    assert at.button(key="evidence-cancel").label == i18n.text("common.cancel", "en")


def test_the_table_has_every_field_of_every_claim() -> None:
    results_store.keep([ROW])
    table = common.table(runner.figures("masking"))
    assert table.startswith("\ufeff"), "without this mark Excel reads 汉字 as something else"
    rows = list(csv.DictReader(io.StringIO(table.removeprefix("\ufeff"))))
    mine = next(row for row in rows if row["id"] == "masking.a")
    assert (mine["claim_zh"], mine["measured"], mine["holds"], mine["n"]) == ("说法", "0.6", "True", "12")
    assert mine["measured_here"] == "True"
    assert set(common.COLUMNS) <= set(mine)


def test_only_what_does_not_hold_and_only_what_was_measured_here(monkeypatch: pytest.MonkeyPatch) -> None:
    results_store.keep([ROW, SECOND])
    fails = "".join(html(open_page("evidence", "zh", show="fails")))
    assert "masking.b" in fails
    assert "masking.a" not in fails
    here = "".join(html(open_page("evidence", "zh", show="here")))
    assert here.count("data-claim=") == 2
    monkeypatch.setattr(results_store, "own", lambda: results_store.SHIPPED.with_name("nothing.json"))
    assert i18n.text("evidence.none_such", "zh") in body(open_page("evidence", "zh", show="here"))
