import datetime as dt
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.domain.ids import article_id
from workers.domain.records import EntryReason, Feed
from workers.stages.feeds.entries import MOST_ENTRIES, MOST_SEEN, FeedDiff, diff_entries
from workers.stages.feeds.parsed_feed import ParsedFeed, RawEntry

NOW = dt.datetime(2026, 11, 24, 12, 0, tzinfo=dt.UTC)
FEED = Feed(feed_id="f", url="https://example.in/rss", publisher="पत्र", section="desh")


def raw(number: int, **fields: object) -> RawEntry:
    given: dict[str, object] = {
        "guid": f"guid-{number}",
        "link": f"https://example.in/news/{number}.html?utm_source=rss",
        "title": f"खबर {number}",
        "published": f"Tue, 24 Nov 2026 09:{number % 60:02}:00 IST",
    }
    return RawEntry(**(given | fields))  # type: ignore[arg-type]


def read(
    entries: Sequence[RawEntry], seen: bytes = b"", now: dt.datetime = NOW
) -> FeedDiff:
    return diff_entries(ParsedFeed(entries=tuple(entries)), FEED, seen, now)


def titles(found: FeedDiff, reason: EntryReason = EntryReason.NEW) -> list[str]:
    return [entry.title for entry in found.entries if entry.reason is reason]


FIRST = [raw(3), raw(2), raw(1)]


def test_the_first_document_is_news_oldest_first() -> None:
    found = read(FIRST)
    assert titles(found) == ["खबर 1", "खबर 2", "खबर 3"]
    entry = found.entries[0]
    assert entry.canonical_url == "https://example.in/news/1.html"
    assert entry.article_id == article_id(entry.canonical_url)
    assert entry.url.endswith("?utm_source=rss")
    assert (entry.feed_id, entry.publisher, entry.sections) == ("f", "पत्र", ("desh",))
    assert entry.discovered_at == NOW
    assert entry.published_at is not None
    assert entry.published_at.rule == "rfc822-ist"


def test_sections_of_the_entry_come_before_the_feeds() -> None:
    assert read([raw(1, sections=("खेल",))]).entries[0].sections == ("खेल",)


@pytest.mark.parametrize(
    "again",
    [
        FIRST,
        FIRST[::-1],
        FIRST[1:],
        [raw(n, guid=f"other-{n}") for n in (3, 2, 1)],
        [raw(n, guid=None) for n in (3, 2, 1)],
        [raw(n, link=f"https://m.example.in/amp/news/{n}.html#x") for n in (3, 2, 1)],
        [raw(n, link=f"https://www.example.in/new-slug-{n}") for n in (3, 2, 1)],
        [raw(n, published=f"2026-11-24T09:0{n}:00+05:30") for n in (3, 2, 1)],
        [raw(n, summary="अब विस्तार से") for n in (3, 2, 1)],
        [*FIRST, *FIRST],
    ],
    ids=[
        "same",
        "reordered",
        "fewer",
        "guids",
        "no-guids",
        "mobile",
        "slugs",
        "zones",
        "summaries",
        "twice",
    ],
)
def test_what_is_known_is_not_repeated(again: Sequence[RawEntry]) -> None:
    first = read(FIRST)
    second = read(again, first.seen)
    assert second.entries == ()
    assert read(FIRST, second.seen).entries == ()


def test_what_left_the_feed_and_comes_back_is_not_new() -> None:
    seen = read(FIRST).seen
    for number in range(4, 40):
        seen = read([raw(number)], seen).seen
    assert read(FIRST, seen).entries == ()


def test_only_new_entries_are_emitted() -> None:
    assert titles(read([raw(4), *FIRST], read(FIRST).seen)) == ["खबर 4"]


@pytest.mark.parametrize(
    "fields",
    [
        {"title": "खबर 2: अपडेट"},
        {"updated": "Tue, 24 Nov 2026 11:00:00 IST"},
        {"published": "Tue, 24 Nov 2026 11:00:00 IST"},
        {"title": "खबर 2: अपडेट", "guid": "other"},
    ],
)
def test_a_changed_entry_is_emitted_once_as_changed(fields: dict[str, object]) -> None:
    document = [raw(3), raw(2, **fields), raw(1)]
    found = read(document, read(FIRST).seen)
    assert [entry.reason for entry in found.entries] == [EntryReason.CHANGED]
    assert found.entries[0].canonical_url == "https://example.in/news/2.html"
    assert read(document, found.seen).entries == ()


