"""Logging in at a broker: with a password or a certificate, right and wrong."""

import json
import sys
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.kafka.guarded_broker import KEY_PASSWORD, PASSWORD, USER, Guarded
from tests.support.waiting import until
from tests.support.worker_processes import WorkerProcesses, ended
from workers import cli
from workers.cli.terminal import console
from workers.domain.outcomes import TransientError
from workers.runtime import main
from workers.runtime.kafka import admin
from workers.runtime.kafka.session import KafkaSession
from workers.runtime.service import settings

pytestmark = pytest.mark.kafka

ROOT = Path(__file__).parents[2]
WRONG = "hunter2"

Environment = dict[str, str]


def environment(**values: object) -> Environment:
    """Return settings of Kafka as variables."""
    values = {
        "topic_prefix": f"login-{uuid.uuid4().hex[:8]}",
        "request_timeout_seconds": 30,
    } | values
    return {f"KHABAR_KAFKA_{name.upper()}": str(each) for name, each in values.items()}


def password(at: str, mechanism: str, file: Path | None) -> Environment:
    """Log in with the password in *file*, as it is mounted, or a wrong one."""
    given = {"sasl_password": WRONG} if file is None else {"sasl_password_file": file}
    return environment(
        bootstrap_servers=at,
        security_protocol="SASL_PLAINTEXT",
        sasl_mechanism=mechanism,
        sasl_username=USER,
        **given,
    )


def over_tls(environment: Environment, authority: Path) -> Environment:
    return environment | {
        "KHABAR_KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
        "KHABAR_KAFKA_SSL_CA_PATH": str(authority),
    }


def certificate(guarded: Guarded, **more: object) -> Environment:
    return environment(
        bootstrap_servers=guarded.mutual_tls, security_protocol="SSL", **more
    )


Way = Callable[[Guarded, Path], Environment]
"""Makes settings from the broker and a folder with a file for each secret."""

WAYS_IN: dict[str, Way] = {
    "PLAIN": lambda g, f: password(g.sasl, "PLAIN", f / "password"),
    "SCRAM-SHA-256": lambda g, f: password(g.sasl, "SCRAM-SHA-256", f / "password"),
    "SCRAM-SHA-512": lambda g, f: password(g.sasl, "SCRAM-SHA-512", f / "password"),
    "SCRAM over TLS": lambda g, f: over_tls(
        password(g.sasl_tls, "SCRAM-SHA-512", f / "password"), g.certificates.ca
    ),
    "mutual TLS": lambda g, _: certificate(
        g,
        ssl_ca_path=g.certificates.ca,
        ssl_certificate_path=g.certificates.client,
        ssl_key_path=g.certificates.client_key,
    ),
    "mutual TLS, key with a password": lambda g, f: certificate(
        g,
        ssl_ca_path=g.certificates.ca,
        ssl_certificate_path=g.certificates.client,
        ssl_key_path=g.certificates.locked_key,
        ssl_key_password_file=f / "key-password",
    ),
}

