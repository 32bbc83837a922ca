"""Access rules: what a worker needs, and what it says when it lacks it."""

import json
import re
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

import msgspec
import pytest
from kafka.admin import (
    ACL,
    ACLFilter,
    ACLOperation,
    ACLPermissionType,
    ResourcePattern,
    ResourcePatternFilter,
    ResourceType,
)
from kafka.admin import ACLResourcePatternType as PatternType
from typer.testing import CliRunner, Result

from tests.support.kafka.guarded_broker import LIMITED, PASSWORD, Guarded
from tests.support.waiting import PATIENCE, until
from tests.support.worker_processes import WorkerProcesses, ended, kafka_environment
from workers.cli import app
from workers.cli.terminal import console
from workers.domain import topics
from workers.domain.outcomes import ConfigurationError
from workers.domain.records import AnnotatedArticle
from workers.fleet.registry import names
from workers.runtime import main
from workers.runtime.kafka import admin, readers
from workers.runtime.kafka.producer import write_records
from workers.runtime.kafka.session import KafkaSession
from workers.runtime.service import settings
from workers.runtime.service.settings import Kafka

pytestmark = pytest.mark.kafka

ROOT = Path(__file__).parents[2]
SEED = ROOT / "schemas/examples/khabar.annotated.v1/seed-article.json"

READ, WRITE = ACLOperation.READ, ACLOperation.WRITE
TOPIC, GROUP = ResourceType.TOPIC, ResourceType.GROUP
TRANSACTIONS = ResourceType.TRANSACTIONAL_ID

Rule = tuple[ResourceType, str, ACLOperation]


def enough(prefix: str) -> list[Rule]:
    """Return the rules that docs/deploying.md gives for a user of all workers."""
    return [
        (TOPIC, f"{prefix}.", READ),
        (TOPIC, f"{prefix}.", WRITE),
        (GROUP, f"{prefix}-", READ),
        (TRANSACTIONS, f"{prefix}-", WRITE),
    ]


def test_rules_are_those_of_the_page() -> None:
    page = (ROOT / "docs" / "deploying.md").read_text("utf-8")
    rows = re.findall(r"^\| ([a-z ]+) \| `khabar(\W)` \| (\w+) \|$", page, re.MULTILINE)
    assert {
        (ResourceType[kind.upper().replace(" ", "_")], f"p{ending}", operation.upper())
        for kind, ending, operation in rows
    } == {(kind, name, operation.name) for kind, name, operation in enough("p")}


@pytest.fixture
def kafka(guarded: Guarded, prefix: str) -> Iterator[Kafka]:
    """An administrator's settings, with the topics; no rule is left behind."""
    kafka = Kafka(bootstrap_servers=(guarded.inside,), topic_prefix=prefix)
    admin.apply_topics(kafka, admin.plans(kafka, names()))
    yield kafka
    allow(kafka, [])


EVERYTHING = ACLFilter(
    f"User:{LIMITED}",
    None,
    ACLOperation.ANY,
    ACLPermissionType.ANY,
    ResourcePatternFilter(ResourceType.ANY, None, PatternType.ANY),
)


def allow(kafka: Kafka, rules: Sequence[Rule]) -> None:
    """Let LIMITED do what *rules* say, and nothing else, from now on."""
    with closing(admin.connect(kafka)) as client:
        client.delete_acls([EVERYTHING])
        if rules:
            made = client.create_acls(
                [
                    ACL(
                        f"User:{LIMITED}",
                        "*",
                        operation,
                        ACLPermissionType.ALLOW,
                        ResourcePattern(kind, name, PatternType.PREFIXED),
                    )
                    for kind, name, operation in rules
                ]
            )
            assert not made["failed"], made

        def known() -> set[Rule]:
            found, _ = client.describe_acls(EVERYTHING)
            return {
                (
                    each.resource_pattern.resource_type,
                    each.resource_pattern.resource_name,
                    each.operation,
                )
                for each in found
            }

        # the broker learns of them from the controller
        until(lambda: known() == set(rules), f"{known()} to be {rules}", 60)


def environment(guarded: Guarded, prefix: str) -> dict[str, str]:
    return {
        "COLUMNS": "400",
        "KHABAR_KAFKA_BOOTSTRAP_SERVERS": guarded.sasl,
        "KHABAR_KAFKA_TOPIC_PREFIX": prefix,
        "KHABAR_KAFKA_SECURITY_PROTOCOL": "SASL_PLAINTEXT",
        "KHABAR_KAFKA_SASL_MECHANISM": "PLAIN",
        "KHABAR_KAFKA_SASL_USERNAME": LIMITED,
        "KHABAR_KAFKA_SASL_PASSWORD": PASSWORD,
        "KHABAR_KAFKA_REQUEST_TIMEOUT_SECONDS": "30",
        "KHABAR_KAFKA_SLOT": "a",
    }


def doctor(environment: dict[str, str], *more: str) -> Result:
    words = ["doctor", "--broker", environment["KHABAR_KAFKA_BOOTSTRAP_SERVERS"]]
    runner = CliRunner(env=environment)
    return runner.invoke(app, [*words, *more], catch_exceptions=False)


def write_article(kafka: Kafka) -> None:
    record = msgspec.json.decode(SEED.read_bytes(), type=AnnotatedArticle)
    write_records(kafka, topics.ANNOTATED, [record], source="test")


