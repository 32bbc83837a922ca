"""The profile of a feed: what its last document showed of its kind."""

import datetime as dt

from workers.domain.records import FeedProfile
from workers.stages.feeds.entries import FeedDiff
from workers.stages.feeds.parsed_feed import ParsedFeed
from workers.stages.feeds.schedule import publication_gap
from workers.stages.feeds.websub import header_links

STALE_AFTER = dt.timedelta(days=30)
"""Age of the newest entry from which on an operator is told."""
_DAMAGED = "not well-formed, or bytes that are not in its encoding"


def profile_of(parsed: ParsedFeed, diff: FeedDiff, link: str, url: str) -> FeedProfile:
    """Return the profile of a document of *url*; its validators are judged elsewhere.

    *link* is the Link header, which goes before the document's own links (WebSub, 4).
    """
    hub, topic = header_links(link, url)
    hub = hub or parsed.hub
    return FeedProfile(
        gap_seconds=publication_gap(diff.dates),
        newest_at=max(diff.dates, default=None),
        entries=len(parsed.entries),
        key_parameters=diff.key_parameters,
        dates=diff.date_trouble,
        notes=(*diff.notes, _DAMAGED) if parsed.damaged else diff.notes,
        ttl_seconds=None if parsed.ttl_minutes is None else parsed.ttl_minutes * 60,
        update_seconds=parsed.update_seconds,
        skip_hours=tuple(sorted(parsed.skip_hours)),
        skip_days=tuple(sorted(parsed.skip_days)),
        hub=hub,
        topic=None if hub is None else topic or parsed.self_link or url,
    )


def content_problem(profile: FeedProfile, now: dt.datetime) -> str | None:
    """Return what is wrong with a feed that could be read, in words."""
    if not profile.entries:
        return "the feed has no entries"
    if profile.newest_at is not None and profile.newest_at < now - STALE_AFTER:
        return f"nothing new since {profile.newest_at:%Y-%m-%d}"
    return None
