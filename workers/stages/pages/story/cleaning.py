"""Turn the blocks of a story's element into its paragraphs.

Left out are inserts, summaries, credits, boilerplate between the paragraphs, and what
stands before the first and behind the last of them.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from lxml.html import HtmlElement

from workers.stages.pages.story import boilerplate, landmarks
from workers.stages.pages.story.ancestry import is_within
from workers.stages.pages.story.blocks import (
    ALL_LINK,
    HEADINGS,
    PROSE_CHARS,
    Block,
    prose_chars,
)
from workers.stages.text.normalisation import normalise

_OPENING = 0.2
"""Part of the prose within which a summary stands."""
_NEARLY_ALL = 0.8
"""Part of the prose after which a heading over other stories ends the story."""
_ENTRIES = 3
"""Entries of one form from which on they are those of a live blog."""
_NEAR = 3
"""Levels from a paragraph up to its entry."""
_LONGEST_INSERT = 12
"""Blocks."""
_CREDITS_WITHIN = 6
"""Blocks from the end."""
_SHORT_LAST = 60
"""Characters; what is longer is a last paragraph even without a full stop."""


@dataclass(frozen=True, slots=True)
class Story:
    """The paragraphs of a story, in order."""

    paragraphs: tuple[str, ...] = ()
    agency: str | None = None
    """Who is credited at its end."""
    paywalled: bool = False
    """Below it stands that one must subscribe or log in to read on."""
    fonts: frozenset[str] = frozenset()
    """Legacy fonts that parts of the page were decoded from."""
    page_blocks: tuple[Block, ...] = ()
    """Everything on the page that a reader sees, where it was looked at as a whole."""

    @property
    def text(self) -> str:
        """Return the paragraphs, one a line."""
        return "\n".join(self.paragraphs)


def clean(
    blocks: list[Block],
    title: str,
    description: str = "",
    captions: frozenset[str] = frozenset(),
) -> Story:
    """Leave out of a story's blocks what is not story, and normalise the rest."""
    blocks, agency = _without_credits(_body(list(_normalised(blocks))))
    blocks = [
        block
        for block in blocks
        if not boilerplate.is_boilerplate(block.text, linked=block.link_share > 0)
        and block.text not in captions
    ]
    blocks = _without_links(blocks)
    blocks = _without_opening(blocks, title, description)
    blocks = _without_closing(blocks)
    return Story(tuple(_paragraphs(blocks)), agency)


def _paragraphs(blocks: Iterable[Block]) -> list[str]:
    paragraphs: list[str] = []
    for block in blocks:
        text = boilerplate.without_label(block.text).strip()
        # short ones may repeat: questions of an interview, "हां।"
        repeats = len(text) >= PROSE_CHARS and text in paragraphs
        if text and not repeats:
            paragraphs.append(text)
    return paragraphs


def _normalised(blocks: Iterable[Block]) -> Iterator[Block]:
    for block in blocks:
        text = normalise(block.text).text
        if any(map(str.isalnum, text)):
            yield Block(block.element, text, min(block.link_chars, len(text)))


def _body(blocks: list[Block]) -> list[Block]:
    """Leave out inserts, summaries above the story, and everything from its end on."""
    blocks = _without_inserts(blocks)
    total = prose_chars(blocks)
    before = begin = 0
    has_summary = False
    for at, block in enumerate(blocks):
        if block.prose:
            before += len(block.text)
        elif landmarks.is_summary_heading(block.text) and before <= _OPENING * total:
            has_summary = True
        elif has_summary and landmarks.is_full_story_heading(block.text):
            begin = at + 1
        elif _ends_story(block, before, total):
            return blocks[begin:at]
    return blocks[begin:]


def _ends_story(block: Block, before: int, total: int) -> bool:
    """Return whether the story ends at *block*, after *before* characters of prose."""
    return before > total / 2 and (
        landmarks.is_after_story(block.text)
        or (landmarks.is_related_heading(block.text) and before > _NEARLY_ALL * total)
    )


def _without_links(blocks: list[Block]) -> list[Block]:
    """Leave out blocks that are links, unless the story is mostly made of them."""
    linked = sum(len(block.text) for block in blocks if block.link_share >= ALL_LINK)
    if linked >= sum(len(block.text) for block in blocks) / 2:
        return blocks
    return [block for block in blocks if block.link_share < ALL_LINK]


