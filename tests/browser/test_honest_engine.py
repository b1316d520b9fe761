"""What the engine really does while readers work: counted by GET /status and on the page's own websocket.

Dials are the browser's business      test_dragging_the_temperature_asks_nobody
One copy of the model for everyone    test_a_second_reader_loads_no_model
What was computed is kept             test_the_same_sentence_is_served_from_memory
Nothing heavy before it is needed     test_a_page_stands_before_torch_is_there
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.journey import Masking, Reference, eventually, idle, until
from tests.browser.server import Server


def test_dragging_the_temperature_asks_nobody(open_page: OpenPage, server: Server, reference: Reference) -> None:
    text, at = "雨停了，蜗牛慢慢爬上了篱笆。", 4
    page = Masking(open_page("/masking"))
    page.writes(text, reference.pieces(text))
    page.covers(at)
    scanned(page)
    sent = frames_sent(page.page)
    before = server.status()["forward_passes"]

    dial = page.bars.dial("temperature")
    dial.scroll_into_view_if_needed()
    box = dial.bounding_box()
    assert box
    middle = box["y"] + box["height"] / 2
    page.page.mouse.move(box["x"] + box["width"] * 0.66, middle)
    page.page.mouse.down()
    seen = set()
    for share in [n / 20 for n in range(1, 20)]:
        page.page.mouse.move(box["x"] + box["width"] * share, middle)
        row = until(page.page, lambda: page.bars.rows()[0])
        seen.add(row.said)
    assert len(seen) > 5, "the bars follow the finger"
    assert sent() == 0, "nothing is sent while the dial moves"
    page.page.mouse.up()
    until(page.page, lambda: _true(sent() > 0), seconds=10)  # at rest the place is told once, for the link
    idle(page.page)
    assert server.status()["forward_passes"] == before


def test_a_second_reader_loads_no_model(open_page: OpenPage, server: Server, reference: Reference) -> None:
    texts = "清晨的菜市场里挤满了人。", "The gardener planted tulips behind the old church."
    first = Masking(open_page("/masking"))
    first.writes(texts[0], reference.pieces(texts[0]))
    first.covers(4)
    first.bars.show(reference.masked(texts[0], 4), original=reference.ids(texts[0])[4])
    before = server.status()
    assert "mini-mbert" in before["models_ready"]
    second = Masking(open_page("/masking", lang="en"), "en")
    second.writes(texts[1], reference.pieces(texts[1]))
    second.covers(3)
    second.bars.show(reference.masked(texts[1], 3), original=reference.ids(texts[1])[3])
    after = server.status()
    assert after["model_loads"] == before["model_loads"]
    assert after["forward_passes"] > before["forward_passes"], "it was really computed"
    assert after["precomputed_hits"] == 0


def test_the_same_sentence_is_served_from_memory(open_page: OpenPage, server: Server, reference: Reference) -> None:
    text, at = "弟弟把风筝挂在了阳台上。", 6
    p, original = reference.masked(text, at), reference.ids(text)[at]

    def read() -> dict[str, Any]:
        page = Masking(open_page("/masking"))
        page.writes(text, reference.pieces(text))
        page.covers(at)
        page.bars.show(p, original=original)
        scanned(page)
        return server.status()

    first, second = read(), read()
    assert second["forward_passes"] == first["forward_passes"]
    assert second["runs"] == first["runs"]


def test_a_page_stands_before_torch_is_there(open_page: OpenPage, fresh_server: Callable[..., Server]) -> None:
    """With what comes computed, the first page needs no model: it is there while torch is still being imported."""
    server = fresh_server()
    assert not server.status()["torch_imported"]
    page = Masking(open_page("/masking", on=server))
    expect(page.bars.verdict).to_contain_text("%")
    eventually(page.page, lambda: _true(server.status()["model_loads"] == 1))
    assert server.status()["precomputed_hits"] >= 1


def frames_sent(page: Page) -> Callable[[], int]:
    """How many messages the page has sent over its websocket since this call."""
    sent: list[object] = []
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.on("Network.webSocketFrameSent", lambda frame: sent.append(frame))

    def count() -> int:
        session.send("Runtime.evaluate", {"expression": "0"})  # what happened before this answer has been told
        return len(sent)

    return count


def scanned(page: Masking) -> None:
    """Wait until the whole-sentence scan is there and drawn."""
    inner = slice(1, -1)

    def marked() -> None:
        covered = page.sentence.covered()
        marks = page.sentence.surprisal()[inner]
        assert all(mark is not None or n in covered for n, mark in enumerate(marks, start=1))

    eventually(page.page, marked)
    idle(page.page)


def _true(fact: bool) -> None:
    assert fact
