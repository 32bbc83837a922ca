"""Dates as publishers write them, read as UTC, with the rule that read them kept.

Feeds of the Hindi press write RFC 822 with `IST` or `GMT+5:30`, Hindi names of months
and weekdays, Devanagari digits, day-first numbers and local times without any zone.
A time without a zone is India's. Weekdays are not read: they add nothing to a date, and
some are wrong.
"""

import datetime as dt
from collections.abc import Mapping

from workers.domain.records import Confidence, Timestamp
from workers.stages.text.dates.patterns import (
    COMPACT,
    COMPACT_TIME,
    EPOCH,
    ISO,
    MERIDIEM,
    MONTHS,
    NAMED,
    NAMED_MONTH_FIRST,
    NUMERIC,
    TIME,
    USUAL,
    ZONE,
    simplified,
)
from workers.stages.text.dates.zones import INDIA, MINUTES_EAST

FUTURE_MARGIN = dt.timedelta(minutes=15)
"""How far ahead of ours a publisher's clock may be."""
OLDEST = dt.timedelta(days=366)
"""News that is older is doubted."""

_NOON = 12
_LATE_MORNING = 10
_EVENING = 6
_MONTHS_IN_YEAR = 12
_CENTURY_TURNS = 70

IMPOSSIBLE = "impossible"
FUTURE = "future"
TOO_OLD = "too-old"
UNREAD = "unread"
"""Rule of what none of the rules can read."""
BY_CUSTOM = "day-first-by-custom"
"""Rule of numbers that could stand for month and day as well; India writes the day."""

_MOST_MINUTES_EAST = 14 * 60
_LONGEST = 200
"""Characters of a date that are read and kept."""


def read_date(
    raw: str,
    now: dt.datetime,
    *,
    future_margin: dt.timedelta = FUTURE_MARGIN,
    oldest: dt.timedelta = OLDEST,
) -> Timestamp:
    """Read a publisher's date; never raises.

    The value is None where nothing could be read (rule `unread`) or where there is no
    such date (doubt `impossible`). A value after *now* by more than *future_margin*,
    or before it by more than *oldest*, is kept with a doubt: not to be believed.
    """
    kept = raw.strip()[:_LONGEST]
    text = simplified(kept)
    try:
        value, rule = _read(text)
    except _ImpossibleError as error:
        return Timestamp(value=None, raw=kept, rule=error.rule, doubt=IMPOSSIBLE)
    doubt = None
    if value is not None:
        if value > now + future_margin:
            doubt = FUTURE
        elif value < now - oldest:
            doubt = TOO_OLD
    sure = Confidence.NONE if doubt else confidence(rule)
    return Timestamp(value=value, raw=kept, rule=rule, doubt=doubt, confidence=sure)


def confidence(rule: str) -> Confidence:
    """Return how sure a date is that *rule* has read."""
    if rule == UNREAD:
        return Confidence.NONE
    if rule.startswith(BY_CUSTOM) or rule.endswith("-date"):
        return Confidence.LOW
    return Confidence.MEDIUM if rule.endswith("-naive") else Confidence.HIGH


class _ImpossibleError(Exception):
    """The parts of a date were found, but there is no such day or hour."""

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule


def _read(text: str) -> tuple[dt.datetime | None, str]:
    if (usual := _read_usual(text)) is not None:
        return usual
    if epoch := EPOCH.match(text):
        return dt.datetime.fromtimestamp(int(epoch[1]), dt.UTC), "epoch"
    for pattern in (ISO, COMPACT, NAMED, NAMED_MONTH_FIRST, NUMERIC):
        if found := pattern.search(text):
            year, month, day, form = _day(found.groupdict())
            rest = f"{text[: found.start()]} {text[found.end() :]}"
            return _at(year, month, day, form, rest)
    return None, UNREAD


