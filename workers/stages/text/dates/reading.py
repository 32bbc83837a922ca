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
    IANA_ZONE,
    ISO,
    MERIDIEM,
    MONTHS,
    NAMED,
    NAMED_MONTH_FIRST,
    NUMERIC,
    RUN_TOGETHER,
    TIME,
    UNKNOWN_ZONE,
    USUAL,
    YEAR_LAST,
    ZONE,
    simplified,
    unescaped,
)
from workers.stages.text.dates.zones import INDIA, MINUTES_EAST, iana_zone

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

UNKNOWN_ZONE_RULE = "-unknown-zone"
"""End of the rule where a zone is named that is not known: read as India's, doubted."""

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
    text = simplified(unescaped(kept))
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
    if rule.startswith(BY_CUSTOM) or rule.endswith(("-date", UNKNOWN_ZONE_RULE)):
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
    if together := RUN_TOGETHER.match(text):
        parts = tuple(int(part or 0) for part in together.groups())
        return _moment(parts, INDIA, "compact-naive"), "compact-naive"
    if year_last := YEAR_LAST.search(text):
        year, month, day, form = _day(year_last.groupdict())
        rest = f"{year_last['clock']} {year_last['zone']}"
        return _at(year, month, day, form, rest)
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
        zone, suffix = _zone(rest[time.end() :], rest)
        rule = form + suffix
    return _moment((year, month, day, hour, minute, second), zone, rule), rule


def _moment(parts: tuple[int, ...], zone: dt.tzinfo, rule: str) -> dt.datetime:
    """Return the moment of year, month, day, hour, minute and second, in UTC.

    Raises _ImpossibleError where there is none.
    """
    year, month, day, *clock = parts
    next_day = clock == [24, 0, 0]
    hour, minute, second = (0, 0, 0) if next_day else clock
    try:
        local = dt.datetime(year, month, day, hour, minute, second, tzinfo=zone)
        local += dt.timedelta(days=next_day)
        return local.astimezone(dt.UTC)
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


def _zone(after_time: str, around: str) -> tuple[dt.tzinfo, str]:
    """Return the zone that stands behind a time, and how it was told.

    A name of the IANA database may stand anywhere in *around*.
    """
    found = ZONE.match(after_time)
    name = found["name"] if found else None
    if found is not None and found["sign"]:
        minutes = int(found["hours"]) * 60 + int(found["minutes"] or 0)
        east = -minutes if found["sign"] == "-" else minutes
        return _fixed(east), "-gmt-offset" if name else ""
    if named := IANA_ZONE.search(around):
        zone = iana_zone(named.group())
        return (zone, "-iana") if zone is not None else (INDIA, UNKNOWN_ZONE_RULE)
    if name is not None:
        east = MINUTES_EAST[name]
        return _fixed(east), "-ist" if east == MINUTES_EAST["ist"] else ""
    return INDIA, UNKNOWN_ZONE_RULE if UNKNOWN_ZONE.match(after_time) else "-naive"


def _fixed(minutes_east: int) -> dt.tzinfo:
    if abs(minutes_east) > _MOST_MINUTES_EAST:
        raise _ImpossibleError("offset")
    return dt.timezone(dt.timedelta(minutes=minutes_east))
