"""Words and numbers: whose language, which text, and how a number is written."""

from __future__ import annotations

import socket
from types import SimpleNamespace

import psutil
import pytest

from explorer.ui import i18n, network
from explorer.ui.numbers import percent, signed, thousands
from tests.ui.conftest import Reader

# --- language --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("locale", "lang"),
    [("zh-CN", "zh"), ("zh-TW", "zh"), ("ZH", "zh"), ("en-US", "en"), ("fr-FR", "en"), ("ja", "en"), (None, "zh"),
     ("", "zh")],
)  # fmt: skip
def test_the_browser_s_locale_decides_at_first(reader: Reader, locale: str | None, lang: str) -> None:
    reader.st.context.locale = locale
    assert i18n.language() == lang


def test_the_link_is_stronger_than_the_locale(reader: Reader) -> None:
    reader.st.context.locale = "zh-CN"
    reader.link["lang"] = "en"
    assert i18n.language() == "en"


def test_the_reader_s_choice_is_stronger_than_the_link(reader: Reader) -> None:
    reader.link["lang"] = "en"
    i18n.choose_language("zh")
    assert i18n.language() == "zh"
    assert reader.link["lang"] == "zh"


@pytest.mark.parametrize("foreign", ["de", "", "../en", "ZH"])
def test_a_language_without_texts_is_not_taken(reader: Reader, foreign: str) -> None:
    reader.link["lang"] = foreign
    reader.st.context.locale = "en"
    assert i18n.language() == "en"
    with pytest.raises(ValueError, match="no texts"):
        i18n.choose_language(foreign)


def test_the_language_stays_when_the_link_is_emptied(reader: Reader) -> None:
    reader.link["lang"] = "en"
    assert i18n.language() == "en"
    reader.link.clear()
    assert i18n.language() == "en"


def test_back_and_forward_take_the_language_along(reader: Reader) -> None:
    reader.opens(text="a")
    assert not i18n.follow_address("masking")
    i18n.choose_language("en")
    assert not i18n.follow_address("masking"), "what was chosen is in the address"
    reader.link.clear()
    assert i18n.follow_address("masking"), "back to the address before the choice"
    assert i18n.language() == "zh"
    reader.link["lang"] = "en"
    assert i18n.follow_address("masking")
    assert i18n.language() == "en"
    reader.link["lang"] = "zh"
    assert i18n.follow_address("masking")
    reader.link["lang"] = "en"
    i18n.follow_address("masking")
    reader.link.clear()
    assert not i18n.follow_address("pairs"), "another page, opened by a link that names no language"
    assert i18n.language() == "en"
    assert not i18n.follow_address("pairs")


def test_texts_are_filled_in(reader: Reader) -> None:
    reader.session["language"] = "en"
    assert i18n.t("common.progress", done=3, total=9) == "3 of 9"
    assert i18n.text("common.progress", "zh", done=3, total=9) == "3 / 9"


@pytest.mark.parametrize("key", ["masking.none", "masking.how.mask.deeper", "masking.how"])
def test_a_key_that_is_no_text_is_a_mistake_of_ours(key: str) -> None:
    with pytest.raises(KeyError):
        i18n.text(key, "en")


def test_a_section_is_no_text(reader: Reader) -> None:
    assert "strip" in i18n.section("components.strip")
    with pytest.raises(KeyError, match="not a section"):
        i18n.section("masking.title")


# --- numbers ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("p", "written"),
    [(0.372, "37.2 %"), (0, "0 %"), (1e-9, "< 0.1 %"), (0.00099, "< 0.1 %"), (0.001, "0.1 %"), (0.5, "50.0 %"),
     (0.9994, "99.9 %"), (0.9995, "> 99.9 %"), (0.9999999, "> 99.9 %"), (1, "100.0 %")],
)  # fmt: skip
def test_percent(p: float, written: str) -> None:
    assert percent(p) == written


@pytest.mark.parametrize(
    ("n", "written"), [(0, "0"), (999, "999"), (12_912_768, "12,912,768"), (1e12, "1,000,000,000,000")]
)
def test_thousands(n: float, written: str) -> None:
    assert thousands(n) == written


@pytest.mark.parametrize(("x", "written"), [(-1.25, "−1.25"), (1.25, "1.25"), (-12.3456, "−12.35")])
def test_signed(x: float, written: str) -> None:
    assert signed(x) == written


# --- the address for phones ------------------------------------------------------------------------------------


def an_interface(*addresses: str) -> list[SimpleNamespace]:
    v6 = SimpleNamespace(family=socket.AF_INET6, address="fe80::1%eth0")
    return [v6, *(SimpleNamespace(family=socket.AF_INET, address=address) for address in addresses)]


@pytest.mark.parametrize(
    ("interfaces", "address"),
    [
        ({"lo": ["127.0.0.1"]}, None),
        ({}, None),
        ({"lo": ["127.0.0.1"], "eth0": ["192.168.1.20"]}, "192.168.1.20"),
        ({"wlan0": ["10.12.0.7"]}, "10.12.0.7"),
        ({"eth0": ["172.16.5.4"]}, "172.16.5.4"),
        ({"eth0": ["172.31.255.1"]}, "172.31.255.1"),
        ({"eth0": ["172.15.0.1"]}, None),
        ({"eth0": ["172.200.0.1"]}, None),
        ({"eth0": ["100.64.1.1"]}, None),
        ({"eth0": ["8.8.8.8"]}, None),
        ({"eth0": ["169.254.3.3"]}, None),
        ({"docker0": ["172.17.0.1"], "wlan0": ["192.168.43.5"]}, "192.168.43.5"),
        ({"docker0": ["172.17.0.1"], "eth0": ["10.0.0.5"]}, "10.0.0.5"),
    ],
)
def test_the_address_is_one_of_the_class_s_network(
    interfaces: dict[str, list[str]], address: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    faked = {name: an_interface(*addresses) for name, addresses in interfaces.items()}
    monkeypatch.setattr(psutil, "net_if_addrs", lambda: faked)
    assert next(iter(network.private_addresses()), None) == address


@pytest.mark.parametrize(
    ("base", "address"), [("", "http://10.0.0.5:8501/"), ("/sesame/", "http://10.0.0.5:8501/sesame/")]
)
def test_phones_are_led_below_the_server_s_path(base: str, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"server.address": None, "server.port": 8501, "server.baseUrlPath": base}
    monkeypatch.setattr(network.config, "get_option", given.__getitem__)
    monkeypatch.setattr(network, "private_addresses", lambda: ["10.0.0.5"])
    assert network.phone_address() == address
