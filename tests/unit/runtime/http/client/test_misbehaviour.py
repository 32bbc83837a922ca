"""The HTTP client against a server on loopback that misbehaves in every way."""

import pytest
from msgspec.structs import replace

from tests.support.fetches import HURRIED, OK, endless, failure, refused, served, slowly
from tests.support.origin import Answer, Origin, Raw, Request
from workers.runtime.http.client import HttpClient
from workers.runtime.http.response import FetchFailure


@pytest.mark.parametrize(
    ("head", "piece"),
    [
        (OK + b"\r\n", bytes(64 * 1024)),
        (OK + b"Content-Length: 99999999999\r\n\r\n", bytes(64 * 1024)),
        (
            OK + b"Transfer-Encoding: chunked\r\n\r\n",
            b"8000\r\n" + bytes(32768) + b"\r\n",
        ),
        (OK, b"X-Flood: " + b"x" * 1000 + b"\r\n"),
        (OK + b"X-Long: ", b"x" * 10_000),
        (OK, b"X: y\r\n"),
        (b"HTTP/1.1 ", b"2" * 10_000),
        (
            OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\n",
            b"T: " + b"x" * 999 + b"\r\n",
        ),
    ],
)
def test_what_never_ends_is_cut_off(
    origin: Origin, client: HttpClient, head: bytes, piece: bytes
) -> None:
    assert refused(origin, client, endless(head, piece)) is FetchFailure.TOO_LARGE


@pytest.mark.parametrize(
    "data",
    [
        OK + b"Content-Length: 500\r\n\r\n" + bytes(500),
        OK + b"X-Slow: " + b"x" * 500,
        OK + b"Transfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 100,
    ],
    ids=["body", "head", "chunks"],
)
def test_a_byte_now_and_then_gains_no_time(
    origin: Origin, hurried: HttpClient, data: bytes
) -> None:
    reply = slowly(origin, data)
    assert refused(origin, hurried, reply) is FetchFailure.TIMEOUT


def test_redirects_share_one_deadline(origin: Origin) -> None:
    def slow(request: Request) -> Answer:
        origin.ending.wait(0.3)
        return Answer(status=302, headers={"Location": request.path + "x"})

    for length in range(1, 12):
        origin.replies["/" + "x" * length] = slow
    client = HttpClient(replace(HURRIED, total_seconds=1.0, max_redirects=10))
    assert failure(client, f"{origin.url}/x") is FetchFailure.TIMEOUT
    assert len(origin.requests) < 6


def test_silence_is_not_waited_out(origin: Origin, hurried: HttpClient) -> None:
    def silent(_: Request) -> Answer:
        origin.ending.wait(120)
        return Answer()

    assert refused(origin, hurried, silent) is FetchFailure.TIMEOUT


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"\r\n",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/9.9 200 OK\r\n\r\nx",
        b"\x00" * 100,
        OK + b"Content-Length: 100\r\n\r\nshort",
        OK + b"Content-Length: 5, 6\r\n\r\nhello",
        OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhel",
        OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello",
        OK + b"Transfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n0\r\n\r\n",
    ],
)
def test_what_is_not_proper_http_is_no_answer(
    origin: Origin, client: HttpClient, sent: bytes
) -> None:
    assert refused(origin, client, Raw(lambda: [sent])) is FetchFailure.PROTOCOL


@pytest.mark.parametrize(
    ("sent", "body"),
    [
        (OK + b"\r\nuntil the end", b"until the end"),
        (OK + b"Content-Length: abc\r\n\r\nhello", b"hello"),
        (OK + b"Content-Length: 5\r\n\r\nhello and more", b"hello"),
        (b"HTTP/1.0 200 OK\r\n\r\nold", b"old"),
        (OK + b"X: a\x00b\r\nContent-Length: 3\r\n\r\na\x00b", b"a\x00b"),
        (OK + "X: नमस्ते\r\nContent-Length: 1\r\n\r\nx".encode(), b"x"),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + OK + b"Content-Length: 1\r\n\r\nx", b"x"),
    ],
)
def test_what_is_only_odd_is_borne(
    origin: Origin, client: HttpClient, sent: bytes, body: bytes
) -> None:
    assert served(origin, client, Raw(lambda: [sent])).body == body


def test_repeated_headers_are_joined(origin: Origin, client: HttpClient) -> None:
    sent = OK + b"Link: <a>\r\nlink: <b>\r\nContent-Length: 0\r\n\r\n"
    response = served(origin, client, Raw(lambda: [sent]))
    assert response.headers["link"] == "<a>, <b>"
