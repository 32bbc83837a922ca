"""Names: what a model found, mended by the rules of annotation and by known names."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from workers.domain.records import EntityType
from workers.stages.entities.gazetteer import Gazetteer
from workers.stages.entities.words import Found, Words, keys
from workers.stages.text.spelling import key

NAMED = frozenset({EntityType.PER, EntityType.LOC, EntityType.ORG})

_TITLES = keys(
    "प्रधानमंत्री राष्ट्रपति उपराष्ट्रपति मुख्यमंत्री उपमुख्यमंत्री मंत्री "
    "गृहमंत्री रक्षामंत्री वित्तमंत्री केंद्रीय राज्यपाल सांसद विधायक "
    "अध्यक्ष उपाध्यक्ष महासचिव प्रवक्ता नेता सचिव श्री श्रीमती सुश्री डॉ "
    "डॉक्टर डा प्रो प्रोफेसर न्यायमूर्ति जस्टिस जज कप्तान कोच अभिनेता "
    "अभिनेत्री निर्देशक गायक लेखक पत्रकार इंस्पेक्टर एसपी डीएसपी डीएम आईजी "
    "कमिश्नर कलेक्टर सीईओ तानाशाह शासक सम्राट राजा रानी प्रिंस पोप संत "
    "बाबा स्वामी महंत मौलाना कर्नल मेजर जनरल ब्रिगेडियर एडमिरल कैप्टन "
    "चांसलर सुल्तान किंग क्वीन पूर्व पार्टी महात्मागांधी मिस्टर मिसेज मिस "
    "सर लॉर्ड डीपीएम पुजारी दरोगा थानाध्यक्ष डीआईजी आचार्य एसएसपी सीओ "
    "निवासी पुत्र पत्नी गवर्नर मेयर महापौर सरपंच कमांडर वार्ताकार बादशाह "
    "महामंत्री संयोजक चेयरमैन निदेशक प्रबंधक अधिवक्ता वकील सिपाही कांस्टेबल "
    "हवलदार सूबेदार लेफ्टिनेंट बिशप पादरी इमाम खिलाड़ी बल्लेबाज गेंदबाज "
    "विकेटकीपर स्पिनर अभियंता वैज्ञानिक छात्र छात्रा किसान व्यापारी चालक"
) - keys("सर")
_FORMER = keys("भूतपूर्व")
_HONORIFICS = keys("जी साहब साहिब साहेब भाई बाबू महाराज")
_MARKERS = keys("ने को का के की से में पर तक द्वारा और व एवं तथा या भी ही तो है हैं")
_MARKS = frozenset("'\"‘’“”()[]{}«»,;:.!?।॥-–—…`|*")
_OPENS = {"(": ")", "[": "]"}

_PLACE_WORDS = keys(
    "प्रांत नदी झील प्रायद्वीप द्वीप घाटी स्टेशन जिला जिले तहसील ब्लाक "
    "ब्लॉक सागर महासागर पर्वत चौक रोड एक्सप्रेसवे हवाईअड्डा हवाईअड्डे "
    "प्रखंड थाना मंडल संभाग काउंटी देश राज्य शहर कस्बा गांव क्षेत्र"
)
_LONG_PLACE_WORDS = frozenset(
    " ".join(key(word) for word in words.split())
    for words in (
        "रेलवे स्टेशन", "हवाई अड्डा", "हवाई अड्डे", "बस अड्डा", "बस स्टैंड",
        "की खाड़ी", "की घाटी",
    )
)  # fmt: skip
_BODY_WORDS = keys(
    "सरकार पुलिस पार्टी संगठन विभाग निगम प्राधिकरण आयोग मंत्रालय "
    "विश्वविद्यालय यूनिवर्सिटी कॉलेज बैंक हाईकोर्ट कोर्ट परिषद समिति संघ "
    "बोर्ड कंपनी ग्रुप समूह प्रोडक्शन लिमिटेड एयरलाइंस टाइम्स इंस्टीट्यूट "
    "संस्थान फाउंडेशन ट्रस्ट क्लब यूनियन एसोसिएशन विधानसभा अस्पताल"
) - keys("समूह कंपनी")
_NAMED_BODIES = keys(
    "विभाग निगम प्राधिकरण आयोग मंत्रालय विश्वविद्यालय परिषद हाईकोर्ट "
    "ब्यूरो निदेशालय प्रोडक्शन लिमिटेड इंस्टीट्यूट फाउंडेशन यूनियन "
    "एसोसिएशन"
)
_NOUNS = ("NN", "UNK")
_CAPITALS = re.compile(r"[A-Z][A-Z&]{1,5}")
_NO_BODIES = frozenset({
    "AI", "AIDS", "AC", "AM", "ATM", "CCTV", "CD", "CEO", "CM", "COVID", "CT", "DJ",
    "DM", "DNA", "EV", "FIR", "GDP", "GPS", "GST", "HD", "HIV", "ICU", "ID", "IMEI",
    "IPS", "IAS", "IT", "LED", "LPG", "MBBS", "MLA", "MP", "MRI", "OBC", "OK", "OTP",
    "PC", "PDF", "PM", "RBC", "RNA", "SC", "SIM", "SMS", "SP", "SSP", "ST", "SUV",
    "TV", "UK", "US", "USA", "UPI", "URL", "USB", "VIP", "VVIP", "WIFI", "XL",
})  # fmt: skip


def mended(words: Words, span: Found) -> Found | None:
    """Cut titles, honorifics, markers and marks off; None if nothing is left."""
    first, end = span.first, span.end
    while first < end and (
        words.forms[first] in _MARKS
        or words.keys[first] in _MARKERS
        or (end - first > 1 and words.keys[first] in _FORMER)
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
    if first == end or any(k.startswith("वाल") for k in words.keys[first:end]):
        return None
    kept = replace(span, first=first, end=end)
    if span.type not in NAMED:
        return kept
    alone = end - first == 1
    if alone and words.keys[first] in _TITLES:
        return None
    body = (
        _is_abbreviation(words.forms[first])
        if alone
        else words.keys[end - 1] in _BODY_WORDS
    )
    return replace(kept, type=EntityType.ORG) if body else kept


def _closes(words: Words, first: int, end: int) -> bool:
    """Tell whether the last mark belongs to a name: a bracket, or a dot of U.S."""
    form = words.forms[end - 1]
    inside = words.forms[first : end - 1]
    return any(form == close and opened in inside for opened, close in _OPENS.items())


def hyphened(words: Words, span: Found, others: Iterable[Found]) -> Found:
    """Return a name with the part before its hyphen: हैंस-पीटर, C-SPAN.

    A part that is a name by itself stays one; so do places, as in भारत-पाकिस्तान.
    """
    if span.type not in (EntityType.PER, EntityType.ORG):
        return span
    first = span.first
    taken = {at for other in others for at in range(other.first, other.end)}
    while first > 1 and words.forms[first - 1] == "-" and first - 2 not in taken:
        before, hyphen, after = words.tokens[first - 2 : first + 1]
        joined = before.end == hyphen.start and hyphen.end == after.start
        if not joined or not before.xpos.startswith(_NOUNS):
            break
        first -= 2
    return replace(span, first=first)


def widened(span: Found, known: Iterable[Found]) -> Found:
    """Return the whole known name of which the model has only a part."""
    for other in known:
        if (
            span.type in NAMED
            and other.first <= span.first
            and span.end <= other.end
            and (
                other.type is span.type
                or other.end - other.first == span.end - span.first
            )
        ):
            return other
    return span


def classed(words: Words, span: Found) -> Found:
    """Take in the class word after a name: गंगा नदी, गुजरात सरकार, ट्रंप संगठन."""
    if span.type not in NAMED:
        return span
    following = words.keys[span.end] if span.end < len(words) else ""
    if following in _BODY_WORDS:
        return Found(EntityType.ORG, span.first, span.end + 1)
    if span.type is EntityType.LOC:
        two = " ".join(words.keys[span.end : span.end + 2])
        if two in _LONG_PLACE_WORDS:
            return replace(span, end=span.end + 2)
        if following in _PLACE_WORDS:
            return replace(span, end=span.end + 1)
    return span


def bodies(words: Words) -> Iterator[Found]:
    """Find bodies by their class word and the nouns before it: शहरी विकास प्राधिकरण."""
    for at, word in enumerate(words.keys):
        if word not in _NAMED_BODIES:
            continue
        first = at
        while first > 0 and _belongs(words, first - 1, at):
            first -= 1
        if any(words.tokens[i].xpos.startswith("NN") for i in range(first, at)):
            yield Found(EntityType.ORG, first, at + 1)


def _belongs(words: Words, at: int, head: int) -> bool:
    token = words.tokens[at]
    return (
        token.xpos.startswith(("NN", "JJ"))
        and token.relation in ("pof__cn", "nmod__adj", "nmod")
        and at < token.head - 1 <= head
        and words.keys[at] not in _TITLES
    )


def abbreviations(words: Words) -> Iterator[Found]:
    """Find bodies called by Latin capitals: NHS, M&S."""
    for at, form in enumerate(words.forms):
        if _is_abbreviation(form):
            yield Found(EntityType.ORG, at, at + 1)


def _is_abbreviation(form: str) -> bool:
    return bool(_CAPITALS.fullmatch(form)) and form not in _NO_BODIES


def known(words: Words, names: Gazetteer) -> Iterator[Found]:
    """Find the names of the gazetteer."""
    at = 0
    while at < len(words):
        found = names.longest_at(words.keys, at)
        if found is None:
            at += 1
            continue
        length, known = found
        tag = words.tokens[at + length - 1].xpos
        if words.forms[at].isascii() and words.forms[at].islower():
            at += length  # the English word who is no WHO
            continue
        # a single word may be another one: only what the parse takes for a noun
        if length > 1 or not tag or tag.startswith(_NOUNS):
            yield Found(known.type, at, at + length)
        at += length
