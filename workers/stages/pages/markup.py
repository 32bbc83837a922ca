"""Parse the text of a page into a tree, once."""

import re

from lxml import html
from lxml.html import HtmlElement

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
    parser = html.HTMLParser(
        encoding="utf-8",
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
        default_doctype=False,
        no_network=True,
        huge_tree=False,
    )
    try:
        tree = html.document_fromstring(clean.encode(), parser=parser)
    except (html.etree.ParserError, html.etree.XMLSyntaxError, AssertionError):
        return None
    return tree if isinstance(tree, HtmlElement) else None
