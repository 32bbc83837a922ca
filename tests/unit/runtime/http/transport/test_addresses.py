import pytest

from workers.runtime.http.transport.addresses import networks, refusal

REFUSED = {
    "0.0.0.0": "this host",  # noqa: S104 not bound to
    "0.1.2.3": "this host",
    "10.0.0.1": "private",
    "10.255.255.255": "private",
    "100.64.0.1": "carrier-grade NAT",
    "100.100.100.200": "carrier-grade NAT",
    "127.0.0.1": "loopback",
    "127.255.0.3": "loopback",
    "168.63.129.16": "cloud metadata",
    "169.254.169.254": "link-local, cloud metadata",
    "172.16.0.1": "private",
    "172.31.255.255": "private",
    "192.0.0.192": "protocol assignments",
    "192.0.2.7": "documentation",
    "192.88.99.1": "6to4 relay",
    "192.168.1.1": "private",
    "198.18.0.1": "benchmarking",
    "198.51.100.2": "documentation",
    "203.0.113.9": "documentation",
    "224.0.0.1": "multicast",
    "239.255.255.250": "multicast",
    "240.0.0.1": "reserved, broadcast",
    "255.255.255.255": "reserved, broadcast",
    "::": "unspecified",
    "::1": "loopback",
    "::127.0.0.1": "IPv4-compatible",
    "::ffff:127.0.0.1": "IPv4-mapped",
    "::ffff:8.8.8.8": "IPv4-mapped",
    "::ffff:0:127.0.0.1": "IPv4-translated",
    "64:ff9b::127.0.0.1": "NAT64",
    "64:ff9b::8.8.8.8": "NAT64",
    "64:ff9b:1::a00:1": "NAT64",
    "100::1": "not a public address",
    "2001::1": "protocol assignments, Teredo",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2": "protocol assignments, Teredo",
    "2001:db8::1": "documentation",
    "2002:7f00:1::": "6to4",
    "3fff::1": "documentation",
    "4000::1": "not a public address",
    "fc00::1": "private",
    "fd00:ec2::254": "private",
    "fe80::1": "link-local",
    "fe80::1%eth0": "an address with a zone",
    "fec0::1": "site-local",
    "ff02::1": "multicast",
    "localhost": "not an address",
    "127.1": "not an address",
    "": "not an address",
}


@pytest.mark.parametrize(("address", "why"), REFUSED.items())
def test_what_is_not_the_public_internet_is_refused(address: str, why: str) -> None:
    assert refusal(address) == why


@pytest.mark.parametrize(
    "address",
    [
        "8.8.8.8",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "191.255.255.255",
        "223.255.255.255",
        "2001:200::1",
        "2606:4700:4700::1111",
        "2a00:1450:4009:80b::200e",
    ],
)
def test_the_public_internet_is_allowed(address: str) -> None:
    assert refusal(address) is None


@pytest.mark.parametrize(
    ("address", "cidr"),
    [
        ("127.0.0.1", "127.0.0.0/8"),
        ("10.1.2.3", "10.1.2.3/32"),
        ("::1", "::1/128"),
        ("fd00::1", "fd00::/8"),
        ("::ffff:127.0.0.1", "127.0.0.0/8"),
        ("64:ff9b::8.8.8.8", "64:ff9b::/96"),
    ],
)
def test_a_setting_opens_a_network(address: str, cidr: str) -> None:
    assert refusal(address) is not None
    assert refusal(address, networks([cidr])) is None


@pytest.mark.parametrize(
    ("address", "cidr"),
    [
        ("10.1.2.4", "10.1.2.3/32"),
        ("::1", "127.0.0.0/8"),
        ("64:ff9b::127.0.0.1", "64:ff9b::/96"),
        ("::ffff:10.0.0.1", "127.0.0.0/8"),
        ("fe80::1%eth0", "fe80::/10"),
    ],
)
def test_a_setting_opens_no_more_than_it_says(address: str, cidr: str) -> None:
    assert refusal(address, networks([cidr])) is not None


def test_a_network_that_is_none_is_named() -> None:
    with pytest.raises(ValueError, match=r"10\.0\.0\.1/8"):
        networks(["127.0.0.0/8", "10.0.0.1/8"])
