"""The HTTP client against a server on loopback that misbehaves in every way."""

import gzip
import itertools
import re
import resource
import socket
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.unit.origin import CERTIFICATES, Answer, Origin, Raw, Reply, Request
from workers.domain.outcomes import ConfigurationError
from workers.runtime.http import (
    FetchError,
    FetchFailure,
    HttpClient,
    HttpSettings,
    Response,
    _careful_target,
    _target,
)

LOOPBACK = ("127.0.0.0/8",)
SETTINGS = HttpSettings(
    allowed_networks=LOOPBACK,
    max_redirects=3,
    max_header_bytes=16 * 1024,
    max_wire_bytes=1024 * 1024,
    max_body_bytes=2 * 1024 * 1024,
)
HURRIED = replace(SETTINGS, connect_seconds=0.5, total_seconds=0.6)
"""For servers that let one wait."""
SLACK = 60.0
"""Seconds past its deadline in which a fetch must have ended, on a busy machine."""
OK = b"HTTP/1.1 200 OK\r\n"


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin() as served:
        yield served


@pytest.fixture
def client() -> Iterator[HttpClient]:
    made = HttpClient(SETTINGS)
    yield made
    made.close()


@pytest.fixture
def hurried() -> Iterator[HttpClient]:
    made = HttpClient(HURRIED)
    yield made
    made.close()


def failure(client: HttpClient, url: str) -> FetchFailure:
    started = time.monotonic()
    with pytest.raises(FetchError) as caught:
        client.get(url)
    assert time.monotonic() - started < HURRIED.total_seconds + SLACK
    assert str(caught.value)
    return caught.value.failure


def served(origin: Origin, client: HttpClient, reply: Reply) -> Response:
    origin.replies["/x"] = reply
    return client.get(f"{origin.url}/x")


def refused(origin: Origin, client: HttpClient, reply: Reply) -> FetchFailure:
    origin.replies["/x"] = reply
    return failure(client, f"{origin.url}/x")


# --- what is asked ------------------------------------------------------------


def test_a_request_tells_who_asks_and_what_is_understood(origin: Origin) -> None:
    settings = HttpSettings(
        allowed_networks=LOOPBACK, user_agent_contact="https://khabar.example/bot"
    )
    origin.replies["/x"] = Answer(b"hello", headers={"X-One": "1"})
    response = HttpClient(settings).get(f"{origin.url}/x", headers={"Accept": "text/x"})
    (request,) = origin.requests
    agent = request.headers["user-agent"]
    assert re.fullmatch(r"Khabar/\d\S* \(\+https://khabar.example/bot\)", agent)
    assert request.headers["accept-encoding"] == "gzip, deflate, br"
    assert request.headers["accept"] == "text/x"
    assert request.headers["host"] == f"127.0.0.1:{origin.port}"
    assert (response.status, response.body, response.url) == (
        200,
        b"hello",
        f"{origin.url}/x",
    )
    assert response.headers["x-one"] == "1"
    assert response.redirects == ()
    assert response.wire_bytes > 5
    assert response.elapsed_seconds > 0


@pytest.mark.parametrize("contact", ["two words", "a(b)", "डेस्क", "a\r\nX: y"])
def test_a_contact_cannot_smuggle_headers(contact: str) -> None:
    with pytest.raises(ConfigurationError, match="user_agent_contact"):
        HttpClient(HttpSettings(user_agent_contact=contact))


@pytest.mark.parametrize("value", ["a\r\nX: y", "a\nb", "a\x00b", "क"])
def test_a_validator_cannot_smuggle_headers(
    origin: Origin, client: HttpClient, value: str
) -> None:
    with pytest.raises(FetchError) as caught:
        client.get(f"{origin.url}/x", headers={"if-none-match": value})
    assert caught.value.failure is FetchFailure.PROTOCOL
    assert not origin.requests


def test_a_bad_network_is_a_mistake_of_the_settings() -> None:
    with pytest.raises(ConfigurationError, match="allowed_networks"):
        HttpClient(HttpSettings(allowed_networks=("127.0.0.1/8",)))


