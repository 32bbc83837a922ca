"""Cut a page into the blocks of text that a reader sees."""

import re
from collections.abc import Container, Iterable
from dataclasses import dataclass, field

from lxml.html import HtmlElement

from workers.stages.pages.story import boilerplate, landmarks
from workers.stages.text import legacy_fonts
from workers.web.combining_marks import nfc

HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
MIN_HEADLINE = 15
"""Characters; what is shorter is a section's name, not a story's."""
PROSE_CHARS = 40
"""Less is never a paragraph of prose."""
ALL_LINK = 0.85
"""Part of a block from which on it is a link and nothing else."""

_WITHOUT_TEXT = """
    script style noscript template iframe button select option input textarea svg canvas
    video audio object embed map dialog head link meta title amp-ad amp-social-share
    amp-iframe amp-embed amp-sidebar amp-video amp-youtube amp-analytics math
"""
_WITHIN_LINES = """
    a abbr b bdi bdo big cite code del dfn em font i ins kbd label mark q ruby rb rt s
    samp small span strike strong sub sup time tt u var wbr acronym nobr data picture
    source img amp-img amp-mathml
"""
_NEVER = frozenset(_WITHOUT_TEXT.split())
_INLINE = frozenset(_WITHIN_LINES.split())
_LONG_CHARS = 100
"""So long a block is prose even where it does not end as a sentence does."""
_LINK_SHARE = 0.35
"""Part of a block from which on it is no prose."""
_SCRAP = 12.0
"""What a scrap of text takes off the element that holds it."""
_CELL_CHARS = 60
_SPACES = re.compile(r"\s+")


@dataclass(slots=True)
class Block:
    """A run of text that a reader sees as a paragraph, heading, item or row."""

    element: HtmlElement
    text: str
    link_chars: int = 0
    prose: bool = field(init=False)

    def __post_init__(self) -> None:
        """Judge whether it reads as prose."""
        text = self.text
        self.prose = (
            len(text) >= PROSE_CHARS
            and self.link_share < _LINK_SHARE
            and self.element.tag not in HEADINGS
            and (len(text) >= _LONG_CHARS or landmarks.ends_sentence(text))
            and not boilerplate.is_boilerplate(text)
        )

    @property
    def link_share(self) -> float:
        """Return which part of the text is links."""
        return self.link_chars / len(self.text) if self.text else 0.0

    @property
    def value(self) -> float:
        """Return what the block says for the element that holds it."""
        if self.prose:
            return float(len(self.text) - 2 * self.link_chars)
        if self.link_share < _LINK_SHARE:
            if self.element.tag in HEADINGS:
                return 0.0
            if len(self.text) >= PROSE_CHARS and not (
                landmarks.is_stamp(self.text) or boilerplate.is_boilerplate(self.text)
            ):
                return len(self.text) / 4  # part of a sentence, or a caption
        return -_SCRAP - min(self.link_chars, 100)


class BlockExtractor:
    """Collects the blocks of a tree, in document order."""

    def __init__(self, without: Container[HtmlElement]) -> None:
        self.blocks: list[Block] = []
        self.fonts: set[str] = set()
        """Legacy fonts that blocks were decoded from."""
        self._without = without
        self._run: list[str] = []
        self._link_chars = 0

    def walk(self, element: HtmlElement, block: HtmlElement, *, in_link: bool) -> None:
        """Take in *element*, whose text belongs to *block* where it is inline."""
        inline = element.tag in _INLINE
        if not inline:
            self._close(block)
            block = element
        in_link = in_link or element.tag == "a"
        self._add(element.text, in_link=in_link)
        for child in element:
            if child.tag == "br":
                self._close(block)
            elif child.tag == "tr" and _is_row(child):
                self._add_row(child)
            elif (
                isinstance(child.tag, str)
                and child.tag not in _NEVER
                and child not in self._without
            ):
                self.walk(child, block, in_link=in_link)
            self._add(child.tail, in_link=in_link)
        if not inline:
            self._close(block)

    def _add(self, text: str | None, *, in_link: bool) -> None:
        if text:
            if self._run and self._run[-1].endswith("।") and text[0].isalpha():
                self._run.append(" ")  # elements that a style sheet sets apart
            self._run.append(text)
            if in_link:
                self._link_chars += len(text.strip())

    def _add_row(self, row: HtmlElement) -> None:
        """Take in a row of a table of figures as one line."""
        self._close(row)
        for cell in row:
            linked = cell.find(".//a") is not None
            self._add(f"{cell.text_content()} ", in_link=linked)
        self._close(row)

    def _close(self, element: HtmlElement) -> None:
        text = nfc("".join(self._run))
        text = _SPACES.sub(" ", text).strip()
        legacy = legacy_fonts.decode(text)
        if legacy:
            text = legacy.text
            self.fonts.add(legacy.font)
        if text:
            links = min(self._link_chars, len(text))
            self.blocks.append(Block(element, text, links))
        self._run.clear()
        self._link_chars = 0


def _is_row(row: HtmlElement) -> bool:
    """Return whether a table's row holds short cells; else it lays out a page."""
    return len(row) > 1 and all(
        cell.tag in {"td", "th"}
        and len(cell.text_content()) <= _CELL_CHARS
        and next(cell.iter("script", "style", "form"), None) is None
        for cell in row
    )


def extract_blocks(
    root: HtmlElement, without: Container[HtmlElement] = frozenset()
) -> BlockExtractor:
    """Return the blocks under *root*, leaving out the elements *without*."""
    extractor = BlockExtractor(without)
    extractor.walk(root, root, in_link=False)
    return extractor


def prose_chars(blocks: Iterable[Block]) -> int:
    """Return how many characters of *blocks* are prose."""
    return sum(len(block.text) for block in blocks if block.prose)