def test_four_rules_are_enough(
    guarded: Guarded, kafka: Kafka, prefix: str, tmp_path: Path
) -> None:
    allow(kafka, enough(prefix))
    write_article(kafka)
    checked = doctor(environment(guarded, prefix))
    assert checked.exit_code == console.OK, checked.output
    assert [line.split()[:2] for line in checked.output.splitlines()] == [
        ["ok", "broker"],
        ["ok", "topics"],
        ["ok", "rights"],
    ]
    with WorkerProcesses(environment(guarded, prefix), tmp_path) as workers:
        worker = workers.start("a")
        name = topics.ENRICHED.name(prefix)
        tail = partial(readers.tail, kafka, name, start="beginning", follow=False)
        until(lambda: bool([*tail()]), "an enriched article", PATIENCE)
        workers.stop(worker)


@pytest.mark.parametrize(
    ("kind", "operation", "named"),
    [
        (TOPIC, WRITE, "TopicAuthorizationFailedError"),
        (GROUP, READ, "GroupAuthorizationFailedError"),
    ],
    ids=["output", "group"],
)
def test_worker_without_a_right_ends_with_one_line(
    guarded: Guarded,
    kafka: Kafka,
    prefix: str,
    tmp_path: Path,
    *,
    kind: ResourceType,
    operation: ACLOperation,
    named: str,
) -> None:
    rules = [r for r in enough(prefix) if (r[0], r[2]) != (kind, operation)]
    allow(kafka, rules)
    write_article(kafka)
    with WorkerProcesses(environment(guarded, prefix), tmp_path) as workers:
        code = ended(workers.start("a"))
        log = workers.log("a")
    assert code == main.EXIT_CONFIGURATION, log
    ending = json.loads(log.splitlines()[-1])
    assert ending["event"] == "misconfigured"
    assert named in ending["problem"]
    assert f"{LIMITED} lacks an access rule" in ending["problem"]
    assert "Traceback" not in log


@pytest.mark.parametrize(
    ("kept", "named"),
    [
        ([], "topics .* or may not be seen by this user"),
        ([(TOPIC, WRITE), (TRANSACTIONS, WRITE)], "GroupAuthorizationFailedError"),
        ([(TOPIC, READ), (TOPIC, WRITE), (GROUP, READ)], "TransactionalIdAuthorizat"),
        (
            [(TOPIC, WRITE), (GROUP, READ), (TRANSACTIONS, WRITE)],
            "TopicAuthorizationFailedError",
        ),
    ],
    ids=["nothing", "no group", "no transactions", "no reading"],
)
def test_member_without_a_right_is_told(
    guarded: Guarded,
    kafka: Kafka,
    prefix: str,
    kept: list[tuple[ResourceType, ACLOperation]],
    named: str,
) -> None:
    allow(kafka, [rule for rule in enough(prefix) if (rule[0], rule[2]) in kept])
    limited = settings.read(Kafka, "kafka", environment(guarded, prefix))
    source, sink = (topic.name(prefix) for topic in (topics.ANNOTATED, topics.ENRICHED))
    write_article(kafka)

    def poll_until_refused() -> None:
        with closing(
            KafkaSession(f"{prefix}-events", [source], [sink], limited)
        ) as member:
            until(lambda: bool(member.poll(0.2, 1)), "a record, or a refusal", 60)

    with pytest.raises(ConfigurationError, match=named):
        poll_until_refused()


def test_doctor_names_what_is_lacking(
    guarded: Guarded, kafka: Kafka, prefix: str
) -> None:
    limited = environment(guarded, prefix)
    allow(kafka, [])
    hidden = doctor(limited, "--worker", "events")
    assert hidden.exit_code == console.CONFIGURATION
    assert f"lacking: {prefix}.annotated.v1" in hidden.output
    assert "khabar topics apply" in hidden.output
    allow(kafka, [(TOPIC, f"{prefix}.", READ)])
    reader = doctor(limited, "--worker", "events")
    assert reader.exit_code == console.CONFIGURATION
    (line,) = [each for each in reader.output.splitlines() if " rights " in each]
    assert f"WRITE on topic {prefix}.enriched.v1" in line
    assert f"READ on group {prefix}-events" in line
    assert "annotated" not in line
    assert "entries" not in line


def test_doctor_waits_for_topics(broker: str, prefix: str) -> None:
    """As a job that creates them beside the first workers wants it."""
    kafka = Kafka(bootstrap_servers=(broker,), topic_prefix=prefix)
    asking = {**kafka_environment(kafka), "COLUMNS": "200"}
    assert doctor(asking).exit_code == console.CONFIGURATION
    later = threading.Timer(
        3.0, admin.apply_topics, (kafka, admin.plans(kafka, names()))
    )
    later.start()
    assert doctor(asking, "--wait", "120").exit_code == console.OK
    later.join()


def test_doctor_tells_an_absent_broker_from_a_wrong_setting() -> None:
    with socket.socket() as taken:  # bound and not listening: nobody answers
        taken.bind(("127.0.0.1", 0))
        absent = {
            "KHABAR_KAFKA_BOOTSTRAP_SERVERS": f"127.0.0.1:{taken.getsockname()[1]}",
            "KHABAR_KAFKA_REQUEST_TIMEOUT_SECONDS": "1",
        }
        assert doctor(absent).exit_code == console.TEMPORARY
        unset = absent | {"KHABAR_KAFKA_SECURITY_PROTOCOL": "SASL_SSL"}
        wrong = doctor(unset)
        assert wrong.exit_code == console.CONFIGURATION
        assert "KHABAR_KAFKA_SASL_MECHANISM" in wrong.output
