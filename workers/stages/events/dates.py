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
_DAYS = {
    **{key(word): days for word, days in lexical.numbers("time_words.days").items()},
    "कल": 1,
}
_YEAR_WORDS = lexical.keys("time_words.year")
_MONTH_WORDS = lexical.keys("time_words.month")
_STEPS = (
    (-1, lexical.keys("time_words.last")),
    (1, lexical.keys("time_words.next")),
    (0, lexical.keys("time_words.this", "time_words.running")),
)
"""Years or months from now, and the words that say so."""
_NUMERIC_DATE = re.compile(r"\b(\d{1,2})[./-](\d{1,2})[./-](\d{4})\b")
_WORD = re.compile(r"[\u0900-\u097f]+|\d+")
_YEARS = range(1000, 2100)
_DAYS_OF_MONTH = range(1, 32)


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
    """Return the date of an expression that names a month, or a year by itself."""
    numbers = [int(word) for word in words if word.isdigit()]
    year = next((number for number in numbers if number in _YEARS), None)
    at = next((i for i, word in enumerate(words) if word in _MONTHS), None)
    if at is None:
        return f"{year:04d}" if year and len(numbers) == 1 else None
    month, day = _MONTHS[words[at]], _day_beside(words, at)
    if year is None:
        if today is None:
            return None
        year = _nearest_year(today, month, day or 1, ahead=ahead)
    return _iso(year, month, day) if day else f"{year:04d}-{month:02d}"


def _day_beside(words: list[str], at: int) -> int | None:
    """Return the day of the month right before or after the month at *at*."""
    near = (*words[at - 1 : at], *words[at + 1 : at + 2]) if at else words[1:2]
    days = (int(word) for word in near if word.isdigit())
    return next((day for day in days if day in _DAYS_OF_MONTH), None)


def _nearest_year(today: dt.date, month: int, day: int, *, ahead: bool) -> int:
    date, now = (month, day), (today.month, today.day)
    if ahead:
        return today.year + (date < now)
    return today.year - (date > now)


def _relative(words: list[str], today: dt.date, *, ahead: bool) -> str | None:
    days = _days_off(words, today, ahead=ahead)
    if days is not None:
        return (today + dt.timedelta(days=days)).isoformat()
    return _period(words, today)


def _days_off(words: list[str], today: dt.date, *, ahead: bool) -> int | None:
    """Return the days from today on that a day word or a weekday means."""
    # कल and परसों are as far off in either direction
    for word, days in _DAYS.items():
        if word in words:
            return days if ahead else -days
    weekday = next((_WEEKDAYS[word] for word in words if word in _WEEKDAYS), None)
    if weekday is None:
        return None
    if ahead:
        return (weekday - today.weekday()) % 7
    return -((today.weekday() - weekday) % 7)


def _period(words: list[str], today: dt.date) -> str | None:
    """Return the year or month of पिछले साल, इस महीने; of पिछले दो साल none."""
    found = set(words)
    step = next((step for step, of_it in _STEPS if found & of_it), None)
    if step is None or any(word.isdigit() for word in words):
        return None
    if found & _YEAR_WORDS:
        return f"{today.year + step:04d}"
    if found & _MONTH_WORDS:
        months = today.year * 12 + today.month - 1 + step
        return f"{months // 12:04d}-{months % 12 + 1:02d}"
    return None


def _iso(year: int, month: int, day: int) -> str | None:
    try:
        return dt.date(year, month, day).isoformat()
    except ValueError:
        return None
