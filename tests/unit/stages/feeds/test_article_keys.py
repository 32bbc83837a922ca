"""Parameters that look like trackers, and are the keys of a feed's articles."""

import datetime as dt

import pytest
from msgspec.structs import replace

from workers.domain.records import Entry, Feed, FeedProfile, FeedState
from workers.stages.articles.canonical import declared_canonical
from workers.stages.feeds.entries import FeedDiff, diff_entries
from workers.stages.feeds.parsed_feed import ParsedFeed, RawEntry
from workers.stages.feeds.polls import known_state
from workers.stages.pages.page import Page

NOW = dt.datetime(2026, 11, 24, 12, 0, tzinfo=dt.UTC)
FEED = Feed(feed_id="f", url="https://example.in/rss", publisher="पत्र")


def read(
    *links: str, keys: tuple[str, ...] = (), seen: bytes = b"", titles: str = "कखगघ"
) -> FeedDiff:
    entries = tuple(
        RawEntry(link=f"https://example.in/{link}", title=title)
        for link, title in zip(links, titles, strict=False)
    )
    return diff_entries(ParsedFeed(entries=entries), FEED, seen, NOW, keys)


def addresses(found: FeedDiff) -> list[str]:
    return sorted(
        entry.canonical_url.removeprefix("https://example.in/")
        for entry in found.entries
    )


@pytest.mark.parametrize(
    ("links", "keys"),
    [
        (("news.php?src=bhopal", "news.php?src=indore"), ("src",)),
        (("read.aspx?from=a&id=1", "read.aspx?from=b&id=1"), ("from",)),
        (("k?campaign_id=chunav", "k?campaign_id=barish", "k"), ("campaign_id",)),
        (("n?Ref=0", "n?Ref=1"), ("ref",)),
        (("n?ref=x&via=y", "n?ref=z&via=w"), ("ref", "via")),
    ],
)
def test_parameter_by_which_articles_differ_stays(
    links: tuple[str, ...], keys: tuple[str, ...]
) -> None:
    found = read(*links)
    assert found.key_parameters == keys
    assert len(set(addresses(found))) == len(links)
    assert found.notes == (f"the address tells articles apart by {', '.join(keys)}",)


def test_one_article_under_two_links_has_no_key() -> None:
    found = read("a/1?src=home", "a/1?src=top", titles="कक")
    assert (found.key_parameters, addresses(found)) == ((), ["a/1"])
    assert found.notes == ()


def test_guids_tell_articles_of_one_title_apart() -> None:
    entries = tuple(
        RawEntry(link=f"https://example.in/n?src={name}", title="राशिफल", guid=name)
        for name in ("mesh", "vrish")
    )
    found = diff_entries(ParsedFeed(entries=entries), FEED, b"", NOW)
    assert found.key_parameters == ("src",)


def test_folding_without_a_parameter_is_counted() -> None:
    found = read("a?utm_id=1", "a?utm_id=2", "a?utm_id=3", "b")
    assert addresses(found) == ["a", "b"]
    assert found.notes == (
        "2 of 4 entries have the address of another one, and are taken for it",
    )


def test_key_is_remembered_for_later_polls() -> None:
    first = read("n?src=bhopal", "n?src=indore")
    second = read("n?src=ujjain", keys=first.key_parameters, seen=first.seen)
    assert addresses(second) == ["n?src=ujjain"]
    assert second.key_parameters == ("src",)
    again = read("n?src=indore", titles="ख", keys=("src",), seen=second.seen)
    assert again.entries == ()


def test_key_outlives_a_new_address_of_the_feed() -> None:
    state = FeedState(
        feed_id="f",
        url="https://example.in/old",
        seen=b"x",
        profile=FeedProfile(key_parameters=("src",), entries=9),
    )
    known = known_state(FEED, state)
    assert (known.seen, known.profile) == (b"x", FeedProfile(key_parameters=("src",)))


@pytest.mark.parametrize(
    ("named", "believed"),
    [
        ("news.php?src=bhopal", False),  # its own
        ("news.php?src=indore", False),
        ("news.php", False),
        ("khabar/news.php?src=bhopal", True),
    ],
)
def test_canonical_link_of_a_page_keeps_the_key(
    named: str,
    believed: bool,  # noqa: FBT001 a column of the table
) -> None:
    entry: Entry = read("news.php?src=bhopal", "news.php?src=indore").entries[1]
    page = Page(title="x", text="y", canonical_url=f"https://example.in/{named}")
    assert entry.canonical_url.endswith("?src=bhopal")
    found = declared_canonical(entry, page)
    assert found == (page.canonical_url if believed else None)
    assert declared_canonical(replace(entry, canonical_url="x"), None) is None


@pytest.mark.parametrize("rising", [True, False])
def test_oldest_is_emitted_first_whatever_the_order(
    rising: bool,  # noqa: FBT001 a parameter of the test
) -> None:
    entries = [
        RawEntry(
            link=f"https://example.in/{n}",
            title=str(n),
            published=f"2026-11-24T09:{n:02}:00+05:30" if n != 3 else None,
        )
        for n in range(1, 6)
    ]
    document = ParsedFeed(entries=tuple(entries if rising else entries[::-1]))
    found = diff_entries(document, FEED, b"", NOW)
    assert [entry.title for entry in found.entries] == list("12345")
