"""Every topic, bound to the record type that it carries.

Partition counts of topics that are read together must agree: a worker owns the same
partition numbers of its sources and its tables.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar
from urllib.parse import urlsplit

from workers.domain.records import (
    AnnotatedArticle,
    Article,
    ArticleState,
    EnrichedArticle,
    Entry,
    EventRecord,
    Feed,
    FeedState,
    Fingerprint,
    HubNotice,
    Record,
)

R = TypeVar("R", bound=Record)
Cleanup = Literal["delete", "compact", "compact,delete"]

DEFAULT_PREFIX = "khabar"
DAY_MS = 24 * 60 * 60 * 1000
DEAD_LETTER_DAYS = 14


@dataclass(frozen=True, slots=True)
class Topic(Generic[R]):
    """A Kafka topic: its record, its key, and what decides the partition."""

    noun: str
    """Plural of the field, for example `articles`."""
    record: type[R]
    """Type of its values."""
    key: Callable[[R], str] = field(repr=False)
    partition_by: Callable[[R], str] = field(repr=False)
    """Records with the same value stand on the same partition, in order."""
    summary: str
    """What it carries, as one sentence for the documents of the contract."""
    partitions: int = 4
    """Number that `khabar topics apply` creates it with."""
    cleanup: Cleanup = "delete"
    """Kafka's cleanup.policy."""
    retention_days: int | None = None
    """How long records are kept; None where compaction alone removes them."""
    version: int = 1
    """Part of the name; a change that breaks readers gets the next one."""
    public: bool = False
    """Whether subscribers may rely on it."""

    def name(self, prefix: str = DEFAULT_PREFIX) -> str:
        """Return the name on the broker: `<prefix>.<noun>.v<version>`."""
        return f"{prefix}.{self.noun}.v{self.version}"

    def config(self) -> dict[str, str]:
        """Return the topic's settings as Kafka names them."""
        settings = {"cleanup.policy": self.cleanup, "compression.type": "producer"}
        if self.retention_days is not None:
            settings["retention.ms"] = str(self.retention_days * DAY_MS)
        return settings


def _feed_id(record: Feed | FeedState | HubNotice) -> str:
    return record.feed_id


def _article_id(
    record: Entry | ArticleState | Article | EventRecord | Fingerprint,
) -> str:
    return record.article_id


def _host(record: Entry | ArticleState) -> str:
    try:
        return urlsplit(record.canonical_url).hostname or ""
    except ValueError:  # no URL: its reader says so, a partition it needs all the same
        return ""


FEEDS = Topic(
    "feeds",
    Feed,
    _feed_id,
    _feed_id,
    "The definitions of the feeds.",
    cleanup="compact",
)
FEED_STATES = Topic(
    "feed-states",
    FeedState,
    _feed_id,
    _feed_id,
    "The pollers' state of each feed: validators, schedule, seen entries.",
    cleanup="compact",
)
HUB_NOTICES = Topic(
    "hub-notices",
    HubNotice,
    _feed_id,
    _feed_id,
    "Messages of WebSub hubs and operators about feeds, for the poller that owns each.",
    retention_days=1,
)
ENTRIES = Topic(
    "entries",
    Entry,
    _article_id,
    _host,
    "The entries that feeds show, new and changed.",
    retention_days=3,
)
ENTRIES_DELAYED = Topic(
    "entries-delayed",
    Entry,
    _article_id,
    _host,
    "Entries that wait until the time in their header not-before.",
    retention_days=7,
)
ARTICLE_STATES = Topic(
    "article-states",
    ArticleState,
    _article_id,
    _host,
    "The articles worker's state of each article.",
    cleanup="compact,delete",
    retention_days=30,
)
FINGERPRINTS = Topic(
    "fingerprints",
    Fingerprint,
    _article_id,
    _article_id,
    "Signatures of the articles of a week, by which near duplicates are found.",
    cleanup="compact,delete",
    retention_days=7,
)
ARTICLES = Topic(
    "articles",
    Article,
    _article_id,
    _article_id,
    "Clean articles, revision by revision.",
    retention_days=30,
)
ANNOTATED = Topic(
    "annotated",
    AnnotatedArticle,
    _article_id,
    _article_id,
    "Articles with the syntax of their sentences and their entities.",
    retention_days=3,
)
ENRICHED = Topic(
    "enriched",
    EnrichedArticle,
    _article_id,
    _article_id,
    "Articles with their entities and events.",
    cleanup="compact,delete",
    retention_days=30,
    public=True,
)
EVENTS = Topic(
    "events",
    EventRecord,
    _article_id,
    _article_id,
    "Events, one flat record each.",
    retention_days=30,
    public=True,
)

ALL: tuple[Topic[Any], ...] = (
    FEEDS,
    FEED_STATES,
    HUB_NOTICES,
    ENTRIES,
    ENTRIES_DELAYED,
    ARTICLE_STATES,
    FINGERPRINTS,
    ARTICLES,
    ANNOTATED,
    ENRICHED,
    EVENTS,
)


def dead_letter_name(worker: str, prefix: str = DEFAULT_PREFIX) -> str:
    """Return the name of the topic where *worker* puts what it cannot process."""
    return f"{prefix}.{worker}.dlq"


def dead_letter_config() -> dict[str, str]:
    """Return the settings of a dead-letter topic as Kafka names them."""
    return {
        "cleanup.policy": "delete",
        "retention.ms": str(DEAD_LETTER_DAYS * DAY_MS),
    }
