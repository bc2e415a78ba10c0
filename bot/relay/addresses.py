"""Keeps downloads away from addresses inside the operator's network, whatever a link or a name server says."""

import socket
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from aiohttp import AddrInfoType

_UNICAST = IPv6Network("2000::/3")
"""All of IPv6 that is given out as public unicast (RFC 4291; the IANA registry of global unicast addresses)."""
_NAT64 = IPv6Network("64:ff9b::/96")
"""A gateway turns these into the IPv4 address in the last 32 bits (RFC 6052)."""


class NotPublic(OSError):
    """An address that downloads may not reach; no socket was opened to it."""


def is_public(address: str) -> bool:
    """Whether an IP address, as text, is a public one of a single machine; False for anything that is no IP address."""
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    carried = _carried(ip)
    if carried is not None:
        return is_public(str(carried))
    if isinstance(ip, IPv6Address) and ip not in _UNICAST:
        return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def _carried(ip: IPv4Address | IPv6Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 address stands for (mapped, 6to4, NAT64)."""
    if isinstance(ip, IPv4Address):
        return None
    if ip in _NAT64:
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour


def guarded(allowed: Callable[[str], bool]) -> Callable[[AddrInfoType], socket.socket]:
    """A maker of sockets for aiohttp's connector that refuses any other address.

    The connector calls it with the very address that it connects to next, after the name was looked up and
    also where the link held a bare address, so a name that changes its address between two looks gains nothing.
    """

    def make_socket(info: AddrInfoType) -> socket.socket:
        family, kind, protocol, _, address = info
        if not allowed(str(address[0])):
            raise NotPublic("the address is not a public one")
        return socket.socket(family, kind, protocol)

    return make_socket
