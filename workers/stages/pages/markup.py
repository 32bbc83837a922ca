"""Parse the text of a page into a tree, once."""

import re

from lxml import html
from lxml.html import HtmlElement

from workers.stages.text.character_references import repair_references

_NOT_HTML_TYPES = re.compile(
    r"^(?:image|video|audio|font)/|pdf|json|zip|octet-stream|javascript|msword|"
    r"officedocument|(?:rss|atom)\+xml|text/(?:plain|css|csv|calendar)",
    re.IGNORECASE,
)
_MAGIC = (
    b"%PDF-", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"PK\x03\x04", b"\x1f\x8b", b"RIFF"
)  # fmt: skip
_TAG = re.compile(
    r"<(?:!doctype\s+html|html|head|body|title|meta|article|div|p|h1|table)\b",
    re.IGNORECASE,
)
_FEED = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?<(?:rss|feed|rdf:RDF|urlset)\b", re.IGNORECASE
)
_SNIFFED = 65_536
# what libxml2 cannot hold
_INVALID = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ANY_TAG = re.compile(
    r"<(?:script|style)\b[^>]*>.*?</(?:script|style)\s*>|<(/?)([a-zA-Z][a-zA-Z0-9]*)[^<>]*>",
    re.IGNORECASE | re.DOTALL,
)
_BREAKS = re.compile(r"<br>(?:\s*<br>)+")
_DEEPEST = 150
"""Open elements; libxml2 stops at 256, and closes some by itself."""
_NEVER_NESTS = frozenset(
    (
        "area", "base", "body", "br", "col", "embed", "head", "hr", "html", "img",
        "input", "link", "meta", "param", "source", "title", "track", "wbr",
    )
)  # fmt: skip
_INLINE = frozenset(("a", "b", "em", "font", "i", "small", "span", "strong", "u"))
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")


def looks_like_html(body: bytes, text: str, content_type: str) -> bool:
    """Return whether a response holds a page, by type, first bytes and tags."""
    media_type = content_type.partition(";")[0].strip()
    if body.startswith(_MAGIC) or _FEED.match(text):
        return False
    if _NOT_HTML_TYPES.search(media_type):
        return False
    return _TAG.search(text, 0, _SNIFFED) is not None


def parse(text: str) -> HtmlElement | None:
    """Parse *text* as HTML; None where nothing comes of it.

    No network, no entities of its own, no comments; libxml2's limits on depth and
    on the size of a text stay on.
    """
    clean = _XML_DECLARATION.sub("", _INVALID.sub("", text), count=1)
    clean = repair_references(clean)
    parser = _parser()
    tree = _parsed(clean, parser)
    if any("depth" in error.message for error in parser.error_log):
        # libxml2 stops there, and the rest of the page would be lost
        tree = _parsed(_flattened(clean), _parser())
    return tree


def _parser() -> html.HTMLParser:
    return html.HTMLParser(
        encoding="utf-8",
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
        default_doctype=False,
        no_network=True,
        huge_tree=False,
    )


def _parsed(text: str, parser: html.HTMLParser) -> HtmlElement | None:
    try:
        tree = html.document_fromstring(text.encode(), parser=parser)
    except (html.etree.ParserError, html.etree.XMLSyntaxError, AssertionError):
        return None
    return tree if isinstance(tree, HtmlElement) else None


def _flattened(text: str) -> str:
    """Return *text* without the tags of elements that lie too deep; their text stays.

    Tags are counted as they stand, in one pass: an element that is never closed, as
    `<font>` in old editors, counts for all that follows it.
    """
    depth = 0

    def keep(match: re.Match[str]) -> str:
        nonlocal depth
        closing, name = match.groups()
        if name is None or name.lower() in _NEVER_NESTS:
            return match.group()
        if closing:
            kept = depth <= _DEEPEST
            depth = max(0, depth - 1)
        else:
            depth += 1
            kept = depth <= _DEEPEST
        # a block that is left out still parts what stands before and behind it
        return match.group() if kept else ("\n" if name.lower() in _INLINE else "<br>")

    return _BREAKS.sub("<br>", _ANY_TAG.sub(keep, text))
