"""Connections to the brokers, and the client that repairs faults of the library.

Three faults of kafka-python 3.0.12 are repaired here:

- A refused connection to a coordinator loses the request that waited for it
  (`producer/sender.py`), unless `await_ready` answers instead of raising.
- A refused login or certificate is meant to be final (`net/manager.py`,
  `_auth_failures`), but is never noted, so that it looks like a broker that is away.
- What arrives together with the end of a connection is dropped (`net/transport.py`),
  and a Kafka broker sends a refused login just so.

What errors mean is in `errors`, TLS in `tls`.
"""

import time
from contextlib import suppress
from typing import Any

from kafka.errors import KafkaError, SaslAuthenticationFailedError
from kafka.net.compat import KafkaNetClient
from kafka.net.manager import KafkaConnectionManager
from kafka.net.selector import NetworkSelector

from workers.domain.outcomes import ConfigurationError
from workers.runtime.kafka import tls
from workers.runtime.kafka.errors import refusal
from workers.runtime.service.settings import Kafka

# The library's default is 30 s: after a broker's restart a worker would stand still
# for that long.
_RECONNECT_MAX_MS = 1000
_NOT_READY_SECONDS = 0.05


class _Manager(KafkaConnectionManager):  # type: ignore[misc] # published without types
    """Notes which nodes refused the login, so that the library gives up on them."""

    async def _build_transport(self, node: Any, timeout_at: float | None = None) -> Any:
        transport = await super()._build_transport(node, timeout_at=timeout_at)
        return drain_before_eof(transport)

    async def _connect(self, node: Any, conn: Any, **options: Any) -> None:
        await super()._connect(node, conn, **options)
        if conn.init_future.failed():
            final = refusal(conn.init_future.exception)
            if final is not None:
                self._auth_failures[node.node_id] = final


def drain_before_eof(transport: Any) -> Any:
    """Make *transport* deliver the bytes it has read before it reports the end."""
    receive = transport._sock_recv  # noqa: SLF001 nothing public does it
    ending: list[BaseException] = []

    def receive_all() -> tuple[bytes, BaseException | None]:
        if ending:  # at its end a socket is always ready to be read
            return b"", ending[0]
        data, error = receive()
        if data and error is not None:
            ending.append(error)
            return data, None
        return data, error

    transport._sock_recv = receive_all  # noqa: SLF001 as above
    return transport


class RetryingClient(KafkaNetClient):  # type: ignore[misc] # published without types
    """A client that reports "not ready" where the library's raises.

    The sender thread requeues a request for a coordinator that is not ready, but
    drops it when `await_ready` raises, and the commit then waits for ever. A refused
    login still raises: the sender fails the transaction on it.
    """

    def __init__(self, **configs: Any) -> None:
        net = NetworkSelector(**configs)
        super().__init__(net=net, manager=_Manager(net, **configs))

    def maybe_connect(self, node_id: Any, **options: Any) -> None:
        """Begin to connect to *node_id*, unless it has refused this client."""
        with suppress(SaslAuthenticationFailedError):
            super().maybe_connect(node_id, **options)

    def await_ready(self, node_id: Any, timeout_ms: float = 30000) -> bool:
        """Wait for a connection to *node_id*; return whether there is one.

        Raises SaslAuthenticationFailedError where there never will be.
        """
        try:
            return bool(super().await_ready(node_id, timeout_ms))
        except KafkaError:
            self._manager.maybe_raise_auth_failure(node_id)
            # the sender asks again at once: do not let it spin until the back-off
            # of the connection is over
            time.sleep(_NOT_READY_SECONDS)
            return False


def connection(settings: Kafka) -> dict[str, Any]:
    """Return the options that every client needs to reach the brokers.

    Raises ConfigurationError where settings contradict each other or name files that
    cannot be used.
    """
    options: dict[str, Any] = {
        "bootstrap_servers": list(settings.bootstrap_servers),
        "security_protocol": settings.security_protocol,
        "reconnect_backoff_max_ms": _RECONNECT_MAX_MS,
        "request_timeout_ms": ms(settings.request_timeout_seconds),
        "bootstrap_timeout_ms": ms(settings.request_timeout_seconds),
        "kafka_client": RetryingClient,
    }
    if settings.security_protocol.startswith("SASL"):
        if settings.sasl_mechanism is None:
            msg = (
                f"KHABAR_KAFKA_SECURITY_PROTOCOL={settings.security_protocol} needs "
                "KHABAR_KAFKA_SASL_MECHANISM"
            )
            raise ConfigurationError(msg)
        options |= {
            "sasl_mechanism": settings.sasl_mechanism,
            "sasl_plain_username": settings.sasl_username,
            "sasl_plain_password": settings.sasl_password.reveal(),
        }
    if settings.security_protocol.endswith("SSL"):
        options["ssl_context"] = tls.context(settings)
    return options


def patience_seconds(settings: Kafka) -> float:
    """Return the time in which the broker has ended any transaction, and answered."""
    return settings.transaction_timeout_seconds + settings.request_timeout_seconds


def ms(seconds: float) -> int:
    """Return *seconds* in whole milliseconds, as the library takes times."""
    return int(seconds * 1000)
