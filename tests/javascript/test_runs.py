"""What journeys wait for (tests/browser/runs.js) is read off the messages that this version of Streamlit writes."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.javascript import FOLDER, node

RUNS = FOLDER.parent / "browser" / "runs.js"
PLAY = """
let listener;
globalThis.window = globalThis;
globalThis.WebSocket = class {
  addEventListener(name, heard) { listener = heard; }
  send() {}
};
%s
const socket = new WebSocket();
console.log(JSON.stringify(%s.map(([way, bytes]) => {
  const data = new Uint8Array(bytes);
  if (way === "sent") socket.send(data);
  else listener({data: data.buffer});
  return [window.__runs.due, window.__runs.open];
})));
"""


def asks(*, by_itself: bool = False) -> tuple[str, list[int]]:
    message = BackMsg()
    message.rerun_script.query_string = "text=猫" * 30
    message.rerun_script.fragment_id = "one"
    message.rerun_script.is_auto_rerun = by_itself
    return "sent", [*message.SerializeToString()]


def begins() -> tuple[str, list[int]]:
    message = ForwardMsg(hash="h" * 200)
    message.metadata.delta_path.append(300)
    message.new_session.page_script_hash = "one"
    return "heard", [*message.SerializeToString()]


def draws() -> tuple[str, list[int]]:
    message = ForwardMsg(hash="h")
    message.delta.new_element.html.body = "\x22\x30\x02" * 100
    return "heard", [*message.SerializeToString()]


def ends(how: ForwardMsg.ScriptFinishedStatus.ValueType) -> tuple[str, list[int]]:
    return "heard", [*ForwardMsg(hash="h", script_finished=how).SerializeToString()]


def beats() -> tuple[str, list[int]]:
    return "sent", [*BackMsg(app_heartbeat=True).SerializeToString()]


DUE, OPEN, CALM = [True, False], [False, True], [False, False]


@pytest.mark.parametrize(
    ("messages", "states"),
    [
        ([asks(), begins(), draws(), ends(ForwardMsg.FINISHED_SUCCESSFULLY)], [DUE, OPEN, OPEN, CALM]),
        ([asks(), begins(), ends(ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)], [DUE, OPEN, CALM]),
        ([asks(), begins(), ends(ForwardMsg.FINISHED_EARLY_FOR_RERUN), begins()], [DUE, OPEN, DUE, OPEN]),
        ([asks(), begins(), asks(), ends(ForwardMsg.FINISHED_SUCCESSFULLY)], [DUE, OPEN, [True, True], DUE]),
        ([asks(), begins(), beats()], [DUE, OPEN, OPEN]),
        ([asks(by_itself=True), begins()], [CALM, OPEN]),
    ],
    ids=["a run", "a fragment", "ended for another", "asked for meanwhile", "a heartbeat", "by itself"],
)
def test_a_run_is_due_from_the_question_to_its_beginning(
    messages: list[tuple[str, list[int]]], states: list[list[bool]], tmp_path: Path
) -> None:
    script = tmp_path / "play.mjs"
    script.write_text(PLAY % (RUNS.read_text(encoding="utf-8"), json.dumps(messages)), encoding="utf-8")
    said = subprocess.run([*node(), str(script)], capture_output=True, check=True, text=True).stdout
    assert json.loads(said) == states
