"""Find the story on a page and give it back paragraph by paragraph.

The page is cut into blocks of text. Each block counts for its length where it reads
like prose and against where it is links or scraps; the element with the highest sum
over its blocks holds the story (the maximum-subsequence idea of Pasternack and Roth,
WWW 2009, on the tree). What names or words give away as furniture is left out first,
unless it holds a good part of all prose: class names lie.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice

from lxml.html import HtmlElement

from workers.stages import legacy_fonts
from workers.stages.hindi import normalise
from workers.stages.pages import furniture

_WITHOUT_TEXT = """
    script style noscript template iframe button select option input textarea svg canvas
    video audio object embed map dialog head link meta title amp-ad amp-social-share
    amp-iframe amp-embed amp-sidebar amp-video amp-youtube amp-analytics math
"""
_AROUND_STORIES = "nav aside footer header form figure figcaption details address"
_WITHIN_LINES = """
    a abbr b bdi bdo big cite code del dfn em font i ins kbd label mark q ruby rb rt s
    samp small span strike strong sub sup time tt u var wbr acronym nobr data picture
    source img amp-img amp-mathml
"""
_NEVER = frozenset(_WITHOUT_TEXT.split())
_SUSPECT = frozenset(_AROUND_STORIES.split())
_INLINE = frozenset(_WITHIN_LINES.split())
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_PROSE_CHARS = 40
_LONG_CHARS = 100
_LINK_SHARE = 0.35
_ALL_LINK = 0.85
_KEPT_SHARE = 0.35
"""Part of all prose from which on an element is kept whatever it is called."""
_SCRAP = 12.0
_CELL_CHARS = 60
_PARAGRAPH = 100
_NEARLY_ALL = 0.8
_LONGEST_INSERT = 12
_CREDITS_WITHIN = 6
_SHORT_LAST = 60
_OPENING = 0.2
"""Part of the prose within which a summary stands."""
_MIN_SECOND_HEADLINE = 15
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
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
            len(text) >= _PROSE_CHARS
            and self.link_share < _LINK_SHARE
            and self.element.tag not in _HEADINGS
            and (len(text) >= _LONG_CHARS or furniture.ends_sentence(text))
            and not furniture.furniture(text)
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
            if self.element.tag in _HEADINGS:
                return 0.0
            if len(self.text) >= _PROSE_CHARS and not (
                furniture.stamp(self.text) or furniture.furniture(self.text)
            ):
                return len(self.text) / 4  # part of a sentence, or a caption
        return -_SCRAP - min(self.link_chars, 100)


@dataclass(frozen=True, slots=True)
class Story:
    """The paragraphs of a story, in order."""

    paragraphs: tuple[str, ...] = ()
    agency: str | None = None
    """Who is credited at its end."""
    fonts: frozenset[str] = frozenset()
    """Legacy fonts that parts of the page were decoded from."""

    @property
    def text(self) -> str:
        """Return the paragraphs, one a line."""
        return "\n".join(self.paragraphs)


def find_story(tree: HtmlElement, title: str, description: str) -> Story:
    """Return the story of the page whose headline is *title*."""
    body = tree.find("body")
    root = tree if body is None else body
    dropped = _furniture_elements(root, _cut(root).blocks)
    cutter = _cut(root, dropped)
    blocks = _of_the_first_article(cutter.blocks, title)
    held = _holder(blocks)
    if held is None:
        return Story()
    inside = [block for block in blocks if _within(block.element, {held})]
    story = tidy(inside, title, description, _captions(held))
    return replace(story, fonts=frozenset(cutter.fonts))


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
        if not furniture.furniture(block.text, linked=block.link_share > 0)
        and block.text not in captions
    ]
    linked = sum(len(block.text) for block in blocks if block.link_share >= _ALL_LINK)
    if linked < sum(len(block.text) for block in blocks) / 2:
        blocks = [block for block in blocks if block.link_share < _ALL_LINK]
    blocks = _without_opening(blocks, title, description)
    blocks = _without_closing(blocks)
    paragraphs: list[str] = []
    for block in blocks:
        text = furniture.without_label(block.text).strip()
        repeats = len(text) >= _PROSE_CHARS and text in paragraphs
        if text and not repeats:
            paragraphs.append(text)
    return Story(tuple(paragraphs), agency)


# --- blocks --------------------------------------------------------------------


class _Cutter:
    """Cuts a tree into blocks, in document order."""

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
        text = unicodedata.normalize("NFC", "".join(self._run))
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
    """Say whether a table's row holds short cells; else it lays out a page."""
    return len(row) > 1 and all(
        cell.tag in {"td", "th"}
        and len(cell.text_content()) <= _CELL_CHARS
        and next(cell.iter("script", "style", "form"), None) is None
        for cell in row
    )


def _cut(root: HtmlElement, without: Container[HtmlElement] = frozenset()) -> _Cutter:
    """Cut everything under *root*, but *without*, into blocks."""
    cutter = _Cutter(without)
    cutter.walk(root, root, in_link=False)
    return cutter


def _normalised(blocks: Iterable[Block]) -> Iterator[Block]:
    for block in blocks:
        text = normalise(block.text).text
        if any(map(str.isalnum, text)):
            yield Block(block.element, text, min(block.link_chars, len(text)))


def _within(element: HtmlElement, roots: set[HtmlElement]) -> bool:
    return element in roots or any(above in roots for above in element.iterancestors())


# --- what is beside the story ---------------------------------------------------


