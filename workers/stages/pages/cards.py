"""Find what a page shows beside its story: cards, comments, other articles.

A card is one of several siblings that each hold a link to a story, its headline, and
at most a paragraph about it. A comment is one of several siblings that each hold a
time such as 2 घंटे पहले and a few sentences. Another article begins with its
headline as a link. Class names are not needed.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from lxml.html import HtmlElement

from workers.stages.pages import furniture
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
        self.ages += furniture.age(block.text)


def elements_beside(
    blocks: list[Block], headline: HtmlElement | None, title: str
) -> set[HtmlElement]:
    """Return cards, comments and other articles among the elements of *blocks*.

    Never one that holds the *headline*, whose text is *title*.
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
    for siblings in children.values():
        cards = [each for each in siblings if _is_card(each, contents[each])]
        comments = [each for each in siblings if _is_comment(contents[each])]
        for like in (cards, comments):
            if len(like) > 1:
                found.update(like)
    found.update(_headed_by_others(blocks, contents, "".join(title.split())))
    outermost = [each for each in found if not found.intersection(each.iterancestors())]
    gone = sum(contents[each].prose_chars for each in outermost)
    return found if total - gone >= min(_LEFT_OVER * total, _A_STORY) else set()


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
        aged = bool(before) and furniture.age(block.text)
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
