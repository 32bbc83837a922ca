import datetime as dt

import pytest

from workers.runtime.messaging import headers
from workers.runtime.messaging.ports import Delivery, Headers, Partition

TRACE = b"4bf92f3577b34da6a3ce929d0e0e4736"  # the example of W3C Trace Context
PARENT = b"00-" + TRACE + b"-00f067aa0ba902b7-01"


def test_trace_goes_on_with_a_span_of_its_own() -> None:
    version, trace, span, flags = headers.next_hop({"traceparent": PARENT}).split("-")
    assert (version, trace, flags) == ("00", TRACE.decode(), "01")
    assert span != "00f067aa0ba902b7"
    assert len(span) == 16
    assert headers.trace_id({"traceparent": PARENT}) == TRACE.decode()


@pytest.mark.parametrize(
    "parent",
    [
        b"",
        b"rubbish",
        PARENT.upper(),
        b"ff" + PARENT[2:],
        b"00-" + b"0" * 32 + b"-00f067aa0ba902b7-01",
        b"00-" + TRACE + b"-" + b"0" * 16 + b"-01",
    ],
)
def test_trace_that_cannot_be_read_begins_anew(parent: bytes) -> None:
    first = headers.next_hop({"traceparent": parent})
    assert TRACE.decode() not in first
    assert headers.trace_id({"traceparent": first.encode()})
    assert headers.next_hop({}) != headers.next_hop({})


def test_trace_of_a_later_version_is_understood() -> None:
    later = b"01" + PARENT[2:] + b"-more"
    assert headers.trace_id({"traceparent": later}) == TRACE.decode()


@pytest.mark.parametrize(
    ("raw", "hour"),
    [
        (b"2026-11-24T06:00:00Z", 6),
        (b"2026-11-24T11:30:00+05:30", 6),
        (b"2026-11-24T06:00:00", 6),
    ],
)
def test_not_before_is_read(raw: bytes, hour: int) -> None:
    moment = headers.not_before({"not-before": raw})
    assert moment == dt.datetime(2026, 11, 24, hour, tzinfo=dt.UTC)


@pytest.mark.parametrize("raw", [b"", b"soon", b"\xff", b"99"])
def test_not_before_that_cannot_be_read_does_not_wait(raw: bytes) -> None:
    assert headers.not_before({"not-before": raw}) is None
    assert headers.not_before({}) is None


def test_timestamp_is_read_back_as_it_was_written() -> None:
    moment = dt.datetime(2026, 11, 24, 11, 30, 0, 5000, tzinfo=dt.UTC)
    written = headers.timestamp(moment)
    assert written == b"2026-11-24T11:30:00.005Z"
    assert headers.not_before({"not-before": written}) == moment


def test_dead_letter_keeps_what_came() -> None:
    pairs = (("x", b"\x00"), ("y", b""), ("x", b"again"), ("error-kind", b"Old"))
    came = Delivery(Partition("t", 3), 7, b"k", b"v", Headers(pairs))
    now = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)
    made = headers.dead_letter(came, "poll", "Kind", "क" * 2000, now)
    assert made.pairs[:4] == pairs
    assert made["error-kind"] == b"Kind"
    assert made["error-partition"] == b"3"
    assert len(made["error-reason"]) <= 2000
