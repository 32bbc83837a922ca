"""The HTTP client over TLS: whom it trusts, and that its limits hold there too."""

import gzip
import socket

import pytest

from tests.support.fetches import OK, endless, failure, slowly
from tests.support.origin import Answer, Origin, Raw
from workers.runtime.http.client import HttpClient
from workers.runtime.http.response import FetchError, FetchFailure


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
