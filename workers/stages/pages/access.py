"""Judge how much of a story a page gives, by what is seen and not by a flag alone.

Publishers mark whole stories as not free and show them all the same, and mark pages as
free of which a part is locked (`hasPart`). A text is cut short if it ends within a
sentence, if a wall stands below it, or if the part that is locked is empty.
"""

import re
from itertools import pairwise

from lxml.html import HtmlElement

from workers.stages.pages.metadata.article_metadata import ArticleMetadata
from workers.stages.pages.page import Access
from workers.stages.pages.story.cleaning import Story

_TEASER = 800
"""Characters up to which a story may be the beginning of a longer one."""
_SCRAP = 15
_EMPTY_PART = 40
"""Characters; a locked part with less holds no paragraph."""
_CUT = re.compile(r"(?:\.{2,}|…)\s*$")
_ENDS = "।॥.?!|\"'”’)]"
_PAYWALL_NAME = re.compile(
    r"paywall|premium-?(?:content|block)|subscriber", re.IGNORECASE
)
_SIMPLE_SELECTOR = re.compile(r"^\s*[a-z0-9]*([.#])([\w-]+)\s*$", re.IGNORECASE)


def find_access(tree: HtmlElement, metadata: ArticleMetadata, story: Story) -> Access:
    """Return whether *story* is all of the article, or a teaser before a paywall."""
    is_short = len(story.text) < _TEASER
    if story.paywalled and is_short:
        return Access.PAYWALL
    if metadata.free is not False and metadata.locked is None:
        return Access.OPEN
    last = story.paragraphs[-1] if story.paragraphs else ""
    if _CUT.search(last) or last[-1:] not in _ENDS or _goes_on(story, last):
        return Access.PAYWALL
    # a class alone says little: open pages carry the markup of the paywall too
    walled = is_short and (_has_paywall(tree) or _has_empty_part(tree, metadata))
    return Access.PAYWALL if walled else Access.OPEN


def _goes_on(story: Story, last: str) -> bool:
    """Return whether a scrap of a sentence stands where the next paragraph would."""
    squeezed = "".join(last.split())
    for block, below in pairwise(story.page_blocks):
        if "".join(block.text.split()) == squeezed:
            return (
                below.element.getparent() is block.element.getparent()
                and below.element.tag == block.element.tag
                and len(below.text) >= _SCRAP
                and not below.link_chars
                and below.text[-1:] not in _ENDS
            )
    return False


def _has_paywall(tree: HtmlElement) -> bool:
    return any(
        _PAYWALL_NAME.search(element.get("class") or "")
        and len(element.text_content()) < _TEASER
        for element in tree.iterfind(".//*[@class]")
    )


def _has_empty_part(tree: HtmlElement, metadata: ArticleMetadata) -> bool:
    """Return whether a part that is stated to be locked is there and is empty."""
    for selector in metadata.locked or ():
        match = _SIMPLE_SELECTOR.match(selector)
        if match is None:
            continue
        attribute = "class" if match[1] == "." else "id"
        for element in tree.iterfind(f".//*[@{attribute}]"):
            names = element.get(attribute).split()
            if match[2] in names and len(element.text_content()) < _EMPTY_PART:
                return True
    return False