def _without_inserts(blocks: list[Block]) -> list[Block]:
    """Leave out what a label begins and another ends: podcasts, teasers of stories."""
    kept: list[Block] = []
    at = 0
    while at < len(blocks):
        end = at
        if landmarks.is_insert_begin(blocks[at].text):
            end = _end_of_insert(blocks, at, landmarks.is_insert_end) + 1
        elif boilerplate.is_bare_link_label(blocks[at].text):
            while (last := _end_of_insert(blocks, end, landmarks.is_teaser_end)) > end:
                end = last + 1
        if end == at:
            kept.append(blocks[at])
            end = at + 1
        at = end
    return kept


def _end_of_insert(blocks: list[Block], begin: int, ends: Callable[[str], bool]) -> int:
    """Return the index of the block that ends an insert, or *begin* if none does."""
    ahead = range(begin + 1, min(begin + _LONGEST_INSERT, len(blocks)))
    return next((at for at in ahead if ends(blocks[at].text)), begin)


# --- the two ends --------------------------------------------------------------


def _without_opening(blocks: list[Block], title: str, description: str) -> list[Block]:
    """Leave out headline, strap, byline and dates before the first paragraph."""
    squeezed = "".join(title.split())
    has_summary = False
    for at, block in enumerate(blocks):
        has_summary = has_summary or landmarks.is_summary_heading(block.text)
        if not (
            (has_summary and _is_listed(block.element))
            or "".join(block.text.split()) == squeezed
            or landmarks.is_stamp(block.text)
            or _is_strap(blocks, at, description)
            or not (block.prose or _is_sentence(block))
        ):
            return blocks[_begin_of_entry(blocks, at) :]
    return []


def _begin_of_entry(blocks: list[Block], at: int) -> int:
    """Return where the entry of a live blog begins whose first paragraph is at *at*.

    Its time and heading belong to it as those of the entries after it, which are like
    siblings: of one tag and class. Anywhere else that is *at* itself.
    """
    entry = blocks[at].element.getparent()
    around = entry.getparent() if entry is not None else None
    if around is None:
        return at
    form = (entry.tag, entry.get("class"))
    like = [each for each in around if (each.tag, each.get("class")) == form]
    later = {
        each
        for block in blocks[at + 1 :]
        for each in (block.element, *islice(block.element.iterancestors(), _NEAR))
    }
    if sum(each in later for each in like) < _ENTRIES:
        return at
    begin = at
    while begin and is_within(blocks[begin - 1].element, {entry}):
        begin -= 1
    return begin


def _is_strap(blocks: list[Block], at: int, description: str) -> bool:
    """Return whether a block is the line below a headline, with the story after it."""
    text = blocks[at].text
    return (
        text == description
        and not landmarks.ends_sentence(text)
        and any(later.prose for later in blocks[at + 1 :])
    )


def _is_sentence(block: Block) -> bool:
    """Return whether a block too short for prose is a paragraph all the same."""
    return block.element.tag in {"p", "li"} and landmarks.ends_sentence(block.text)


def _is_listed(element: HtmlElement) -> bool:
    return element.tag == "li" or any(
        above.tag == "li" for above in islice(element.iterancestors(), 2)
    )


def _without_credits(blocks: list[Block]) -> tuple[list[Block], str | None]:
    """Leave out the credits of agencies among the last blocks; return the first."""
    found: dict[int, str] = {}
    for at in range(max(0, len(blocks) - _CREDITS_WITHIN), len(blocks)):
        block = blocks[at]
        agency = landmarks.agency_credit(block.text)
        if agency and block.element.tag not in HEADINGS:
            found[at] = agency
    kept = [block for at, block in enumerate(blocks) if at not in found]
    return kept, next(iter(found.values()), None)


def _without_closing(blocks: list[Block]) -> list[Block]:
    """Leave out headings, stamps and scraps behind the last sentence."""
    while blocks:
        last = blocks[-1]
        short = len(last.text) < _SHORT_LAST or last.element.tag != "p"
        scrap = short and not last.prose and not landmarks.ends_sentence(last.text)
        if not (scrap or last.element.tag in HEADINGS or landmarks.is_stamp(last.text)):
            break
        blocks = blocks[:-1]
    return blocks
