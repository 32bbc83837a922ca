"""Find what a page shows beside its story: cards, comments, other articles.

A card is one of several siblings that each hold a link to a story, its headline, and
at most a paragraph about it. A comment is one of several siblings that each hold a
time such as 2 घंटे पहले and a few sentences. Another article begins with its
headline as a link. Class names are not needed.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from lxml.html import HtmlElement

from workers.stages.pages.story import landmarks
from workers.stages.pages.story.blocks import (
    ALL_LINK,
    HEADINGS,
    MIN_HEADLINE,
    Block,
    prose_chars,
)

_LOWER_HEADINGS = HEADINGS - {"h1"}
_MAX_CARD = 700
_MAX_COMMENT = 1_500
_REMAINING = 0.25
"""Part of all prose that must remain; else the repetition is the story itself."""
_STORY_CHARS = 300
"""Characters of prose that suffice, whatever part they are."""
_MIN_ENTRIES = 3
_MOST = 0.8
"""Part of the entries of a live blog that have a paragraph; the rest are headings."""
_CLICKABLE = ("onclick", "data-href", "data-url", "data-link")


@dataclass(slots=True)
class _Content:
    """What stands within an element."""

    chars: int = 0
    prose: int = 0
    prose_chars: int = 0
    headlines: int = 0
    own: int = 0
    """Blocks that are the headline of the page's own article."""
    links: int = 0
    ages: int = 0

    def add(self, block: Block, headline: HtmlElement | None) -> None:
        """Count *block* in."""
        size = len(block.text)
        all_link = block.link_share >= ALL_LINK
        titled = all_link or block.element.tag in HEADINGS
        self.chars += size
        self.prose += block.prose
        self.prose_chars += size if block.prose else 0
        self.headlines += titled and size >= MIN_HEADLINE
        self.own += block.element is headline
        self.links += all_link
        self.ages += landmarks.is_relative_age(block.text)


class Repeated(NamedTuple):
    """Elements that look alike."""

    sidebars: set[HtmlElement]
    """Cards, comments and other articles."""
    entries: set[HtmlElement]
    """Parts of the story."""


class _Outline(NamedTuple):
    """The elements that hold blocks of a page."""

    contents: dict[HtmlElement, _Content]
    children: dict[HtmlElement, list[HtmlElement]]
    """By parent, in document order."""


def find_repeated(
    blocks: list[Block], headline: HtmlElement | None, title: str
) -> Repeated:
    """Find what repeats among the elements of *blocks*.

    No sidebar holds the *headline*, whose text is *title*.
    """
    contents, children = _outline(blocks, headline)
    sidebars: set[HtmlElement] = set()
    entries: set[HtmlElement] = set()
    for parent, siblings in children.items():
        cards = [each for each in siblings if _is_card(each, contents[each])]
        comments = [each for each in siblings if _is_comment(contents[each])]
        for alike in (cards, comments):
            if len(alike) > 1:
                before = _before(alike[0], parent, children)
                of_story = _continue_story(alike, before, contents)
                (entries if of_story else sidebars).update(alike)
    others = _headed_by_others(blocks, contents, "".join(title.split()))
    sidebars.update(each for each in others if each not in entries)
    if not _story_remains(blocks, sidebars, contents):
        sidebars = set()
    return Repeated(sidebars, entries)


def _outline(blocks: list[Block], headline: HtmlElement | None) -> _Outline:
    contents: dict[HtmlElement, _Content] = defaultdict(_Content)
    # dictionaries keep the order and drop what comes again
    children: dict[HtmlElement, dict[HtmlElement, None]] = defaultdict(dict)
    for block in blocks:
        below: HtmlElement | None = None
        for element in (block.element, *block.element.iterancestors()):
            contents[element].add(block, headline)
            if below is not None:
                children[element][below] = None
            below = element
    return _Outline(contents, {each: [*own] for each, own in children.items()})


def _story_remains(
    blocks: list[Block],
    sidebars: set[HtmlElement],
    contents: dict[HtmlElement, _Content],
) -> bool:
    """Return whether enough prose stands outside the sidebars to be a story."""
    total = prose_chars(blocks)
    left_out = sum(
        contents[each].prose_chars
        for each in sidebars
        if sidebars.isdisjoint(each.iterancestors())
    )
    return total - left_out >= min(_REMAINING * total, _STORY_CHARS)


def _before(
    first: HtmlElement,
    parent: HtmlElement,
    children: dict[HtmlElement, list[HtmlElement]],
) -> list[HtmlElement]:
    """Return what stands before *first* in *parent*; for a numbered list, before it."""
    siblings = children[parent]
    before = siblings[: siblings.index(first)]
    if not before and parent.tag == "ol":
        around = children.get(parent.getparent(), [])
        return around[: around.index(parent)] if parent in around else []
    return before


def _continue_story(
    alike: list[HtmlElement],
    before: list[HtmlElement],
    contents: dict[HtmlElement, _Content],
) -> bool:
    """Return whether siblings are parts of the story, as entries of a live blog are.

    They are if most have a paragraph, they follow paragraphs (*before*), and hold more
    than those do: the story would be a mere introduction without them.
    """
    chars = sum(
        contents[each].prose_chars
        for each in before
        if contents[each].prose == 1 and not contents[each].headlines
    )
    return (
        len(alike) >= _MIN_ENTRIES
        and chars > 0
        and sum(contents[each].prose > 0 for each in alike) >= _MOST * len(alike)
        and sum(contents[each].prose_chars for each in alike) > chars
    )


def _headed_by_others(
    blocks: list[Block], contents: dict[HtmlElement, _Content], title: str
) -> Iterator[HtmlElement]:
    """Yield elements that the linked headline of another story begins, or an age.

    Not those that hold the page's own headline, nor those with prose before it: there
    it is a link within the story.
    """
    before: set[HtmlElement] = set()
    for block in blocks:
        around = (block.element, *block.element.iterancestors())
        if block.prose:
            before.update(around)
            continue
        linked = _links_to_other(block, title)
        aged = bool(before) and landmarks.is_relative_age(block.text)
        if not (linked or aged):
            continue
        holder = next((each for each in around if contents[each].prose), None)
        if holder is None or holder in before or contents[holder].own:
            continue
        if linked or contents[holder].chars <= _MAX_COMMENT:
            yield holder


def _links_to_other(block: Block, title: str) -> bool:
    """Return whether a block is a heading that links to another story."""
    return (
        block.element.tag in _LOWER_HEADINGS
        and block.link_share >= ALL_LINK
        and len(block.text) >= MIN_HEADLINE
        and "".join(block.text.split()) != title
    )


def _is_card(element: HtmlElement, content: _Content) -> bool:
    clicked = any(element.get(name) is not None for name in _CLICKABLE)
    return (
        content.headlines > 0
        and not content.own
        and content.prose <= 1
        and content.chars <= _MAX_CARD
        and (content.links > 0 or clicked)
    )


def _is_comment(content: _Content) -> bool:
    return (
        content.ages == 1
        and not content.own
        and content.prose > 0
        and content.chars <= _MAX_COMMENT
    )
