import datetime as dt

from workers.domain import topics
from workers.domain.records import ArticleState, Entry, Feed, FeedState

NOW = dt.datetime(2026, 11, 24, 6, 0, tzinfo=dt.UTC)
URL = "https://khabar.example:8443/desh/1"


def entry() -> Entry:
    return Entry(
        article_id="0" * 32,
        feed_id="f",
        publisher="प्रकाशक",
        url=URL,
        canonical_url=URL,
        title="शीर्षक",
        discovered_at=NOW,
    )


def test_names_carry_prefix_and_version() -> None:
    assert topics.ENTRIES.name() == "khabar.entries.v1"
    assert topics.ENTRIES_DELAYED.name("test") == "test.entries-delayed.v1"
    assert topics.dead_letter_name("poll", "test") == "test.poll.dlq"


def test_topic_nouns_are_unique() -> None:
    nouns = [topic.noun for topic in topics.ALL]
    assert len(set(nouns)) == len(nouns)


def test_entries_and_article_states_of_a_host_share_a_partition() -> None:
    state = ArticleState(
        article_id="0" * 32, canonical_url=URL, outcome="gone", fetched_at=NOW
    )
    hosts = {
        topics.ENTRIES.partition_by(entry()),
        topics.ENTRIES_DELAYED.partition_by(entry()),
        topics.ARTICLE_STATES.partition_by(state),
    }
    assert hosts == {"khabar.example"}
    counts = {
        topics.ENTRIES.partitions,
        topics.ENTRIES_DELAYED.partitions,
        topics.ARTICLE_STATES.partitions,
    }
    assert len(counts) == 1


def test_feeds_and_their_states_share_a_partition() -> None:
    feed = Feed(feed_id="f", url=URL, publisher="प")
    assert topics.FEEDS.partition_by(feed) == topics.FEED_STATES.partition_by(
        FeedState(feed_id="f")
    )
    assert topics.FEEDS.partitions == topics.FEED_STATES.partitions


def test_retention_stands_in_milliseconds() -> None:
    assert topics.ENTRIES.config()["retention.ms"] == str(3 * 86_400_000)
    assert "retention.ms" not in topics.FEEDS.config()
    assert topics.dead_letter_config()["retention.ms"] == str(14 * 86_400_000)
