"""The date that a Hindi expression of time means, seen from the day of publication."""

import datetime as dt
import re

from workers.stages.text import lexical
from workers.stages.text.dates.zones import INDIA
from workers.stages.text.digits import ASCII_DIGITS
from workers.stages.text.spelling import key

# News in Hindi is dated by Indian Standard Time, whatever the server's clock.

_MONTHS = {
    key(name): number for name, number in lexical.numbers("months.names").items()
}
_WEEKDAYS = {
    key(name): number
    for name, number in lexical.numbers("weekdays.names", "weekdays.colloquial").items()
}
_DAYS = lexical.numbers("time_words.days")
_YEAR_WORDS = lexical.keys("time_words.year")
_MONTH_WORDS = lexical.keys("time_words.month")
_LAST = lexical.keys("time_words.last")
_THIS = lexical.keys("time_words.this", "time_words.running")
_NEXT = lexical.keys("time_words.next")
_NUMBER = re.compile(r"\d+")
_NUMERIC_DATE = re.compile(r"\b(\d{1,2})[./-](\d{1,2})[./-](\d{4})\b")
_WORD = re.compile(r"[\u0900-\u097f]+|\d+")
_CENTURIES = (1000, 2100)


def resolve(
    expression: str, published: dt.datetime | None, *, ahead: bool = False
) -> str | None:
    """Return an ISO 8601 date or a prefix of it, None where it cannot be told.

    *ahead* says that the event lies in the future: then `कल` is tomorrow and a
    weekday the next one. Without *published* only full dates are resolved.
    """
    text = expression.translate(ASCII_DIGITS)
    numeric = _NUMERIC_DATE.search(text)
    if numeric:
        day, month, year = map(int, numeric.groups())
        return _iso(year, month, day)
    words = [key(word) for word in _WORD.findall(text)]
    today = published.astimezone(INDIA).date() if published else None
    return _calendar(words, today, ahead=ahead) or (
        _relative(words, today, ahead=ahead) if today else None
    )


def _calendar(words: list[str], today: dt.date | None, *, ahead: bool) -> str | None:
    numbers = [int(word) for word in words if _NUMBER.fullmatch(word)]
    year = next((n for n in numbers if _CENTURIES[0] <= n < _CENTURIES[1]), None)
    at = next((i for i, word in enumerate(words) if word in _MONTHS), None)
    if at is None:
        return f"{year:04d}" if year and len(numbers) == 1 else None
    month = _MONTHS[words[at]]
    near = (words[at - 1] if at else "", *words[at + 1 : at + 2])
    day = next((int(w) for w in near if w.isdigit() and 1 <= int(w) <= 31), None)  # noqa: PLR2004
    if year is None:
        if today is None:
            return None
        year = _nearest_year(today, month, day or 1, ahead=ahead)
    return _iso(year, month, day) if day else f"{year:04d}-{month:02d}"


def _nearest_year(today: dt.date, month: int, day: int, *, ahead: bool) -> int:
    this = (month, day) >= (today.month, today.day)
    if ahead:
        return today.year if this else today.year + 1
    return today.year - 1 if (month, day) > (today.month, today.day) else today.year


def _relative(  # noqa: PLR0911 a ladder of rules
    words: list[str], today: dt.date, *, ahead: bool
) -> str | None:
    found = set(words)
    for word, days in _DAYS.items():
        if key(word) in found:
            return _shifted(today, days if ahead else -days)
    if "कल" in found:
        return _shifted(today, 1 if ahead else -1)
    for word in words:
        if word in _WEEKDAYS:
            back = (today.weekday() - _WEEKDAYS[word]) % 7
            return _shifted(today, (7 - back) % 7 if ahead else -back)
    step = -1 if found & _LAST else 1 if found & _NEXT else 0 if found & _THIS else None
    if step is None or any(word.isdigit() for word in words):
        return None
    if found & _YEAR_WORDS:
        return f"{today.year + step:04d}"
    if found & _MONTH_WORDS:
        months = today.year * 12 + today.month - 1 + step
        return f"{months // 12:04d}-{months % 12 + 1:02d}"
    return None


def _shifted(day: dt.date, days: int) -> str:
    return (day + dt.timedelta(days=days)).isoformat()


def _iso(year: int, month: int, day: int) -> str | None:
    try:
        return dt.date(year, month, day).isoformat()
    except ValueError:
        return None
