"""What a browser says of a widget that the page has replaced since is nobody's choice."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest


def _app() -> None:
    import streamlit as st

    from explorer.ui import widgets

    def choose(on: bool) -> None:
        st.session_state["on"] = on

    def preset() -> None:
        st.session_state["on"] = True

    def click() -> None:
        st.session_state["clicks"] = st.session_state.get("clicks", 0) + 1

    widgets.toggle("dial", "dial", st.session_state.get("on", False), choose)
    st.button("preset", on_click=preset)
    st.button("other", on_click=click)


def test_a_click_before_the_answer_is_drawn_does_not_undo_what_a_preset_set() -> None:
    at = AppTest.from_function(_app).run()
    seen = at._tree.get_widget_states()  # the browser stands here until the answer to the preset comes
    at.button[0].click().run()
    assert at.session_state["on"] is True
    other = next(one for one in seen.widgets if one.id == at.button[1].proto.id)
    other.trigger_value = True
    at._run(seen)
    assert at.session_state["clicks"] == 1
    assert at.session_state["on"] is True and at.toggle[0].value is True


def test_what_the_reader_chooses_is_kept_in_the_same_widget() -> None:
    """Its identity stays, and with it the focus of the keyboard."""
    at = AppTest.from_function(_app).run()
    first = at.toggle[0].proto.id
    at.toggle[0].set_value(True).run()
    assert at.session_state["on"] is True and at.toggle[0].proto.id == first
    at.toggle[0].set_value(False).run()
    assert at.session_state["on"] is False and at.toggle[0].proto.id == first
