"""The words of a text, without what outlets change when they take over a story."""

import re

_AGENCY = (
    r"पी\.?टी\.?आई\.?(?:\s*[-–/]?\s*भाषा)?|भाषा|यूनीवार्ता|वार्ता|एएनआई|आईएएनएस|यूएनआई|एपी|"
    r"एएफपी|रॉयटर्स|हिंदुस्थान\s+समाचार|एजेंसी|एजेंसियां|ब्यूरो|संवाददाता|"
    r"PTI|ANI|IANS|UNI|AP|AFP|Reuters"
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
_DIGITS = str.maketrans("०१२३४५६७८९", "0123456789")
# what writers of Hindi do not agree on: nukta, candrabindu, joiners, rounded vowels
_SPELLING = str.maketrans(
    {
        "\u093c": None,
        "\u200c": None,
        "\u200d": None,
        "\u0901": "\u0902",
        "\u0949": "\u093e",
        "\u0911": "\u0906",
        "\u0929": "\u0928",
        "\u0931": "\u0930",
        "\u0934": "\u0933",
    }
)
_GLIDES = (("\u092f\u0947", "\u090f"), ("\u092f\u0940", "\u0908"))
_WORD = re.compile(r"[\w\u0900-\u0963]+")
_GROUPED = re.compile(r"(?<=\d),(?=\d)")


def words(text: str) -> list[str]:
    """Return the words of a normalised *text*, spelt in one way.

    Digits are ASCII, numbers ungrouped; dateline, agency and punctuation are gone.
    """
    body = _SIGN_OFF.sub("", _DATELINE.sub("", text, count=1))
    plain = _GROUPED.sub("", body.translate(_DIGITS)).translate(_SPELLING).casefold()
    for written, instead in _GLIDES:
        plain = plain.replace(written, instead)
    return _WORD.findall(plain)