def test_proxies_of_the_environment_are_ignored(
    origin: Origin, client: HttpClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert served(origin, client, Answer(b"direct")).body == b"direct"


@pytest.mark.parametrize("status", [200, 204, 304, 400, 404, 410, 429, 500, 503])
def test_any_status_is_an_answer(
    origin: Origin, client: HttpClient, status: int
) -> None:
    assert served(origin, client, Answer(status=status)).status == status


def test_devanagari_in_an_address_is_encoded(
    origin: Origin, client: HttpClient
) -> None:
    client.get(f"{origin.url}/खबर?शीर्षक=क#ऊपर")
    (request,) = origin.requests
    assert request.path == (
        "/%E0%A4%96%E0%A4%AC%E0%A4%B0?%E0%A4%B6%E0%A5%80%E0%A4%B0%E0%A5%8D%E0%A4%B7"
        "%E0%A4%95=%E0%A4%95"
    )


def test_a_connection_is_used_again(origin: Origin, client: HttpClient) -> None:
    peers = set()
    origin.replies["/x"] = Answer(b"x")
    original = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> None:
        peers.add(id(self))
        original(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "workers.runtime.connections.MeteredSocket.connect", connect, raising=False
        )
        for _ in range(5):
            client.get(f"{origin.url}/x")
    assert len(peers) == 1


def test_a_kept_connection_that_died_is_replaced(
    origin: Origin, client: HttpClient
) -> None:
    close = {"Connection": "keep-alive"}

    def dying(_: Request) -> Answer | Raw:
        head = OK + b"Content-Length: 2\r\nConnection: keep-alive\r\n\r\nok"
        return Raw(lambda: [head])  # and then the connection ends

    for _ in range(3):
        assert served(origin, client, dying).body == b"ok"
    assert served(origin, client, Answer(b"ok", headers=close)).body == b"ok"


# --- redirects ----------------------------------------------------------------


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed_and_told(
    origin: Origin, client: HttpClient, status: int
) -> None:
    origin.replies["/x"] = Answer(status=status, headers={"Location": "../y?a=1"})
    origin.replies["/y?a=1"] = Answer(b"here")
    response = client.get(f"{origin.url}/x")
    assert response.body == b"here"
    assert response.url == f"{origin.url}/y?a=1"
    assert response.redirects == ((status, f"{origin.url}/y?a=1"),)


def test_a_redirect_that_leaves_the_origin_is_the_answer_where_that_is_wanted(
    origin: Origin, client: HttpClient
) -> None:
    elsewhere = origin.url.replace("127.0.0.1", "localhost") + "/z"
    origin.replies["/x"] = Answer(status=302, headers={"Location": "/y"})
    origin.replies["/y"] = Answer(status=301, headers={"Location": elsewhere})
    origin.replies["/z"] = Answer(b"there")
    stays = client.get(f"{origin.url}/x", same_origin=True)
    assert (stays.status, stays.url) == (301, f"{origin.url}/y")
    assert stays.leads_to == elsewhere
    assert stays.redirects == ((302, f"{origin.url}/y"),)
    follows = client.get(f"{origin.url}/x")
    assert (follows.body, follows.leads_to) == (b"there", None)


def test_a_location_in_raw_utf8_is_followed(origin: Origin, client: HttpClient) -> None:
    origin.replies["/x"] = Answer(status=301, headers={"Location": "/नई खबर"})
    client.get(f"{origin.url}/x")
    last = origin.requests[-1].path
    assert last == "/%E0%A4%A8%E0%A4%88%20%E0%A4%96%E0%A4%AC%E0%A4%B0"


def test_redirects_end(origin: Origin, client: HttpClient) -> None:
    origin.replies["/x"] = Answer(status=302, headers={"Location": "/x"})
    assert failure(client, f"{origin.url}/x") is FetchFailure.TOO_MANY_REDIRECTS
    assert len(origin.requests) == SETTINGS.max_redirects + 1


def test_a_redirect_without_a_target_is_an_answer(
    origin: Origin, client: HttpClient
) -> None:
    assert served(origin, client, Answer(status=302)).status == 302


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("http://10.0.0.1/", FetchFailure.BLOCKED_ADDRESS),
        ("http://169.254.169.254/latest/meta-data/", FetchFailure.BLOCKED_ADDRESS),
        ("http://[::1]/", FetchFailure.BLOCKED_ADDRESS),
        ("//0/", FetchFailure.BLOCKED_ADDRESS),
        ("file:///etc/passwd", FetchFailure.BAD_URL),
        ("ftp://127.0.0.1/", FetchFailure.BAD_URL),
        ("javascript:alert(1)", FetchFailure.BAD_URL),
        ("http://a:b@127.0.0.1/", FetchFailure.BAD_URL),
    ],
)
def test_a_redirect_is_checked_as_the_first_address_is(
    origin: Origin, client: HttpClient, location: str, expected: FetchFailure
) -> None:
    reply = Answer(status=302, headers={"Location": location})
    assert refused(origin, client, reply) is expected


