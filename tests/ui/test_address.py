"""Address: a browser that has not heard of a change yet undoes nothing; one that went back is followed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.testing.v1 import AppTest

from explorer.ui import address
from tests.pace import PACE


def _app() -> None:
    from dataclasses import dataclass

    import streamlit as st

    from explorer.ui import address, i18n
    from explorer.ui.state import Store, limit

    @dataclass(frozen=True)
    class Dials:
        alpha: int = limit(0, low=-9, high=9)

    store = Store(Dials, "dials")
    address.on("dials")
    i18n.follow_address("dials")
    for n in (-1, 1, 2):
        st.button(str(n), on_click=store.set, kwargs={"alpha": n})
    for lang in ("zh", "en"):
        st.button(lang, on_click=i18n.choose_language, args=(lang,))
    st.button("train")
    st.text(f"{store.get().alpha} {i18n.language()}")
    st.text(" ".join(page for page in ("dials", "another") if address.led(page)))


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that the browser is told."""
    from streamlit.runtime.state.query_params import QueryParams

    told: list[str] = []
    send = QueryParams._send_query_param_msg

    def sent(self: QueryParams) -> None:
        send(self)
        context = get_script_run_ctx()
        assert context is not None
        told.append(context.query_string)

    monkeypatch.setattr(QueryParams, "_send_query_param_msg", sent)
    return told


@pytest.fixture
def at() -> Iterator[AppTest]:
    yield AppTest.from_function(_app, default_timeout=20 * PACE).run()


def press(at: AppTest, label: str, address: dict[str, Any]) -> None:
    """A click of a browser that shows this address."""
    at.query_params.clear()
    at.query_params.update(address)
    next(button for button in at.button if button.label == label).click().run()
    assert not at.exception


def press_link(at: AppTest, query: dict[str, str]) -> None:
    at.query_params.clear()
    at.query_params.update(query | {address.LED: "1"})
    at.run()
    assert not at.exception


def shown(at: AppTest) -> str:
    return str(at.text[0].value)


def test_what_a_dial_ends_on_is_said_last(at: AppTest, said: list[str]) -> None:
    """Away and back again before the browser has heard of the way between: its address must not end in between."""
    press(at, "-1", {})
    before = dict(at.query_params)
    for label in ("1", "2", "-1"):
        press(at, label, before)
    assert shown(at).startswith("-1 ")
    assert "alpha=-1" in said[-1]


def test_a_click_before_the_browser_has_heard_does_not_set_a_dial_back(at: AppTest, said: list[str]) -> None:
    press(at, "1", {})
    before = dict(at.query_params)
    press(at, "2", before)
    press(at, "train", before)
    assert shown(at).startswith("2 ")
    assert "alpha=2" in said[-1]
    press(at, "zh", {})
    before = dict(at.query_params)
    press(at, "en", before)
    press(at, "train", before)
    assert shown(at) == "2 en"
    assert "lang=en" in said[-1]


def test_a_link_to_the_page_that_stands_there_is_followed_and_said(at: AppTest, said: list[str]) -> None:
    """Streamlit's browser runs such a link and goes on showing the address of before; there and back again at once."""
    press(at, "1", {})
    here = dict(at.query_params)
    told = len(said)
    press(at, "train", here)
    assert len(said) == told, "what the browser shows need not be said"
    assert at.text[1].value == "dials"
    for alpha in ("-1", "1", "-1"):
        press_link(at, {"alpha": alpha, "v": here["v"]})
        assert shown(at).startswith(f"{alpha} ")
        assert f"alpha={alpha}" in said[-1] and address.LED not in said[-1]
    press(at, "train", {"alpha": "1", "v": here["v"]})  # it has not heard of the last one yet
    assert shown(at).startswith("-1 ") and "alpha=-1" in said[-1]


def test_what_was_chosen_elsewhere_is_no_late_word(at: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A room leads its phones: there and back again at once."""
    press(at, "1", {})
    before = dict(at.query_params)
    press(at, "2", before)
    late = address.late
    monkeypatch.setattr(address, "late", lambda name, value: (address.meant(), late(name, value))[1])
    press(at, "train", before)
    assert shown(at).startswith("1 ")


def test_going_back_is_followed(at: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    press(at, "1", {"lang": "zh"})
    before = dict(at.query_params)
    press(at, "en", before)
    press(at, "2", dict(at.query_params))
    monkeypatch.setattr(address, "_went_back", lambda: True)
    at.query_params.clear()
    at.query_params.update(before)
    at.run()
    assert shown(at) == "1 zh"


def test_a_link_from_another_page_is_followed(at: AppTest) -> None:
    press(at, "1", {})
    before = dict(at.query_params)
    press(at, "2", before)
    at.session_state["address:page"] = "another"
    press(at, "train", before)
    assert shown(at).startswith("1 ")


def test_nobody_waits_for_ever(at: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    press(at, "1", {})
    before = dict(at.query_params)
    press(at, "2", before)
    monkeypatch.setattr(address, "PATIENCE_S", 0.0)
    press(at, "train", before)
    assert shown(at).startswith("1 ")


def test_streamlit_says_who_went_back() -> None:
    """What is looked at is not Streamlit's public face."""
    at = AppTest.from_function(_reads_context, default_timeout=20 * PACE).run()
    assert at.text[0].value == "False"


def _reads_context() -> None:
    import streamlit as st
    from streamlit.runtime.scriptrunner import get_script_run_ctx

    context = get_script_run_ctx()
    assert context is not None
    st.text(str(context.is_history_navigation))
