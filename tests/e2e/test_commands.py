"""The commands that talk to a broker, on a real one."""

import datetime as dt
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from kafka import KafkaProducer
from typer.testing import CliRunner, Result

from tests.support.worker_processes import kafka_environment
from workers.cli import app
from workers.cli.terminal.console import Failure
from workers.domain import topics
from workers.domain.ids import article_id
from workers.domain.records import (
    ArticleState,
    EnrichedArticle,
    Entry,
    EventRecord,
    Feed,
    FeedProfile,
    FeedState,
    HubNotice,
)
from workers.runtime.kafka import admin, readers
from workers.runtime.kafka.producer import write_records
from workers.runtime.service.settings import Kafka

EXAMPLES = Path(__file__).parents[2] / "schemas" / "examples"
DESH = """
[[feeds]]
id = "desh"
url = "https://desh.example/rss"
publisher = "देश"
"""
NAGAR = DESH.replace("desh", "nagar").replace("देश", "नगर")

Khabar = Callable[..., Result]


@pytest.fixture
def kafka(broker: str, prefix: str) -> Kafka:
    return Kafka(bootstrap_servers=(broker,), topic_prefix=prefix)


@pytest.fixture
def khabar(kafka: Kafka) -> Khabar:
    """Run a command on topics that no other test has."""
    runner = CliRunner(env={"COLUMNS": "80", **kafka_environment(kafka)})

    def run(*words: str, status: int = 0) -> Result:
        result = runner.invoke(app, list(words), catch_exceptions=False)
        assert result.exit_code == status, result.output
        return result

    return run


def test_topics_are_created_once_and_never_changed(
    khabar: Khabar, kafka: Kafka
) -> None:
    missing = khabar("topics", "list", status=1).stdout.splitlines()
    assert len(missing) > len(topics.ALL)  # and the dead letters
    assert all(" missing" in line for line in missing)
    different = admin.TopicPlan(topics.EVENTS.name(kafka.topic_prefix), 7, {})
    admin.apply_topics(kafka, [different])
    applied = khabar("topics", "apply", status=1).stdout.splitlines()
    assert sum(" created" in line for line in applied) == len(missing) - 1
    assert sum("7 partitions, planned 4" in line for line in applied) == 1
    again = khabar("topics", "apply", status=1).stdout
    assert again == khabar("topics", "list", status=1).stdout
    assert " created" not in again
    assert again.count(" present") == len(missing) - 1


def test_feeds_are_applied_as_a_whole(khabar: Khabar, tmp_path: Path) -> None:
    khabar("topics", "apply")
    assert "No feeds yet" in khabar("feeds", "list").stdout
    file = tmp_path / "feeds.toml"
    file.write_text(DESH + NAGAR.replace("https", "gopher"))
    refused = khabar("feeds", "apply", str(file), status=1)
    assert f"{file}:7: feed nagar" in refused.stderr
    assert "No feeds yet" in khabar("feeds", "list").stdout
    file.write_text(DESH + NAGAR)
    assert "2 feeds new" in khabar("feeds", "apply", str(file)).stdout
    assert "0 changed, 2 as before" in khabar("feeds", "apply", str(file)).stdout
    file.write_text(DESH + 'section = "national"\n')
    changed = khabar("feeds", "apply", str(file)).stdout
    assert "0 feeds new, 1 changed" in changed
    assert "1 feeds are not in" in changed
    assert "retired" not in khabar("feeds", "list").stdout
    assert (
        "1 feeds retired"
        in khabar("feeds", "apply", str(file), "--retire-others").stdout
    )
    listed = khabar("feeds", "list").stdout.splitlines()
    assert [line.split()[:2] for line in listed if line] == [
        ["feed", "status"],
        ["desh", "waiting"],
        ["Retired:"],
        ["feed", "status"],
        ["nagar", "retired"],
    ]
    as_json = khabar("feeds", "apply", str(file), "--json").stdout
    assert json.loads(as_json) == {
        "new": 0,
        "changed": 0,
        "unchanged": 1,
        "unlisted": 0,
        "retired": 0,
    }


