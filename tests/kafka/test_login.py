"""Logging in at a broker with a name and a password, right and wrong."""

import uuid
from collections.abc import Iterator

import msgspec
import pytest

from tests.kafka.line import until
from workers.domain.outcomes import ConfigurationError, TransientError
from workers.runtime import kafka_admin
from workers.runtime.broker import Broker
from workers.runtime.kafka import KafkaSession
from workers.runtime.settings import Kafka, Secret

pytestmark = pytest.mark.kafka

PASSWORD = "open sesame"  # noqa: S105 the test broker's
LISTENER = "listener.name.sasl_plaintext"
MODULES = "org.apache.kafka.common.security"


@pytest.fixture(scope="module")
def guarded() -> Iterator[tuple[str, str]]:
    """A broker's open address, and the one that wants a password."""
    broker = Broker()
    inside, guarded = (f"127.0.0.1:{broker.port}", f"127.0.0.1:{broker.port + 1}")
    control = f"127.0.0.1:{broker._controller_port}"
    login = f'plain.PlainLoginModule required user_worker="{PASSWORD}"'
    broker._settings = {
        "listeners": f"PLAINTEXT://{inside},SASL_PLAINTEXT://{guarded},"
        f"CONTROLLER://{control}",
        "advertised.listeners": f"PLAINTEXT://{inside},SASL_PLAINTEXT://{guarded}",
        "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,"
        "SASL_PLAINTEXT:SASL_PLAINTEXT",
        "sasl.enabled.mechanisms": "PLAIN",
        f"{LISTENER}.plain.sasl.jaas.config": f"{MODULES}.{login};",
    }
    with broker:
        yield inside, guarded


def settings(guarded: str, **more: object) -> Kafka:
    known = Kafka(
        bootstrap_servers=(guarded,),
        topic_prefix=f"login-{uuid.uuid4().hex[:8]}",
        security_protocol="SASL_PLAINTEXT",
        sasl_mechanism="PLAIN",
        sasl_username="worker",
        sasl_password=Secret(PASSWORD),
        request_timeout_seconds=5.0,
    )
    return msgspec.structs.replace(known, **more)


def test_password_opens_commands_and_members(guarded: tuple[str, str]) -> None:
    kafka = settings(guarded[1])
    name = f"{kafka.topic_prefix}.in"
    kafka_admin.apply_topics(kafka, [kafka_admin.TopicPlan(name, 1, {})])
    member = KafkaSession(f"{kafka.topic_prefix}-g", [name], (), kafka)
    until(lambda: not member.poll(0.1, 1) and bool(member.assignment()), "joined")
    member.begin()
    member.commit({})
    member.close()


def test_wrong_password_is_hinted_at_and_not_shown(guarded: tuple[str, str]) -> None:
    """The library takes it for a lost connection, and a broker that is away."""
    wrong = Secret("hunter2")
    kafka = settings(guarded[1], sasl_password=wrong, request_timeout_seconds=1.0)
    with pytest.raises(TransientError, match="user, password") as failure:
        kafka_admin.probe(kafka)
    assert guarded[1] in str(failure.value)
    assert wrong.reveal() not in str(failure.value)


def test_mechanism_that_the_broker_lacks_is_hinted_at(
    guarded: tuple[str, str],
) -> None:
    kafka = settings(
        guarded[1], sasl_mechanism="SCRAM-SHA-256", request_timeout_seconds=1.0
    )
    with pytest.raises((TransientError, ConfigurationError), match="SASL"):
        kafka_admin.probe(kafka)
