"""Expressions of time and number, found by their words."""

import re
from collections.abc import Iterable, Iterator

from workers.domain.records import EntityType
from workers.stages.entities.words import Found, Words, keys

_HYPHENED = re.compile(r"[-–][0-9०-९]+")
_DIGITS = re.compile(r"[0-9०-९]+(?:[.,:/\-–][0-9०-९]+)*")
_NUMBER_WORDS = keys(
    "शून्य दो तीन चार पांच छह छः छे सात आठ नौ दस ग्यारह बारह तेरह चौदह "
    "पंद्रह पन्द्रह सोलह सत्रह अठारह उन्नीस बीस इक्कीस बाईस तेईस चौबीस "
    "पच्चीस छब्बीस सत्ताईस अट्ठाईस उनतीस तीस इकतीस बत्तीस तैंतीस चौंतीस "
    "पैंतीस छत्तीस सैंतीस अड़तीस उनतालीस चालीस पचास साठ सत्तर अस्सी नब्बे "
    "सौ डेढ़ ढाई सैकड़ों हजारों लाखों करोड़ों दर्जनों सवा साढ़े पौने दर्जन "
    "सैंकड़ों अरबों"
)
_SCALES = keys("सौ हजार लाख करोड़ अरब खरब दर्जन मिलियन बिलियन ट्रिलियन")
_UNITS = keys(
    "रुपये रुपए रूपये रुपया रुपयों डॉलर पाउंड यूरो येन प्रतिशत फीसदी फीसद "
    "किलोमीटर किमी मीटर सेंटीमीटर फीट फुट इंच किलो किलोग्राम ग्राम टन "
    "क्विंटल लीटर एकड़ हेक्टेयर डिग्री मील मेगावाट वर्गमीटर बीघा"
) | {"%", "₹", "$"}
_CURRENCY_BEFORE = frozenset({"₹", "$", "£", "€", "रु", "रु."})
_TIME_UNITS = keys(
    "साल सालों वर्ष वर्षों वर्षीय दिन दिनों दिवसीय घंटे घंटा घंटों मिनट "
    "मिनटों सेकंड सेकेंड महीने महीना महीनों माह सप्ताह हफ्ते हफ्तों हफ्ता "
    "दशक दशकों बजे बजकर साला"
)
_MONTHS = keys(
    "जनवरी फरवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर सितम्बर अक्टूबर "
    "अक्तूबर नवंबर नवम्बर दिसंबर दिसम्बर"
)
_WEEKDAYS = keys(
    "सोमवार मंगलवार बुधवार गुरुवार गुरूवार बृहस्पतिवार वीरवार शुक्रवार शनिवार रविवार इतवार"
)
_DAYS = keys("आज कल परसों")
_PARTS = keys("सुबह शाम रात दोपहर तड़के")
_POINTING = keys("पिछले पिछली पिछला गत बीते बीती विगत अगले अगली अगला आगामी इस मौजूदा")
_POINTED = keys("साल वर्ष महीने माह सप्ताह हफ्ते दिन दशक") | _WEEKDAYS
_SOME = keys("कुछ कई")
_SOME_UNITS = keys("मिनट घंटे दिनों महीनों सालों वर्षों साल दिन महीने हफ्तों")
_TIME_KEYS = _MONTHS | _WEEKDAYS | _DAYS | _TIME_UNITS | _PARTS
_SPANS = keys("सालों वर्षों दिनों महीनों घंटों हफ्तों दशकों")
_TIME_LINKS = _TIME_KEYS | _POINTING | _SOME | keys("की के सन करीब लगभग देर")
_YEAR = re.compile(r"(?:1[5-9]|20)[0-9]{2}$")
_ASCII_DIGITS = str.maketrans("०१२३४५६७८९", "0123456789")


def grown(words: Words, span: Found, others: Iterable[Found]) -> Found:
    """Join an expression of time with what the model has around it."""
    for other in others:
        if (
            other.type is span.type
            and other.first <= span.first
            and span.end <= other.end
            and all(
                words.keys[at] in _TIME_LINKS or _is_number(words, at)
                for at in (*range(other.first, span.first), *range(span.end, other.end))
            )
        ):
            return other
    return span


def tells(words: Words, span: Found) -> bool:
    """Tell whether a span of the model is a time or a number by its words too."""
    if span.type is EntityType.NUM:
        return any(_is_number(words, at) for at in range(span.first, span.end))
    return span.type is EntityType.TIME and (
        not _TIME_KEYS.isdisjoint(words.keys[span.first : span.end])
        or any(_is_year(form) for form in words.forms[span.first : span.end])
    )


