"""From a document to its entities: the model's names, mended by rule, and linked.

The rules are those of how entities are annotated: no title in a person's name, no case
marker at an edge, numbers with their unit, dates whole.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from msgspec import structs

from workers.domain.records import Entity, EntityType, Token
from workers.stages.events.spelling import key
from workers.stages.gazetteer import Gazetteer, Known, shipped
from workers.stages.nlp.document import Document

_NAMED = frozenset({EntityType.PER, EntityType.LOC, EntityType.ORG})


def _keys(text: str) -> frozenset[str]:
    return frozenset(key(word) for word in text.split())


_TITLES = _keys(
    "प्रधानमंत्री राष्ट्रपति उपराष्ट्रपति मुख्यमंत्री उपमुख्यमंत्री मंत्री गृहमंत्री रक्षामंत्री "
    "वित्तमंत्री केंद्रीय राज्यपाल सांसद विधायक अध्यक्ष उपाध्यक्ष महासचिव प्रवक्ता नेता सचिव श्री "
    "श्रीमती सुश्री डॉ डॉक्टर डा प्रो प्रोफेसर न्यायमूर्ति जस्टिस जज कप्तान कोच अभिनेता अभिनेत्री "
    "निर्देशक गायक लेखक पत्रकार इंस्पेक्टर एसपी डीएसपी डीएम आईजी कमिश्नर कलेक्टर सीईओ तानाशाह "
    "शासक सम्राट राजा रानी प्रिंस पोप संत बाबा स्वामी महंत मौलाना कर्नल मेजर जनरल ब्रिगेडियर "
    "एडमिरल कैप्टन चांसलर सुल्तान किंग क्वीन पूर्व पार्टी महात्मागांधी मिस्टर मिसेज मिस सर लॉर्ड "
    "एसएसपी सीओ निवासी पुत्र पत्नी गवर्नर मेयर महापौर सरपंच"
) - _keys("सर")
_HONORIFICS = _keys("जी साहब साहिब साहेब भाई बाबू महाराज")
_MARKERS = _keys("ने को का के की से में पर तक द्वारा और व एवं तथा या भी ही तो है हैं")
_MARKS = frozenset("'\"‘’“”()[]{}«»,;:.!?।॥-–—…`|*")
_OPENS = {"(": ")", "[": "]"}

_DIGITS = re.compile(r"[0-9०-९]+(?:[.,:/\-–][0-9०-९]+)*")
_NUMBER_WORDS = _keys(
    "शून्य दो तीन चार पांच छह छः छे सात आठ नौ दस ग्यारह बारह तेरह चौदह "
    "पंद्रह पन्द्रह सोलह सत्रह अठारह उन्नीस बीस इक्कीस बाईस तेईस चौबीस "
    "पच्चीस छब्बीस सत्ताईस अट्ठाईस उनतीस तीस इकतीस बत्तीस तैंतीस चौंतीस "
    "पैंतीस छत्तीस सैंतीस अड़तीस उनतालीस चालीस पचास साठ सत्तर अस्सी नब्बे सौ "
    "डेढ़ ढाई सैकड़ों हजारों लाखों करोड़ों दर्जनों सवा साढ़े पौने दर्जन "
    "सैंकड़ों अरबों"
)
_SCALES = _keys("सौ हजार लाख करोड़ अरब खरब दर्जन मिलियन बिलियन ट्रिलियन")
_UNITS = _keys(
    "रुपये रुपए रूपये रुपया रुपयों डॉलर पाउंड यूरो येन प्रतिशत फीसदी फीसद किलोमीटर किमी मीटर "
    "सेंटीमीटर फीट फुट इंच किलो किलोग्राम ग्राम टन क्विंटल लीटर एकड़ हेक्टेयर डिग्री मील मेगावाट "
    "वर्गमीटर बीघा"
) | {"%", "₹", "$"}
_CURRENCY_BEFORE = frozenset({"₹", "$", "£", "€", "रु", "रु."})
_TIME_UNITS = _keys(
    "साल सालों वर्ष वर्षों वर्षीय दिन दिनों दिवसीय घंटे घंटा घंटों मिनट मिनटों सेकंड सेकेंड महीने "
    "महीना महीनों माह सप्ताह हफ्ते हफ्तों हफ्ता दशक दशकों बजे बजकर साला"
)
_MONTHS = _keys(
    "जनवरी फरवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर सितम्बर अक्टूबर अक्तूबर नवंबर नवम्बर दिसंबर "
    "दिसम्बर"
)
_WEEKDAYS = _keys(
    "सोमवार मंगलवार बुधवार गुरुवार गुरूवार बृहस्पतिवार वीरवार शुक्रवार शनिवार रविवार इतवार"
)
_DAYS = _keys("आज कल परसों")
_PARTS = _keys("सुबह शाम रात दोपहर तड़के")
_POINTING = _keys("पिछले पिछली पिछला गत बीते बीती विगत अगले अगली अगला आगामी इस मौजूदा")
_POINTED = _keys("साल वर्ष महीने माह सप्ताह हफ्ते दिन दशक") | _WEEKDAYS
_SOME = _keys("कुछ कई")
_SOME_UNITS = _keys("मिनट घंटे दिनों महीनों सालों वर्षों साल दिन महीने हफ्तों")
_TIME_KEYS = _MONTHS | _WEEKDAYS | _DAYS | _TIME_UNITS | _PARTS
_YEAR = re.compile(r"(?:1[5-9]|20)[0-9]{2}$")
_ASCII_DIGITS = str.maketrans("०१२३४५६७८९", "0123456789")


@dataclass(frozen=True, slots=True)
class _Found:
    """A span of words [first, end) of one sentence."""

    type: EntityType
    first: int
    end: int


def entities(
    document: Document, gazetteer: Gazetteer | None = None
) -> tuple[Entity, ...]:
    """Return the entities of a document in text order, none overlapping another."""
    names = gazetteer or shipped()
    by_sentence: dict[int, list[tuple[EntityType, int, int]]] = {}
    for name in document.names:
        if name.type in _TYPE_NAMES:
            by_sentence.setdefault(name.sentence, []).append(
                (EntityType(name.type), name.start, name.end)
            )
    found: list[Entity] = []
    for number, sentence in enumerate(document.sentences):
        words = _Words(document.text, sentence.tokens)
        spans = _of_sentence(words, by_sentence.get(number, ()), names)
        for span in sorted(spans, key=lambda each: each.first):
            start, end = words.span(span.first, span.end)
            found.append(
                Entity(
                    id=f"e{len(found) + 1}",
                    type=span.type,
                    text=document.text[start:end],
                    start=start,
                    end=end,
                    sentence=number,
                    canonical_name=document.text[start:end],
                )
            )
    return _linked(found, names)


_TYPE_NAMES = frozenset(t.value for t in EntityType if t is not EntityType.MISC)


class _Words:
    """The words of a sentence, with their folded keys."""

    def __init__(self, text: str, tokens: Sequence[Token]) -> None:
        self.text = text
        self.tokens = tokens
        self.forms = [text[t.start : t.end] for t in tokens]
        self.keys = [key(form) for form in self.forms]

    def __len__(self) -> int:
        return len(self.tokens)

    def span(self, first: int, end: int) -> tuple[int, int]:
        return self.tokens[first].start, self.tokens[end - 1].end

    def inside(self, start: int, end: int) -> tuple[int, int]:
        """Return the words [first, end) that lie in a span of the text."""
        covered = [
            i for i, t in enumerate(self.tokens) if t.start < end and start < t.end
        ]
        return (covered[0], covered[-1] + 1) if covered else (0, 0)


def _of_sentence(
    words: _Words,
    given: Iterable[tuple[EntityType, int, int]],
    names: Gazetteer,
) -> list[_Found]:
    """Return spans that do not overlap; what is found first keeps its words."""
    known = list(_known(words, names))
    model = [
        _widened(mended, known)
        for kind, start, end in given
        for mended in (_mended(words, _Found(kind, *words.inside(start, end))),)
        if mended is not None
    ]
    taken: set[int] = set()
    kept: list[_Found] = []
    for span in chain(
        (_grown(time, model) for time in _times(words)),
        (span for span in model if span.type in _NAMED),
        _numbers(words),
        (span for span in model if _tells(words, span)),
        known,
    ):
        inside = set(range(span.first, span.end))
        if inside and not inside & taken:
            taken |= inside
            kept.append(span)
    return kept


def _widened(span: _Found, known: Iterable[_Found]) -> _Found:
    """Return the whole known name of which the model has only a part."""
    for other in known:
        if (
            other.type is span.type
            and other.first <= span.first
            and span.end <= other.end
        ):
            return other
    return span


def _grown(span: _Found, others: Iterable[_Found]) -> _Found:
    """Join an expression of time with what the model has around it."""
    for other in others:
        if other.type is span.type and (
            other.first <= span.first and span.end <= other.end
        ):
            return other
    return span


# --- names -------------------------------------------------------------------------


def _mended(words: _Words, span: _Found) -> _Found | None:
    """Cut titles, honorifics, markers and marks off; None if nothing is left."""
    first, end = span.first, span.end
    while first < end and (
        words.forms[first] in _MARKS
        or words.keys[first] in _MARKERS
        or (
            span.type is EntityType.PER
            and end - first > 1
            and words.keys[first].rstrip(".") in _TITLES
        )
    ):
        first += 1
    while end > first and (
        words.keys[end - 1] in _MARKERS
        or (words.forms[end - 1] in _MARKS and not _closes(words, first, end))
        or (
            span.type is EntityType.PER
            and end - first > 1
            and words.keys[end - 1] in _HONORIFICS
        )
    ):
        end -= 1
    if first == end:
        return None
    if (
        span.type is EntityType.PER
        and words.keys[end - 1] in _TITLES
        and end - first == 1
    ):
        return None
    return replace(span, first=first, end=end)


def _closes(words: _Words, first: int, end: int) -> bool:
    """Tell whether the last mark belongs to a name: a bracket, or a dot of U.S."""
    form = words.forms[end - 1]
    inside = words.forms[first : end - 1]
    return any(form == close and opened in inside for opened, close in _OPENS.items())


def _known(words: _Words, names: Gazetteer) -> Iterator[_Found]:
    at = 0
    while at < len(words):
        found = names.longest_at(words.keys, at)
        if found is None:
            at += 1
            continue
        length, known = found
        tag = words.tokens[at + length - 1].xpos
        # a single word may be another one: only what the parse takes for a noun
        if length > 1 or not tag or tag.startswith(("NN", "UNK")):
            yield _Found(known.type, at, at + length)
        at += length


# --- numbers and times -------------------------------------------------------------


def _is_number(words: _Words, at: int) -> bool:
    return at < len(words) and (
        bool(_DIGITS.fullmatch(words.forms[at])) or words.keys[at] in _NUMBER_WORDS
    )


def _number_end(words: _Words, at: int) -> int:
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


def _numbers(words: _Words) -> Iterator[_Found]:
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
        yield _Found(EntityType.NUM, first, end)
        at = end


def _times(words: _Words) -> Iterator[_Found]:
    at = 0
    while at < len(words):
        end = _time_end(words, at)
        if end > at:
            yield _Found(EntityType.TIME, at, end)
            at = end
        else:
            at += 1


def _time_end(words: _Words, at: int) -> int:  # noqa: PLR0911 a ladder of rules
    """Return the end of the expression of time that begins at *at*, or *at*."""
    end = _number_end(words, at)
    here = words.keys[at]
    following = words.keys[end] if end < len(words) else ""
    if end > at and end < len(words):
        if following in _MONTHS:
            return _with_year(words, end + 1)
        if following in _TIME_UNITS:
            return end + 1
        if following in ("ईस्वी", "ईसवी"):
            return end + 1
    if end == at + 1 and _is_year(words.forms[at]):
        return end if _stands_as_year(words, at) else at
    if here in _MONTHS:
        return _month_end(words, at)
    if here in _POINTING or here in _SOME:
        return _pointed_end(words, at)
    if here in _WEEKDAYS or here in _DAYS:
        if here == "कल" and following == "कारखाने":
            return at
        return _with_part(words, at + 1)
    return at


def _with_year(words: _Words, end: int) -> int:
    at = end
    if at < len(words) and words.forms[at] == ",":
        at += 1
    if at < len(words) and _is_year(words.forms[at]):
        return at + 1
    return end


def _month_end(words: _Words, at: int) -> int:
    if words.keys[at] in ("मई", "मार्च") and not words.tokens[at].xpos.startswith("NNP"):
        after = words.keys[at + 1] if at + 1 < len(words) else ""
        if after not in ("में", "के", "की", "का", "से", "तक"):
            return at
    end = at + 1
    if end < len(words) and _DIGITS.fullmatch(words.forms[end]):
        return _with_year(words, end + 1)
    return _with_year(words, end)


def _pointed_end(words: _Words, at: int) -> int:
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


def _with_part(words: _Words, end: int) -> int:
    """Take in the part of the day: आज सुबह, शुक्रवार रात."""
    if end < len(words) and words.keys[end] in _PARTS:
        return end + 1
    return end


def _stands_as_year(words: _Words, at: int) -> bool:
    after = words.keys[at + 1] if at + 1 < len(words) else ""
    before = words.keys[at - 1] if at else ""
    return after in ("में", "के", "की", "का", "से", "तक", "को", ",", "") or before in (
        "सन", "वर्ष", "साल", "सन्"
    )  # fmt: skip


def _tells(words: _Words, span: _Found) -> bool:
    """Tell whether a span of the model is a time or a number by its words too."""
    if span.type is EntityType.NUM:
        return any(_is_number(words, at) for at in range(span.first, span.end))
    return span.type is EntityType.TIME and (
        not _TIME_KEYS.isdisjoint(words.keys[span.first : span.end])
        or any(_is_year(form) for form in words.forms[span.first : span.end])
    )


def _is_year(form: str) -> bool:
    return bool(_YEAR.match(form.translate(_ASCII_DIGITS)))


# --- links and full names ----------------------------------------------------------


def _linked(found: Sequence[Entity], names: Gazetteer) -> tuple[Entity, ...]:
    full = _full_names([e for e in found if e.type is EntityType.PER])
    out = []
    for entity in found:
        canonical = full.get(entity.id, entity.canonical_name)
        known: Known | None = None
        if entity.type in _NAMED:
            known = names.find(_name_keys(canonical)) or names.find(
                _name_keys(entity.text)
            )
        link = known.link if known is not None and known.type is entity.type else None
        out.append(structs.replace(entity, canonical_name=canonical, link=link))
    return tuple(out)


def _name_keys(name: str) -> tuple[str, ...]:
    return tuple(key(word) for word in name.split())


def _full_names(people: Sequence[Entity]) -> dict[str, str]:
    """Return the fullest form of each person's name: पुतिन is व्लादिमीर पुतिन.

    A short name stands for the nearest longer one before it, or the first after it,
    that has all its words in the same order and begins or ends with it.
    """
    keyed = [(person, _name_keys(person.text)) for person in people]
    full: dict[str, str] = {}
    for person, short in keyed:
        fitting = [
            (other, longer)
            for other, longer in keyed
            if len(longer) > len(short)
            and (longer[-len(short) :] == short or longer[: len(short)] == short)
        ]
        if not fitting:
            continue
        before = [pair for pair in fitting if pair[0].start < person.start]
        chosen = (
            max(before, key=lambda pair: pair[0].start)[0] if before else fitting[0][0]
        )
        full[person.id] = chosen.text
    # a name may have grown twice: किम, किम जोंग, किम जोंग उन
    texts = {person.text: full[person.id] for person, _ in keyed if person.id in full}
    return {name: texts.get(text, text) for name, text in full.items()}
