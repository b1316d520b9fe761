"""What a browser says of a widget that the page has replaced since is nobody's choice."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from tests.pace import PACE


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
    at = AppTest.from_function(_app, default_timeout=20 * PACE).run()
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
    at = AppTest.from_function(_app, default_timeout=20 * PACE).run()
    first = at.toggle[0].proto.id
    at.toggle[0].set_value(True).run()
    assert at.session_state["on"] is True and at.toggle[0].proto.id == first
    at.toggle[0].set_value(False).run()
    assert at.session_state["on"] is False and at.toggle[0].proto.id == first


def _lines() -> None:
    import streamlit as st

    from explorer.ui import widgets

    def write(text: str) -> None:
        st.session_state["text"] = text

    widgets.text_line("line", "line", st.session_state.get("text", "天"), write)
    st.button("preset", on_click=write, args=("地",))
    st.button("other")


def test_a_run_that_comes_while_somebody_types_leaves_the_box_alone() -> None:
    """A browser puts what it is told to set in the place of what is being typed."""
    at = AppTest.from_function(_lines, default_timeout=20 * PACE).run()
    assert at.text_input[0].value == "天"
    for _ in range(2):
        at.button[1].click().run()
        assert not at.text_input[0].proto.set_value
    at.text_input[0].set_value("人").run()
    assert not at.text_input[0].proto.set_value, "what the reader wrote stands there already"
    at.button[0].click().run()
    assert at.text_input[0].value == at.text_input[0].proto.default == "地"
