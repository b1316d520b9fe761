"""A figure shows the newest payload, in whatever order the browser brings the calls back.

Streamlit imports a component's module anew for each payload. Imports of a module that is still being fetched come back
in any order in Chromium, and Streamlit runs the clean-up of a call that was overtaken once that call has been made.
"""

from __future__ import annotations

import base64
import os
from pathlib import Path

import pytest
from playwright.sync_api import Page

from explorer.components.bundle import join_modules
from explorer.components.packing import pack
from tests.browser.components.conftest import OpenGallery

SHARED = Path(__file__).parents[3] / "explorer" / "components" / "shared"
VIEW = """\
import {{mount}} from "{mount}";

class View {{
  constructor(root) {{
    this.root = root;
  }}

  update(header) {{
    this.root.textContent = `${{header.says}} · ${{header.both}}`;
  }}

  destroy() {{}}
}}

export default function (component) {{
  return mount(component, (root) => new View(root));
}}
"""
# Calls as Streamlit makes them: what a call returns is awaited; if a newer effect has begun by then, it is run.
PLAY = """async ({script, payloads, order}) => {
  const module = await import(URL.createObjectURL(new Blob([script], {type: "text/javascript"})));
  const host = document.body.appendChild(document.createElement("div")).attachShadow({mode: "open"});
  const newest = payloads.length - 1;
  let leaves = null;
  const call = async (i) => {
    const data = Uint8Array.from(atob(payloads[i]), (c) => c.charCodeAt(0));
    const leave = await (async () => module.default({parentElement: host, data, setTriggerValue() {}}))();
    if (i === newest) leaves = leave;
    else Promise.resolve(leave).then((f) => f());
  };
  await Promise.all(order.map(call));
  await new Promise((go) => setTimeout(go, 50));
  const stood = host.textContent;
  leaves();
  return [stood, host.textContent];
}"""


@pytest.fixture
def page(open_gallery: OpenGallery) -> Page:
    return open_gallery("vector")


@pytest.mark.parametrize("order", [[0, 1, 2], [2, 1, 0], [1, 2, 0], [2, 0, 1]])
def test_the_newest_payload_stands(page: Page, tmp_path: Path, order: list[int]) -> None:
    script = tmp_path / "order.js"
    script.write_text(VIEW.format(mount=os.path.relpath(SHARED / "mount.js", tmp_path)), encoding="utf-8")
    payloads = [
        {"key": f"order-{order}", "says": "oldest", "both": "said once", "fresh": {"both": "digest"}},
        {"key": f"order-{order}", "says": "older", "known": {"both": "digest"}},
        {"key": f"order-{order}", "says": "newest", "known": {"both": "digest"}},
    ]
    coded = [base64.b64encode(pack({"lang": "en", **payload})).decode() for payload in payloads]
    stood, left = page.evaluate(PLAY, {"script": join_modules(script), "payloads": coded, "order": order})
    assert stood == "newest · said once"
    assert left == "", "and goes with the page's own leaving"
