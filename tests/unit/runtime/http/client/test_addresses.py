"""The HTTP client goes nowhere but to addresses of the public web."""

import itertools
import socket
import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from urllib3.util.url import parse_url

from tests.support.fetches import HURRIED, SETTINGS, failure
from tests.support.origin import Answer, Origin
from workers.runtime.http.client import HttpClient, HttpSettings
from workers.runtime.http.response import FetchError, FetchFailure
from workers.runtime.http.target import parse_target

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
        "workers.runtime.http.transport.transfer_limits.LimitedSocket.connect",
        connect,
        raising=False,
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
    """What is not encoded because it looks encoded would not have been changed."""
    try:
        request_target = parse_target(url).request_target
    except FetchError:
        return
    assert request_target == parse_url(urlsplit(url).geturl()).request_uri
