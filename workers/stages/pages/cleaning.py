"""Leave out of a story's blocks what is no part of the story."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from lxml.html import HtmlElement

from workers.stages.pages import boilerplate
from workers.stages.pages.blocks import ALL_LINK, HEADINGS, PROSE_CHARS, Block
from workers.stages.text.normalisation import normalise

_OPENING = 0.2
"""Part of the prose within which a summary stands."""
_NEARLY_ALL = 0.8
"""Part of the prose after which a heading over other stories ends the story."""
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
    walled: bool = False
    """Below it stands that one must subscribe or log in to read on."""
    fonts: frozenset[str] = frozenset()
    """Legacy fonts that parts of the page were decoded from."""

    @property
    def text(self) -> str:
        """Return the paragraphs, one a line."""
        return "\n".join(self.paragraphs)


def tidy(
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
        if not boilerplate.furniture(block.text, linked=block.link_share > 0)
        and block.text not in captions
    ]
    linked = sum(len(block.text) for block in blocks if block.link_share >= ALL_LINK)
    if linked < sum(len(block.text) for block in blocks) / 2:
        blocks = [block for block in blocks if block.link_share < ALL_LINK]
    blocks = _without_opening(blocks, title, description)
    blocks = _without_closing(blocks)
    paragraphs: list[str] = []
    for block in blocks:
        text = boilerplate.without_label(block.text).strip()
        repeats = len(text) >= PROSE_CHARS and text in paragraphs
        if text and not repeats:
            paragraphs.append(text)
    return Story(tuple(paragraphs), agency)


def _normalised(blocks: Iterable[Block]) -> Iterator[Block]:
    for block in blocks:
        text = normalise(block.text).text
        if any(map(str.isalnum, text)):
            yield Block(block.element, text, min(block.link_chars, len(text)))


def _body(blocks: list[Block]) -> list[Block]:
    """Leave out inserts, summaries above the story, and everything from its end on."""
    blocks = _without_inserts(blocks)
    total = sum(len(block.text) for block in blocks if block.prose)
    before = begin = 0
    summary = False
    for at, block in enumerate(blocks):
        if block.prose:
            before += len(block.text)
        elif boilerplate.summary_label(block.text) and before <= _OPENING * total:
            summary = True
        elif summary and boilerplate.full_story_label(block.text):
            begin = at + 1
        elif before > total / 2 and (
            boilerplate.after_story(block.text)
            or (boilerplate.related_label(block.text) and before > _NEARLY_ALL * total)
        ):
            return blocks[begin:at]
    return blocks[begin:]


def _without_inserts(blocks: list[Block]) -> list[Block]:
    """Leave out what a label begins and another ends: podcasts, teasers of stories."""
    kept: list[Block] = []
    at = 0
    while at < len(blocks):
        end = at
        if boilerplate.insert_begins(blocks[at].text):
            end = _end_of_insert(blocks, at, boilerplate.insert_ends) + 1
        elif boilerplate.teaser_begins(blocks[at].text):
            while (last := _end_of_insert(blocks, end, boilerplate.teaser_ends)) > end:
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
    opening, summary = True, False
    kept: list[Block] = []
    for at, block in enumerate(blocks):
        if opening:
            summary = summary or boilerplate.summary_label(block.text)
            if summary and _listed(block.element):
                continue
            text = "".join(block.text.split())
            if text == squeezed or boilerplate.stamp(block.text):
                continue
            strap = block.text == description and not boilerplate.ends_sentence(
                block.text
            )
            if strap and any(later.prose for later in blocks[at + 1 :]):
                continue
            if not block.prose and not (
                block.element.tag in {"p", "li"}
                and boilerplate.ends_sentence(block.text)
            ):
                continue
            opening = False
        kept.append(block)
    return kept


def _listed(element: HtmlElement) -> bool:
    return element.tag == "li" or any(
        above.tag == "li" for above in islice(element.iterancestors(), 2)
    )


def _without_credits(blocks: list[Block]) -> tuple[list[Block], str | None]:
    """Leave out the credits of agencies among the last blocks; return the first."""
    found: dict[int, str] = {}
    for at in range(max(0, len(blocks) - _CREDITS_WITHIN), len(blocks)):
        block = blocks[at]
        agency = boilerplate.credit(block.text)
        if agency and block.element.tag not in HEADINGS:
            found[at] = agency
    kept = [block for at, block in enumerate(blocks) if at not in found]
    return kept, next(iter(found.values()), None)


def _without_closing(blocks: list[Block]) -> list[Block]:
    """Leave out headings, stamps and scraps behind the last sentence."""
    while blocks:
        last = blocks[-1]
        short = len(last.text) < _SHORT_LAST or last.element.tag != "p"
        scrap = short and not last.prose and not boilerplate.ends_sentence(last.text)
        if not (scrap or last.element.tag in HEADINGS or boilerplate.stamp(last.text)):
            break
        blocks = blocks[:-1]
    return blocks
