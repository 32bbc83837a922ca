"""Records of feeds: definitions, what pollers remember, notices of hubs."""

from enum import StrEnum

from msgspec import Struct, field

from workers.domain.records.primitives import FeedId, Record, Url, UtcTime


class FeedStatus(StrEnum):
    """What is to be done with a feed."""

    ACTIVE = "active"
    PAUSED = "paused"
    RETIRED = "retired"


class Feed(Record, frozen=True, kw_only=True):
    """The definition of a feed, as an operator wrote it."""

    feed_id: FeedId
    """Chosen by the operator; never changes."""
    url: Url
    """Where the feed is."""
    publisher: str
    """Name of the outlet, as readers know it."""
    section: str = ""
    """Part of the outlet that the feed covers, in the operator's words."""
    language: str = "hi"
    """ISO 639-1; what articles are expected to be in."""
    status: FeedStatus = FeedStatus.ACTIVE
    """What the pollers do with it."""


class FeedProfile(Struct, frozen=True, kw_only=True):
    """What kind of feed it has shown itself to be."""

    gap_seconds: float | None = None
    """Mean time between two publications, by its dates."""
    newest_at: UtcTime | None = None
    """Date of its newest entry that can be believed."""
    entries: int = 0
    """Shown at the last poll."""
    validators: str | None = None
    """`none`, `honest`, `stale` (they stay when the body changes) or `restless`."""
    dates: str | None = None
    """The trouble with most of its dates: `undated`, `unread`, `future`, …"""
    notes: tuple[str, ...] = ()
    """What else is odd, in words for an operator."""
    ttl_seconds: float | None = None
    """The document asks to be left alone for so long (ttl)."""
    update_seconds: float | None = None
    """It says that it changes so often (sy:updatePeriod and sy:updateFrequency)."""
    skip_hours: tuple[int, ...] = ()
    """Hours of UTC in which it asks not to be polled (skipHours)."""
    skip_days: tuple[int, ...] = ()
    """Days of the week, Monday is 0, on which it asks not to be polled (skipDays)."""
    hub: Url | None = None
    """WebSub hub that it names: who subscribes there is told of its changes."""
    topic: Url | None = None
    """Address under which the hub knows it (link of rel self)."""


class Subscription(Struct, frozen=True, kw_only=True):
    """What is agreed with a feed's hub (WebSub, W3C Recommendation of 2018)."""

    hub: Url
    """That was asked."""
    topic: Url
    """Address under which the hub knows the feed."""
    asked_at: UtcTime
    """When it was asked last, to subscribe or to go on."""
    attempts: int = 0
    """Requests since the hub last confirmed; they come less and less often."""
    lease_until: UtcTime | None = None
    """The hub has confirmed that it tells of changes until then."""
    pinged_at: UtcTime | None = None
    """When it last told of one: the feed is polled after that."""
    missed: int = 0
    """Polls in a row that found news of which the hub had said nothing."""
    problem: str | None = None
    """What is wrong with the hub, in words for an operator."""


class HubEvent(StrEnum):
    """What came from a hub."""

    CONFIRMED = "confirmed"
    """It wants to know whether the subscription is meant; it was told so."""
    DENIED = "denied"
    """It does not take the subscription, or ends it."""
    CHANGED = "changed"
    """It delivered a change, with a signature that is right."""


class HubNotice(Record, frozen=True, kw_only=True):
    """What a hub said of a feed, for the poller that owns the feed."""

    feed_id: FeedId
    """Of the definition."""
    topic: str
    """Digest of the address under which the hub knows it."""
    event: HubEvent
    """What it said."""
    received_at: UtcTime
    """When it came in."""
    lease_seconds: float | None = None
    """For how long a confirmed subscription holds."""
    reason: str | None = None
    """Why it was denied, in the hub's words."""


class FeedState(Record, frozen=True, kw_only=True):
    """What the poller must remember of a feed between two polls."""

    feed_id: FeedId
    """Of the definition."""
    url: Url | None = None
    """Address that this speaks of; when the definition has another, all is anew."""
    moved_to: Url | None = None
    """Where permanent redirects lead."""
    redirect_count: int = field(default=0, name="moves")
    """How often in a row they led there; after some it is asked directly."""
    retired: bool = False
    """The publisher said that it is gone (410): not polled again."""
    etag: str | None = None
    """Validator of the last answer, sent back as If-None-Match."""
    last_modified: str | None = None
    """Validator of the last answer, sent back as If-Modified-Since."""
    body_hash: str | None = None
    """Digest of the last body; the same body is not parsed again."""
    not_modified: int = 0
    """Answers 304 in a row; after some it is asked without validators once."""
    polled_at: UtcTime | None = None
    """When it was asked last."""
    succeeded_at: UtcTime | None = None
    """When it last answered with a feed, or that nothing is new."""
    next_poll_at: UtcTime | None = None
    """When it is due."""
    interval_seconds: float = 0.0
    """Between the last poll and the next, before jitter."""
    failures: int = 0
    """Failed polls since the last success."""
    problem: str | None = None
    """What is wrong with the feed, in words for an operator."""
    profile: FeedProfile = field(default=FeedProfile(), name="passport")
    """What kind of feed it has shown itself to be."""
    subscription: Subscription | None = None
    """At the hub that it names; written by what hubs say, not by polls."""
    seen: bytes = b""
    """Entries that it has shown, newest first, bounded: for each 8 bytes of its guid's
    or its canonical URL's digest, and 8 of what would make it a changed entry."""
