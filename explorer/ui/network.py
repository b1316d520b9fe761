"""Which addresses this machine has in its own networks, and a server that asks no other machine about them.

Streamlit 1.67 asks a public service for the machine's outside address: when it greets in headless mode, and when a
page is opened under a name it does not know (a phone on a second network card). Neither is wanted here.
"""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv4Network, ip_address

import psutil
from streamlit import config, net_util

# 192.168.… and 10.… before 172.16–31.…, which on a teacher's machine are mostly those of containers.
_PRIVATE = tuple(map(IPv4Network, ("192.168.0.0/16", "10.0.0.0/8", "172.16.0.0/12")))


def private_addresses() -> list[str]:
    """The machine's private IPv4 addresses, likeliest first, read from its interfaces (nothing is sent)."""
    own = [
        ip_address(item.address)
        for addresses in psutil.net_if_addrs().values()
        for item in addresses
        if item.family == socket.AF_INET
    ]
    return [str(a) for network in _PRIVATE for a in own if isinstance(a, IPv4Address) and a in network]


def phone_address() -> str | None:
    """Where the phones of the same network find this server; None where it answers this machine alone."""
    if config.get_option("server.address") not in (None, "", "0.0.0.0", "::"):
        return None
    address = next(iter(private_addresses()), None)
    base = str(config.get_option("server.baseUrlPath") or "").strip("/")
    return address and f"http://{address}:{config.get_option('server.port')}/" + f"{base}/" * bool(base)


def disable_external_ip_lookup() -> None:
    """Let pages be opened under every address of this machine, and never ask outside for another."""
    net_util.get_external_ip = lambda: None
    known = set(config.get_option("server.corsAllowedOrigins"))
    known.update(f"http://{address}" for address in private_addresses())
    config.set_option("server.corsAllowedOrigins", sorted(known))
