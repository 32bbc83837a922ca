"""How feeds are polled, and how hubs reach the poller."""

from typing import Annotated

from msgspec import Meta, Struct

from workers.runtime.http.client import HttpSettings
from workers.runtime.service.settings import Count, Port, Seconds, Secret, former_name
from workers.stages.feeds.schedule import Bounds


class WebSubSettings(Struct, frozen=True, kw_only=True):
    """How hubs reach the poller, where feeds name one."""

    callback_url: str = ""
    """Public address that leads to the port below; empty: feeds are only polled."""
    secret: Secret = Secret("")
    """Key that all signatures follow from; the same for all pollers, and kept."""
    host: str = "127.0.0.1"
    """Address where hubs' calls are served."""
    port: Port = 0
    """Port of it; 0: any free one, written to the log."""
    lease_seconds: Seconds = 7 * 86400.0
    """A subscription is asked for so long, and renewed before it ends."""
    interval_seconds: Seconds = 3600.0
    """A feed whose hub tells of its changes is polled only so often besides."""


class PollSettings(Struct, frozen=True, kw_only=True):
    """How feeds are polled."""

    connections: Annotated[Count, former_name("threads")] = 16
    """Feeds polled at the same time, each at another host."""
    min_interval_seconds: Seconds = 120.0
    """A feed is not polled more often, however much it publishes."""
    max_interval_seconds: Seconds = 6 * 3600.0
    """A feed is polled at least so often, even when it fails."""
    first_interval_seconds: Seconds = 900.0
    """Interval of a feed whose dates tell nothing of its rhythm."""
    max_hint_seconds: Seconds = 3600.0
    """A publisher's wish for longer intervals (ttl, max-age) counts up to this."""
    host_gap_seconds: Annotated[float, Meta(ge=0)] = 1.0
    """A host is left alone for so long between two requests."""
    max_feed_bytes: Count = 8 * 1024 * 1024
    """A feed that is larger when decoded is refused."""
    parsers: Count = 2
    """Processes that parse feeds; a feed that kills one holds up no other."""
    parse_seconds: Seconds = 5.0
    """Processor time that reading one feed may take."""
    parse_bytes: Count = 512 * 1024 * 1024
    """Address space of a process that parses."""
    http: HttpSettings = HttpSettings()
    """The HTTP client."""
    websub: WebSubSettings = WebSubSettings()
    """Hubs."""


def bounds(settings: PollSettings) -> Bounds:
    """Return the limits of the schedule."""
    return Bounds(
        shortest=settings.min_interval_seconds,
        longest=settings.max_interval_seconds,
        first=settings.first_interval_seconds,
        longest_hint=settings.max_hint_seconds,
        pushed=settings.websub.interval_seconds,
    )
