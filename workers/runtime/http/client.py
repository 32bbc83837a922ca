"""The one HTTP client: bounded in every direction, and closed to inner addresses.

- http and https only, no credentials in URLs, no proxies from the environment.
- The address is checked as the connection opens, after DNS, on every redirect.
- One deadline covers a fetch from the look-up of the host to the last byte, redirects
  included: a server that sends a byte a second gains nothing.
- Cookies live as long as one fetch, and go to the host alone that set them.
- Head, body on the wire and decoded body each have a limit.

It knows no host's load and no robots.txt: that is `fetcher`.
"""

import re
import socket
import ssl
from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Annotated

from msgspec import Meta, Struct

from workers import __version__
from workers.domain.outcomes import ConfigurationError
from workers.runtime.http.cookies import CookieJar
from workers.runtime.http.response import FetchError, FetchFailure, Response
from workers.runtime.http.target import Target, parse_target, redirect_target
from workers.runtime.http.transport.addresses import Network, networks
from workers.runtime.http.transport.connections import (
    ActiveSockets,
    Connection,
    IdleConnections,
    PlainConnection,
    TlsConnection,
)
from workers.runtime.http.transport.connector import GuardedConnector, Resolver
from workers.runtime.http.transport.content_encoding import ACCEPTED
from workers.runtime.http.transport.exchange import (
    EXCHANGE_ERRORS,
    REDIRECTS,
    RawResponse,
    encode_request,
    fetch_error,
    send_and_read,
)
from workers.runtime.http.transport.transfer_limits import (
    LimitedTlsSocket,
    TransferLimits,
)
from workers.runtime.service.settings import Count, Seconds, checked

MIB = 1024 * 1024
_METHOD_KEEPING = frozenset({307, 308})
"""Redirects that ask for the same request elsewhere (RFC 9110, 15.4.8 and 15.4.9)."""
_CREDENTIALS = frozenset({"authorization", "cookie"})
_NO_HEADERS: Mapping[str, str] = MappingProxyType({})


def _check_contact(contact: str) -> None:
    """Raise ValueError where *contact* cannot stand in a comment (RFC 9110, 5.6.5)."""
    if not re.fullmatch(r"[!-\[\]-~]*", contact) or set(contact) & set("()"):
        msg = "it must be one word of ASCII, without parentheses"
        raise ValueError(msg)


class HttpSettings(Struct, frozen=True):
    """How the client behaves."""

    user_agent_contact: Annotated[str, checked(_check_contact)] = ""
    """Address of a page or mailbox where publishers reach the operator."""
    connect_seconds: Seconds = 5.0
    """For the look-up of a host and the connection to it."""
    total_seconds: Seconds = 20.0
    """For everything, from the look-up to the last byte, redirects included."""
    max_redirects: Annotated[int, Meta(ge=0)] = 5
    """More are not followed."""
    max_header_bytes: Count = 64 * 1024
    """Of the head of an answer."""
    max_wire_bytes: Count = 8 * MIB
    """Of an answer as it is transferred, mostly compressed."""
    max_body_bytes: Count = 16 * MIB
    """Of an answer when it is decoded."""
    allowed_networks: Annotated[tuple[str, ...], checked(networks)] = ()
    """In CIDR notation: networks that may be reached though they are not public."""


