"""Keep to one article on pages that show several, one below the other."""

from collections.abc import Container

from lxml.html import HtmlElement

from workers.stages.pages.story.ancestry import distance, is_within
from workers.stages.pages.story.blocks import (
    ALL_LINK,
    HEADINGS,
    MIN_HEADLINE,
    Block,
    prose_chars,
)

_LEAST_PROSE = 0.2
"""Part of the prose that an article before another has at least."""
_FAR = 3
"""Levels of the tree between paragraphs of different articles."""
_SIDEBAR_BLOCKS = 3
"""Blocks of cards or comments that part two articles."""


def first_article(
    blocks: list[Block], headline: HtmlElement | None, title: str
) -> list[Block]:
    """Leave out what stands before the headline and from another headline on."""
    first = next((at for at, b in enumerate(blocks) if b.element is headline), None)
    if headline is None or first is None:
        return blocks
    after = blocks[first + 1 : _next_headline(blocks, first, headline, title)]
    if prose_chars(after) < _LEAST_PROSE * prose_chars(blocks):
        return blocks
    return after


def _next_headline(
    blocks: list[Block], first: int, headline: HtmlElement, title: str
) -> int | None:
    """Return the index of the first headline of another article after *first*."""
    squeezed = "".join(title.split())
    levels = {"h1", headline.tag} & HEADINGS
    for at in range(first + 1, len(blocks)):
        block = blocks[at]
        if (
            block.element.tag in levels
            and len(block.text) >= MIN_HEADLINE
            and squeezed not in "".join(block.text.split())
            and not _is_subheading(blocks, at)
        ):
            return at
    return None


def _is_subheading(blocks: list[Block], at: int) -> bool:
    """Return whether a heading stands among the paragraphs before it."""
    parent = blocks[at].element.getparent()
    return any(
        block.prose and block.element.getparent() is parent for block in blocks[:at]
    )


def until_next_article(
    story: list[Block], page: list[Block], sidebars: Container[HtmlElement]
) -> list[Block]:
    """Return the blocks of *story* up to where sidebars part it from the next.

    *page* are all blocks of the page. Within an article cards stand between paragraphs
    that are close in the tree, or no headline follows them.
    """
    places = {(block.element, block.text): at for at, block in enumerate(page)}
    apart = [is_within(block.element, sidebars) for block in page]
    least = _LEAST_PROSE * prose_chars(story)
    before, last = 0, -1
    for at, block in enumerate(story):
        if not block.prose:
            continue
        if last >= 0 and before >= least:
            above = story[last]
            begin = places.get((above.element, above.text), 0)
            end = places.get((block.element, block.text), 0)
            if (
                distance(above.element, block.element) >= _FAR
                and sum(apart[begin:end]) >= _SIDEBAR_BLOCKS
                and _has_headline(page[begin + 1 : end], apart[begin + 1 : end])
            ):
                return story[: last + 1]
        before += len(block.text)
        last = at
    return story


def _has_headline(blocks: list[Block], apart: list[bool]) -> bool:
    """Return whether a block outside the sidebars may be another article's headline."""
    return any(
        len(block.text) >= MIN_HEADLINE
        and (block.element.tag in HEADINGS or block.link_share >= ALL_LINK)
        for block, in_sidebar in zip(blocks, apart, strict=True)
        if not in_sidebar
    )
