"""Connections to the brokers: how they are made, and what their errors mean.

Three faults of kafka-python 3.0.12 are answered here:

- A refused connection to a coordinator loses the request that waited for it
  (`producer/sender.py`), unless `await_ready` answers instead of raising.
- A refused login or certificate is meant to be final (`net/manager.py`,
  `_auth_failures`), but is never noted, so that it looks like a broker that is away.
- What arrives together with the end of a connection is dropped (`net/transport.py`),
  and a Kafka broker sends a refused login just so.
"""

import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import kafka.errors as kafka_errors
from kafka.errors import KafkaError
from kafka.net.compat import KafkaNetClient
from kafka.net.manager import KafkaConnectionManager
from kafka.net.selector import NetworkSelector

from workers.domain.outcomes import ConfigurationError, TransientError
from workers.runtime.kafka import tls
from workers.runtime.service.settings import Kafka

_RECONNECT_MAX_MS = 1000

_OPERATORS_BUSINESS = (
    kafka_errors.AuthorizationError,
    kafka_errors.SaslAuthenticationFailedError,
    kafka_errors.UnsupportedSaslMechanismError,
    kafka_errors.IllegalSaslStateError,
    kafka_errors.KafkaConfigurationError,
    kafka_errors.UnsupportedVersionError,
    kafka_errors.InvalidTopicError,
    kafka_errors.InvalidTransactionTimeoutError,
    kafka_errors.InvalidSessionTimeoutError,
    kafka_errors.InvalidGroupIdError,
    kafka_errors.InconsistentGroupProtocolError,
)

_REFUSED_LOGINS = (
    kafka_errors.SaslAuthenticationFailedError,
    kafka_errors.UnsupportedSaslMechanismError,
    kafka_errors.IllegalSaslStateError,
)

_WRONG_NAME = {62, 64}
"""X509_V_ERR_HOSTNAME_MISMATCH and X509_V_ERR_IP_ADDRESS_MISMATCH of OpenSSL."""


class TlsRefusedError(kafka_errors.SaslAuthenticationFailedError):  # type: ignore[misc] # published without types
    """One side does not take the other's certificate.

    To the library only a refused SASL login is final, so this is one.
    """

    def __str__(self) -> str:
        return f"{type(self).__name__}: {self.args[0]}"


class _Manager(KafkaConnectionManager):  # type: ignore[misc] # published without types
    """Notes who was refused, so that the library gives up at the next attempt."""

    async def _build_transport(self, node: Any, timeout_at: float | None = None) -> Any:
        return _heard_out(await super()._build_transport(node, timeout_at=timeout_at))

    async def _connect(self, node: Any, conn: Any, **options: Any) -> None:
        await super()._connect(node, conn, **options)
        if conn.init_future.failed():
            refusal = _refusal(conn.init_future.exception)
            if refusal is not None:
                self._auth_failures[node.node_id] = refusal


def _heard_out(transport: Any) -> Any:
    """Make *transport* hand over what it has read before it tells of the end."""
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


class PatientClient(KafkaNetClient):  # type: ignore[misc] # published without types
    """A client that says "not ready" where the library's raises, unless for good.

    The sender thread requeues a request for a coordinator that is not ready, but
    drops it when being ready raises, and the commit then waits for ever. Only of a
    refused login it knows that the transaction has failed.
    """

    def __init__(self, **configs: Any) -> None:
        net = NetworkSelector(**configs)
        super().__init__(net=net, manager=_Manager(net, **configs))

    def maybe_connect(self, node_id: Any, **options: Any) -> None:
        """Begin to connect to *node_id*, unless it has refused this client."""
        with suppress(kafka_errors.SaslAuthenticationFailedError):
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
            time.sleep(0.05)
            return False


def _refusal(error: BaseException) -> KafkaError | None:
    """Return *error* as what it is if trying again is no use, else None."""
    if isinstance(error, kafka_errors.SaslAuthenticationFailedError):
        return error
    if isinstance(error, _REFUSED_LOGINS):
        # made the only kind that the library gives up on
        return kafka_errors.SaslAuthenticationFailedError(str(error))
    tls = _tls_error(error)
    words = _tls_words(tls) if tls is not None else ""
    return TlsRefusedError(words) if words else None


