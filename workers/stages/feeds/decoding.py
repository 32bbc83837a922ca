"""From the bytes of a feed to text that XML allows.

Which encoding a document has is disputed by four parties: a byte order mark, the XML
declaration, the charset of Content-Type (RFC 7303), and the bytes themselves. HTML
pages have other rules, in `stages/text/charset`.
"""

import codecs
import re

from workers.stages.feeds.problems import FeedError, FeedProblem

# the mark of UTF-32-LE begins with that of UTF-16-LE, so it is looked for first
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# `<?` and `<r` in UTF-16 without a mark (XML 1.0, appendix F.1)
_UTF16_WITHOUT_MARK = (
    (b"<\x00?\x00", "utf-16-le"),
    (b"\x00<\x00?", "utf-16-be"),
    (b"<\x00r\x00", "utf-16-le"),
    (b"\x00<\x00r", "utf-16-be"),
)
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([\w.:-]{1,40})["']""")
_CHARSET = re.compile(r"""charset\s*=\s*["']?([\w.:-]{1,40})""", re.IGNORECASE)
_UTF8_NAMES = frozenset({"utf-8", "utf8", "us-ascii", "ascii"})
# codecs of Python that decode to text, but are no encodings of documents
_NOT_TEXT = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape"})

# XML 1.0, production 2 (Char), but for astral planes, which are all allowed
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ILLEGAL_IN_UTF8 = (
    *(bytes([code]) for code in range(0x20) if chr(code) not in "\t\n\r"),
    *(char.encode() for char in "\ufffe\uffff"),
)


def decode(body: bytes, content_type: str) -> tuple[str, bool]:
    """Decode *body*; return the text, and whether bytes or characters did not fit.

    A byte order mark decides, then UTF-8 where every byte fits, whatever was declared:
    other encodings hardly ever look like it, and servers often add a wrong charset.
    Characters that XML does not allow are left out. Raises FeedError where a byte
    order mark names an encoding that the body is not in.
    """
    for mark, name in (*_BYTE_ORDER_MARKS, *_UTF16_WITHOUT_MARK):
        if body.startswith(mark):
            return _without_illegal(_try_decode(body, name, "replace"))
    utf8 = _try_decode(body, "utf-8", "strict")
    if utf8 is not None:
        # bytes are searched much faster than the pattern searches text
        clean = not any(each in body for each in _ILLEGAL_IN_UTF8)
        return (utf8, False) if clean else _without_illegal(utf8)
    names = _declared_names(body, content_type)
    for name in names:
        text = None if _is_utf8(name) else _try_decode(body, name, "strict")
        if text is not None:
            return _without_illegal(text)
    if names and not any(_is_utf8(name) for name in names):
        text = _try_decode(body, names[0], "replace")
        if text is not None:
            return _without_illegal(text)[0], True
    return _without_illegal(body.decode("utf-8", "replace"))[0], True


def _declared_names(body: bytes, content_type: str) -> list[str]:
    """Return the encodings that the XML declaration and Content-Type name."""
    in_document, in_header = _DECLARED.match(body), _CHARSET.search(content_type)
    return [
        *([in_document[1].decode()] if in_document else ()),
        *([in_header[1]] if in_header else ()),
    ]


def _is_utf8(name: str) -> bool:
    return name.lower().replace("_", "-") in _UTF8_NAMES


def _try_decode(body: bytes, encoding: str, errors: str) -> str | None:
    try:
        if codecs.lookup(encoding).name in _NOT_TEXT:
            return None
        return body.decode(encoding, errors)
    except (LookupError, UnicodeError):
        return None


def _without_illegal(text: str | None) -> tuple[str, bool]:
    """Remove what XML does not allow; return also whether there was any."""
    if text is None:
        raise FeedError(FeedProblem.UNREADABLE)
    legal, count = _ILLEGAL.subn("", text.removeprefix("\ufeff"))
    return legal, bool(count)