def test_credentials_do_not_travel_to_another_host(
    origin: Origin, client: HttpClient
) -> None:
    elsewhere = f"http://localhost:{origin.port}/y"
    origin.replies["/x"] = Answer(status=302, headers={"Location": elsewhere})
    client.get(
        f"{origin.url}/x", headers={"Authorization": "secret", "If-None-Match": '"a"'}
    )
    first, second = origin.requests
    assert first.headers["authorization"] == "secret"
    assert "authorization" not in second.headers
    assert second.headers["if-none-match"] == '"a"'


# --- where it must not go -----------------------------------------------------

BAD_URLS = [
    "",
    "example.in",
    "//example.in/",
    "ftp://example.in/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:70/",
    "dict://127.0.0.1:11211/",
    "data:text/plain,x",
    "jar:http://127.0.0.1!/",
    "http:///x",
    "http://",
    "http://user@127.0.0.1/",
    "http://user:secret@127.0.0.1/",
    "http://example.in@127.0.0.1/",
    "http://127.0.0.1:99999/",
    "http://127.0.0.1:0/",
    "http://127.0.0.1:x/",
    "http://127.0.0.1%2f@example.in/",
    "http://127.0.0.1%00.example.in/",
    "http://[fe80::1%25lo]/",
    "http://[::1",
    "http://127.0.0.1\\@example.in/",
    "http://127.0.0.1/ HTTP/1.1\r\nX: y",
    "http://127.0.0.1/\x00",
    "http://127.0.0.1 /",
    "http://" + "क" * 80 + "/",
]
BLOCKED_URLS = [
    "http://127.0.0.1#@example.in/",
    "http://127.0.0.1?@example.in/",
    "http://127.0.0.1/",
    "http://127.1/",
    "http://127.0.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7f.0.0.1/",
    "http://0x7f.1/",
    "http://0177.0.0.1/",
    "http://017700000001/",
    "http://0/",
    "http://0.0.0.0/",
    "http://localhost/",
    "http://LOCALHOST/",
    "http://①②⑦.⓪.⓪.①/",
    "http://127。0。0。1/",
    "http://[::1]/",
    "http://[::]/",
    "http://[0:0:0:0:0:0:0:1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[::ffff:10.0.0.1]/",
    "http://[::127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "http://[fd00:ec2::254]/",
    "http://[fe80::1]/",
    "http://[ff02::1]/",
    "http://10.0.0.1/",
    "http://172.16.0.1:8080/",
    "http://192.168.0.1/",
    "http://100.64.0.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://168.63.129.16/",
    "http://224.0.0.1/",
    "http://255.255.255.255/",
    "https://127.0.0.1/",
    "https://[::1]/",
]


@pytest.mark.parametrize("url", BAD_URLS)
def test_what_is_no_web_address_is_not_asked(url: str) -> None:
    assert failure(HttpClient(HttpSettings()), url) is FetchFailure.BAD_URL