REFUSED = (
    "the host's address is not a public one (127.0.0.1: loopback;"
    " KHABAR_HTTP_ALLOWED_NETWORKS may allow it)"
)
ODD = f"{REFUSED}; failed 3 times in a row"


def ids(listed: Result) -> list[str]:
    return [line.split()[0] for line in listed.stdout.splitlines()[1:]]


def test_feeds_are_listed_with_what_is_odd(khabar: Khabar, kafka: Kafka) -> None:
    khabar("topics", "apply")
    now = dt.datetime(2026, 11, 24, 10, tzinfo=dt.UTC)
    feeds = [
        Feed(feed_id=name, url=f"https://{name}.example/", publisher=name)
        for name in ("desh", "gaya", "nagar", "naya")
    ]
    states = [
        FeedState(
            feed_id="desh",
            url="https://desh.example/",
            polled_at=now,
            next_poll_at=now + dt.timedelta(seconds=5400),
            interval_seconds=5400,
            profile=FeedProfile(dates="future", notes=("no guids",)),
        ),
        FeedState(
            feed_id="gaya",
            url="https://gaya.example/",
            polled_at=now,
            retired=True,
            problem="410",
        ),
        FeedState(
            feed_id="nagar",
            url="https://nagar.example/",
            polled_at=now,
            next_poll_at=now + dt.timedelta(seconds=300),
            failures=3,
            interval_seconds=300,
            problem=REFUSED,
        ),
    ]
    write_records(kafka, topics.FEEDS, feeds, source="test")
    write_records(kafka, topics.FEED_STATES, states, source="test")
    listed = [" ".join(x.split()) for x in khabar("feeds", "list").stdout.splitlines()]
    assert listed[1:] == [
        "gaya gone 11-24 10:00:00 410",
        f"nagar failing 11-24 10:00:00 11-24 10:05:00 5 min {ODD}",
        "desh good 11-24 10:00:00 11-24 11:30:00 1.5 h dates: future; no guids",
        "naya waiting not yet at once",
    ]
    assert ids(khabar("feeds", "list", "--problems")) == ["gaya", "nagar"]
    assert ids(khabar("feeds", "list", "--status", "active", "--publisher", "NA")) == [
        "nagar",
        "naya",
    ]
    assert "None of the 4" in khabar("feeds", "list", "--status", "paused").stderr
    lines = khabar("feeds", "list", "--json").stdout.splitlines()
    told = [json.loads(line) for line in lines]
    assert [one["feed_id"] for one in told] == ["desh", "gaya", "nagar", "naya"]
    assert told[0]["state"]["passport"]["dates"] == "future"
    assert told[1]["has_problem"]
    assert told[3]["state"] is None


def known(khabar: Khabar) -> dict[str, Any]:
    lines = khabar("feeds", "list", "--json").stdout.splitlines()
    return {one["feed_id"]: one for one in map(json.loads, lines)}


def notices(kafka: Kafka) -> list[tuple[str, str]]:
    name = topics.HUB_NOTICES.name(kafka.topic_prefix)
    read = readers.tail(kafka, name, start="beginning", follow=False)
    records = [msgspec.json.decode(each.value or b"", type=HubNotice) for each in read]
    return sorted((one.feed_id, one.event.value) for one in records)


def test_an_operator_steers_single_feeds(
    khabar: Khabar, kafka: Kafka, tmp_path: Path
) -> None:
    khabar("topics", "apply")
    file = tmp_path / "feeds.toml"
    file.write_text(DESH + NAGAR)
    khabar("feeds", "apply", str(file))
    with pytest.raises(Failure, match="no feed nager; there is nagar"):
        khabar("feeds", "poll", "desh", "nager")
    khabar("feeds", "pause", "nagar")
    assert known(khabar)["nagar"]["health"] == "paused"
    half = khabar("feeds", "poll", "desh", "nagar", status=1)
    assert "desh is polled" in half.stdout
    assert "nagar is paused: khabar feeds resume nagar" in half.stderr
    khabar("feeds", "resume", "nagar")
    assert known(khabar)["nagar"]["status"] == "active"
    assert "active, as before" in khabar("feeds", "resume", "nagar").stdout
    line = khabar("feeds", "reset", "nagar", "--json").stdout
    assert json.loads(line) == {"feed_id": "nagar", "result": "reset", "reason": None}
    khabar("feeds", "reset", "desh", "--entries")
    state = FeedState(feed_id="nagar", url="https://nagar.example/rss")
    write_records(kafka, topics.FEED_STATES, [state], source="test")
    khabar("feeds", "remove", "nagar")
    assert [*known(khabar)] == ["desh"]
    assert khabar("topics", "dump", "feed-states").stdout == ""
    assert notices(kafka) == [
        ("desh", "forget"),
        ("desh", "poll"),
        ("nagar", "forget"),
        ("nagar", "reset"),
    ]


