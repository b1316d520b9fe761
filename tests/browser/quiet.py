"""Waiting until nothing is under way for a page: no run of the app, none that was asked for and has not begun, and
nothing that a run has brought and that is still on its way to the screen.

The page says itself while a run is under way; runs.js, which every page of the journeys begins with, adds what has been
asked for. A figure of ours is on its way while its script or its numbers are fetched, one of Plotly's until it stands.
"""

from __future__ import annotations

import itertools
from pathlib import Path

from playwright.sync_api import Page

from tests.pace import PACE, PATIENCE

RUNS = Path(__file__).with_name("runs.js")  # to be given to every browser context: context.add_init_script(path=RUNS)
BEGINS_WITHIN_S = 5.0  # quiet seconds; what was asked for and has not begun by then (its place is gone) will not begin

# Called frame after frame; three calm ones in a row, because what a message brings is drawn a moment after it. What is
# not drawn so long after the run is not waited for either: it may never be. The button of ui/stop_button.py is no
# figure.
_QUIET = """([waiting, limit]) => {
  const runs = (window.__runs ??= {due: false, open: false, since: 0});
  if (runs.waiting !== waiting) Object.assign(runs, {waiting, calm: 0});
  const app = document.querySelector('[data-testid="stApp"]');
  const lately = performance.now() - runs.since < limit;
  const all = (selector) => [...document.querySelectorAll(`[data-testid="stMain"] ${selector}`)];
  const drawn = () => !all('[data-testid="stSkeleton"]').length
    && all('.stPlotlyChart').every((chart) => chart.querySelector(".main-svg"))
    && all('[data-testid="stBidiComponentIsolated"]').every((host) => host.closest('[class*="st-key-stop-"]')
      || host.shadowRoot?.querySelector(".sesame[data-ready]:not([aria-busy])"));
  const rests = app?.dataset.testScriptState === "notRunning" && !(lately && (runs.due || runs.open || !drawn()));
  runs.calm = rests ? runs.calm + 1 : 0;
  return runs.calm > 2;
}"""
_waits = itertools.count()


def idle(page: Page) -> None:
    """Wait until the app runs nothing for this page, nothing is asked of it, and what came of it is drawn."""
    page.wait_for_function(_QUIET, arg=[next(_waits), BEGINS_WITHIN_S * PACE * 1000], timeout=2 * PATIENCE * 1000)
