"""Settings from the environment, as people write them: with quotes, blanks and slashes that nobody meant.

Knows how a value is cleaned and when it cannot be used; knows no setting by name. Every layer may use it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

from explorer.errors import ModelUnavailable

_ADDRESS = re.compile(r"https?://[^\s/?#]+(/[^\s?#]*)?")
_PROXIES = ("ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY")
_PROXY = re.compile(r"(?:https?|socks5h?)://\S+|[\w.-]+:\d+")


def value(name: str, environment: Mapping[str, str] | None = None) -> str:
    """The setting `name` without blanks and quotes round it; "" where it is not set."""
    given = (os.environ if environment is None else environment).get(name, "")
    return given.strip().strip("\"'").strip()


def address(name: str, default: str, environment: Mapping[str, str] | None = None) -> str:
    """The web address in the setting `name`, without a slash at its end, or the default.

    Raises ModelUnavailable("setting_bad") for what is no address.
    """
    found = value(name, environment).rstrip("/ ") or default
    if not _ADDRESS.fullmatch(found):
        raise ModelUnavailable("setting_bad", name=name, value=found, example=default)
    return found


def guilty(error: Exception, environment: Mapping[str, str] | None = None) -> tuple[str, str]:
    """Which setting keeps an HTTP client from being made, and its value: a proxy or a file of certificates; "" if none
    of those looks wrong."""
    settings = os.environ if environment is None else environment
    if isinstance(error, OSError):
        for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
            if (path := settings.get(name)) and not os.path.exists(path):
                return name, path
    proxies = [(name, settings[name]) for upper in _PROXIES for name in (upper, upper.lower()) if settings.get(name)]
    for name, proxy in proxies:
        if not _PROXY.fullmatch(proxy):
            return name, proxy
    socks = [(name, proxy) for name, proxy in proxies if proxy.startswith("socks")]
    return (socks or proxies or [("", "")])[0]
