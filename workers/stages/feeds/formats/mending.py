"""Mend the markup of a feed before feedparser reads it.

feedparser takes `&lang=hi` in a link for the entity `&lang;`, a photo's caption for
the item's description, and the last letters of a long mail domain for a name; and its
pattern for addresses is quadratic. All here is linear in the length of the text.
"""

import re
from html import escape, unescape

from workers.stages.text.author_names import LONGEST_FIELD, without_address

_CDATA, _CDATA_END = "<![CDATA[", "]]>"
_STRAY_AMPERSAND = re.compile(
    r"&(?!(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});)"
)
_AUTHOR = re.compile(
    r"<(?:[\w.-]{1,40}:)?(?:author|creator|managingeditor|webmaster|publisher)"
    r"(?:\s[^<>]*)?(?<!/)>\s*",
    re.IGNORECASE,
)
_ITEM = re.compile(r"(?=<(?:item|entry)[\s>])", re.IGNORECASE)
_OWN_TEXT = re.compile(r"<(?:description|summary|content(?::encoded)?)[\s>]")
_CAPTION = re.compile(
    r"<media:description(?:\s[^<>]*)?>(?:<!\[CDATA\[)?[^<]*</media:description\s*>"
)


def mend_ampersands(text: str) -> str:
    """Escape what begins no reference that ends with a semicolon, but for CDATA."""
    if not _STRAY_AMPERSAND.search(text):
        return text
    first, *others = text.split(_CDATA)
    parts = [_STRAY_AMPERSAND.sub("&amp;", first)]
    for other in others:
        literal, end, markup = other.partition(_CDATA_END)
        parts += (_CDATA, literal, end, _STRAY_AMPERSAND.sub("&amp;", markup))
    return "".join(parts)


def without_captions(text: str) -> str:
    """Take out descriptions of media (Media RSS) where an item has its own text."""
    if "<media:description" not in text:
        return text
    return "".join(
        _CAPTION.sub("", item) if _OWN_TEXT.search(item) else item
        for item in _ITEM.split(text)
    )


def with_names_only(text: str) -> str:
    """Leave of the elements for authors only names, without addresses."""
    parts: list[str] = []
    at = 0
    for start in _AUTHOR.finditer(text):
        begin = start.end()
        if begin < at:
            continue  # inside the last one
        if text.startswith(_CDATA, begin):
            begin += len(_CDATA)
            content, end = _until(text, _CDATA_END, begin)
            plain = content
        else:
            content, end = _until(text, "<", begin)
            end = begin + len(content)
            plain = unescape(content[: 5 * LONGEST_FIELD])
        if content:  # else it has elements inside, as in Atom
            name = escape(without_address(plain), quote=False)
            parts += (text[at : start.end()], name)
            at = end
    return "".join([*parts, text[at:]])


def _until(text: str, end: str, begin: int) -> tuple[str, int]:
    """Return what stands from *begin* to *end*, and the offset behind that."""
    found = text.find(end, begin)
    if found < 0:
        return text[begin:], len(text)
    return text[begin:found], found + len(end)