def _is_year(form: str) -> bool:
    return bool(_YEAR.match(form.translate(_ASCII_DIGITS)))


def _is_number(words: Words, at: int) -> bool:
    return at < len(words) and (
        bool(_DIGITS.fullmatch(words.forms[at])) or words.keys[at] in _NUMBER_WORDS
    )


def _number_end(words: Words, at: int) -> int:
    """Return the end of the number that begins at *at*; *at* itself if none does."""
    end = at
    if _is_number(words, end) or (
        words.keys[at] == "एक" and at + 1 < len(words) and words.keys[at + 1] in _SCALES
    ):
        end += 1
        while end < len(words) and (
            words.keys[end] in _SCALES or _is_number(words, end)
        ):
            end += 1
    return end


def _joins_numbers(words: Words, at: int) -> bool:
    """Tell the hyphen of 31-27, where a tokenizer has parted it."""
    if words.tokens[at - 1].end != words.tokens[at].start:
        return False
    if _HYPHENED.fullmatch(words.forms[at]):
        return True
    return (
        words.forms[at] in ("-", "–")
        and _is_number(words, at + 1)
        and words.tokens[at].end == words.tokens[at + 1].start
    )


def numbers(words: Words) -> Iterator[Found]:
    """Find numbers with their unit: 20 लाख रुपये."""
    at = 0
    while at < len(words):
        end = _number_end(words, at)
        if end == at:
            at += 1
            continue
        first = at
        if first > 0 and words.forms[first - 1] in _CURRENCY_BEFORE:
            first -= 1
        if end < len(words) and words.keys[end] in _UNITS:
            end += 1
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


def _time_end(words: Words, at: int) -> int:
    """Return the end of the expression of time that begins at *at*, or *at*."""
    end = _number_end(words, at)
    if end > at:
        return _after_number(words, at, end)
    here = words.keys[at]
    if here in _SPANS and words.keys[at + 1 : at + 2] == ["से"]:
        return at + 1
    if here in _MONTHS:
        return _month_end(words, at)
    if here in _POINTING or here in _SOME:
        return _pointed_end(words, at)
    if here in _WEEKDAYS or here in _DAYS:
        return _with_part(words, at + 1)
    return at


def _after_number(words: Words, at: int, end: int) -> int:
    following = words.keys[end] if end < len(words) else ""
    if following in _MONTHS:
        return _with_part(words, _with_year(words, end + 1))
    if following in _TIME_UNITS or following in ("ईस्वी", "ईसवी"):
        return end + 1
    if end == at + 1 and _is_year(words.forms[at]) and _stands_as_year(words, at):
        return end
    return at


def _with_year(words: Words, end: int) -> int:
    at = end
    if at < len(words) and words.forms[at] == ",":
        at += 1
    if at < len(words) and _is_year(words.forms[at]):
        return at + 1
    return end


def _month_end(words: Words, at: int) -> int:
    if words.keys[at] in ("मई", "मार्च") and not words.tokens[at].xpos.startswith("NNP"):
        after = words.keys[at + 1] if at + 1 < len(words) else ""
        if after not in ("में", "के", "की", "का", "से", "तक"):
            return at
    end = at + 1
    if end < len(words) and _DIGITS.fullmatch(words.forms[end]):
        return _with_year(words, end + 1)
    return _with_year(words, end)


def _pointed_end(words: Words, at: int) -> int:
    end = at + 1
    if end < len(words) and words.keys[end] in _SOME:
        end += 1
    number = _number_end(words, end) if end < len(words) else end
    if words.keys[at] in _SOME and number == end:
        return end + 1 if end < len(words) and words.keys[end] in _SOME_UNITS else at
    if number < len(words) and (
        words.keys[number] in _POINTED
        or words.keys[number] in _TIME_UNITS
        or words.keys[number] in _MONTHS
    ):
        return number + 1
    return at


def _with_part(words: Words, end: int) -> int:
    """Take in the part of the day: आज सुबह, शुक्रवार की रात."""
    if words.keys[end : end + 1] == ["की"] and words.keys[end + 1 : end + 2] in (
        ["रात"], ["शाम"], ["सुबह"], ["दोपहर"]
    ):  # fmt: skip
        return end + 2
    if end < len(words) and words.keys[end] in _PARTS:
        return end + 1
    return end


def _stands_as_year(words: Words, at: int) -> bool:
    after = words.keys[at + 1] if at + 1 < len(words) else ""
    before = words.keys[at - 1] if at else ""
    return after in ("में", "के", "की", "का", "से", "तक", "को", ",", "") or before in (
        "सन", "वर्ष", "साल", "सन्"
    )  # fmt: skip