def test_a_feed_is_shown_with_what_became_of_its_entries(
    khabar: Khabar, kafka: Kafka, tmp_path: Path
) -> None:
    khabar("topics", "apply")
    file = tmp_path / "feeds.toml"
    file.write_text(DESH)
    khabar("feeds", "apply", str(file))
    assert "no entries in the last three days" in khabar("feeds", "show", "desh").stdout
    now = dt.datetime(2026, 11, 24, 10, tzinfo=dt.UTC)
    urls = [f"https://desh.example/khabar-{number}" for number in range(3)]
    entries = [
        Entry(
            article_id=article_id(url),
            feed_id="desh",
            publisher="देश",
            url=url,
            canonical_url=url,
            title=f"ख़बर {number}",
            discovered_at=now + dt.timedelta(minutes=number),
        )
        for number, url in enumerate(urls)
    ]
    other = msgspec.structs.replace(entries[0], feed_id="other", article_id="0" * 32)
    states = [
        ArticleState(
            article_id=article_id(url),
            canonical_url=url,
            outcome=outcome,
            fetched_at=now,
        )
        for url, outcome in zip(urls, ("published", "not-hindi"), strict=False)
    ]
    write_records(kafka, topics.ENTRIES, [*entries, other], source="test")
    write_records(kafka, topics.ARTICLE_STATES, states, source="test")
    printed = khabar("feeds", "show", "desh", "--entries", "2").stdout
    shown = [" ".join(line.split()) for line in printed.splitlines()]
    assert "It brought 3 articles in the last three days:" in shown
    assert "1 not-hindi The text is in another language." in shown
    assert shown[-2:] == [
        "11-24 10:02 not-fetched ख़बर 2",
        "11-24 10:01 not-hindi ख़बर 1",
    ]
    one = json.loads(khabar("feeds", "show", "desh", "--json").stdout)
    assert one["outcomes"] == {"published": 1, "not-hindi": 1, "not-fetched": 1}
    assert [each["outcome"] for each in one["entries"]] == [
        "not-fetched",
        "not-hindi",
        "published",
    ]
    assert one["url"] == "https://desh.example/rss"


def example(noun: str) -> bytes:
    (topic,) = [topic for topic in topics.ALL if topic.noun == noun]
    return (EXAMPLES / topic.name() / "seed-article.json").read_bytes()


def test_tail_shows_articles_and_events(khabar: Khabar, kafka: Kafka) -> None:
    khabar("topics", "apply")
    article = msgspec.json.decode(example("enriched"), type=EnrichedArticle)
    event = msgspec.json.decode(example("events"), type=EventRecord)
    write_records(kafka, topics.ENRICHED, [article, article], source="test")
    write_records(kafka, topics.EVENTS, [event], source="test")
    shown = khabar("tail", "enriched", "--from-beginning", "--max", "1").stdout
    assert shown.splitlines()[0].strip() in article.title
    assert "AGREE" in shown
    lines = khabar(
        "tail", "enriched", "--from-beginning", "--no-wait", "--json"
    ).stdout.splitlines()
    assert [json.loads(line) for line in lines] == 2 * [json.loads(example("enriched"))]
    shown = khabar("tail", "events", "--from-beginning", "--no-wait").stdout
    assert event.event_type in shown
    assert event.trigger in shown


