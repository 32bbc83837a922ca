"""TLS towards the brokers: what is trusted, and who the client is."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from workers.domain.outcomes import ConfigurationError
from workers.runtime.service.settings import Kafka

_PREFIX = "KHABAR_KAFKA_SSL"


def context(settings: Kafka) -> ssl.SSLContext:
    """Return what TLS connections are made with (TLS 1.2 or later).

    Raises ConfigurationError with the name of the setting whose file cannot be used,
    before any broker is asked.
    """
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    made.check_hostname = settings.ssl_check_hostname
    authority = settings.ssl_ca_path
    if authority is None:
        made.load_default_certs()
    else:
        with _usable("CA_PATH", authority, "certificates in PEM"):
            made.load_verify_locations(authority)
    certificate, key = settings.ssl_certificate_path, settings.ssl_key_path
    if certificate is None and key is not None:
        raise ConfigurationError(f"{_PREFIX}_KEY_PATH needs {_PREFIX}_CERTIFICATE_PATH")
    if certificate is not None:
        for name, path in (("CERTIFICATE_PATH", certificate), ("KEY_PATH", key)):
            if path is not None:
                with _usable(name, path, "PEM"):
                    path.open("rb").close()
        wanted = f"a certificate, its key and {_PREFIX}_KEY_PASSWORD that fit together"
        with _usable("CERTIFICATE_PATH", certificate, wanted):
            # an empty password, where the library would ask at the terminal
            made.load_cert_chain(
                certificate, key, settings.ssl_key_password.reveal().encode()
            )
    return made


@contextmanager
def _usable(name: str, path: Path, wanted: str) -> Iterator[None]:
    where = f"{_PREFIX}_{name} names {path}"
    try:
        yield
    except ssl.SSLError as error:  # an OSError, so it comes first
        reason = (error.reason or "").replace("_", " ").lower() or "no PEM"
        raise ConfigurationError(f"{where}: expected {wanted} ({reason})") from error
    except OSError as error:
        msg = f"{where}, which cannot be read: {error.strerror}"
        raise ConfigurationError(msg) from error
