"""What a document says of how often it changes.

RSS 2.0: `ttl` (minutes), `skipHours` and `skipDays` (UTC). The syndication module of
RSS 1.0: `sy:updatePeriod` and `sy:updateFrequency`, updates per period. What HTTP
headers say of it is read in `schedule`.
"""

import re

from msgspec.structs import replace

from workers.stages.feeds.parsed_feed import ParsedFeed

_PERIOD_SECONDS = {
    "hourly": 3600.0,
    "daily": 86400.0,
    "weekly": 7 * 86400.0,
    "monthly": 30 * 86400.0,
    "yearly": 365 * 86400.0,
}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_HOURS_PER_DAY = 24  # some write midnight as 24
_NUMBER = re.compile(r"\d{1,6}(?:\.\d+)?$")
_SKIP_HOURS = re.compile(r"<skipHours>(.{0,2000}?)</skipHours>", re.DOTALL)
_HOUR = re.compile(r"<hour>\s*(\d{1,2})\s*</hour>")
_SKIP_DAYS = re.compile(r"<skipDays>(.{0,2000}?)</skipDays>", re.DOTALL)
_DAY = re.compile(r"<day>\s*([A-Za-z]+)\s*</day>")


def with_update_hints(
    feed: ParsedFeed, text: str, ttl: str, period: str, frequency: str
) -> ParsedFeed:
    """Return *feed* with the hints of its document *text*.

    *ttl*, *period* and *frequency* are the elements' texts, empty where there are none.
    """
    seconds = _PERIOD_SECONDS.get(period.lower())
    return replace(
        feed,
        ttl_minutes=_positive(ttl),
        update_seconds=(
            None if seconds is None else seconds / (_positive(frequency) or 1)
        ),
        skip_hours=_skip_hours(text),
        skip_days=_skip_days(text),
    )


def _positive(text: str) -> float | None:
    found = _NUMBER.match(text)
    return float(found[0]) if found and float(found[0]) > 0 else None


def _skip_hours(text: str) -> frozenset[int]:
    # few feeds have it, and a plain search is much cheaper than the pattern's
    block = _SKIP_HOURS.search(text) if "<skipHours>" in text else None
    hours = _HOUR.findall(block[1]) if block else []
    return frozenset(int(hour) % _HOURS_PER_DAY for hour in hours)


def _skip_days(text: str) -> frozenset[int]:
    block = _SKIP_DAYS.search(text) if "<skipDays>" in text else None
    names = (name.lower() for name in _DAY.findall(block[1])) if block else ()
    return frozenset(_DAYS.index(name) for name in names if name in _DAYS)
