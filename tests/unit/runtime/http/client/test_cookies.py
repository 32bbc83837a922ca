"""Cookies within one fetch, and never after it."""

import time
from collections.abc import Callable

import pytest

from tests.support.fetches import OK, failure
from tests.support.origin import Answer, Origin, Raw, Request
from workers.runtime.http.client import HttpClient
from workers.runtime.http.cookies import CookieJar
from workers.runtime.http.response import FetchFailure
from workers.runtime.http.target import Target

HERE = Target("https", "khabar.example", 443, "/x")


def walled(cookie: str, wanted: str) -> Callable[[Request], Answer]:
    """Redirect to the same address whoever comes without *wanted*."""

    def reply(request: Request) -> Answer:
        if wanted in request.headers.get("cookie", ""):
            return Answer("the story")
        headers = {"Location": request.path, "Set-Cookie": cookie}
        return Answer(status=302, headers=headers)

    return reply


@pytest.mark.parametrize(
    ("cookie", "wanted"),
    [
        ("seen=1", "seen=1"),
        ("seen=a=b; Path=/; Expires=Wed, 21 Oct 2099 07:28:00 GMT", "seen=a=b"),
        ("__cf=x ; HttpOnly; SameSite=Lax", "__cf=x"),
        ("seen=; Path=/", "seen="),
        ("seen=1; Max-Age=0600", "seen=1"),
    ],
)
def test_a_wall_of_cookies_ends(
    origin: Origin, client: HttpClient, cookie: str, wanted: str
) -> None:
    origin.replies["/x"] = walled(cookie, wanted)
    assert client.get(f"{origin.url}/x").body == b"the story"


def test_a_cookie_lives_as_long_as_one_fetch(
    origin: Origin, client: HttpClient
) -> None:
    origin.replies["/x"] = walled("seen=1", "seen=1")
    for _ in range(2):
        client.get(f"{origin.url}/x")
    cookies = [request.headers.get("cookie") for request in origin.requests]
    assert cookies == [None, "seen=1", None, "seen=1"]


def test_a_wall_that_does_not_end_is_an_error(
    origin: Origin, client: HttpClient
) -> None:
    origin.replies["/x"] = walled("seen=1; Max-Age=0", "seen=1")
    assert failure(client, f"{origin.url}/x") is FetchFailure.TOO_MANY_REDIRECTS


def test_several_cookies_and_those_of_the_caller_go_together(
    origin: Origin, client: HttpClient
) -> None:
    head = b"HTTP/1.1 302 Found\r\nLocation: /y\r\nContent-Length: 0\r\n"
    lines = b"Set-Cookie: a=1; Path=/, x\r\nset-cookie: b=2\r\nSet-Cookie: a=3\r\n\r\n"
    origin.replies["/x"] = Raw(lambda: [head + lines])
    origin.replies["/y"] = Raw(lambda: [OK + b"Content-Length: 0\r\n\r\n"])
    client.get(f"{origin.url}/x", headers={"Cookie": "own=0"})
    [request] = origin.asked("/y")
    assert request.headers["cookie"] == "own=0; b=2; a=3"


def test_a_cookie_goes_to_its_own_host_alone(
    origin: Origin, client: HttpClient
) -> None:
    with Origin({"/y": Answer("there")}) as other:
        there = other.url.replace("127.0.0.1", "localhost")
        headers = {"Location": f"{there}/y", "Set-Cookie": "a=1"}
        origin.replies["/x"] = Answer(status=302, headers=headers)
        assert client.get(f"{origin.url}/x").body == b"there"
        assert "cookie" not in other.requests[0].headers


@pytest.mark.parametrize(
    "line",
    [
        "",
        "a",
        "=1",
        "a=\x07",
        "a=b\x00c",
        "ख=1",
        "a=ख",
        ";a=1",
        "a=1; max-age=0",
        "a=1;Max-Age=-5",
    ],
)
def test_what_is_no_cookie_is_left_out(line: str) -> None:
    jar = CookieJar()
    jar.take(HERE, [line])
    assert jar.header(HERE) == ""


def test_a_secure_cookie_is_for_https() -> None:
    jar = CookieJar()
    jar.take(HERE, ["a=1; Secure", "b=2"])
    assert jar.header(HERE) == "a=1; b=2"
    assert jar.header(HERE._replace(scheme="http", port=80)) == "b=2"
    assert jar.header(HERE._replace(host="m.khabar.example")) == ""


def test_a_jar_is_bounded() -> None:
    jar = CookieJar()
    for number in range(50):
        host = HERE._replace(host=f"a{number}.example")
        jar.take(host, [f"c{each}=x" for each in range(1000)])
        jar.take(host, ["long=" + "x" * 5000])
        assert len(jar.header(host)) <= 5000
    assert (
        sum(bool(jar.header(HERE._replace(host=f"a{n}.example"))) for n in range(50))
        < 10
    )


def test_long_attributes_take_no_time() -> None:
    jar, started = CookieJar(), time.process_time()
    jar.take(
        HERE,
        ["a=1" + "; " * 100_000, "b=2;" + " " * 200_000 + "max-age", "=" * 200_000],
    )
    assert time.process_time() - started < 5.0