@pytest.mark.parametrize("url", BLOCKED_URLS)
def test_inner_addresses_are_not_asked_in_any_form(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def connect(_: socket.socket, address: Any) -> None:
        pytest.fail(f"connected to {address}")

    monkeypatch.setattr(
        "workers.runtime.connections.MeteredSocket.connect", connect, raising=False
    )
    assert failure(HttpClient(HttpSettings()), url) is FetchFailure.BLOCKED_ADDRESS


@pytest.mark.parametrize("url", ["http://127.0.0.1./", "http://localhost./"])
def test_a_dot_at_the_end_opens_nothing(url: str) -> None:
    """C libraries differ in whether they resolve these."""
    refusals = {FetchFailure.BLOCKED_ADDRESS, FetchFailure.DNS}
    assert failure(HttpClient(HttpSettings()), url) in refusals


def resolving(*addresses: str) -> Callable[..., list[tuple[Any, ...]]]:
    """A resolver that gives the next of *addresses* at every call, then the last."""
    answers = itertools.chain(addresses, itertools.repeat(addresses[-1]))

    def resolve(_: str, port: int, **__: object) -> list[tuple[Any, ...]]:
        address = (next(answers), port)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", address)]

    return resolve


def test_a_name_is_judged_by_its_address(origin: Origin) -> None:
    url = f"http://news.example.in:{origin.port}/x"
    origin.replies["/x"] = Answer(b"x")
    inner = HttpClient(HttpSettings(), resolver=resolving("127.0.0.1"))
    assert failure(inner, url) is FetchFailure.BLOCKED_ADDRESS
    allowed = HttpClient(SETTINGS, resolver=resolving("127.0.0.1"))
    assert allowed.get(url).body == b"x"
    assert origin.requests[0].headers["host"] == f"news.example.in:{origin.port}"


def test_a_name_that_changes_its_address_gains_nothing(origin: Origin) -> None:
    """There is one look-up: what it gave is what was checked and connected to."""
    calls: list[str] = []

    def rebinding(host: str, port: int, **_: object) -> list[tuple[Any, ...]]:
        calls.append(host)
        address = "127.0.0.1" if len(calls) == 1 else "10.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    origin.replies["/x"] = Answer(status=302, headers={"Location": "/y"})
    origin.replies["/y"] = Answer(b"y", headers={"Connection": "close"})
    client = HttpClient(SETTINGS, resolver=rebinding)
    with pytest.raises(FetchError) as caught:
        client.get(f"http://rebind.example.in:{origin.port}/x")
    assert caught.value.failure is FetchFailure.BLOCKED_ADDRESS
    assert len(calls) == 2
    assert len(origin.requests) == 1


def test_of_several_addresses_only_allowed_ones_are_tried(origin: Origin) -> None:
    def resolve(_: str, port: int, **__: object) -> list[tuple[Any, ...]]:
        stream = socket.SOCK_STREAM
        return [
            (socket.AF_INET, stream, 6, "", ("10.0.0.1", port)),
            (socket.AF_INET6, stream, 6, "", ("::1", port, 0, 0)),
            (socket.AF_INET, stream, 6, "", ("127.0.0.1", port)),
        ]

    origin.replies["/x"] = Answer(b"x")
    client = HttpClient(SETTINGS, resolver=resolve)
    assert client.get(f"http://news.example.in:{origin.port}/x").body == b"x"


def test_a_name_that_does_not_resolve() -> None:
    def resolve(*_: object, **__: object) -> list[tuple[Any, ...]]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    broken = HttpClient(SETTINGS, resolver=resolve)
    assert failure(broken, "http://news.example.in/") is FetchFailure.DNS


def test_a_look_up_that_hangs_is_given_up() -> None:
    ending = threading.Event()

    def resolve(*_: object, **__: object) -> list[tuple[Any, ...]]:
        ending.wait(30)
        return []

    hanging = HttpClient(HURRIED, resolver=resolve)
    assert failure(hanging, "http://news.example.in/") is FetchFailure.DNS
    ending.set()


def test_nobody_listens(client: HttpClient) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert failure(client, f"http://127.0.0.1:{port}/") is FetchFailure.CONNECT


def test_nobody_accepts(hurried: HttpClient) -> None:
    with (
        socket.create_server(("127.0.0.1", 0), backlog=0) as deaf,
        socket.socket() as a,
    ):
        a.connect(deaf.getsockname())
        with socket.socket() as b:  # fills the queue of the server
            b.settimeout(0)
            b.connect_ex(deaf.getsockname())
            port = deaf.getsockname()[1]
            assert failure(hurried, f"http://127.0.0.1:{port}/") is FetchFailure.TIMEOUT


# --- bodies -------------------------------------------------------------------

TEXT = "नमस्ते दुनिया। ".encode() * 100


@pytest.mark.parametrize(
    ("coding", "coded"),
    [
        ("gzip", gzip.compress(TEXT)),
        ("x-gzip", gzip.compress(TEXT)),
        ("GZIP", gzip.compress(TEXT[:99]) + gzip.compress(TEXT[99:])),
        ("gzip", gzip.compress(TEXT) + b"trailing rubbish"),
        ("deflate", zlib.compress(TEXT)),
        ("deflate", zlib.compress(TEXT)[2:-4]),
        ("br", brotli.compress(TEXT)),
        ("identity", TEXT),
        ("", TEXT),
        ("gzip, br", brotli.compress(gzip.compress(TEXT))),
    ],
)
def test_bodies_are_decoded(
    origin: Origin, client: HttpClient, coding: str, coded: bytes
) -> None:
    reply = Answer(coded, headers={"Content-Encoding": coding})
    assert served(origin, client, reply).body == TEXT


def test_a_coded_answer_without_a_body_is_empty(
    origin: Origin, client: HttpClient
) -> None:
    headers = {"Content-Encoding": "gzip"}
    assert served(origin, client, Answer(headers=headers)).body == b""
    assert served(origin, client, Answer(status=304, headers=headers)).status == 304


ZEROS = bytes(48 * 1024 * 1024)
"""1:1000 and more, when it is compressed."""


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "gzip, gzip", "members"])
def test_bombs_do_not_go_off(origin: Origin, client: HttpClient, coding: str) -> None:
    match coding:
        case "br":
            bomb = brotli.compress(ZEROS, quality=1)
        case "deflate":
            bomb = zlib.compress(ZEROS)
        case "gzip, gzip":
            bomb = gzip.compress(gzip.compress(ZEROS))
        case "members":
            coding, bomb = "gzip", gzip.compress(bytes(1_500_000)) * 30
        case _:
            bomb = gzip.compress(ZEROS)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    reply = Answer(bomb, headers={"Content-Encoding": coding})
    assert refused(origin, client, reply) is FetchFailure.TOO_LARGE
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 24 * 1024  # KiB


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", b"not gzip at all"),
        ("gzip", gzip.compress(TEXT)[:-30]),
        ("deflate", b"\xff\xff\xff\xff"),
        ("br", b"\xff\xff\xff"),
        ("br", brotli.compress(TEXT)[:-3]),
        ("zstd", b"never asked for"),
        ("gzip, gzip, gzip", gzip.compress(gzip.compress(gzip.compress(b"x")))),
        ("x" * 1000, b"x"),
    ],
)
def test_a_coding_that_lies_is_no_answer(
    origin: Origin, client: HttpClient, coding: str, body: bytes
) -> None:
    reply = Answer(body, headers={"Content-Encoding": coding})
    assert refused(origin, client, reply) is FetchFailure.PROTOCOL


