"""Read the lines below a headline, where date, place and author stand."""

from collections.abc import Iterator
from typing import NamedTuple

from lxml.etree import XPath
from lxml.html import HtmlElement

_BYLINE_CHARS = 1_500
# without the limits XPath would build every text node of the page
_NEXT_TEXTS = XPath("following::text()[position() < 120]")
_FIRST_TEXTS = XPath("(//body//text())[position() < 120]")
_WITHOUT_TEXT = frozenset(("script", "style", "noscript"))


class BylineText(NamedTuple):
    """A text below the headline."""

    element: HtmlElement
    """The innermost element that holds the text."""
    text: str


def read_byline(tree: HtmlElement, headline: HtmlElement | None) -> list[BylineText]:
    """Return the texts below the headline, in order, 1,500 characters.

    Without a headline they are the first texts of the page.
    """
    return list(_texts(tree, headline))


def _texts(tree: HtmlElement, headline: HtmlElement | None) -> Iterator[BylineText]:
    texts = _FIRST_TEXTS(tree) if headline is None else _NEXT_TEXTS(headline)
    budget = _BYLINE_CHARS
    for text in texts:
        element = text.getparent()
        if text.is_tail:  # lxml hangs it on the element before it
            element = element.getparent()
        if element is None or element.tag in _WITHOUT_TEXT:
            continue
        if text.strip():
            yield BylineText(element, str(text))
            budget -= len(text)
        if budget < 0:
            return
