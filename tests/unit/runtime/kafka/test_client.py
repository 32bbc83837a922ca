"""The cure for a fault of the client library, and the faults that it translates."""

import socket
import ssl
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from kafka import errors
from kafka.net.compat import KafkaNetClient
from kafka.net.transport import KafkaTCPTransport
from kafka.producer.sender import Sender

from workers.domain.outcomes import ConfigurationError, TransientError
from workers.runtime.kafka.client import (
    RetryingClient,
    connection,
    drain_before_eof,
)
from workers.runtime.kafka.errors import refusal, translated
from workers.runtime.service.settings import Kafka, Secret
from workers.runtime.service.watchdog import EXIT_STUCK

TLS = Path(__file__).parents[3] / "support" / "tls"
SETTINGS = Kafka(bootstrap_servers=("k1:9092", "k2:9092"))


class Transactions:
    """Has one request for a coordinator that is not there."""

    def __init__(self) -> None:
        self.request = SimpleNamespace(
            needs_coordinator=lambda: True, coordinator_type=None, request=None
        )
        self.requeued: list[object] = []

    def is_completing(self) -> bool:
        return False

    def next_request_handler(self, _: bool) -> Any:  # noqa: FBT001 the library's own
        return self.request

    def coordinator(self, _: object) -> str:
        return "coordinator-1"

    def lookup_coordinator_for_request(self, _: object) -> None:
        """As if asked."""

    def retry(self, request: object) -> None:
        self.requeued.append(request)


def unconnected(kind: Any) -> Any:
    client = kind.__new__(kind)
    client._manager = SimpleNamespace(
        _conns={},
        cluster=None,
        get_connection=lambda _: None,
        maybe_raise_auth_failure=lambda _: None,
    )
    return client


@pytest.mark.parametrize(("kind", "kept"), [(RetryingClient, 1), (KafkaNetClient, 0)])
def test_request_for_a_coordinator_that_is_away_is_kept(
    kind: type[KafkaNetClient], kept: int
) -> None:
    """The library's own client loses it, and the commit waits for ever.

    If the second case fails, the library is repaired and RetryingClient can go.
    """
    transactions = Transactions()
    sender = Sender(
        unconnected(kind),
        None,
        SimpleNamespace(has_incomplete=False),
        transaction_manager=transactions,
    )
    sender._maybe_send_pending_request()
    assert transactions.requeued == [transactions.request] * kept


@pytest.mark.parametrize(
    ("raised", "kind"),
    [
        (errors.KafkaConnectionError("refused"), TransientError),
        (errors.ProducerFencedError(), TransientError),
        (errors.UnknownMemberIdError(), TransientError),
        (ConnectionResetError("reset"), TransientError),
        (errors.SaslAuthenticationFailedError("who?"), ConfigurationError),
        (errors.TopicAuthorizationFailedError({"t"}), ConfigurationError),
        (errors.TransactionalIdAuthorizationFailedError(), ConfigurationError),
        (errors.KafkaConfigurationError("odd"), ConfigurationError),
    ],
)
def test_errors_are_translated_with_what_was_done_and_where(
    raised: Exception, kind: type[Exception]
) -> None:
    with pytest.raises(kind) as seen, translated("committing", SETTINGS):
        raise raised
    assert str(seen.value).startswith("committing on Kafka at k1:9092,k2:9092: ")
    assert type(raised).__name__ in str(seen.value)


def test_cause_of_a_producers_failure_is_told() -> None:
    fenced = errors.KafkaError("Cannot perform send", errors.ProducerFencedError())
    with (
        pytest.raises(TransientError, match="ProducerFencedError"),
        translated("writing", SETTINGS),
    ):
        raise fenced


def test_other_exceptions_pass() -> None:
    with pytest.raises(KeyError), translated("writing", SETTINGS):
        raise KeyError


