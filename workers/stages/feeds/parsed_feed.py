"""What every kind of feed is read into."""

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from workers.stages.feeds.problems import FeedProblem


class RawEntry(Struct, frozen=True, kw_only=True, gc=False):
    """One entry as it stands in the feed; text without markup, dates unread."""

    guid: str | None = None
    link: str | None = None
    """Absolute, for the web; None where there is no such link."""
    title: str = ""
    summary: str | None = None
    content_html: str | None = None
    published: str | None = None
    updated: str | None = None
    authors: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()


class ParsedFeed(Struct, frozen=True, kw_only=True):
    """A feed and its entries, in the order of the document."""

    title: str = ""
    link: str | None = None
    hub: str | None = None
    """WebSub hub that it names."""
    self_link: str | None = None
    """Its own address, as it gives it: the topic at its hub."""
    ttl_minutes: float | None = None
    update_seconds: float | None = None
    """Of sy:updatePeriod and sy:updateFrequency."""
    skip_hours: frozenset[int] = frozenset()
    """Hours of UTC in which the publisher does not want to be asked."""
    skip_days: frozenset[int] = frozenset()
    """Days of the week, Monday is 0."""
    entries: tuple[RawEntry, ...] = ()
    damaged: bool = False
    """True where it is not well-formed, or bytes were not in its encoding."""


class ParseRequest(Struct, frozen=True, array_like=True):
    """The arguments of `parse_feed`, on their way to a process of its own."""

    body: bytes
    content_type: str
    url: str


class ParseResult(Struct, frozen=True, array_like=True, kw_only=True):
    """What `parse_feed` returned or raised: one of the two."""

    feed: ParsedFeed | None = None
    problem: FeedProblem | None = None


def clipped(entry: RawEntry) -> RawEntry:
    """Cut what is longer than anything a publisher would write."""
    if (
        len(entry.title) <= _TITLE
        and len(entry.guid or "") <= _GUID
        and len(entry.summary or "") <= _SUMMARY
        and len(entry.content_html or "") <= _CONTENT
        and len(entry.published or "") <= _DATE
        and len(entry.updated or "") <= _DATE
    ):
        return entry
    return replace(
        entry,
        guid=_cut(entry.guid, _GUID),
        title=entry.title[:_TITLE],
        summary=_cut(entry.summary, _SUMMARY),
        content_html=_cut(entry.content_html, _CONTENT),
        published=_cut(entry.published, _DATE),
        updated=_cut(entry.updated, _DATE),
    )


def _cut(text: str | None, length: int) -> str | None:
    return None if text is None else text[:length]


_GUID = 2048
_TITLE = 1000
_SUMMARY = 4000
_DATE = 200
_CONTENT = 512 * 1024
_LABELS = 20
_LABEL = 200


def distinct(values: Iterable[str]) -> tuple[str, ...]:
    """Return the values once each, in their order; empty ones left out."""
    kept = dict.fromkeys([value[:_LABEL] for value in values if value])
    return tuple(kept)[:_LABELS]


def with_feed_authors(
    entries: Iterable[RawEntry], authors: Iterable[str]
) -> tuple[RawEntry, ...]:
    """Return the entries; those without an author have the feed's (RFC 4287, 4.2.1)."""
    names = distinct(authors)
    if not names:
        return tuple(entries)
    return tuple([each if each.authors else _by(each, names) for each in entries])


def _by(entry: RawEntry, authors: tuple[str, ...]) -> RawEntry:
    return replace(entry, authors=authors)
