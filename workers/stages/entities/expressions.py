"""Expressions of time and number, found by their words.

What day an expression means is not asked here: `events/dates.py` resolves those that an
event needs. All indices count words of the sentence; ends are exclusive.
"""

import re
from collections.abc import Iterable, Iterator

from workers.domain.records import EntityType
from workers.stages.entities.words import Found, Words
from workers.stages.text.digits import ASCII_DIGITS
from workers.stages.text.lexical import keys

_FIGURES = re.compile(r"[0-9०-९]+(?:[.,:/\-–][0-9०-९]+)*")
_YEAR = re.compile(r"(?:1[5-9]|20)[0-9]{2}$")

_SCALES = keys(
    "numerals.hundred", "numerals.dozen", "numerals.scales", "numerals.trillion"
)
_NUMBER_WORDS = keys(
    "numerals.cardinals",
    "numerals.mixed",
    "numerals.added",
    "numerals.hundred",
    "numerals.dozen",
    "numerals.indefinite",
)
_ONE = keys("numerals.one")
_UNITS = keys("units.after_numbers")
_CURRENCY_BEFORE = keys("units.currency_before")

_MONTHS = keys("months.names")
_AMBIGUOUS_MONTHS = keys("months.ambiguous")
_WEEKDAYS = keys("weekdays.names", "weekdays.colloquial", "weekdays.regional")
_DAYS = _WEEKDAYS | keys("time_words.days", "time_words.either_day")
_PARTS_OF_DAY = keys("time_words.parts_of_day")
_PARTS_OR_DAWN = _PARTS_OF_DAY | keys("time_words.dawn")
_TIME_UNITS = keys("time_words.unit_forms")
_AFTER_NUMBER = _TIME_UNITS | keys("time_words.eras")
_PLURALS = keys("time_words.unit_plurals")
_DEICTIC = keys("time_words.deictic")
_SOME = keys("time_words.some")
_SOME_UNITS = keys("time_words.some_units")
_AFTER_DEICTIC = _TIME_UNITS | _WEEKDAYS | _MONTHS
_TIME_KEYS = _MONTHS | _DAYS | _TIME_UNITS | _PARTS_OR_DAWN
_TIME_LINKS = _TIME_KEYS | _DEICTIC | _SOME | keys("time_words.links")
_BEFORE_YEAR = keys("time_words.before_year")
_AFTER_MONTH = keys("time_words.after_month")
_AFTER_YEAR = _AFTER_MONTH | keys("postpositions.dative") | {",", ""}


def extend_time(words: Words, span: Found, others: Iterable[Found]) -> Found:
    """Return the whole expression of time that the model has around *span*."""
    for other in others:
        if (
            other.type is span.type
            and other.covers(span)
            and all(
                words.keys[at] in _TIME_LINKS or _is_number(words, at)
                for at in (*range(other.first, span.first), *range(span.end, other.end))
            )
        ):
            return other
    return span


def is_informative(words: Words, span: Found) -> bool:
    """Return whether a span of the model is a time or a number by its words too."""
    inside = range(span.first, span.end)
    if span.type is EntityType.NUM:
        return any(_is_number(words, at) for at in inside)
    return span.type is EntityType.TIME and any(
        words.keys[at] in _TIME_KEYS or _is_year(words.forms[at]) for at in inside
    )


def numbers(words: Words) -> Iterator[Found]:
    """Find numbers with their unit: 20 लाख रुपये."""
    at = 0
    while at < len(words):
        end = _number_end(words, at)
        if end == at:
            at += 1
            continue
        first = at - (words.key_at(at - 1) in _CURRENCY_BEFORE)
        end += words.key_at(end) in _UNITS
        yield Found(EntityType.NUM, first, end)
        at = end


def times(words: Words) -> Iterator[Found]:
    """Find dates, days, years and spans of time: 15 मई, पिछले साल."""
    at = 0
    while at < len(words):
        end = _time_end(words, at)
        if end > at:
            yield Found(EntityType.TIME, at, end)
            at = end
        else:
            at += 1


def _is_year(form: str) -> bool:
    return bool(_YEAR.match(form.translate(ASCII_DIGITS)))


def _is_number(words: Words, at: int) -> bool:
    return words.key_at(at) in _NUMBER_WORDS or bool(
        _FIGURES.fullmatch(words.form_at(at))
    )


def _number_end(words: Words, at: int) -> int:
    """Return the end of the number that begins at *at*; *at* itself if none does."""
    # एक is a number only before a scale: एक लाख, but एक आदमी is "a man"
    one = words.key_at(at) in _ONE and words.key_at(at + 1) in _SCALES
    if not one and not _is_number(words, at):
        return at
    end = at + 1
    while words.key_at(end) in _SCALES or _is_number(words, end):
        end += 1
    return end


def _time_end(words: Words, at: int) -> int:
    """Return the end of the expression of time that begins at *at*, or *at*."""
    end = _number_end(words, at)
    if end > at:
        return _after_number(words, at, end)
    here = words.keys[at]
    if here in _PLURALS and words.key_at(at + 1) == "से":
        return at + 1
    if here in _MONTHS:
        return _month_end(words, at)
    if here in _DEICTIC or here in _SOME:
        return _deictic_end(words, at)
    if here in _DAYS:
        return _with_part_of_day(words, at + 1)
    return at


def _after_number(words: Words, at: int, end: int) -> int:
    following = words.key_at(end)
    if following in _MONTHS:
        return _with_part_of_day(words, _with_year(words, end + 1))
    if following in _AFTER_NUMBER:
        return end + 1
    alone = end == at + 1
    if alone and _is_year(words.forms[at]) and _stands_as_year(words, at):
        return end
    return at


def _with_year(words: Words, end: int) -> int:
    at = end + (words.form_at(end) == ",")
    return at + 1 if _is_year(words.form_at(at)) else end


def _month_end(words: Words, at: int) -> int:
    if (
        words.keys[at] in _AMBIGUOUS_MONTHS
        and not words.tokens[at].xpos.startswith("NNP")
        and words.key_at(at + 1) not in _AFTER_MONTH
    ):
        return at
    day = _FIGURES.fullmatch(words.form_at(at + 1)) is not None
    return _with_year(words, at + 1 + day)


def _deictic_end(words: Words, at: int) -> int:
    """Return the end of पिछले साल, अगले कुछ दिनों or कई महीने, or *at*."""
    end = at + 1
    end += words.key_at(end) in _SOME
    number = _number_end(words, end)
    if words.keys[at] in _SOME and number == end:
        return end + 1 if words.key_at(end) in _SOME_UNITS else at
    return number + 1 if words.key_at(number) in _AFTER_DEICTIC else at


def _with_part_of_day(words: Words, end: int) -> int:
    """Return the end with the part of the day: आज सुबह, शुक्रवार की रात."""
    if words.key_at(end) == "की" and words.key_at(end + 1) in _PARTS_OF_DAY:
        return end + 2
    return end + (words.key_at(end) in _PARTS_OR_DAWN)


def _stands_as_year(words: Words, at: int) -> bool:
    return words.key_at(at + 1) in _AFTER_YEAR or words.key_at(at - 1) in _BEFORE_YEAR
