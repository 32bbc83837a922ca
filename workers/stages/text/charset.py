"""Turn the bytes of a web page into text, whatever its publisher says they are."""

import codecs
import re
from typing import NamedTuple

# What the Encoding standard (encoding.spec.whatwg.org) reads these labels as.
_LABELS = {
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "us-ascii": "cp1252",
    "ascii": "cp1252",
    "windows-1252": "cp1252",
    "utf8": "utf-8",
    "unicode": "utf-16-le",
    "utf-16": "utf-16-le",
    "x-user-defined": "cp1252",
    "gb2312": "gb18030",
}
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_HEAD_BYTES = 4096
_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:+-]+)", re.IGNORECASE)
_META = re.compile(
    rb"<(?:meta[^>]+charset|\?xml[^>]+encoding)\s*=\s*[\"']?\s*([\w.:+-]+)",
    re.IGNORECASE,
)
_NULS_OF_UTF16 = 0.2
"""Part of NUL bytes, on one side of every pair, from which on it is UTF-16."""
_DEVANAGARI_BLOCK = 0x09
_HIGH_OF_HINDI = 0.9
"""Part of NUL and 09, on one side, from which on it is Hindi in UTF-16."""
_DAMAGE = 0.02
"""Bad sequences per non-ASCII byte up to which it is damaged UTF-8, nothing else."""
# UTF-8 of Devanagari (E0 A4, E0 A5) read as windows-1252, then encoded again
_TWICE = re.compile("à[¤¥]")
_TWICE_AT_LEAST = 20


class Decoded(NamedTuple):
    """Text, and how it was read."""

    text: str
    encoding: str
    note: str | None = None
    """`invalid-utf-8` where bytes had to be replaced, `encoded-twice`."""


def decode(body: bytes, content_type: str = "") -> Decoded:
    """Decode *body*: BOM, then valid UTF-8, then header, then meta, then habits.

    Valid UTF-8 is believed before any label: no other encoding looks like it by
    chance, and labels are wrong more often.
    """
    for bom, encoding in _BOMS:
        if body.startswith(bom):
            text = body[len(bom) :].decode(encoding, "replace")
            return _checked(text, encoding)
    utf16 = _utf16(body)
    if utf16:
        return _checked(body.decode(utf16, "replace"), utf16)
    try:
        return _once(body.decode("utf-8"))
    except UnicodeDecodeError:
        pass
    for label in _declared(body, content_type):
        if label != "utf-8":
            try:
                return Decoded(body.decode(label), label)
            except UnicodeDecodeError:
                continue
    text = body.decode("utf-8", "replace")
    beyond_ascii = sum(byte >= 0x80 for byte in body)  # noqa: PLR2004 where ASCII ends
    labelled = "utf-8" in _declared(body, content_type)
    if labelled or text.count("\ufffd") <= _DAMAGE * beyond_ascii:
        return Decoded(text, "utf-8", "invalid-utf-8")
    return Decoded(body.decode("cp1252", "replace"), "cp1252")


def _declared(body: bytes, content_type: str) -> list[str]:
    """Return the encodings that header and page name, known ones only."""
    named = [*_HEADER.findall(content_type)]
    named += [label.decode() for label in _META.findall(body[:_HEAD_BYTES])]
    known = []
    for name in named:
        label = _LABELS.get(name.lower(), name.lower())
        try:
            label = codecs.lookup(label).name
        except LookupError:
            continue
        # a page whose ASCII tags could be read does not come in UTF-16
        if not label.startswith("utf-16") and label not in known:
            known.append(label)
    return known


def _utf16(body: bytes) -> str | None:
    head = body[:_HEAD_BYTES]
    pairs = len(head) // 2
    if not pairs:
        return None
    for side, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        nuls = head[side::2].count(0)
        if nuls > _NULS_OF_UTF16 * pairs and nuls > 4 * head[1 - side :: 2].count(0):
            return encoding
        # Hindi has few NULs: its letters are 09xx, its blanks and digits 00xx
        high = nuls + head[side::2].count(_DEVANAGARI_BLOCK)
        if nuls and high > _HIGH_OF_HINDI * pairs:
            return encoding
    return None


def _checked(text: str, encoding: str) -> Decoded:
    damaged = "\ufffd" in text and encoding == "utf-8"
    return Decoded(text, encoding, "invalid-utf-8" if damaged else None)


def _once(text: str) -> Decoded:
    if len(_TWICE.findall(text)) < _TWICE_AT_LEAST:
        return Decoded(text, "utf-8")
    try:
        return Decoded(text.encode("cp1252").decode("utf-8"), "utf-8", "encoded-twice")
    except UnicodeError:
        return Decoded(text, "utf-8")
