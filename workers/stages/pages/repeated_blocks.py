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

from workers.stages.pages import boilerplate
from workers.stages.pages.blocks import ALL_LINK, HEADINGS, Block

_MIN_HEADLINE = 15
"""Characters."""
_LOWER_HEADINGS = HEADINGS - {"h1"}
_MAX_CARD = 700
_MAX_COMMENT = 1_500
_LEFT_OVER = 0.25
"""Part of all prose that must remain; else the repetition is the story itself."""
_A_STORY = 300
"""Characters of prose that suffice, whatever part they are."""
_ENTRIES = 3
_MOST = 0.8
_CLICKED = ("onclick", "data-href", "data-url", "data-link")


@dataclass(slots=True)
class _Content:
    """What stands within an element."""

    chars: int = 0
    prose: int = 0
    prose_chars: int = 0
    headlines: int = 0
    own: int = 0
    """The headline of the page's own article."""
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
        self.headlines += titled and size >= _MIN_HEADLINE
        self.own += block.element is headline
        self.links += all_link
        self.ages += boilerplate.age(block.text)


class Repeated(NamedTuple):
    """Elements that look alike."""

    beside: set[HtmlElement]
    """Cards, comments and other articles."""
    entries: set[HtmlElement]
    """Parts of the story."""


def repeated(blocks: list[Block], headline: HtmlElement | None, title: str) -> Repeated:
    """Tell what repeats among the elements of *blocks*.

    Nothing beside the story holds the *headline*, whose text is *title*.
    """
    contents: dict[HtmlElement, _Content] = defaultdict(_Content)
    children: dict[HtmlElement, dict[HtmlElement, None]] = defaultdict(dict)
    for block in blocks:
        below: HtmlElement | None = None
        for element in (block.element, *block.element.iterancestors()):
            contents[element].add(block, headline)
            if below is not None:
                children[element][below] = None
            below = element
    total = sum(len(block.text) for block in blocks if block.prose)
    found: set[HtmlElement] = set()
    entries: set[HtmlElement] = set()
    for parent, siblings in children.items():
        cards = [each for each in siblings if _is_card(each, contents[each])]
        comments = [each for each in siblings if _is_comment(contents[each])]
        for like in (cards, comments):
            if len(like) > 1:
                story = _continue(like, _before(like[0], parent, children), contents)
                (entries if story else found).update(like)
    squeezed = "".join(title.split())
    others = _headed_by_others(blocks, contents, squeezed)
    found.update(each for each in others if each not in entries)
    outermost = [each for each in found if not found.intersection(each.iterancestors())]
    gone = sum(contents[each].prose_chars for each in outermost)
    enough = total - gone >= min(_LEFT_OVER * total, _A_STORY)
    return Repeated(found if enough else set(), entries)


def _before(
    first: HtmlElement,
    parent: HtmlElement,
    children: dict[HtmlElement, dict[HtmlElement, None]],
) -> list[HtmlElement]:
    """Return what stands before *first* in *parent*; for a numbered list, before it."""
    siblings = [*children[parent]]
    before = siblings[: siblings.index(first)]
    if not before and parent.tag == "ol":
        around = [*children.get(parent.getparent(), ())]
        return around[: around.index(parent)] if parent in around else []
    return before


def _continue(
    like: list[HtmlElement],
    before: list[HtmlElement],
    contents: dict[HtmlElement, _Content],
) -> bool:
    """Say whether siblings are parts of the story: signs of a horoscope, live entries.

    They are if most have a paragraph, they follow paragraphs (*before*), and hold more
    than those do: the story would be a mere introduction without them.
    """
    chars = sum(
        contents[each].prose_chars
        for each in before
        if contents[each].prose == 1 and not contents[each].headlines
    )
    return (
        len(like) >= _ENTRIES
        and chars > 0
        and sum(contents[each].prose > 0 for each in like) >= _MOST * len(like)
        and sum(contents[each].prose_chars for each in like) > chars
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
        linked = (
            block.element.tag in _LOWER_HEADINGS
            and block.link_share >= ALL_LINK
            and len(block.text) >= _MIN_HEADLINE
            and "".join(block.text.split()) != title
        )
        aged = bool(before) and boilerplate.age(block.text)
        if not (linked or aged):
            continue
        holder = next((each for each in around if contents[each].prose), None)
        if holder is None or holder in before or contents[holder].own:
            continue
        if linked or contents[holder].chars <= _MAX_COMMENT:
            yield holder


def _is_card(element: HtmlElement, content: _Content) -> bool:
    clicked = any(element.get(name) is not None for name in _CLICKED)
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
