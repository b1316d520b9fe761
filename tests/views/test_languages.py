"""跨语言 without a browser: what its callbacks keep."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from explorer.views.languages import keep
from explorer.views.languages.common import State, change, store
from tests.pace import PACE

VIEWS = Path(__file__).resolve().parents[2] / "explorer" / "views"


def _page() -> None:
    import streamlit as st

    from explorer.views.languages import common

    drawn = common.store().get()
    st.text_input(
        "text", key="text", value=common.text_of(drawn), on_change=lambda: common.change(text=st.session_state.text)
    )
    st.slider("layer", 0, 12, key="layer", on_change=lambda: common.change(layer=st.session_state.layer))
    st.code(repr(common.store().now()))


def test_a_dial_moved_after_a_sentence_was_written_keeps_the_sentence() -> None:
    """Both changes arrive in one run: the second must start from what the first has kept, not from what was drawn."""
    at = AppTest.from_function(_page, default_timeout=30 * PACE).run()
    at.text_input(key="text").set_value("猫在看月亮。")
    at.slider(key="layer").set_value(5)
    at.run()
    kept = at.code[0].value
    assert "猫在看月亮。" in kept and "layer=5" in kept


def test_a_change_starts_from_what_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = {"state": State(text="old")}
    monkeypatch.setattr(type(store()), "now", lambda self: kept["state"])
    monkeypatch.setattr(type(store()), "_keep", lambda self, state: kept.update(state=state))
    change(text="new")
    change(layer=5)
    assert (kept["state"].text, kept["state"].layer) == ("new", 5)


def test_no_tool_hands_what_was_drawn_to_a_callback() -> None:
    """Nothing in 跨语言 writes a field of the drawn state back: all of it goes through `change`."""
    for path in (VIEWS / "languages").glob("*.py"):
        code = path.read_text(encoding="utf-8")
        assert "store().set(text=" not in code, path.name
        assert "text_of(state), target" not in code, path.name


@pytest.mark.parametrize(
    ("han", "blind", "right"),
    [
        (0.0, 0.2, "same"), (0.099, 0.2, "same"), (0.101, 0.2, "any"), (0.5, 0.2, "any"), (0.501, 0.2, "zh"),
        (0.03, 0.05, "any"), (0.3, 0.9, "same"), (0.6, 0.9, "zh"), (0.0, 0.0, "same"),
    ],
)  # fmt: skip
def test_almost_none_is_nearer_to_none_than_to_a_draw_blind_to_language(han: float, blind: float, right: str) -> None:
    assert keep.answer(han, blind) == right
