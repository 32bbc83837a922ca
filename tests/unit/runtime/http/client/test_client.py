"""The HTTP client against a server on loopback: what it asks, what it is told."""

import gzip
import re
import resource
import socket
import threading
import time
import zlib
from collections.abc import Sequence
from typing import Any

import brotli
import pytest

from tests.support.fetches import LOOPBACK, OK, SETTINGS, failure, refused, served
from tests.support.origin import Answer, Origin, Raw, Request
from workers.domain.outcomes import ConfigurationError
from workers.runtime.http.client import HttpClient, HttpSettings
from workers.runtime.http.response import FetchError, FetchFailure

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
            "workers.runtime.http.transport.transfer_limits.LimitedSocket.connect",
            connect,
            raising=False,
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
    assert stays.redirect_target == elsewhere
    assert stays.redirects == ((302, f"{origin.url}/y"),)
    follows = client.get(f"{origin.url}/x")
    assert (follows.body, follows.redirect_target) == (b"there", None)


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
        ("deflate", zlib.compress(TEXT) + b"trailing rubbish"),
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
        ("deflate", zlib.compress(TEXT)[:-3]),
        ("deflate", zlib.compress(TEXT)[: len(zlib.compress(TEXT)) // 2]),
        ("deflate", zlib.compress(TEXT)[2:-10]),
        ("gzip, deflate", zlib.compress(gzip.compress(TEXT)[:-9])),
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
