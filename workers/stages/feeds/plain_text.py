"""Texts and links of feeds, which may be HTML once or twice over, as plain ones."""

import re
from html import unescape

from workers.web.urls import absolute_url

_ELEMENTS = """
p br b img a div strong span li td abbr acronym address amp-[a-z-]+ applet area
article aside audio base basefont bdi bdo big blink blockquote body button canvas
caption center cite code col colgroup data datalist dd del details dfn dialog dir dl
dt em embed fieldset figcaption figure font footer form frame frameset h[1-6] head
header hgroup hr html i iframe image input ins kbd label legend link main map mark
marquee menu meta meter nav nobr noframes noscript object ol optgroup option output
param picture pre progress q rp rt ruby s samp script search section select slot
small source strike style sub summary sup svg path table tbody template textarea
tfoot th thead time title tr track tt u ul var video wbr xml
"""
# what may follow the name in a tag: attributes, but not words as in `<Main Hoon Na>`
_REST = (
    r"(?:[\s/]*>|[\s/\"'][^<>=]{0,400}=[^<>]*>|\s+(?:nowrap|noshade|compact|checked"
    r"|disabled|selected|hidden|controls|autoplay|loop|muted|allowfullscreen|async"
    r"|defer|multiple|class|style|id)\b[^<>]*>)"
)
MARKUP = re.compile(
    rf"</?(?:{'|'.join(_ELEMENTS.split())}){_REST}"
    # of other vocabularies: with a prefix, or with an attribute
    r"|</?(?:[a-z][\w-]{0,40}:[\w-]|[a-z][a-z-]{0,40}\s[^<>=]{0,200}=)[^<>]*>"
    r"|<[!?][^<>]*>",
    re.IGNORECASE,
)
"""Tags of HTML and of other vocabularies in it. `<Kaun Banega>` is text."""
_BLOCK = re.compile(
    r"</?(?:p|div|li|ul|ol|h[1-6]|tr|table|td|th|caption|br|hr|dl|dd|dt|figure"
    r"|figcaption|blockquote|pre|section|article|header|footer|aside|option)"
    rf"{_REST}",
    re.IGNORECASE,
)
_HIDDEN = re.compile(
    r"<(?:(script|style|xml|template)\b[^<>]*(?<!/)>|!--)", re.IGNORECASE
)
_CDATA = re.compile(r"<!\[CDATA\[|\]\]>")
# without a semicolon, only what nobody writes in a link, and not before `=`
_REFERENCE = re.compile(
    r"&(?:(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});"
    r"|(?:nbsp|amp|quot|lt|gt|#[0-9]{2,7})(?![=\w;]))"
)
_BARE_HOST = re.compile(
    r"www\.(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}(?=[/?#:]|$)", re.IGNORECASE
)
_GUID_LINK = re.compile(r"https?://|//?|www\.", re.IGNORECASE)


def plain_text(markup: str) -> str:
    """Return the text of a title or summary, which may be HTML once or twice over."""
    text = markup
    if not text:
        return ""
    for _ in range(2):
        if "<" in text:
            text = MARKUP.sub("", _BLOCK.sub(" ", _without_hidden(text)))
        if "&" not in text:
            break
        text = unescape_references(text)
    return " ".join(text.split())


def unescape_references(text: str) -> str:
    """Return *text* with HTML's references resolved; `?p=5&lang=hi` has none."""
    return _REFERENCE.sub(lambda match: unescape(match.group()), text)


def _without_hidden(text: str) -> str:
    """Take out what a browser does not show; of CDATA, the marks around it."""
    if "<![CDATA[" in text:
        text = _CDATA.sub("", text)
    match = _HIDDEN.search(text)
    if match is None:
        return text
    lower = text.lower()
    parts = []
    at = 0
    unclosed = set()
    while match is not None:
        end = f"</{match[1].lower()}" if match[1] else "-->"
        found = -1 if end in unclosed else lower.find(end, match.end())
        if found < 0:
            unclosed.add(end)
            parts.append(text[at : match.start()])
            at = match.end()
        else:
            parts.append(text[at : match.start()])
            at = found + len(end) if end == "-->" else found
        match = _HIDDEN.search(text, at)
    return " ".join([*parts, text[at:]])


def web_link(link: str, base: str = "") -> str | None:
    """Return a link of a feed as a web address: also one that lacks its scheme."""
    if _BARE_HOST.match(link):
        link = f"https://{link}"
    return absolute_url(link, base)


def guid_link(guid: str, base: str = "") -> str | None:
    """Return the address that a guid is; a number or name is none."""
    return web_link(guid, base) if _GUID_LINK.match(guid) else None
