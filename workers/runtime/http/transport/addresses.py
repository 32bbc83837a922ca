"""Which IP addresses may be connected to: the check against forged requests (SSRF).

Only what is meant for the public Internet passes, after IANA's registries of special
addresses (RFC 6890 and what updates them); the rest needs a setting.
"""

import ipaddress
from collections.abc import Sequence

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_REFUSED_V4 = tuple(
    (ipaddress.IPv4Network(network), why)
    for network, why in (
        ("0.0.0.0/8", "this host"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "carrier-grade NAT"),
        ("127.0.0.0/8", "loopback"),
        ("168.63.129.16/32", "cloud metadata"),
        ("169.254.0.0/16", "link-local, cloud metadata"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "protocol assignments"),
        ("192.0.2.0/24", "documentation"),
        ("192.88.99.0/24", "6to4 relay"),
        ("192.168.0.0/16", "private"),
        ("198.18.0.0/15", "benchmarking"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved, broadcast"),
    )
)
_PUBLIC_V6 = ipaddress.IPv6Network("2000::/3")
_REFUSED_V6 = tuple(
    (ipaddress.IPv6Network(network), why)
    for network, why in (
        ("::/128", "unspecified"),
        ("::1/128", "loopback"),
        ("::/96", "IPv4-compatible"),
        ("::ffff:0:0/96", "IPv4-mapped"),
        ("::ffff:0:0:0/96", "IPv4-translated"),
        ("64:ff9b::/96", "NAT64"),
        ("64:ff9b:1::/48", "NAT64"),
        ("2001::/23", "protocol assignments, Teredo"),
        ("2001:db8::/32", "documentation"),
        ("2002::/16", "6to4"),
        ("3fff::/20", "documentation"),
        ("fc00::/7", "private"),
        ("fe80::/10", "link-local"),
        ("fec0::/10", "site-local"),
        ("ff00::/8", "multicast"),
    )
)
_CARRIERS_OF_V4 = (
    ipaddress.IPv6Network("::ffff:0:0/96"),
    ipaddress.IPv6Network("64:ff9b::/96"),
)
_LOW_32_BITS = 0xFFFF_FFFF


def networks(cidrs: Sequence[str]) -> tuple[Network, ...]:
    """Read networks in CIDR notation; raises ValueError that names a bad one."""
    return tuple(ipaddress.ip_network(cidr) for cidr in cidrs)


def refusal(address: str, allowed: Sequence[Network] = ()) -> str | None:
    """Return in words why *address* must not be connected to; None if it may.

    *address* is numeric, as a resolver gives it. *allowed* opens networks that are
    refused otherwise. An IPv6 address that carries an IPv4 one (mapped, NAT64) is
    opened by a network that holds either, and only if the IPv4 one may be reached.
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "not an address"
    if isinstance(parsed, ipaddress.IPv4Address):
        return _refusal_v4(parsed, allowed)
    if parsed.scope_id is not None:
        return "an address with a zone"
    opened = _within(parsed, allowed)
    if any(parsed in carrier for carrier in _CARRIERS_OF_V4):
        carried = ipaddress.IPv4Address(int(parsed) & _LOW_32_BITS)
        opened = (opened or _within(carried, allowed)) and _refusal_v4(
            carried, allowed
        ) is None
    return None if opened else _refusal_v6(parsed)


def _within(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
    allowed: Sequence[Network],
) -> bool:
    return any(address in network for network in allowed)


def _refusal_v4(
    address: ipaddress.IPv4Address, allowed: Sequence[Network]
) -> str | None:
    if _within(address, allowed):
        return None
    return next((why for network, why in _REFUSED_V4 if address in network), None)


def _refusal_v6(address: ipaddress.IPv6Address) -> str | None:
    for network, why in _REFUSED_V6:
        if address in network:
            return why
    return None if address in _PUBLIC_V6 else "not a public address"
