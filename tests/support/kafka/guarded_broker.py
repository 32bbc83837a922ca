"""A broker that lets nobody in unasked: passwords, certificates, access rules."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import trustme
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from kafka import KafkaAdminClient
from kafka.admin import ScramMechanism, UserScramCredentialUpsertion

from workers.devkit.kafka_broker import Broker
from workers.devkit.loopback_ports import free_port

PASSWORD = "open sesame"  # noqa: S105 the test broker's
KEY_PASSWORD = "key to the key"  # noqa: S105 the same
USER = "worker"
"""May do everything."""
LIMITED = "limited"
"""May do what an access rule allows, which is nothing at first."""
MODULES = "org.apache.kafka.common.security"


@dataclass(frozen=True)
class Certificates:
    """PEM files of one authority, made for this run, and of one that nobody knows."""

    ca: Path
    other_ca: Path
    client: Path
    client_key: Path
    locked_key: Path
    """The same key under KEY_PASSWORD."""
    strange_client: Path
    """Signed by the unknown authority; its key stands in the same file."""
    broker: Path
    misnamed_broker: Path
    """For a host of another name."""


@dataclass(frozen=True)
class Guarded:
    """The broker's addresses by what they ask for, and the certificates."""

    inside: str
    """Asks for nothing, and takes everybody for an administrator."""
    sasl: str
    """A password: PLAIN or SCRAM."""
    sasl_tls: str
    """A password, over TLS and by SCRAM alone."""
    mutual_tls: str
    """A client's certificate."""
    misnamed: str
    """TLS with a certificate for another host."""
    certificates: Certificates


def make_certificates(folder: Path) -> Certificates:
    """Write what brokers and clients need to *folder*."""
    authority, stranger = trustme.CA(), trustme.CA()
    broker = authority.issue_cert("127.0.0.1", "localhost")
    misnamed = authority.issue_cert("kafka.example")
    client = authority.issue_cert(f"{USER}@khabar.example", common_name=USER)
    strange = stranger.issue_cert(f"{USER}@khabar.example", common_name=USER)

    def write(name: str, *parts: bytes) -> Path:
        path = folder / name
        path.write_bytes(b"\n".join(parts))
        return path

    def chain(certificate: trustme.LeafCert) -> bytes:
        return b"".join(blob.bytes() for blob in certificate.cert_chain_pems)

    locked = BestAvailableEncryption(KEY_PASSWORD.encode())
    return Certificates(
        ca=write("ca.pem", authority.cert_pem.bytes()),
        other_ca=write("other-ca.pem", stranger.cert_pem.bytes()),
        client=write("client.pem", chain(client)),
        client_key=write("client-key.pem", _key(client)),
        locked_key=write("locked-key.pem", _key(client, locked)),
        strange_client=write("strange.pem", chain(strange), _key(strange)),
        broker=write("broker.pem", _key(broker), chain(broker)),
        misnamed_broker=write("misnamed.pem", _key(misnamed), chain(misnamed)),
    )


def _key(
    certificate: trustme.LeafCert,
    encryption: KeySerializationEncryption | None = None,
) -> bytes:
    """Return the private key in PKCS #8, the only form that Kafka reads."""
    key = load_pem_private_key(certificate.private_key_pem.bytes(), None)
    return key.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, encryption or NoEncryption()
    )


@contextmanager
def guarded_broker(folder: Path) -> Iterator[Guarded]:
    """Run the broker; certificates go to *folder*."""
    certificates = make_certificates(folder)
    broker = Broker()
    ports = {"PLAINTEXT": broker.port}
    for name in ("SASL", "SASLTLS", "MUTUAL", "MISNAMED"):
        ports[name] = free_port(broker.controller_port, *ports.values())
    address = {name: f"127.0.0.1:{port}" for name, port in ports.items()}
    broker.settings = _settings(broker, address, certificates)
    with broker:
        _add_scram_users(broker.bootstrap)
        yield Guarded(
            inside=address["PLAINTEXT"],
            sasl=address["SASL"],
            sasl_tls=address["SASLTLS"],
            mutual_tls=address["MUTUAL"],
            misnamed=address["MISNAMED"],
            certificates=certificates,
        )


def _settings(
    broker: Broker, address: dict[str, str], certificates: Certificates
) -> dict[str, str]:
    advertised = ",".join(f"{name}://{at}" for name, at in address.items())
    users = "".join(f' user_{name}="{PASSWORD}"' for name in (USER, LIMITED))
    settings = {
        "listeners": f"{advertised},CONTROLLER://127.0.0.1:{broker.controller_port}",
        "advertised.listeners": advertised,
        "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,"
        "SASL:SASL_PLAINTEXT,SASLTLS:SASL_SSL,MUTUAL:SSL,MISNAMED:SSL",
        "sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512",
        "listener.name.sasltls.sasl.enabled.mechanisms": "SCRAM-SHA-256,SCRAM-SHA-512",
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer"
        ".StandardAuthorizer",
        "super.users": f"User:ANONYMOUS;User:{USER};User:CN={USER}",
        "ssl.principal.mapping.rules": f"RULE:^.*CN={USER}.*$/CN={USER}/,DEFAULT",
    }
    for listener in ("sasl", "sasltls"):
        settings |= {
            f"listener.name.{listener}.plain.sasl.jaas.config": f"{MODULES}.plain"
            f".PlainLoginModule required{users};",
            f"listener.name.{listener}.scram-sha-256.sasl.jaas.config": f"{MODULES}"
            ".scram.ScramLoginModule required;",
            f"listener.name.{listener}.scram-sha-512.sasl.jaas.config": f"{MODULES}"
            ".scram.ScramLoginModule required;",
        }
    for listener, certificate in (
        ("sasltls", certificates.broker),
        ("mutual", certificates.broker),
        ("misnamed", certificates.misnamed_broker),
    ):
        settings |= {
            f"listener.name.{listener}.ssl.keystore.type": "PEM",
            f"listener.name.{listener}.ssl.keystore.location": str(certificate),
            f"listener.name.{listener}.ssl.truststore.type": "PEM",
            f"listener.name.{listener}.ssl.truststore.location": str(certificates.ca),
        }
    return settings | {"listener.name.mutual.ssl.client.auth": "required"}


def _add_scram_users(inside: str) -> None:
    admin = KafkaAdminClient(bootstrap_servers=inside)
    try:
        # a user may be altered once in a request
        for mechanism in (ScramMechanism.SCRAM_SHA_256, ScramMechanism.SCRAM_SHA_512):
            wanted = UserScramCredentialUpsertion(
                user=USER, mechanism=mechanism, password=PASSWORD, iterations=4096
            )
            problems = admin.alter_user_scram_credentials([wanted])
            assert not any(problems.values()), problems
    finally:
        admin.close()
