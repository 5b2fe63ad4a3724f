"""Addresses on the network, so that one caller is one text."""

from __future__ import annotations

from ipaddress import IPv6Network, ip_address


def plain_address(text: str) -> str:
    """One spelling for each address. Raises ValueError for what is none.

    `::ffff:10.0.0.7`, as a socket for both versions shows it, is `10.0.0.7`.
    """
    found = ip_address(text)
    return str(getattr(found, "ipv4_mapped", None) or found)


def network_of(address: str) -> str:
    """Whom to count a plain address for: itself, or the /64 network of one of IPv6.

    Whoever has one address of such a network has all of them. Raises ValueError for what is no address.
    """
    found = ip_address(address)
    return address if found.version == 4 else str(IPv6Network((int(found), 64), strict=False))
