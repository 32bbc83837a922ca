"""Regular expressions for what publishers state as dates.

All of them match text that `simplified` has made: small letters, ASCII digits and one
spelling where Hindi has several.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from html import unescape

from workers.stages.text.dates.zones import MINUTES_EAST
from workers.stages.text.lexical import groups, headings, numbers
from workers.stages.text.spelling import OPTIONAL_SIGNS
from workers.web.combining_marks import nfc

_SIMPLER = str.maketrans(
    {
        **OPTIONAL_SIGNS,
        "\u0970": "",  # sign of abbreviation
        "\u2212": "-",
        "\u2013": "-",
        "\u00a0": " ",
    }
)
_HALF_M = re.compile("म्(?=[बव])")
_COLON_FOR_VISARGA = re.compile("प्रात:")


# numbers of one digit, and milliseconds behind a third colon
_CLOCK = re.compile(r"(?<![\d:])(\d{1,2}):(\d{1,2}):(\d{1,2})(?::\d{1,3})?(?![\d:])")
_TAGS = re.compile(r"<[^<>]{0,200}>")


def unescaped(raw: str) -> str:
    """Return *raw* without markup: some feeds escape their dates, some even twice."""
    text = raw
    for _ in range(2):
        if "&" not in text:
            break
        text = unescape(text)
    return _TAGS.sub(" ", text).strip() if "<" in text else text.strip()


def simplified(raw: str) -> str:
    """Return *raw* in small letters, ASCII digits and one spelling of Hindi.

    A clock has two digits each for hours, minutes and seconds.
    """
    text = _simplified(raw)
    return _CLOCK.sub(_two_digits, text) if text.count(":") > 1 else text


def _two_digits(match: re.Match[str]) -> str:
    return ":".join(part.zfill(2) for part in match.groups())


def _simplified(raw: str) -> str:
    if raw.isascii():
        return raw.lower()
    text = nfc(raw).lower()
    simple = "".join(
        str(unicodedata.decimal(char)) if char.isdecimal() else char
        for char in text.translate(_SIMPLER)
    )
    return _COLON_FOR_VISARGA.sub("प्रातः", _HALF_M.sub("ं", simple)).strip()


def _either(texts: Iterable[str]) -> str:
    return "|".join(sorted(map(re.escape, texts), key=len, reverse=True))


_HINDI_MONTHS = numbers("months.names", "months.misspelt", "months.short")
MONTHS: Mapping[str, tuple[int, str]] = {
    **{name: (month, "rfc822") for name, month in numbers("months.english").items()},
    **{simplified(name): (month, "hindi") for name, month in _HINDI_MONTHS.items()},
}
"""The number of a month and the form of date that it is of, by its simplified name."""
MERIDIEM: Mapping[str, str] = {
    simplified(word): half for word, half in headings("meridiem.names").items()
}
"""`am`, `pm`, `noon` or `night` by the word that stands with the time."""

_NOT_LETTER = r"(?![a-z\u0900-\u097f])"
_MONTH = rf"(?P<month>{_either(MONTHS)}){_NOT_LETTER}"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"

ISO = re.compile(
    r"(?<!\d)(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})(?!\d)"
)
COMPACT = re.compile(r"^(?P<year>(?:19|20)\d\d)(?P<month>\d\d)(?P<day>\d\d)(?=t\d|$)")
RUN_TOGETHER = re.compile(
    r"^((?:19|20)\d\d)([01]\d)([0-3]\d)([0-2]\d)([0-5]\d)([0-5]\d)?$"
)
"""`20261127100500`: everything as digits."""
NAMED = re.compile(
    rf"(?<!\d){_DAY}[\s\-/.,]*{_MONTH}[\s\-/.,']*(?P<year>\d{{4}}|\d\d)(?!\d)"
)
NAMED_MONTH_FIRST = re.compile(
    rf"{_MONTH}[\s\-/.,]*{_DAY}[\s,]+(?P<year>\d{{4}})(?!\d)"
)
NUMERIC = re.compile(
    r"(?<!\d)(?P<first>\d{1,2})[-/.](?P<second>\d{1,2})[-/.](?P<year>\d{4}|\d\d)(?!\d)"
)
YEAR_LAST = re.compile(
    rf"{_MONTH}\s+(?P<day>\d{{1,2}})\s+(?P<clock>\d{{1,2}}:\d\d(?::\d\d)?)"
    r"(?P<zone>[^\d\n]{0,40}(?:[+-]\s?\d{1,2}[:.]?\d\d)?)\s(?P<year>\d{4})(?!\d)"
)
"""Java's `Date.toString` and C's `asctime`: the year stands behind time and zone."""
EPOCH = re.compile(r"^(?:/date\()?(\d{10})(\d{3})?(?:[+-]\d{4})?(?:\)/)?$")
"""Seconds, or milliseconds, since 1970; also as ASP.NET's JSON wraps them."""

TIME = re.compile(
    rf"(?:(?P<before>{_either(MERIDIEM)})\s*)?"
    r"(?<![\d.+-])(?P<hour>\d{1,2})"
    r"(?::(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,]\d+)?)?"
    r"|\.(?P<dotted>[0-5]\d)(?![\d.])"
    r"|(?=\s*(?:[ap]\.?m(?![a-z])|बजे)))(?!\d)"
    rf"\s*(?:बजे|h(?:ou)?rs?)?\s*(?P<after>(?:{_either(MERIDIEM)}){_NOT_LETTER})?"
)
COMPACT_TIME = re.compile(
    r"(?<!\d)t(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)?(?!\d)"
)
ZONE = re.compile(
    rf"^[\s|,(]*(?P<name>(?:{_either(MINUTES_EAST)}){_NOT_LETTER})?\s*"
    r"(?:(?P<sign>[+-])\s*(?P<hours>\d{1,2})[:.]?(?P<minutes>\d\d)?(?!\d))?"
)
IANA_ZONE = re.compile(
    r"\b(?:africa|america|antarctica|asia|atlantic|australia|europe|indian|pacific|etc)"
    r"(?:/[a-z_+\-0-9]+){1,2}"
)
UNKNOWN_ZONE = re.compile(r"^[\s|,(]*([a-z]{2,4}t)(?![a-z])")
"""What looks like the abbreviation of a zone, and is none that is known."""

_SHORT_MONTHS = "|".join(names[0] for names in groups("months.english").values())
_SHORT_DAYS = "|".join(names[0] for names in groups("weekdays.english").values())
USUAL = re.compile(
    r"(?:(?P<year>(?:19|20)\d\d)-(?P<month>[01]\d)-(?P<day>[0-3]\d)[t ]"
    rf"|(?:(?:{_SHORT_DAYS}), )?(?P<day_first>[0-3]?\d)"
    rf" (?P<name>{_SHORT_MONTHS})"
    r" (?P<year_last>(?:19|20)\d\d) )"
    r"(?P<hour>[01]\d|2[0-3]):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d)(?:\.\d+)?)?"
    r" ?(?:(?P<zone>z|gmt|utc|ist)"
    r"|(?P<sign>[+-])(?P<hours>0\d|1[0-3]):?(?P<minutes>[0-5]\d))?"
)
"""ISO 8601 and RFC 822 as nearly all feeds write them: one match tells all."""
