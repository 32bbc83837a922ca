"""Where a response ends: no request may get the answer of another."""

import gzip
import zlib
from itertools import repeat

import pytest

from tests.support.fetches import OK, refused, served
from tests.support.origin import Answer, Origin, Raw
from workers.runtime.http.client import HttpClient
from workers.runtime.http.response import FetchFailure

TEXT = "आज की मुख्य ख़बरें".encode() * 20
RIGHT = OK + b"Content-Length: 5\r\n\r\nright"
WRONG = OK + b"Content-Length: 5\r\n\r\nwrong"
HINTS = b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n"
PROCESSING = b"HTTP/1.1 102 Processing\r\n\r\n"
UNKNOWN = b"HTTP/1.1 199 Whatever\r\nX: y\r\n\r\n"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


def chunked(body: bytes, *, head: bytes) -> bytes:
    return OK + head + b"\r\n\r\n" + b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)


@pytest.mark.parametrize(
    "interim",
    [
        HINTS,
        HINTS * 3,
        PROCESSING,
        UNKNOWN,
        CONTINUE + HINTS,
        HINTS + CONTINUE + PROCESSING,
        HINTS * 20,
    ],
)
def test_an_interim_response_is_no_answer(
    origin: Origin, client: HttpClient, interim: bytes
) -> None:
    reply = Raw(lambda: [interim, RIGHT], keep=True)
    assert served(origin, client, reply).body == b"right"
    origin.replies["/next"] = Answer("next")
    assert client.get(f"{origin.url}/next").body == b"next"


@pytest.mark.parametrize(
    "sent",
    [
        HINTS,
        HINTS * 21 + RIGHT,
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n" + RIGHT,
    ],
)
def test_interim_responses_end(origin: Origin, client: HttpClient, sent: bytes) -> None:
    assert refused(origin, client, Raw(lambda: [sent])) is FetchFailure.PROTOCOL


def test_endless_interim_responses_take_no_time(
    origin: Origin, client: HttpClient
) -> None:
    reply = Raw(lambda: repeat(HINTS))
    assert refused(origin, client, reply) is FetchFailure.PROTOCOL


@pytest.mark.parametrize(
    "sent",
    [
        RIGHT + WRONG,
        chunked(b"right", head=b"Transfer-Encoding: chunked") + WRONG,
        RIGHT + b"\r\n",
        chunked(b"right", head=b"Content-Length: 9\r\nTransfer-Encoding: chunked"),
        OK + b"Content-Length: +5\r\n\r\nright" + WRONG,
        (
            b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked"
            b"\r\n\r\n5\r\nright\r\n0\r\n\r\n"
        ),
    ],
)
def test_a_connection_in_doubt_is_not_kept(
    origin: Origin, client: HttpClient, sent: bytes
) -> None:
    assert served(origin, client, Raw(lambda: [sent], keep=True)).body == b"right"
    assert not client._idle._kept


@pytest.mark.parametrize("status", [b"204 No Content", b"304 Not Modified"])
def test_bytes_behind_an_answer_without_a_body_are_no_answer(
    origin: Origin, client: HttpClient, status: bytes
) -> None:
    head = b"HTTP/1.1 " + status + b"\r\nContent-Length: 5\r\n\r\n"
    served(origin, client, Raw(lambda: [head + b"wrong"], keep=True))
    assert not client._idle._kept


def test_304_may_say_how_a_body_would_be_sent(
    origin: Origin, client: HttpClient
) -> None:
    head = b"HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert served(origin, client, Raw(lambda: [head], keep=True)).status == 304


@pytest.mark.usefixtures("trusted")
def test_tls_keeps_no_connection_with_bytes_left(client: HttpClient) -> None:
    with Origin(certificate="loopback") as origin:
        left = Raw(lambda: [RIGHT + WRONG], keep=True)
        assert served(origin, client, left).body == b"right"
        assert not client._idle._kept
        assert served(origin, client, Raw(lambda: [RIGHT], keep=True)).body == b"right"
        assert client._idle._kept


@pytest.mark.parametrize(
    ("codings", "coded"),
    [
        (b"gzip, chunked", gzip.compress(TEXT)),
        (b"GZIP,Chunked", gzip.compress(TEXT)),
        (b"gzip\r\nTransfer-Encoding: chunked", gzip.compress(TEXT)),
        (b"deflate, chunked", zlib.compress(TEXT)),
        (b"identity, chunked", TEXT),
        (
            b"gzip, chunked\r\nContent-Encoding: deflate",
            gzip.compress(zlib.compress(TEXT)),
        ),
    ],
)
def test_transfer_codings_are_undone(
    origin: Origin, client: HttpClient, codings: bytes, coded: bytes
) -> None:
    sent = chunked(coded, head=b"Transfer-Encoding: " + codings)
    reply = Raw(lambda: [sent], keep=True)
    assert served(origin, client, reply).body == TEXT
    assert client._idle._kept


def test_without_chunks_the_body_ends_with_the_connection(
    origin: Origin, client: HttpClient
) -> None:
    head = OK + b"Content-Length: 3\r\nTransfer-Encoding: gzip\r\n\r\n"
    reply = Raw(lambda: [head, gzip.compress(TEXT)])
    assert served(origin, client, reply).body == TEXT


@pytest.mark.parametrize(
    "codings",
    [
        b"chunked, gzip",
        b"chunked, chunked",
        b"zstd, chunked",
        b"gzip, gzip, gzip, chunked",
    ],
)
def test_other_transfer_codings_are_refused(
    origin: Origin, client: HttpClient, codings: bytes
) -> None:
    sent = chunked(gzip.compress(TEXT), head=b"Transfer-Encoding: " + codings)
    assert refused(origin, client, Raw(lambda: [sent])) is FetchFailure.PROTOCOL
