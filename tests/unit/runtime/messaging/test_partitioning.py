"""Where keys go, beside what Kafka's own clients make of them."""

import pytest
from kafka.partitioner import murmur2 as librarys_murmur2

from workers.runtime.messaging import partitioning


@pytest.mark.parametrize(
    ("key", "expected"),
    [  # from the test of org.apache.kafka.common.utils.Utils.murmur2
        (b"21", -973932308),
        (b"foobar", -790332482),
        (b"a-little-bit-long-string", -985981536),
        (b"a-little-bit-longer-string", -1486304829),
        (b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971),
        (b"abc", 479470107),
    ],
)
def test_murmur2_is_kafkas(key: bytes, expected: int) -> None:
    assert partitioning.murmur2(key) == expected % 2**32


@pytest.mark.parametrize("length", range(9))
def test_murmur2_is_the_librarys_at_every_length(length: int) -> None:
    key = bytes(range(250, 250 + 6))[:length].ljust(length, b"\xe0")
    assert partitioning.murmur2(key) == librarys_murmur2(key)
