"""Waiting until nothing is under way for a page: no run of the app, and none that was asked for and has not begun.

The page says itself while a run is under way; runs.js, which every page of the journeys begins with, adds what has been
asked for.
"""

from __future__ import annotations

import itertools
from pathlib import Path

from playwright.sync_api import Page

from tests.pace import PACE, PATIENCE

RUNS = Path(__file__).with_name("runs.js")  # to be given to every browser context: context.add_init_script(path=RUNS)
BEGINS_WITHIN_S = 5.0  # quiet seconds; what was asked for and has not begun by then (its place is gone) will not begin

# Called frame after frame; three calm ones in a row, because what a message brings is drawn a moment after it.
_QUIET = """([waiting, limit]) => {
  const runs = (window.__runs ??= {due: false, open: false, since: 0});
  if (runs.waiting !== waiting) Object.assign(runs, {waiting, calm: 0});
  const app = document.querySelector('[data-testid="stApp"]');
  const coming = (runs.due || runs.open) && performance.now() - runs.since < limit;
  runs.calm = app?.dataset.testScriptState === "notRunning" && !coming ? runs.calm + 1 : 0;
  return runs.calm > 2;
}"""
_waits = itertools.count()


def idle(page: Page) -> None:
    """Wait until the app runs nothing for this page, nothing is asked of it, and what came of it is drawn."""
    page.wait_for_function(_QUIET, arg=[next(_waits), BEGINS_WITHIN_S * PACE * 1000], timeout=2 * PATIENCE * 1000)
