"""Addresses on the network, so that one caller is one text."""

from __future__ import annotations

import re
from ipaddress import IPv6Network, ip_address

import idna

_WITH_PORT = re.compile(r"\[(?P<v6>[^\]]+)\](:\d+)?|(?P<v4>[\d.]+):\d+")


def plain_address(text: str) -> str:
    """One spelling for each address, without the port that some proxies add.

    `::ffff:10.0.0.7`, as a socket for both versions shows it, is `10.0.0.7`. Raises ValueError for what is no
    address.
    """
    with_port = _WITH_PORT.fullmatch(text)
    found = ip_address(with_port["v6"] or with_port["v4"] if with_port else text)
    return str(getattr(found, "ipv4_mapped", None) or found)


def network_of(address: str) -> str:
    """Whom to count a plain address for: itself, or the /64 network of one of IPv6.

    A client with one address of such a network has all of them. Raises ValueError for what is no address.
    """
    found = ip_address(address)
    return address if found.version == 4 else str(IPv6Network((int(found), 64), strict=False))


def ascii_host(host: str) -> str:
    """A host as it travels, in lower case: that of an address with an umlaut is named in ASCII (IDNA).

    Raises ValueError for one that no name server can hold.
    """
    if host.isascii():
        return host.lower()
    try:
        return idna.encode(host, uts46=True).decode()
    except idna.IDNAError:
        raise ValueError("names a host that cannot be: check its spelling") from None