class HttpClient:
    """Fetch URLs; safe to be used from many threads at once."""

    def __init__(
        self, settings: HttpSettings, *, resolver: Resolver = socket.getaddrinfo
    ) -> None:
        """Raise ConfigurationError for settings that cannot be used."""
        self._settings = settings
        self._connector = GuardedConnector(resolver, _allowed(settings))
        self._idle = IdleConnections()
        self._active = ActiveSockets()
        self._headers = {
            "user-agent": _user_agent(settings.user_agent_contact),
            "accept-encoding": ACCEPTED,
            "accept": "*/*",
        }

    def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] = _NO_HEADERS,
        max_body_bytes: int | None = None,
        same_origin: bool = False,
        cookies: CookieJar | None = None,
    ) -> Response:
        """Fetch *url*, following redirects; raises FetchError if that fails.

        *headers* go to every host on the way, credentials to the first only.
        *max_body_bytes* overrides the setting of that name. With *same_origin* a
        redirect to another scheme, host or port is returned as the response. *cookies*
        are those of the fetch that this one goes on with; none are without.
        """
        jar = CookieJar() if cookies is None else cookies
        return self._fetch(
            url, headers, None, max_body_bytes, same_origin=same_origin, cookies=jar
        )

    def post(self, url: str, body: bytes, content_type: str) -> Response:
        """Post *body*, which must be safe to post twice; raises FetchError.

        Redirects that ask for the same request elsewhere (307, 308) are followed.
        """
        headers = {"content-type": content_type}
        return self._fetch(
            url, headers, body, None, same_origin=False, cookies=CookieJar()
        )

    def close(self) -> None:
        """Close every connection; fetches running in other threads fail at once."""
        self._idle.close()
        self._active.shut_down()

    def _fetch(
        self,
        url: str,
        headers: Mapping[str, str],
        posted: bytes | None,
        max_body_bytes: int | None,
        *,
        same_origin: bool,
        cookies: CookieJar,
    ) -> Response:
        settings = self._settings
        limits = TransferLimits(
            settings.total_seconds, settings.max_header_bytes, settings.max_wire_bytes
        )
        max_body = settings.max_body_bytes if max_body_bytes is None else max_body_bytes
        sent = self._headers | {name.lower(): value for name, value in headers.items()}
        first = target = parse_target(url)
        redirects: list[tuple[int, str]] = []
        while True:
            request = encode_request(
                target, _with_cookies(sent, target, cookies), posted
            )
            raw = self._exchange(target, request, limits, max_body)
            cookies.take(target, raw.cookies)
            next_target = _next_target(target, raw, posted=posted is not None)
            leaves = next_target is not None and next_target.origin != target.origin
            if next_target is None or (same_origin and leaves):
                return Response(
                    status=raw.status,
                    url=target.url,
                    body=raw.body,
                    headers=raw.headers,
                    redirects=tuple(redirects),
                    redirect_target=next_target.url if next_target else None,
                    elapsed_seconds=limits.elapsed(),
                    wire_bytes=limits.received_bytes,
                )
            if len(redirects) >= settings.max_redirects:
                raise FetchError(FetchFailure.TOO_MANY_REDIRECTS, url, target.url)
            target = next_target
            redirects.append((raw.status, target.url))
            if target.origin != first.origin:
                sent = {n: v for n, v in sent.items() if n not in _CREDENTIALS}

    def _exchange(
        self, target: Target, request: bytes, limits: TransferLimits, max_body: int
    ) -> RawResponse:
        """Send one request, again on a new connection if a kept one is dead.

        A server may close an idle connection just as the request is sent. That cannot
        be told from a failure before the first byte of a response, so only then is
        the request repeated (RFC 9110, 9.2.2: GET is idempotent).
        """
        kept = self._idle.take(target.origin)
        if kept is not None:
            received = limits.received_bytes
            try:
                return self._use(kept, target, request, limits, max_body)
            except FetchError as error:
                stale = error.failure is FetchFailure.PROTOCOL
                if not stale or limits.received_bytes > received:
                    raise
        fresh = self._connection(target)
        return self._use(fresh, target, request, limits, max_body)

    def _use(
        self,
        connection: Connection,
        target: Target,
        request: bytes,
        limits: TransferLimits,
        max_body: int,
    ) -> RawResponse:
        """Do one exchange over *connection*, which is kept or closed afterwards."""
        reusable = False
        opened = None
        try:
            limits.expect_head()
            if connection.sock is None:
                connection.open(limits, self._settings.connect_seconds)
            opened = connection.sock
            self._active.add(opened)
            raw = send_and_read(connection, request, limits, max_body)
            reusable = raw.reusable
        except EXCHANGE_ERRORS as error:
            raise fetch_error(error, target.url) from error
        else:
            return raw
        finally:
            self._active.discard(opened)
            if reusable:
                self._idle.keep(target.origin, connection)
            else:
                connection.close()

    def _connection(self, target: Target) -> Connection:
        connector, host, port = self._connector, target.host, target.port
        if target.scheme == "https":
            return TlsConnection(connector, host, port, ssl_context=self._tls)
        return PlainConnection(connector, host, port)

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        """TLS with the system's authorities; made on first use, since it takes long."""
        context = ssl.create_default_context()
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.sslsocket_class = LimitedTlsSocket
        return context


def _with_cookies(
    headers: Mapping[str, str], target: Target, jar: CookieJar
) -> Mapping[str, str]:
    """Return *headers* with the cookies that *target* has set in this fetch."""
    kept = jar.header(target)
    if not kept:
        return headers
    given = headers.get("cookie")
    return {**headers, "cookie": f"{given}; {kept}" if given else kept}


def _next_target(target: Target, raw: RawResponse, *, posted: bool) -> Target | None:
    """Return where a redirect leads that may be followed, None if *raw* is none."""
    location = raw.headers.get("location")
    followed = _METHOD_KEEPING if posted else REDIRECTS
    if raw.status not in followed or not location:
        return None
    return redirect_target(target, location)


def _user_agent(contact: str) -> str:
    try:
        _check_contact(contact)
    except ValueError as error:
        msg = f"user_agent_contact: {error}"
        raise ConfigurationError(msg) from error
    agent = f"Khabar/{__version__}"
    return f"{agent} (+{contact})" if contact else agent


def _allowed(settings: HttpSettings) -> tuple[Network, ...]:
    try:
        return networks(settings.allowed_networks)
    except ValueError as error:
        msg = f"allowed_networks: {error}"
        raise ConfigurationError(msg) from error