REFUSED: dict[str, tuple[Way, str]] = {
    "password": (
        lambda g, _: password(g.sasl, "PLAIN", None),
        "KHABAR_KAFKA_SASL_PASSWORD",
    ),
    "password, SCRAM over TLS": (
        lambda g, _: over_tls(
            password(g.sasl_tls, "SCRAM-SHA-256", None), g.certificates.ca
        ),
        "KHABAR_KAFKA_SASL_PASSWORD",
    ),
    "mechanism": (
        lambda g, f: over_tls(
            password(g.sasl_tls, "PLAIN", f / "password"), g.certificates.ca
        ),
        "KHABAR_KAFKA_SASL_MECHANISM",
    ),
    "authority": (
        lambda g, _: certificate(g, ssl_ca_path=g.certificates.other_ca),
        "not trusted (unable to get local issuer certificate); KHABAR_KAFKA_SSL_CA",
    ),
    "file of the authority": (
        lambda g, f: certificate(g, ssl_ca_path=f / "nowhere.pem"),
        "nowhere.pem, which cannot be read: No such file or directory",
    ),
    "name of the broker": (
        lambda g, _: (
            certificate(g, ssl_ca_path=g.certificates.ca)
            | {"KHABAR_KAFKA_BOOTSTRAP_SERVERS": g.misnamed}
        ),
        "bears another name (IP address mismatch",
    ),
    "no certificate": (
        lambda g, _: certificate(g, ssl_ca_path=g.certificates.ca),
        "does not take this client's certificate",
    ),
    "certificate of a stranger": (
        lambda g, _: certificate(
            g,
            ssl_ca_path=g.certificates.ca,
            ssl_certificate_path=g.certificates.strange_client,
        ),
        "does not take this client's certificate",
    ),
    "password of the key": (
        lambda g, _: certificate(
            g,
            ssl_ca_path=g.certificates.ca,
            ssl_certificate_path=g.certificates.client,
            ssl_key_path=g.certificates.locked_key,
            ssl_key_password=WRONG,
        ),
        "KHABAR_KAFKA_SSL_KEY_PASSWORD",
    ),
}


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    (tmp_path / "password").write_text(f"{PASSWORD}\n")
    (tmp_path / "key-password").write_text(KEY_PASSWORD)
    return tmp_path


def kafka_of(environment: Environment) -> settings.Kafka:
    return settings.read(settings.Kafka, "kafka", environment)


@pytest.mark.parametrize("way", WAYS_IN)
def test_members_come_in_and_write(guarded: Guarded, secrets: Path, way: str) -> None:
    kafka = kafka_of(WAYS_IN[way](guarded, secrets))
    name = f"{kafka.topic_prefix}.in"
    admin.apply_topics(kafka, [admin.TopicPlan(name, 1, {})])
    member = KafkaSession(f"{kafka.topic_prefix}-g", [name], (), kafka)
    until(lambda: not member.poll(0.1, 1) and bool(member.assignment()), "joined", 60)
    member.begin()
    member.commit({})
    member.close()


def test_name_in_a_certificate_need_not_be_checked(guarded: Guarded) -> None:
    unchecked = certificate(
        guarded, ssl_ca_path=guarded.certificates.ca, ssl_check_hostname="false"
    )
    unchecked["KHABAR_KAFKA_BOOTSTRAP_SERVERS"] = guarded.misnamed
    admin.probe(kafka_of(unchecked))


@pytest.mark.parametrize("reason", REFUSED)
def test_command_says_in_one_line_why_it_is_refused(
    guarded: Guarded,
    secrets: Path,
    reason: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    way, words = REFUSED[reason]
    for name, value in way(guarded, secrets).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "argv", ["khabar", "topics", "list"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    said = capsys.readouterr()
    assert ended.value.code == console.CONFIGURATION
    assert said.out == ""
    (line,) = said.err.splitlines()
    assert words in line
    assert WRONG not in line


def test_workers_end_with_one_line_when_they_are_refused(
    guarded: Guarded, secrets: Path
) -> None:
    reasons = {
        "a": "password",
        "b": "authority",
        "c": "certificate of a stranger",
    }
    with WorkerProcesses({}, secrets) as workers:
        started = {
            slot: workers.start(slot, **REFUSED[reason][0](guarded, secrets))
            for slot, reason in reasons.items()
        }
        for slot, worker in started.items():
            code, log = ended(worker), workers.log(slot)
            assert code == main.EXIT_CONFIGURATION, log
            ending = json.loads(log.splitlines()[-1])
            assert ending["event"] == "misconfigured"
            assert REFUSED[reasons[slot]][1] in ending["problem"]
            assert "Traceback" not in log
            assert "retrying" not in log
            assert WRONG not in log


def test_listener_that_wants_more_is_hinted_at(guarded: Guarded) -> None:
    """It hangs up without a word, as a broker does that goes away."""
    bare = environment(bootstrap_servers=guarded.sasl, request_timeout_seconds=1)
    with pytest.raises(TransientError, match="KHABAR_KAFKA_SECURITY_PROTOCOL, now"):
        admin.probe(kafka_of(bare))
