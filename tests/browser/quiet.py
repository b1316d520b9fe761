"""Waiting until nothing is under way for a page: no run of the app, and none that was asked for and has not begun.

The page says itself while a run is under way; runs.js, which every page of the journeys begins with, adds what has been
asked for.
"""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

from tests.pace import PACE, PATIENCE

RUNS = Path(__file__).with_name("runs.js")  # to be given to every browser context: context.add_init_script(path=RUNS)
BEGINS_WITHIN_S = 5.0  # quiet seconds; what was asked for and has not begun by then (its place is gone) will not begin

# Asked every so often, not frame after frame: a page that draws a frame only to be asked takes a tenth of a processor.
# Calm is what stays so for three frames in a row, and until the page has nothing left to do: what a message brings is
# drawn a moment after it, on a busy machine more than a moment.
EVERY_MS = 30
_QUIET = """async (limit) => {
  const calm = () => {
    const runs = (window.__runs ??= {due: false, open: false, since: 0});
    const app = document.querySelector('[data-testid="stApp"]');
    const coming = (runs.due || runs.open) && performance.now() - runs.since < limit;
    return app?.dataset.testScriptState === "notRunning" && !coming;
  };
  for (let frame = 0; frame < 3; frame++) {
    if (!calm()) return false;
    await new Promise(requestAnimationFrame);
  }
  await new Promise((drawn) => requestIdleCallback(drawn, {timeout: 1000}));
  return calm();
}"""


def idle(page: Page) -> None:
    """Wait until the app runs nothing for this page, nothing is asked of it, and what came of it is drawn."""
    limit = BEGINS_WITHIN_S * PACE * 1000
    page.wait_for_function(_QUIET, arg=limit, polling=EVERY_MS, timeout=2 * PATIENCE * 1000)
