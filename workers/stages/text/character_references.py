"""Repair numeric character references of HTML that name no character by themselves.

Writers of JavaScript emit an emoji as two references, one for each half of its UTF-16
surrogate pair; editors of old emit windows-1252 bytes. HTML (WHATWG, 13.2.5.80) reads
the latter as that code page has them; XML and libxml2 make control characters of them.
"""

import re

_DIGITS = r"(?:[xX]0*([0-9A-Fa-f]{1,6})|0*([0-9]{1,7}))"
_PAIR = re.compile(rf"&#{_DIGITS};&#{_DIGITS};")
_MAYBE_SURROGATE = re.compile(r"&#(?:[xX]0*[dD]|0*5[5-7])")
_LOW_CODE = re.compile(r"&#(?:[xX]0*([89][0-9A-Fa-f])|0*(1[2-5][0-9]));?")
_HIGH, _LOW = range(0xD800, 0xDC00), range(0xDC00, 0xE000)
_C1 = range(0x80, 0xA0)


def repair_references(text: str) -> str:
    """Return *text* with surrogate pairs joined and windows-1252 codes translated.

    Everything else is left for the parser, references that stay wrong included.
    """
    if "&#" not in text:
        return text
    if _MAYBE_SURROGATE.search(text):
        text = _PAIR.sub(_joined, text)
    return _LOW_CODE.sub(_translated, text)


def _joined(match: re.Match[str]) -> str:
    high, low = (
        int(hexadecimal, 16) if hexadecimal else int(decimal)
        for hexadecimal, decimal in (match.groups()[:2], match.groups()[2:])
    )
    if high not in _HIGH or low not in _LOW:
        return match.group()
    return chr(0x10000 + ((high - _HIGH.start) << 10) + (low - _LOW.start))


def _translated(match: re.Match[str]) -> str:
    code = int(match[1], 16) if match[1] else int(match[2])
    if code not in _C1:
        return match.group()
    # five codes of the page are not assigned: they stay what they were
    return bytes([code]).decode("cp1252", errors="ignore") or match.group()