def test_events_are_exported_from_the_topic(khabar: Khabar, kafka: Kafka) -> None:
    khabar("topics", "apply")
    event = msgspec.json.decode(example("events"), type=EventRecord)
    write_records(kafka, topics.EVENTS, [event, event], source="test")
    lines = khabar("export", "events").stdout.splitlines()
    assert [json.loads(line) for line in lines] == 2 * [json.loads(example("events"))]
    table = khabar("export", "events", "--format", "csv", "--max", "1").stdout
    assert len(table.splitlines()) == 2
    assert event.event_id in table


def test_tail_passes_over_what_is_no_record(khabar: Khabar, kafka: Kafka) -> None:
    khabar("topics", "apply")
    name = topics.EVENTS.name(kafka.topic_prefix)
    producer = KafkaProducer(bootstrap_servers=list(kafka.bootstrap_servers))
    producer.send(name, value=b"{", key=b"x", partition=0)
    producer.send(name, value=None, key=b"x", partition=0)
    producer.close()
    event = msgspec.json.decode(example("events"), type=EventRecord)
    write_records(kafka, topics.EVENTS, [event], source="test")
    shown = khabar("tail", "events", "--from-beginning", "--no-wait")
    assert event.trigger in shown.stdout
    assert f"{name}, partition 0, offset 0: not a record" in shown.stderr


def test_dead_letters_are_listed_and_shown(khabar: Khabar, kafka: Kafka) -> None:
    khabar("topics", "apply")
    assert "No dead letters" in khabar("dlq", "list").stderr
    name = topics.dead_letter_name("articles", kafka.topic_prefix)
    producer = KafkaProducer(bootstrap_servers=list(kafka.bootstrap_servers))
    headers = {
        "error-kind": "ValidationError",
        "error-reason": "Object missing required field `url`",
        "error-time": "2026-11-24T10:00:00.000Z",
    }
    fields = [(key, value.encode()) for key, value in headers.items()]
    producer.send(name, value='{"title": "ख़बर"}'.encode(), key=b"k", headers=fields)
    producer.send(name, value=b"\xff{", key=None, headers=fields)
    producer.close()
    listed = khabar("dlq", "list", "articles").stdout
    assert "articles/0/0" in listed
    assert "articles/0/1" in listed
    assert "2026-11-24 10:00" in listed
    assert "required field `url`" in " ".join(listed.split())
    lines = khabar("dlq", "list", "--json").stdout.splitlines()
    first, _ = sorted((json.loads(line) for line in lines), key=lambda x: x["place"])
    assert first["place"] == "articles/0/0"
    assert (first["key"], first["kind"]) == ("k", "ValidationError")
    assert first["since"] == "2026-11-24T10:00:00.000Z"
    shown = khabar("dlq", "show", "articles/0/0").stdout
    assert "error-kind: ValidationError" in shown
    assert '  "title": "ख़बर"' in shown
    assert "\\xff{" in khabar("dlq", "show", "articles/0/1").stdout
    khabar("dlq", "show", "articles/0", status=2)
    khabar("dlq", "list", "nobody", status=2)


def test_doctor_finds_the_broker(khabar: Khabar, kafka: Kafka) -> None:
    shown = " ".join(khabar("doctor").stdout.split())
    assert f"ok broker {kafka.bootstrap_servers[0]}, Kafka 4." in shown


def test_the_consumer_of_the_readme_reads(khabar: Khabar, kafka: Kafka) -> None:
    khabar("topics", "apply")
    article = msgspec.json.decode(example("enriched"), type=EnrichedArticle)
    write_records(kafka, topics.ENRICHED, [article], source="test")
    readme = (EXAMPLES.parents[1] / "README.md").read_text("utf-8")
    _, _, after = readme.partition("```python\n")
    program, _, _ = after.partition("```")
    program = program.replace("127.0.0.1:9092", kafka.bootstrap_servers[0])
    program = program.replace('"khabar.', f'"{kafka.topic_prefix}.')
    with subprocess.Popen(
        [sys.executable, "-u", "-c", program], stdout=subprocess.PIPE, text=True
    ) as consumer:
        assert consumer.stdout
        line = consumer.stdout.readline()
        consumer.kill()
    assert line.startswith(article.title)
    assert article.entities[0].canonical_name in line