def test_connection_has_what_the_protocol_needs() -> None:
    plain = connection(SETTINGS)
    assert plain["bootstrap_servers"] == ["k1:9092", "k2:9092"]
    assert plain["reconnect_backoff_max_ms"] == 1000
    assert not any(name.startswith(("sasl", "ssl")) for name in plain)
    password = Secret("p")
    secure = connection(
        Kafka(
            security_protocol="SASL_SSL",
            sasl_mechanism="SCRAM-SHA-512",
            sasl_username="u",
            sasl_password=password,
        )
    )
    assert secure["sasl_plain_password"] == password.reveal()
    assert secure["ssl_context"].check_hostname is True


def test_what_comes_with_the_end_of_a_connection_is_read() -> None:
    """Brokers answer a refused login and hang up in one; the library hears the last."""
    here, there = socket.socketpair()
    here.settimeout(0)
    there.sendall(b"no")
    there.close()
    transport = drain_before_eof(KafkaTCPTransport(None, here))
    data, error = transport._sock_recv()
    assert (data, error) == (b"no", None)
    for _ in range(2):
        data, error = transport._sock_recv()
        assert data == b""
        assert "disconnected" in str(error)
    here.close()


def test_refusal_is_final_and_a_lost_connection_is_not() -> None:
    refused = errors.SaslAuthenticationFailedError("who?")
    assert refusal(refused) is refused
    mechanism = refusal(errors.UnsupportedSaslMechanismError())
    assert isinstance(mechanism, errors.SaslAuthenticationFailedError)
    assert refusal(errors.KafkaConnectionError(ConnectionResetError())) is None
    assert refusal(errors.KafkaConnectionError(ssl.SSLEOFError(8, "eof"))) is None


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"ssl_ca_path": Path("nowhere.pem")}, "CA_PATH names nowhere.pem, which"),
        ({"ssl_ca_path": Path(__file__)}, "CA_PATH names .* expected certificates"),
        ({"ssl_key_path": TLS / "ca.pem"}, "KEY_PATH needs .*_CERTIFICATE_PATH"),
        ({"ssl_certificate_path": TLS / "ca.pem"}, "CERTIFICATE_PATH names .* fit"),
        (
            {"ssl_certificate_path": TLS / "ca.pem", "ssl_key_path": TLS / "none"},
            "KEY_PATH names .*none, which",
        ),
    ],
)
def test_file_that_tls_cannot_use_is_named(given: dict[str, Path], named: str) -> None:
    with pytest.raises(ConfigurationError, match=f"KHABAR_KAFKA_SSL_{named}"):
        connection(Kafka(security_protocol="SSL", **given))  # type: ignore[arg-type] # paths by name


def test_protocol_without_its_mechanism_is_named() -> None:
    with pytest.raises(ConfigurationError, match="KHABAR_KAFKA_SASL_MECHANISM"):
        connection(Kafka(security_protocol="SASL_PLAINTEXT"))


STUCK_WRITE = """
from threading import Event
from types import SimpleNamespace
from workers.cli.topics.records import write
from workers.domain import topics
from workers.runtime.kafka import producer
from workers.runtime.service.settings import Kafka
nothing = lambda: None
stuck = SimpleNamespace(
    init_transactions=nothing, begin_transaction=nothing,
    commit_transaction=Event().wait, close=nothing,
)
producer.groupless_consumer = producer._connect = lambda *_: stuck
producer.partitions_of = lambda *_: [0]
write(Kafka(stuck_seconds=0.2), topics.FEEDS, [], source="test")
"""


def stuck_write(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", STUCK_WRITE, *words]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=180
    )


def test_command_that_cannot_commit_ends_with_one_line() -> None:
    ended = stuck_write()
    assert ended.returncode == EXIT_STUCK
    (line,) = (ended.stdout + ended.stderr).splitlines()
    assert line.startswith("khabar: writing to khabar.feeds.v1 made no progress")
    assert "--debug" in line


def test_command_that_cannot_commit_shows_its_stacks_on_demand() -> None:
    ended = stuck_write("--debug")
    assert ended.returncode == EXIT_STUCK
    *stacks, line = ended.stderr.splitlines()
    assert any("Thread 0x" in each for each in stacks)
    assert "writing to khabar.feeds.v1 made no progress" in line
