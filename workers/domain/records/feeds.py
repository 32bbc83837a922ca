"""Records of feeds: definitions, the state that pollers keep, messages of hubs."""

from enum import StrEnum

from msgspec import Struct, field

from workers.domain.records.primitives import FeedId, Record, Url, UtcTime


class FeedStatus(StrEnum):
    """How the pollers are to treat a feed."""

    ACTIVE = "active"
    """The feed is polled."""
    PAUSED = "paused"
    """The feed is not polled until it is made active again."""
    RETIRED = "retired"
    """The feed is no longer polled, and `khabar feeds check` leaves it out."""


class Feed(Record, frozen=True, kw_only=True):
    """The definition of a feed, as an operator wrote it."""

    feed_id: FeedId
    """The operator chooses this id; it never changes."""
    url: Url
    """The feed is fetched from this address."""
    publisher: str
    """This is the name of the outlet, as readers know it."""
    section: str = ""
    """The feed covers this part of the outlet, in the operator's words."""
    language: str = "hi"
    """Articles are expected to be in this language (ISO 639-1)."""
    status: FeedStatus = FeedStatus.ACTIVE
    """The status says whether the pollers fetch the feed."""


class FeedProfile(Struct, frozen=True, kw_only=True):
    """What polls have shown about how a feed behaves."""

    gap_seconds: float | None = None
    """This is the mean time between two publications, by the dates of the entries."""
    newest_at: UtcTime | None = None
    """This is the newest date of an entry that is plausible."""
    entries: int = 0
    """This is the number of entries that the feed showed at the last poll."""
    validators: str | None = None
    """Says how far ETag and Last-Modified can be relied on: `none` (there are none),
    `honest`, `stale` (they stay when the body changes) or `restless` (they change
    when the body stays)."""
    dates: str | None = None
    """Names what is wrong with most of the dates: `undated`, `unread`, `future`, …;
    null where nothing is."""
    notes: tuple[str, ...] = ()
    """Each note tells operators of something else that is unusual about the feed."""
    ttl_seconds: float | None = None
    """The document asks not to be fetched again for this time (RSS `ttl`)."""
    update_seconds: float | None = None
    """The document says that it changes once in this time (RSS `sy:updatePeriod` and
    `sy:updateFrequency`)."""
    skip_hours: tuple[int, ...] = ()
    """The document asks not to be fetched in these hours of UTC (RSS `skipHours`)."""
    skip_days: tuple[int, ...] = ()
    """The document asks not to be fetched on these weekdays, Monday being 0 (RSS
    `skipDays`)."""
    hub: Url | None = None
    """The document names this WebSub hub, which tells subscribers of changes."""
    topic: Url | None = None
    """The hub knows the feed by this address (the link of relation `self`)."""
    key_parameters: tuple[str, ...] = ()
    """The feed shows that these parameters of a query tell its articles apart, so that
    they stay in canonical addresses."""


class Subscription(Struct, frozen=True, kw_only=True):
    """The subscription to a feed at its hub (WebSub, W3C Recommendation of 2018)."""

    hub: Url
    """The subscription was requested from this hub."""
    topic: Url
    """The hub knows the feed by this address."""
    asked_at: UtcTime
    """The last request to subscribe, or to renew the lease, was sent at this time."""
    attempts: int = 0
    """This is the number of requests since the hub last confirmed; the time between
    them grows."""
    lease_until: UtcTime | None = None
    """The hub has confirmed that it tells of changes until this time."""
    pinged_at: UtcTime | None = None
    """The hub last told of a change at this time; the feed is polled after it."""
    missed: int = 0
    """This is the number of polls in a row that found changes which the hub had not
    told of."""
    problem: str | None = None
    """Tells operators what is wrong with the hub; null where nothing is."""


class HubEvent(StrEnum):
    """The kinds of messages about a feed: a hub's, and an operator's."""

    CONFIRMED = "confirmed"
    """The hub asked whether the subscription is intended, and was told that it is."""
    DENIED = "denied"
    """The hub refused the subscription, or ended it."""
    CHANGED = "changed"
    """The hub delivered a change, with a valid signature."""
    POLL = "poll"
    """An operator asks for a poll at once."""
    RESET = "reset"
    """An operator asks to forget what polls have shown of the feed, but for the entries
    that it has shown."""
    FORGET = "forget"
    """An operator asks to forget all that is known of the feed, its entries too."""


class HubNotice(Record, frozen=True, kw_only=True):
    """A message of a hub or an operator about a feed, for the poller that owns it."""

    feed_id: FeedId
    """The message is about the feed with this id."""
    topic: str
    """This is a digest of the address by which the hub knows the feed; empty in a
    message of an operator."""
    event: HubEvent
    """The message is of this kind."""
    received_at: UtcTime
    """The message came in at this time."""
    lease_seconds: float | None = None
    """A confirmed subscription holds for this time; null otherwise."""
    reason: str | None = None
    """The hub gives this reason for a refusal, in its own words."""


class FeedState(Record, frozen=True, kw_only=True):
    """The state of a feed that the poller keeps between two polls."""

    feed_id: FeedId
    """The state is that of the feed with this id."""
    url: Url | None = None
    """The state was made at this address; when the definition names another one, the
    state is discarded."""
    moved_to: Url | None = None
    """Permanent redirects lead to this address."""
    redirect_count: int = field(default=0, name="moves")
    """This is the number of polls in a row that were redirected there; after a few of
    them that address is fetched directly."""
    retired: bool = False
    """The publisher answered that the feed is gone (410), so it is not polled again."""
    etag: str | None = None
    """The last answer had this ETag, which is sent back as If-None-Match."""
    last_modified: str | None = None
    """The last answer had this date of change, which is sent back as
    If-Modified-Since."""
    body_hash: str | None = None
    """This is a digest of the last body; the same body is not parsed again."""
    not_modified: int = 0
    """This is the number of answers 304 in a row; after some of them the feed is
    fetched once without validators."""
    polled_at: UtcTime | None = None
    """The feed was last polled at this time."""
    succeeded_at: UtcTime | None = None
    """The last poll that succeeded, with a feed or with 304, was at this time."""
    next_poll_at: UtcTime | None = None
    """The feed is due at this time."""
    interval_seconds: float = 0.0
    """This is the time between the last poll and the next, before jitter."""
    failures: int = 0
    """This is the number of polls that failed since the last success."""
    problem: str | None = None
    """Tells operators what is wrong with the feed; null where nothing is."""
    profile: FeedProfile = field(default=FeedProfile(), name="passport")
    """This is what polls have shown about how the feed behaves."""
    subscription: Subscription | None = None
    """This is the subscription at the feed's hub; messages of hubs change it, polls do
    not."""
    seen: bytes = b""
    """These are the entries that the feed has shown, newest first, in a limited number.
    Each takes 16 bytes: 8 of the digest of its guid or canonical URL, and 8 of the
    digest of the fields whose change makes it a changed entry."""