def _tls_words(error: ssl.SSLError) -> str:
    """Say what is wrong and where to look; empty if trying again may help."""
    if isinstance(error, ssl.SSLCertVerificationError):
        if error.verify_code in _WRONG_NAME:
            return (
                f"the broker's certificate bears another name ({error.verify_message})"
                "; brokers must go by the names in their certificates, in "
                "KHABAR_KAFKA_BOOTSTRAP_SERVERS and in advertised.listeners"
            )
        return (
            f"the broker's certificate is not trusted ({error.verify_message}); "
            "KHABAR_KAFKA_SSL_CA_PATH must name the authority that issued it"
        )
    _, _, alert = (getattr(error, "reason", None) or "").partition("_ALERT_")
    if "CERT" in alert or "UNKNOWN_CA" in alert:
        return (
            "the broker does not take this client's certificate "
            f"({alert.replace('_', ' ').lower()}); look at "
            "KHABAR_KAFKA_SSL_CERTIFICATE_PATH and KHABAR_KAFKA_SSL_KEY_PATH"
        )
    return ""


def _tls_error(error: BaseException | None) -> ssl.SSLError | None:
    """Find the error of TLS that the library made one of its own of."""
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return error
        inner = [each for each in error.args if isinstance(each, BaseException)]
        error = inner[0] if inner else error.__cause__ or error.__context__
    return None


@contextmanager
def translated(what: str, settings: Kafka) -> Iterator[None]:
    """Turn Kafka's exceptions into those that cross the loop."""
    servers = ",".join(settings.bootstrap_servers)
    try:
        yield
    except (KafkaError, OSError) as error:
        cause = root_cause(error)
        msg = f"{what} on Kafka at {servers}: {_words(cause)}"
        if isinstance(cause, _OPERATORS_BUSINESS):
            raise ConfigurationError(msg + _advice(cause, settings)) from error
        raise TransientError(msg + _hint(cause, settings)) from error


def root_cause(error: BaseException) -> BaseException:
    """Return what an error of the producer was about in the first place."""
    inner = [each for each in error.args if isinstance(each, KafkaError)]
    return root_cause(inner[0]) if inner else error


def _words(error: BaseException) -> str:
    name = type(error).__name__
    text = str(error).replace(f"{name}: {name}:", f"{name}:")
    if name in text:  # most of the library's errors name themselves
        return text
    return f"{name}: {text}" if text else name


def _advice(error: BaseException, settings: Kafka) -> str:
    """Say what an operator is to look at."""
    if isinstance(error, TlsRefusedError):  # says it itself
        return ""
    if isinstance(error, _REFUSED_LOGINS):
        return (
            f"; the brokers refuse user {settings.sasl_username!r} by "
            f"{settings.sasl_mechanism}: look at KHABAR_KAFKA_SASL_USERNAME, "
            "KHABAR_KAFKA_SASL_PASSWORD and KHABAR_KAFKA_SASL_MECHANISM"
        )
    if isinstance(error, kafka_errors.AuthorizationError):
        who = settings.sasl_username or "this client"
        return f"; {who} lacks an access rule: docs/deploying.md lists what is needed"
    return ""


def _hint(error: BaseException, settings: Kafka) -> str:
    """Say what else it may be: some refusals look like a broker that is away."""
    if not isinstance(
        error, kafka_errors.KafkaTimeoutError | kafka_errors.KafkaConnectionError
    ):
        return ""
    return (
        " (if the brokers are up, look at KHABAR_KAFKA_SECURITY_PROTOCOL, now "
        f"{settings.security_protocol}: brokers that want TLS or a password hang up)"
    )


def connection(settings: Kafka) -> dict[str, Any]:
    """Return what every client needs to reach the brokers.

    Raises ConfigurationError where settings contradict each other or name files that
    cannot be used.
    """
    options: dict[str, Any] = {
        "bootstrap_servers": list(settings.bootstrap_servers),
        "security_protocol": settings.security_protocol,
        "reconnect_backoff_max_ms": _RECONNECT_MAX_MS,
        "request_timeout_ms": ms(settings.request_timeout_seconds),
        "bootstrap_timeout_ms": ms(settings.request_timeout_seconds),
        "kafka_client": PatientClient,
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


def ms(seconds: float) -> int:
    """Return *seconds* as the library wants them."""
    return int(seconds * 1000)
