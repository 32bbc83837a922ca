"""What Kafka's exceptions mean: which pass, which an operator must act on.

Every call of the client library runs inside `translated`, so that no exception of
kafka-python leaves `runtime/kafka`.
"""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager

import kafka.errors as kafka_errors
from kafka.errors import KafkaError

from workers.domain.outcomes import ConfigurationError, TransientError
from workers.runtime.service.settings import Kafka

FATAL_ERRORS = (
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
"""Errors that trying again cannot cure: a setting or an access rule is wrong."""

_REFUSED_LOGINS = (
    kafka_errors.SaslAuthenticationFailedError,
    kafka_errors.UnsupportedSaslMechanismError,
    kafka_errors.IllegalSaslStateError,
)

_HOSTNAME_MISMATCH = {62, 64}
"""X509_V_ERR_HOSTNAME_MISMATCH and X509_V_ERR_IP_ADDRESS_MISMATCH of OpenSSL."""


class TlsRefusedError(kafka_errors.SaslAuthenticationFailedError):  # type: ignore[misc] # published without types
    """One side does not accept the other's certificate.

    The library gives up only on a refused SASL login, so this is a subclass of one.
    """

    def __str__(self) -> str:
        return f"{type(self).__name__}: {self.args[0]}"


@contextmanager
def translated(what: str, settings: Kafka) -> Iterator[None]:
    """Turn Kafka's exceptions into those of `workers.domain.outcomes`.

    *what* names the operation for the message. Raises ConfigurationError for
    FATAL_ERRORS and TransientError for all others.
    """
    servers = ",".join(settings.bootstrap_servers)
    try:
        yield
    except (KafkaError, OSError) as error:
        cause = root_cause(error)
        msg = f"{what} on Kafka at {servers}: {_describe(cause)}"
        if isinstance(cause, FATAL_ERRORS):
            raise ConfigurationError(msg + _advice(cause, settings)) from error
        raise TransientError(msg + _hint(cause, settings)) from error


def root_cause(error: BaseException) -> BaseException:
    """Return the Kafka error that *error* wraps, or *error* itself.

    The producer reports a fenced or failed transaction as a plain KafkaError with
    the first error among its arguments.
    """
    inner = [each for each in error.args if isinstance(each, KafkaError)]
    return root_cause(inner[0]) if inner else error


def refusal(error: BaseException) -> KafkaError | None:
    """Return the error to give up with, None where trying again may help."""
    if isinstance(error, kafka_errors.SaslAuthenticationFailedError):
        return error
    if isinstance(error, _REFUSED_LOGINS):
        # the library gives up on this type alone
        return kafka_errors.SaslAuthenticationFailedError(str(error))
    cause = _tls_error(error)
    words = _describe_tls(cause) if cause is not None else ""
    return TlsRefusedError(words) if words else None


def _tls_error(error: BaseException | None) -> ssl.SSLError | None:
    """Return the TLS error that the library has wrapped, if there is one."""
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return error
        inner = [each for each in error.args if isinstance(each, BaseException)]
        error = inner[0] if inner else error.__cause__ or error.__context__
    return None


def _describe_tls(error: ssl.SSLError) -> str:
    """Return what is wrong and where to look; empty where trying again may help."""
    if isinstance(error, ssl.SSLCertVerificationError):
        if error.verify_code in _HOSTNAME_MISMATCH:
            return (
                f"the broker's certificate bears another name ({error.verify_message})"
                "; brokers must go by the names in their certificates, in "
                "KHABAR_KAFKA_BOOTSTRAP_SERVERS and in advertised.listeners"
            )
        return (
            f"the broker's certificate is not trusted ({error.verify_message}); "
            "KHABAR_KAFKA_SSL_CA_PATH must name the authority that issued it"
        )
    # OpenSSL names a fatal alert of the peer `TLSV1_ALERT_UNKNOWN_CA` and the like
    _, _, alert = (getattr(error, "reason", None) or "").partition("_ALERT_")
    if "CERT" in alert or "UNKNOWN_CA" in alert:
        return (
            "the broker does not take this client's certificate "
            f"({alert.replace('_', ' ').lower()}); look at "
            "KHABAR_KAFKA_SSL_CERTIFICATE_PATH and KHABAR_KAFKA_SSL_KEY_PATH"
        )
    return ""


def _describe(error: BaseException) -> str:
    name = type(error).__name__
    text = str(error).replace(f"{name}: {name}:", f"{name}:")
    if name in text:  # most errors of the library begin with their own names
        return text
    return f"{name}: {text}" if text else name


def _advice(error: BaseException, settings: Kafka) -> str:
    """Return what an operator should look at after a fatal error."""
    if isinstance(error, TlsRefusedError):  # its message says so already
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
    """Return what else may cause a transient error.

    A listener that wants TLS or SASL closes a plain connection without a word, which
    looks like a broker that is down.
    """
    if not isinstance(
        error, kafka_errors.KafkaTimeoutError | kafka_errors.KafkaConnectionError
    ):
        return ""
    return (
        " (if the brokers are up, look at KHABAR_KAFKA_SECURITY_PROTOCOL, now "
        f"{settings.security_protocol}: brokers that want TLS or a password hang up)"
    )