def test_a_flood_of_empty_members_takes_no_time(
    origin: Origin, client: HttpClient
) -> None:
    body = gzip.compress(b"") * 40_000
    started = time.process_time()
    served(origin, client, Answer(body, headers={"Content-Encoding": "gzip"}))
    assert time.process_time() - started < 5.0


def test_a_limit_can_be_given_for_one_request(
    origin: Origin, client: HttpClient
) -> None:
    origin.replies["/x"] = Answer(bytes(1000))
    assert len(client.get(f"{origin.url}/x", max_body_bytes=1000).body) == 1000
    with pytest.raises(FetchError) as caught:
        client.get(f"{origin.url}/x", max_body_bytes=999)
    assert caught.value.failure is FetchFailure.TOO_LARGE


# --- servers that misbehave ---------------------------------------------------


def endless(head: bytes, piece: bytes) -> Raw:
    return Raw(lambda: itertools.chain([head], itertools.repeat(piece)))


def slowly(origin: Origin, data: bytes) -> Raw:
    """One byte in a fifth of a second: five times as long as any deadline here."""

    def pieces() -> Iterator[bytes]:
        for byte in data:
            yield bytes([byte])
            if origin.ending.wait(0.2):
                return

    return Raw(pieces)


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
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
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


@given(
    st.builds(
        "{}://{}{}{}".format,
        st.sampled_from(["http", "https"]),
        st.sampled_from(["example.in", "a-b.1.c", "127.0.0.1", "x", "0x7f.1", "A.in"]),
        st.sampled_from(["", ":80", ":443", ":8080", ":65536", ":0", ":080"]),
        st.lists(
            st.sampled_from(["/", "a", ".", "..", "/x.y", "?", "=", "&", "~", "%41"]),
            max_size=8,
        ).map("".join),
    )
)
def test_ordinary_addresses_are_taken_apart_like_all_others(url: str) -> None:
    def taken_apart(read: Callable[[str], object]) -> object:
        try:
            return read(url)
        except FetchError as error:
            return error.failure

    assert taken_apart(_target) == taken_apart(_careful_target)


