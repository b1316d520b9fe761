"""A page that is opened is one step of the browser's history, in whatever order Streamlit writes its address."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from explorer.components.bundle import join_modules
from tests.javascript import FOLDER, node

SHARED = FOLDER.parents[1] / "explorer" / "components" / "shared"
WRITTEN = "/masking?text=a&v=2"
# A history as a browser keeps it; [address, milliseconds before it] are pushed one after the other.
SCRIPT = """\
import {oneStepAPage} from "./steps.js";

const entries = ["BEGAN"];
let now = 0;
globalThis.window = globalThis;
Object.defineProperty(globalThis, "performance", {value: {now: () => now}});
globalThis.document = {get location() { return new URL(entries.at(-1), "http://localhost/"); }};
globalThis.history = {
  pushState: (state, unused, address) => entries.push(address),
  replaceState: (state, unused, address) => entries.splice(-1, 1, address),
};
oneStepAPage();
oneStepAPage();
for (const [address, waited] of PUSHED) {
  now += waited;
  history.pushState({}, "", address);
}
console.log(JSON.stringify(entries));
"""


@pytest.mark.parametrize(
    ("began", "pushed", "steps"),
    [
        (WRITTEN, [["/context", 9], ["/context?text=b&v=2", 90]], ["/context?text=b&v=2"]),
        (WRITTEN, [["/masking?text=b&v=2", 9], ["/context?text=b&v=2", 9]], ["/context?text=b&v=2"]),
        (
            WRITTEN,
            [["/masking?text=b&v=2", 9], ["/masking?text=c&v=2", 9]],
            ["/masking?text=b&v=2", "/masking?text=c&v=2"],
        ),
        (
            "/masking?text=a&v=2",
            [["/masking?text=b&v=2", 9], ["/context?text=b&v=2", 2000]],
            ["/masking?text=b&v=2", "/context?text=b&v=2"],
        ),
        (WRITTEN, [["/context?tour=1", 9], ["/pairs?tour=1", 9]], ["/context?tour=1", "/pairs?tour=1"]),
        (WRITTEN, [["/context", 9], ["/pairs", 9]], ["/context", "/pairs"]),
        ("/masking", [["/context", 9], ["/context?text=b&v=2", 90]], ["/context?text=b&v=2"]),
        ("/masking", [["/masking?text=b&v=2", 9], ["/context?text=b&v=2", 9]], ["/context?text=b&v=2"]),
        (
            "/pairs?tour=1&a=b&v=2",
            [["/context?tour=1", 9], ["/context?tour=1&text=b&v=2", 90]],
            ["/context?tour=1&text=b&v=2"],
        ),
        (
            "/pairs?lang=en&tour=1",
            [["/pairs?lang=en&tour=1&text=b&v=2", 9], ["/context?lang=en&tour=1&text=b&v=2", 9]],
            ["/context?lang=en&tour=1&text=b&v=2"],
        ),
        (
            "/classroom?find=a&v=2",
            [["/masking?tool=see", 9], ["/masking?tool=see&v=2", 3000]],
            ["/masking?tool=see&v=2"],
        ),
        ("/pairs?tour=1", [["/pairs?lang=en&tour=1", 9]], ["/pairs?lang=en&tour=1"]),
        (
            "/context?tour=1&text=a&v=2",
            [["/context?tour=1&text=b&v=2", 9], ["/context?text=b&v=2", 2000]],
            ["/context?tour=1&text=b&v=2", "/context?text=b&v=2"],
        ),
    ],
)
def test_a_page_that_is_opened_is_one_step(
    began: str, pushed: list[list[object]], steps: list[str], tmp_path: Path
) -> None:
    (tmp_path / "steps.js").write_text((SHARED / "steps.js").read_text(encoding="utf-8"), encoding="utf-8")
    script = tmp_path / "script.mjs"
    script.write_text(SCRIPT.replace("BEGAN", began).replace("PUSHED", json.dumps(pushed)), encoding="utf-8")
    joined = tmp_path / "joined.mjs"
    joined.write_text(join_modules(script), encoding="utf-8")
    done = subprocess.run([*node(), str(joined)], capture_output=True, check=True, text=True)
    assert json.loads(done.stdout) == [began, *steps]
