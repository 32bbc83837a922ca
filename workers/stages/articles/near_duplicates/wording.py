"""The words of a text, without what outlets change when they take over a story."""

import re

from workers.stages.text.digits import ASCII_DIGITS
from workers.stages.text.lexical import alternatives
from workers.stages.text.spelling import fold_text

# PTI signs with or without dots, and with the name of its Hindi service
_AGENCY = r"पी\.?टी\.?आई\.?(?:\s*[-–/]?\s*भाषा)?|" + alternatives(
    "agencies.hindi",
    "agencies.latin",
    "agencies.hindusthan_samachar",
    "agencies.unnamed",
    "agencies.desks",
)
# नई दिल्ली, 24 नवंबर (भाषा) … or a place before a colon or a dash
_DATELINE = re.compile(
    rf"\A\s*(?:[^\n।.!?:(]{{0,60}}\(\s*(?:{_AGENCY})\s*\)\s*[:।.\-–—]*"
    r"|[^\n।.!?:(\d–—-]{2,30}(?:,\s*[^\n।.!?:(–—-]{2,24})?\s*[:–—]+\s)\s*",
    re.IGNORECASE,
)
# the desk's signs under an agency's story: भाषा गोला नरेश
_SIGN_OFF = re.compile(
    rf"\n\s*\(?\s*(?:{_AGENCY})\s*\)?(?:[^\S\n]+[^\s।]+){{0,4}}\s*\Z", re.IGNORECASE
)
_WORD = re.compile(r"[\w\u0900-\u0963]+")
_GROUPED = re.compile(r"(?<=\d),(?=\d)")


def words(text: str) -> list[str]:
    """Return the words of a normalised *text*, spelt in one way.

    Digits are ASCII, numbers ungrouped; dateline, agency and punctuation are gone.
    """
    body = _SIGN_OFF.sub("", _DATELINE.sub("", text, count=1))
    ungrouped = _GROUPED.sub("", body.translate(ASCII_DIGITS))
    return _WORD.findall(fold_text(ungrouped))