def test_a_guid_that_stands_for_many_pages_hides_none() -> None:
    same = {"guid": "https://example.in/"}
    first = read([raw(2, **same), raw(1, **same)])
    assert titles(first) == ["खबर 1", "खबर 2"]
    assert first.notes == ("1 guids stand for several pages each; not used",)
    assert titles(read([raw(3, **same), raw(2, **same)], first.seen)) == ["खबर 3"]


def test_a_guid_that_numbers_places_hides_no_news() -> None:
    """Some feeds number their entries from the top: 1 is always the newest."""
    first = read([raw(11, guid="1"), raw(10, guid="2")])
    second = read([raw(12, guid="1"), raw(11, guid="2")], first.seen)
    assert titles(second) == ["खबर 12"]


def test_a_feed_that_calls_everything_changed_is_not_believed() -> None:
    """Its update times are those of the feed's making."""
    numbers = range(10)
    seen = read([raw(n, updated="2026-11-24T10:00:00Z") for n in numbers]).seen
    document = [raw(n, updated="2026-11-24T11:00:00Z") for n in range(11)]
    found = read(document, seen)
    assert titles(found) == ["खबर 10"]
    assert titles(found, EntryReason.CHANGED) == []
    assert found.notes == ("10 of 10 known entries claim a change; ignored",)


def test_entries_without_a_page_are_told_and_left_out() -> None:
    found = read([raw(1), raw(2, link=None), raw(3, link="https://u:p@example.in/")])
    assert titles(found) == ["खबर 1"]
    assert found.notes == ("2 of 3 entries have no link",)


def test_of_too_many_entries_the_newest_are_read_and_none_comes_twice() -> None:
    day = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
    document = [
        raw(n, published=(day + dt.timedelta(minutes=n)).isoformat())
        for n in range(MOST_ENTRIES + 500)
    ]
    found = read(document)
    assert len(found.entries) == MOST_ENTRIES
    assert f"खबर {MOST_ENTRIES + 499}" in titles(found)
    assert "खबर 499" not in titles(found)
    assert found.notes == (
        f"{MOST_ENTRIES + 500} entries; the {MOST_ENTRIES} newest are read",
    )
    assert read(document, found.seen).entries == ()


def test_memory_is_bounded_and_keeps_what_the_feed_shows() -> None:
    seen = b""
    for start in range(0, 5000, 500):
        document = [raw(n) for n in range(start, start + 500)]
        seen = read(document, seen).seen
        assert len(seen) <= 16 * MOST_SEEN
    assert read(document, seen).entries == ()


@pytest.mark.parametrize(
    ("fields", "trouble"),
    [
        ({}, None),
        ({"published": None}, "undated"),
        ({"published": "हाल ही में"}, "unread"),
        ({"published": "31 Feb 2026"}, "impossible"),
        ({"published": "2027-01-01T00:00:00Z"}, "future"),
        ({"published": "1970-01-01T00:00:00Z"}, "too-old"),
    ],
)
def test_what_is_wrong_with_most_dates_is_named(
    fields: dict[str, object], trouble: str | None
) -> None:
    found = read([raw(1), raw(2, **fields), raw(3, **fields)])
    assert found.date_trouble == trouble
    assert len(found.dates) == (3 if trouble is None else 1)


numbers = st.lists(st.integers(0, 30), max_size=20)


@given(st.lists(numbers, max_size=8))
def test_over_any_history_every_page_is_new_exactly_once(
    documents: list[list[int]],
) -> None:
    seen = b""
    emitted: list[str] = []
    for document in documents:
        found = read([raw(number) for number in document], seen)
        seen = found.seen
        emitted += [entry.title for entry in found.entries]
    assert sorted(emitted) == sorted(
        {f"खबर {number}" for document in documents for number in document}
    )
