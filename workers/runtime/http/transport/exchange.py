"""One request and its response over one connection, and what can go wrong with it."""

import http.client
import re
import socket
import ssl
from collections.abc import Mapping
from typing import NamedTuple

import urllib3.exceptions

from workers.runtime.http.response import FetchError, FetchFailure
from workers.runtime.http.target import Target
from workers.runtime.http.transport.connections import Connection
from workers.runtime.http.transport.connector import BlockedError, ConnectError
from workers.runtime.http.transport.content_encoding import (
    DecodingError,
    TooLargeError,
    decoded,
)
from workers.runtime.http.transport.framing import FramedResponse
from workers.runtime.http.transport.transfer_limits import (
    TransferLimitError,
    TransferLimits,
)

REDIRECTS = frozenset({301, 302, 303, 307, 308})

_READ_BYTES = 64 * 1024
# RFC 9110, 5.5: visible characters, blanks and obs-text, but no line break
_FIELD_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")


class RawResponse(NamedTuple):
    """The response to one request, before redirects are followed."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    """Decoded; empty for a redirect, whose body is not read."""
    reusable: bool
    """Whether the connection can serve another request."""
    cookies: tuple[str, ...] = ()
    """Values of Set-Cookie: joined, they could not be told apart."""


def encode_request(
    target: Target, headers: Mapping[str, str], body: bytes | None
) -> bytes:
    """Return a complete request: a POST if there is a *body*, else a GET.

    Raises FetchError for a header field that cannot be sent, such as one with a line
    break, which would let a server's validator add header fields (request smuggling).
    """
    method = "GET" if body is None else "POST"
    lines = [f"{method} {target.request_target} HTTP/1.1", f"host: {target.authority}"]
    for name, value in headers.items():
        if not _FIELD_VALUE.fullmatch(value):
            detail = f"header {name} cannot be sent"
            raise FetchError(FetchFailure.PROTOCOL, target.url, detail)
        lines.append(f"{name}: {value}")
    if body is not None:
        lines.append(f"content-length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + (body or b"")


def send_and_read(
    connection: Connection,
    request: bytes,
    limits: TransferLimits,
    max_body_bytes: int,
) -> RawResponse:
    """Send *request* over the open *connection*; return the decoded response.

    Raises what sockets, http.client and the limits raise; see `fetch_error`.
    """
    response = connection.send_request(request, limits)
    try:
        limits.expect_body()
        headers = merge_headers(response.headers)
        cookies = tuple(response.headers.get_all("set-cookie", ()))
        if response.status in REDIRECTS and "location" in headers:
            return RawResponse(
                response.status, headers, b"", reusable=False, cookies=cookies
            )
        body = _read_body(response, limits)
        coding = f"{headers.get('content-encoding', '')},{response.transfer_codings}"
        return RawResponse(
            response.status,
            headers,
            decoded(body, coding, max_body_bytes),
            reusable=response.reusable,
            cookies=cookies,
        )
    finally:
        response.close()


def merge_headers(fields: http.client.HTTPMessage) -> Mapping[str, str]:
    """Return header fields by lower-case name, repeated ones joined with a comma."""
    merged: dict[str, str] = {}
    for name, value in fields.items():
        key = name.lower()
        merged[key] = f"{merged[key]}, {value}" if key in merged else value
    return merged


def _read_body(response: FramedResponse, limits: TransferLimits) -> bytes:
    whole = bytearray()
    while piece := response.read(_READ_BYTES):
        whole += piece
        limits.remaining()
    if response.length:
        raise http.client.IncompleteRead(bytes(whole), response.length)
    return bytes(whole)


# --- errors --------------------------------------------------------------------

EXCHANGE_ERRORS = (
    OSError,
    http.client.HTTPException,
    urllib3.exceptions.HTTPError,
    ValueError,
    BlockedError,
    ConnectError,
    TransferLimitError,
    TooLargeError,
    DecodingError,
)
"""All that opening a connection and `send_and_read` may raise."""

_FAILURES: tuple[tuple[type[BaseException], FetchFailure], ...] = (
    (TransferLimitError, FetchFailure.TOO_LARGE),
    (TooLargeError, FetchFailure.TOO_LARGE),
    (BlockedError, FetchFailure.BLOCKED_ADDRESS),
    (ConnectError, FetchFailure.CONNECT),
    (socket.gaierror, FetchFailure.DNS),
    (ssl.SSLError, FetchFailure.TLS),
    (TimeoutError, FetchFailure.TIMEOUT),
    (http.client.LineTooLong, FetchFailure.TOO_LARGE),
)


def fetch_error(error: BaseException, url: str) -> FetchError:
    """Translate one of EXCHANGE_ERRORS; libraries wrap each other's exceptions."""
    cause: BaseException | None = error
    while cause is not None:
        # http.client raises the bare class for one thing only: too many header fields
        if type(cause) is http.client.HTTPException:
            return FetchError(FetchFailure.TOO_LARGE, url, str(cause))
        for kind, failure in _FAILURES:
            if isinstance(cause, kind):
                return FetchError(failure, url, _detail(cause))
        cause = cause.__cause__
    return FetchError(FetchFailure.PROTOCOL, url, str(error) or type(error).__name__)


def _detail(error: BaseException) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    if isinstance(error, ssl.SSLError) and error.reason:
        return error.reason.replace("_", " ").lower()
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error)
