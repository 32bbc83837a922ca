"""The cure for a fault of the client library, and the faults that it translates."""

import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import pytest
from kafka import errors
from kafka.net.compat import KafkaNetClient
from kafka.producer.sender import Sender

from workers.domain.outcomes import ConfigurationError, TransientError
from workers.runtime.kafka import PatientClient, connection, translated
from workers.runtime.settings import Kafka, Secret
from workers.runtime.watchdog import EXIT_STUCK

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
        _conns={}, cluster=None, get_connection=lambda _: None
    )
    return client


@pytest.mark.parametrize(("kind", "kept"), [(PatientClient, 1), (KafkaNetClient, 0)])
def test_request_for_a_coordinator_that_is_away_is_kept(
    kind: type[KafkaNetClient], kept: int
) -> None:
    """The library's own client loses it, and the commit waits for ever.

    If the second case fails, the library is repaired and PatientClient can go.
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
    assert secure["ssl_check_hostname"] is True


def test_protocol_without_its_mechanism_is_named() -> None:
    with pytest.raises(ConfigurationError, match="KHABAR_KAFKA_SASL_MECHANISM"):
        connection(Kafka(security_protocol="SASL_PLAINTEXT"))


def test_command_that_cannot_commit_ends() -> None:
    program = """
from threading import Event
from types import SimpleNamespace
from workers.domain import topics
from workers.runtime import kafka_admin
from workers.runtime.settings import Kafka
nothing = lambda: None
stuck = SimpleNamespace(
    init_transactions=nothing, begin_transaction=nothing,
    commit_transaction=Event().wait, close=nothing,
)
kafka_admin.reader = kafka_admin._writer = lambda *_: stuck
kafka_admin.partitions_of = lambda *_: [0]
kafka_admin.write(Kafka(stuck_seconds=0.2), topics.FEEDS, [], source="test")
"""
    command = [sys.executable, "-c", program]
    ended = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=30
    )
    assert ended.returncode == EXIT_STUCK
    assert "writing to khabar.feeds.v1 made no progress" in ended.stdout + ended.stderr
