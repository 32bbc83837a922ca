"""Dates as publishers write them, read as UTC, with the rule that read them kept.

Feeds of the Hindi press write RFC 822 with `IST` or `GMT+5:30`, Hindi names of months
and weekdays, Devanagari digits, day-first numbers and local times without any zone.
`IST` is India's time (+05:30) here, neither Israel's nor Ireland's; a time without a
zone is India's too. Weekdays are not looked at: they add nothing, and lie at times.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping

from workers.domain.records import Confidence, Timestamp

INDIA = dt.timezone(dt.timedelta(hours=5, minutes=30))
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

_ENGLISH_MONTHS = (
    ("jan", "january"),
    ("feb", "february"),
    ("mar", "march"),
    ("apr", "april"),
    ("may",),
    ("jun", "june"),
    ("jul", "july"),
    ("aug", "august"),
    ("sep", "sept", "september"),
    ("oct", "october"),
    ("nov", "november"),
    ("dec", "december"),
)
# after _simplified: no nukta, no joiners, every nasal before a consonant as anusvara
_HINDI_MONTHS = (
    ("जनवरी", "जन"),
    ("फरवरी", "फर"),
    ("मार्च",),
    ("अप्रैल", "अप्रेल", "एप्रिल"),
    ("मई",),
    ("जून",),
    ("जुलाई", "जुलाइ", "जुला"),
    ("अगस्त", "अग"),
    ("सितंबर", "सितंवर", "सेप्टेंबर", "सित"),
    ("अक्टूबर", "अक्तूबर", "अक्टुबर", "अक्तुबर", "ऑक्टोबर", "अक्टू"),
    ("नवंबर", "नवंवर", "नव"),
    ("दिसंबर", "दिसंवर", "दिस"),
)
_MONTHS: Mapping[str, tuple[int, str]] = {
    name: (number, form)
    for form, table in (("rfc822", _ENGLISH_MONTHS), ("hindi", _HINDI_MONTHS))
    for number, names in enumerate(table, start=1)
    for name in names
}
# minutes east of Greenwich; RFC 822's own names, and those of India's neighbours
_ZONES: Mapping[str, int] = {
    "z": 0,
    "gmt": 0,
    "utc": 0,
    "ut": 0,
    "ist": 330,
    "आईएसटी": 330,
    "भारतीय समय": 330,
    "भारतीय समयानुसार": 330,
    "npt": 345,
    "pkt": 300,
    "est": -300,
    "edt": -240,
    "cst": -360,
    "cdt": -300,
    "mst": -420,
    "mdt": -360,
    "pst": -480,
    "pdt": -420,
}


def _either(words: Mapping[str, object]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


_NOT_LETTER = r"(?![a-z\u0900-\u097f])"
_NAMED = re.compile(
    rf"(?<!\d)(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[\s\-/.,]*"
    rf"(?P<month>{_either(_MONTHS)}){_NOT_LETTER}[\s\-/.,']*(?P<year>\d{{4}}|\d\d)(?!\d)"
)
_NAMED_MONTH_FIRST = re.compile(
    rf"(?P<month>{_either(_MONTHS)}){_NOT_LETTER}[\s\-/.,]*"
    r"(?P<day>\d{1,2})(?:st|nd|rd|th)?[\s,]+(?P<year>\d{4})(?!\d)"
)
_ISO = re.compile(
    r"(?<!\d)(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})(?!\d)"
)
_COMPACT = re.compile(r"^(?P<year>(?:19|20)\d\d)(?P<month>\d\d)(?P<day>\d\d)(?=t\d|$)")
_NUMERIC = re.compile(
    r"(?<!\d)(?P<first>\d{1,2})[-/.](?P<second>\d{1,2})[-/.](?P<year>\d{4}|\d\d)(?!\d)"
)
_EPOCH = re.compile(r"^(\d{10})(\d{3})?$")

_MERIDIEM: Mapping[str, str] = {
    "am": "am",
    "a.m.": "am",
    "एएम": "am",
    "पूर्वाह्न": "am",
    "सुबह": "am",
    "प्रातः": "am",
    "तडके": "am",
    "pm": "pm",
    "p.m.": "pm",
    "पीएम": "pm",
    "अपराह्न": "pm",
    "शाम": "pm",
    "दोपहर": "noon",
    "रात": "night",
    "देर रात": "night",
}
_TIME = re.compile(
    rf"(?:(?P<before>{_either(_MERIDIEM)})\s*)?"
    r"(?<![\d.])(?P<hour>\d{1,2})"
    r"(?::(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,]\d+)?)?"
    r"|\.(?P<dotted>\d\d)(?=\s*(?:[ap]\.?m|बजे))"
    r"|(?=\s*(?:[ap]\.?m(?![a-z])|बजे)))(?!\d)"
    rf"\s*(?:बजे|h(?:ou)?rs?)?\s*(?P<after>(?:{_either(_MERIDIEM)}){_NOT_LETTER})?"
)
_COMPACT_TIME = re.compile(
    r"(?<!\d)t(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)?(?!\d)"
)
_ZONE = re.compile(
    rf"^[\s|,(]*(?P<name>(?:{_either(_ZONES)}){_NOT_LETTER})?\s*"
    r"(?:(?P<sign>[+-])\s*(?P<hours>\d{1,2}):?(?P<minutes>\d\d)?(?!\d))?"
)
_USUAL = re.compile(
    r"(?:(?P<year>(?:19|20)\d\d)-(?P<month>[01]\d)-(?P<day>[0-3]\d)[t ]"
    r"|(?:(?:mon|tue|wed|thu|fri|sat|sun), )?(?P<day_first>[0-3]?\d)"
    rf" (?P<name>{'|'.join(names[0] for names in _ENGLISH_MONTHS)})"
    r" (?P<year_last>(?:19|20)\d\d) )"
    r"(?P<hour>[01]\d|2[0-3]):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d)(?:\.\d+)?)?"
    r" ?(?:(?P<zone>z|gmt|utc|ist)"
    r"|(?P<sign>[+-])(?P<hours>0\d|1[0-3]):?(?P<minutes>[0-5]\d))?"
)
_MOST_MINUTES_EAST = 14 * 60
_LONGEST = 200
"""Characters of a date that are looked at and kept."""

_SIMPLER = {
    "\u200c": "",
    "\u200d": "",
    "\u093c": "",  # nukta
    "\u0901": "\u0902",  # candrabindu as anusvara
    "\u0970": "",  # sign of abbreviation
    "\u2212": "-",
    "\u2013": "-",
    "\u00a0": " ",
}
_NASAL = re.compile("म्(?=[बव])")
_VISARGA = re.compile("प्रात:")


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
    text = _simplified(kept)
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


def _simplified(raw: str) -> str:
    """Lower case, ASCII digits, and one spelling where Hindi has several."""
    if raw.isascii():
        return raw.lower()
    text = unicodedata.normalize("NFC", raw).lower()
    simple = "".join(
        _SIMPLER.get(char, char)
        if not char.isdecimal()
        else str(unicodedata.decimal(char))
        for char in text
    )
    return _VISARGA.sub("प्रातः", _NASAL.sub("ं", simple)).strip()


def _read(text: str) -> tuple[dt.datetime | None, str]:
    if (usual := _read_usual(text)) is not None:
        return usual
    if epoch := _EPOCH.match(text):
        return dt.datetime.fromtimestamp(int(epoch[1]), dt.UTC), "epoch"
    for pattern in (_ISO, _COMPACT, _NAMED, _NAMED_MONTH_FIRST, _NUMERIC):
        if found := pattern.search(text):
            year, month, day, form = _day(found.groupdict())
            rest = f"{text[: found.start()]} {text[found.end() :]}"
            return _at(year, month, day, form, rest)
    return None, UNREAD


def _read_usual(text: str) -> tuple[dt.datetime, str] | None:
    """Read the two forms of nearly all feeds, as the rules for all forms would."""
    found = _USUAL.fullmatch(text)
    if found is None:
        return None
    year, month, day, form = found["year"], found["month"], found["day"], "iso8601"
    if year is None:
        year, day = found["year_last"], found["day_first"]
        number, form = _MONTHS[found["name"]]
    else:
        number = int(month)
    hour, minute = int(found["hour"]), int(found["minute"])
    second = int(found["second"] or 0)
    east, suffix = _ZONES["ist"], "-naive"
    if (sign := found["sign"]) is not None:
        east, suffix = int(found["hours"]) * 60 + int(found["minutes"]), ""
        east = -east if sign == "-" else east
    elif (zone := found["zone"]) is not None:
        east = _ZONES[zone]
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
    month, form = _MONTHS[parts["month"]]
    return year, month, day, form


def _at(
    year: int, month: int, day: int, form: str, rest: str
) -> tuple[dt.datetime, str]:
    """Add the time of day and the zone that *rest* tells."""
    time = _TIME.search(rest) or _COMPACT_TIME.search(rest)
    rule = f"{form}-date"
    hour = minute = second = 0
    zone: dt.tzinfo = INDIA
    if time is not None:
        parts = time.groupdict()
        meridiem = parts.get("before") or parts.get("after")
        hour = _hour(int(parts["hour"]), _MERIDIEM[meridiem] if meridiem else "")
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
    found = _ZONE.match(after_time)
    name = found["name"] if found else None
    if found is not None and found["sign"]:
        minutes = int(found["hours"]) * 60 + int(found["minutes"] or 0)
        east = -minutes if found["sign"] == "-" else minutes
        return east, "-gmt-offset" if name else ""
    if name is None:
        return _ZONES["ist"], "-naive"
    east = _ZONES[name]
    return east, "-ist" if east == _ZONES["ist"] else ""