def test_closing_ends_what_is_under_way(origin: Origin) -> None:
    asked = threading.Event()

    def silent(_: Request) -> Answer:
        asked.set()
        origin.ending.wait(240)
        return Answer()

    origin.replies["/x"] = silent
    client = HttpClient(HttpSettings(allowed_networks=LOOPBACK, total_seconds=240.0))
    errors: list[FetchError] = []

    def fetch() -> None:
        try:
            client.get(f"{origin.url}/x")
        except FetchError as error:
            errors.append(error)

    thread = threading.Thread(target=fetch)
    thread.start()
    assert asked.wait(60)
    client.close()
    thread.join(60)
    assert not thread.is_alive()
    assert [error.failure for error in errors] == [FetchFailure.PROTOCOL]


def test_many_threads_share_a_client(origin: Origin, client: HttpClient) -> None:
    for number in range(40):
        origin.replies[f"/{number}"] = Answer(str(number))
    bodies: dict[int, bytes] = {}

    def fetch(numbers: Sequence[int]) -> None:
        for number in numbers:
            bodies[number] = client.get(f"{origin.url}/{number}").body

    threads = [
        threading.Thread(target=fetch, args=(range(start, 40, 8),))
        for start in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert bodies == {number: str(number).encode() for number in range(40)}


# --- TLS ----------------------------------------------------------------------


@pytest.fixture
def trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the authority of the tests one that the system trusts."""
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATES / "ca.pem"))


@pytest.mark.usefixtures("trusted")
def test_https(client: HttpClient) -> None:
    body = bytes(range(256)) * 2000
    with Origin({"/x": Answer(gzip.compress(body))}, certificate="loopback") as origin:
        coded = {"Content-Encoding": "gzip"}
        origin.replies["/x"] = Answer(gzip.compress(body), headers=coded)
        origin.replies["/y"] = Answer(status=301, headers={"Location": "/x"})
        for _ in range(3):
            response = client.get(f"{origin.url}/y")
            assert response.body == body
            assert response.url == f"{origin.url}/x"
        assert client.get(f"https://localhost:{origin.port}/x").body == body


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize(
    ("certificate", "words"),
    [("elsewhere", "IP address mismatch"), ("expired", "expired")],
)
def test_certificates_are_checked(
    client: HttpClient, certificate: str, words: str
) -> None:
    with Origin(certificate=certificate) as origin:
        with pytest.raises(FetchError, match=words) as caught:
            client.get(f"{origin.url}/x")
        assert caught.value.failure is FetchFailure.TLS
        assert origin.requests == []


def test_an_authority_that_nobody_trusts(client: HttpClient) -> None:
    with Origin(certificate="loopback") as origin:
        assert failure(client, f"{origin.url}/x") is FetchFailure.TLS


@pytest.mark.usefixtures("trusted")
def test_deadlines_and_caps_hold_over_tls(
    client: HttpClient, hurried: HttpClient
) -> None:
    with Origin(certificate="loopback") as origin:
        url = f"{origin.url}/x"
        origin.replies["/x"] = slowly(origin, OK + b"\r\n" + bytes(500))
        assert failure(hurried, url) is FetchFailure.TIMEOUT
        origin.replies["/x"] = endless(OK + b"\r\n", bytes(64 * 1024))
        assert failure(client, url) is FetchFailure.TOO_LARGE
        origin.replies["/x"] = Raw(lambda: [OK + b"Content-Length: 9\r\n\r\nshort"])
        assert failure(client, url) is FetchFailure.PROTOCOL


@pytest.mark.usefixtures("trusted")
def test_a_redirect_from_tls_is_checked_as_well(client: HttpClient) -> None:
    with Origin(certificate="loopback") as origin:
        inner = {"Location": "https://10.0.0.1/"}
        origin.replies["/x"] = Answer(status=302, headers=inner)
        assert failure(client, f"{origin.url}/x") is FetchFailure.BLOCKED_ADDRESS


def test_plain_http_on_a_tls_port(origin: Origin, client: HttpClient) -> None:
    assert failure(client, f"https://127.0.0.1:{origin.port}/") is FetchFailure.TLS


def test_a_handshake_that_hangs(hurried: HttpClient) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        assert failure(hurried, f"https://127.0.0.1:{port}/") is FetchFailure.TIMEOUT