def _read_usual(text: str) -> tuple[dt.datetime, str] | None:
    """Read the two forms of nearly all feeds, as the rules for all forms would."""
    found = USUAL.fullmatch(text)
    if found is None:
        return None
    year, month, day, form = found["year"], found["month"], found["day"], "iso8601"
    if year is None:
        year, day = found["year_last"], found["day_first"]
        number, form = MONTHS[found["name"]]
    else:
        number = int(month)
    hour, minute = int(found["hour"]), int(found["minute"])
    second = int(found["second"] or 0)
    east, suffix = MINUTES_EAST["ist"], "-naive"
    if (sign := found["sign"]) is not None:
        east, suffix = int(found["hours"]) * 60 + int(found["minutes"]), ""
        east = -east if sign == "-" else east
    elif (zone := found["zone"]) is not None:
        east = MINUTES_EAST[zone]
        suffix = "-ist" if zone == "ist" else ""
    try:
        local = dt.datetime(
            int(year), number, int(day), hour, minute, second, tzinfo=dt.UTC
        )
    except ValueError:
        return None  # there is no such day
    return local - dt.timedelta(minutes=east), form + suffix


def _day(parts: Mapping[str, str]) -> tuple[int, int, int, str]:
    """Return year, month, day and the form in which they stood."""
    year = int(parts["year"])
    if len(parts["year"]) == 2:  # noqa: PLR2004 two digits
        year += 2000 if year < _CENTURY_TURNS else 1900
    if "first" in parts:
        first, second = int(parts["first"]), int(parts["second"])
        if second > _MONTHS_IN_YEAR >= first:
            return year, first, second, "month-first"
        told = first > _MONTHS_IN_YEAR or first == second
        return year, second, first, "day-first" if told else BY_CUSTOM
    day = int(parts["day"])
    if parts["month"].isdecimal():
        return year, int(parts["month"]), day, "iso8601"
    month, form = MONTHS[parts["month"]]
    return year, month, day, form


def _at(
    year: int, month: int, day: int, form: str, rest: str
) -> tuple[dt.datetime, str]:
    """Add the time of day and the zone that *rest* tells."""
    time = TIME.search(rest) or COMPACT_TIME.search(rest)
    rule = f"{form}-date"
    hour = minute = second = 0
    zone: dt.tzinfo = INDIA
    if time is not None:
        parts = time.groupdict()
        meridiem = parts.get("before") or parts.get("after")
        hour = _hour(int(parts["hour"]), MERIDIEM[meridiem] if meridiem else "")
        minute = int(parts["minute"] or parts.get("dotted") or 0)
        second = min(int(parts["second"] or 0), 59 if parts["second"] == "60" else 99)
        minutes_east, suffix = _zone(rest[time.end() :])
        rule = form + suffix
        if abs(minutes_east) > _MOST_MINUTES_EAST:
            raise _ImpossibleError(rule)
        zone = dt.timezone(dt.timedelta(minutes=minutes_east))
    next_day = (hour, minute, second) == (24, 0, 0)
    try:
        local = dt.datetime(
            year, month, day, 0 if next_day else hour, minute, second, tzinfo=zone
        )
        local += dt.timedelta(days=next_day)
        return local.astimezone(dt.UTC), rule
    except (ValueError, OverflowError) as error:
        raise _ImpossibleError(rule) from error


def _hour(hour: int, part_of_day: str) -> int:
    """Return the hour of 24; an hour that is one already is left alone."""
    if hour > _NOON:
        return hour
    match part_of_day:
        case "am":
            return hour % _NOON
        case "pm":
            return hour % _NOON + _NOON
        case "noon":
            return hour if hour >= _LATE_MORNING else hour + _NOON
        case "night":
            return hour + _NOON if _EVENING <= hour < _NOON else hour % _NOON
    return hour


def _zone(after_time: str) -> tuple[int, str]:
    """Return minutes east of Greenwich, and how the zone was told."""
    found = ZONE.match(after_time)
    name = found["name"] if found else None
    if found is not None and found["sign"]:
        minutes = int(found["hours"]) * 60 + int(found["minutes"] or 0)
        east = -minutes if found["sign"] == "-" else minutes
        return east, "-gmt-offset" if name else ""
    if name is None:
        return MINUTES_EAST["ist"], "-naive"
    east = MINUTES_EAST[name]
    return east, "-ist" if east == MINUTES_EAST["ist"] else ""
