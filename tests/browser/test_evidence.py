"""A sceptic on the Evidence page: reads the claims, measures again, stops, takes the table along."""

from __future__ import annotations

import csv
import re
from pathlib import Path

from playwright.sync_api import expect

from explorer.evidence import runner
from explorer.lab.types.evidence import OWN
from explorer.ui.i18n import text as words
from tests.browser.conftest import DESKTOP, OpenPage
from tests.browser.journey import idle
from tests.pace import PATIENCE

LONG = PATIENCE * 1000


def test_claims_are_read_measured_again_stopped_and_taken_along(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page("/evidence", lang="zh")
    expect(page.locator("h1.question")).to_have_text(words("evidence.title", "zh"))
    page.get_by_role("radiogroup", name=words("evidence.filter", "zh")).get_by_text("填空", exact=True).click()
    idle(page)
    known = [figure.row for figure in runner.figures("masking")]
    claims = page.locator(".claim")
    expect(claims).to_have_count(len(known))
    for row in known[:3]:
        card = page.locator(f'[data-claim="{row.id}"]')
        expect(card).to_contain_text(row.claim_zh)
        expect(card).to_contain_text(row.source.replace(OWN, words("evidence.own", "zh")))
        expect(card).to_contain_text(row.revision[:12])

    page.locator(".st-key-measure-masking button").click()
    line = page.locator(".st-key-evidence-progress")
    expect(line).to_contain_text(
        re.compile(r"这一条：已完成 \d+，共 \d+"), timeout=3 * LONG
    )  # steps, streamed; the model is read first
    line.get_by_role("button", name=words("common.cancel", "zh")).click()
    stopped = re.compile(re.escape(words("evidence.stopped", "zh", done="#")).replace(r"\#", r"\d+"))
    expect(page.get_by_test_id("stMain")).to_contain_text(stopped, timeout=LONG)
    expect(page.locator(".st-key-measure-masking button")).to_be_enabled(timeout=LONG)

    idle(page)  # a run that begins as a file is ready takes it away
    with page.expect_download() as download:
        page.locator(".st-key-evidence-csv button").click()
    file = tmp_path / "evidence.csv"
    download.value.save_as(file)
    rows = list(csv.DictReader(file.read_text(encoding="utf-8-sig").splitlines()))
    assert {row["id"] for row in rows} == {row.id for row in known}
    assert all(row["claim_zh"] and row["source"] and row["command"] for row in rows)


def test_the_page_fits_a_phone_and_shows_its_stage_at_once(open_page: OpenPage) -> None:
    phone = open_page("/evidence", lang="en", viewport=(390, 844), theme="dark")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    desk = open_page("/evidence", lang="en", viewport=DESKTOP)
    box = desk.locator(".st-key-stage-evidence").bounding_box()
    assert box and box["y"] + box["height"] <= 720