def _furniture_elements(root: HtmlElement, blocks: list[Block]) -> set[HtmlElement]:
    """Return the elements to leave out: suspect by tag or name, and poor in prose."""
    prose: dict[HtmlElement, int] = defaultdict(int)
    total = 0
    for block in blocks:
        if block.prose:
            size = len(block.text)
            total += size
            prose[block.element] += size
            for above in block.element.iterancestors():
                prose[above] += size
    headline = next(root.iter("h1"), None)
    kept = set() if headline is None else {*headline.iterancestors()}
    captions = sum(prose[caption] for caption in root.iter("figcaption"))
    if captions > total / 2:  # a gallery: its captions are the story
        for caption in root.iter("figcaption"):
            kept |= {caption, *caption.iterancestors()}
    dropped = set()
    for element in root.iter():
        if not isinstance(element.tag, str) or not _suspect(element):
            continue
        if element in kept and element.tag != "header":
            continue
        if prose[element] <= _KEPT_SHARE * total:
            dropped.add(element)
    return dropped


def _suspect(element: HtmlElement) -> bool:
    if element.tag in _SUSPECT or element.get("hidden") is not None:
        return True
    named = f"{element.get('class') or ''} {element.get('id') or ''}"
    if named != " " and furniture.named_furniture(named):
        return True
    style = element.get("style")
    return bool(style) and _HIDDEN.search(style) is not None


def _of_the_first_article(blocks: list[Block], title: str) -> list[Block]:
    """Leave out what stands before the headline and from a second headline on."""
    squeezed = "".join(title.split())
    headlines = [
        (at, "".join(block.text.split()))
        for at, block in enumerate(blocks)
        if block.element.tag == "h1" and len(block.text) >= _MIN_SECOND_HEADLINE
    ]
    if not headlines:
        return blocks
    first = next(
        (at for at, text in headlines if squeezed and squeezed in text), headlines[0][0]
    )
    second = next(
        (
            at
            for at, text in headlines
            if at > first and squeezed not in text and not _subheading(blocks, at)
        ),
        None,
    )
    after = blocks[first + 1 : second]
    prose = sum(len(block.text) for block in blocks if block.prose)
    if sum(len(block.text) for block in after if block.prose) < prose / 3:
        return blocks
    return after


def _subheading(blocks: list[Block], at: int) -> bool:
    """Say whether a heading stands among the paragraphs before it."""
    parent = blocks[at].element.getparent()
    return any(
        block.prose and block.element.getparent() is parent for block in blocks[:at]
    )


def _holder(blocks: list[Block]) -> HtmlElement | None:
    """Return the element whose blocks add up to most.

    Of an element and one inside it the inner is taken, unless the outer has a
    paragraph of prose more: footers and captions are less.
    """
    score: dict[HtmlElement, float] = defaultdict(float)
    prose: dict[HtmlElement, int] = defaultdict(int)
    for block in blocks:
        size = len(block.text) if block.prose else 0
        for element in (block.element, *block.element.iterancestors()):
            score[element] += block.value
            prose[element] += size
    if not score:
        return None
    held, highest = max(score.items(), key=lambda pair: pair[1])
    if highest <= 0:
        return None
    while True:
        inner = max(held, key=lambda child: prose.get(child, 0), default=None)
        if inner is None or prose.get(inner, 0) < prose[held] - _PARAGRAPH:
            return held
        held = inner


def _captions(held: HtmlElement) -> frozenset[str]:
    return frozenset(
        normalise(picture.get("alt")).text
        for picture in held.iter("img", "amp-img")
        if len(picture.get("alt") or "") >= _MIN_SECOND_HEADLINE
    )


def _body(blocks: list[Block]) -> list[Block]:
    """Leave out inserts, summaries above the story, and everything from its end on."""
    blocks = _without_inserts(blocks)
    total = sum(len(block.text) for block in blocks if block.prose)
    before = begin = 0
    summary = False
    for at, block in enumerate(blocks):
        if block.prose:
            before += len(block.text)
        elif furniture.summary_label(block.text) and before <= _OPENING * total:
            summary = True
        elif summary and furniture.full_story_label(block.text):
            begin = at + 1
        elif before > total / 2 and (
            furniture.after_story(block.text)
            or (furniture.related_label(block.text) and before > _NEARLY_ALL * total)
        ):
            return blocks[begin:at]
    return blocks[begin:]


def _without_inserts(blocks: list[Block]) -> list[Block]:
    """Leave out what a label begins and another ends: podcasts, teasers of stories."""
    kept: list[Block] = []
    at = 0
    while at < len(blocks):
        end = at
        if furniture.insert_begins(blocks[at].text):
            end = _end_of_insert(blocks, at, furniture.insert_ends) + 1
        elif furniture.teaser_begins(blocks[at].text):
            while (last := _end_of_insert(blocks, end, furniture.teaser_ends)) > end:
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
            summary = summary or furniture.summary_label(block.text)
            if summary and _listed(block.element):
                continue
            text = "".join(block.text.split())
            if text == squeezed or furniture.stamp(block.text):
                continue
            strap = block.text == description and not furniture.ends_sentence(
                block.text
            )
            if strap and any(later.prose for later in blocks[at + 1 :]):
                continue
            if not block.prose and not (
                block.element.tag in {"p", "li"} and furniture.ends_sentence(block.text)
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
        agency = furniture.credit(block.text)
        if agency and block.element.tag not in _HEADINGS:
            found[at] = agency
    kept = [block for at, block in enumerate(blocks) if at not in found]
    return kept, next(iter(found.values()), None)


def _without_closing(blocks: list[Block]) -> list[Block]:
    """Leave out headings, stamps and scraps behind the last sentence."""
    while blocks:
        last = blocks[-1]
        short = len(last.text) < _SHORT_LAST or last.element.tag != "p"
        scrap = short and not last.prose and not furniture.ends_sentence(last.text)
        if not (scrap or last.element.tag in _HEADINGS or furniture.stamp(last.text)):
            break
        blocks = blocks[:-1]
    return blocks
