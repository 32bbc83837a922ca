"""Find the next page of a story that goes on over several."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlencode

from lxml.html import HtmlElement

from workers.web.urls import join_url, split_url

_QUERY = frozenset(("page", "p", "pg", "pageno", "page_no", "paged"))
_PATH = re.compile(r"(?P<stem>/.+?)/(?:page[/-]?)?(?P<number>\d{1,2})/?")
_SUFFIX = re.compile(
    r"(?P<stem>/.+?)[-_](?:p|page-?)(?P<number>\d{1,2})(?P<end>\.\w+)?"
)
# what most links are not, so that a page is not slowed down
_NUMBERED = re.compile(
    r"[?&]p(?:g|age[d]?|age_?no)?=\d|[/_-](?:p|page[/-]?)?\d{1,2}(?:\.\w+|/)?(?:[?#]|$)",
    re.IGNORECASE,
)
_PAGER = re.compile(
    r"(?:^|[\s_-])(?:pagination|pager|paging|page-?(?:numbers?|links?|nav)|multipage)",
    re.IGNORECASE,
)
_SAYS_NEXT = re.compile(
    r"(?:अगला|अगले|अगली)(?:\s+(?:पेज|पृष्ठ|पन्न[ाे]))?|(?:पेज|पृष्ठ)\s*\d{1,2}|\d{1,2}"
    r"|next(?:\s+page)?|page\s*\d{1,2}",
    re.IGNORECASE,
)
_CLIMBED = 4
_TRIMMED = " \t\n»›>→."

Numbered = tuple[str, int]
"""An address without its page number, and the number."""


def next_page(tree: HtmlElement, url: str, base: str = "") -> str | None:
    """Return the address of the page after *url* in the same story, None without one.

    A link must say that it leads on (`rel=next`, its words, or where it stands), and
    its address must be that of *url* with the next number: what sites otherwise call
    next is another story. Relative addresses are resolved against *base*.
    """
    here = {*_readings(url), (_plain(url), 1)}
    for link in tree.iter("link", "a"):
        href = (link.get("href") or "").strip()
        if not _NUMBERED.search(href) or not _leads_on(link):
            continue
        there = (join_url(base or url, href) or "").partition("#")[0]
        on = {(stem, number - 1) for stem, number in _readings(there)}
        if on & here:
            return there
    return None


def _leads_on(link: HtmlElement) -> bool:
    if "next" in (link.get("rel") or "").lower().split():
        return True
    if link.tag == "link":
        return False
    if _SAYS_NEXT.fullmatch(link.text_content().strip(_TRIMMED)):
        return True
    parents = [*link.iterancestors()][:_CLIMBED]
    return any(_PAGER.search(parent.get("class") or "") for parent in parents)


def _readings(url: str) -> Iterator[Numbered]:
    """Yield the ways in which *url* may be a page with a number."""
    parts = split_url(url)
    if parts is None:
        return
    query = parse_qsl(parts.query)
    for at, (name, value) in enumerate(query):
        if name.lower() in _QUERY and value.isascii() and value.isdigit():
            rest = urlencode(query[:at] + query[at + 1 :])
            yield _plain(parts._replace(query=rest).geturl()), int(value)
    for pattern in (_PATH, _SUFFIX):
        match = pattern.fullmatch(parts.path)
        if match is not None:
            path = match["stem"] + (match.groupdict().get("end") or "")
            yield _plain(parts._replace(path=path).geturl()), int(match["number"])


def _plain(url: str) -> str:
    parts = split_url(url)
    if parts is None:
        return url
    return f"{parts.netloc.lower()}{parts.path.rstrip('/')}?{parts.query}"
