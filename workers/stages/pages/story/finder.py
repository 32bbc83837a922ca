"""Find the story on a page and give it back paragraph by paragraph.

The page is cut into blocks of text. Each block counts for its length where it reads
like prose and against where it is links or scraps; the element with the highest sum
over its blocks holds the story (the maximum-subsequence idea of Pasternack and Roth,
WWW 2009, on the tree). What names or words give away as boilerplate is left out first,
unless it holds a good part of all prose: class names are often misleading.
"""

import re
from collections import defaultdict
from dataclasses import replace

from lxml.html import HtmlElement

from workers.stages.pages.story import boilerplate, landmarks
from workers.stages.pages.story.ancestry import common_ancestor, is_within
from workers.stages.pages.story.article_bounds import first_article, until_next_article
from workers.stages.pages.story.blocks import (
    ALL_LINK,
    HEADINGS,
    MIN_HEADLINE,
    Block,
    extract_blocks,
    prose_chars,
)
from workers.stages.pages.story.class_names import names_boilerplate
from workers.stages.pages.story.cleaning import Story, clean
from workers.stages.pages.story.repeated_blocks import find_repeated
from workers.stages.text.normalisation import normalise

_AROUND_STORIES = "nav aside footer header form figure figcaption address"
_SUSPECT = frozenset(_AROUND_STORIES.split())
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_KEPT_SHARE = 0.35
"""Part of all prose from which on an element is kept whatever it is called."""
_PARAGRAPH = 100
"""Characters of prose for which an outer element is taken rather than an inner one."""
_SHORT_STORYS_PART = 0.35
"""The same as a part of all prose, for stories of two short paragraphs."""
_LEAD_CHARS = 80
_STRAP = re.compile(
    r"strap|dek|sub-?(?:title|head)|standfirst|summary|excerpt|synopsis|desc|highlight|kicker",
    re.IGNORECASE,
)
_BELOW_STORY = 6
"""Blocks from a story's last one within which a paywall belongs to it."""
_MAX_HEADLINE = 1.5
"""A block so many times as long as the title holds more than the title."""


def find_story(tree: HtmlElement, title: str, description: str) -> Story:
    """Return the story of the page whose headline is *title*."""
    body = tree.find("body")
    root = tree if body is None else body
    page = extract_blocks(root).blocks
    headline = _headline(page, title)
    sidebars, entries = find_repeated(page, headline, title)
    rest = [block for block in page if not is_within(block.element, sidebars)]
    dropped = _boilerplate_elements(root, rest, headline, description) | sidebars
    # Cut into blocks anew: text on both sides of an element left out is one block now.
    extractor = extract_blocks(root, dropped)
    blocks = _without_teasers(extractor.blocks, entries)
    blocks = first_article(blocks, headline, title)
    holder = _holder(blocks)
    if holder is None:
        return Story(page_blocks=tuple(page))
    blocks = [block for block in blocks if is_within(block.element, {holder})]
    blocks = until_next_article(blocks, page, sidebars)
    story = clean(blocks, title, description, _captions(holder))
    return replace(
        story,
        paywalled=bool(blocks) and _has_paywall_below(page, blocks[-1].element),
        fonts=frozenset(extractor.fonts),
        page_blocks=tuple(page),
    )


def _headline(blocks: list[Block], title: str) -> HtmlElement | None:
    """Return the element that shows the headline: the title, else the first h1."""
    squeezed = "".join(title.split())
    shown = [
        block.element
        for block in blocks
        if len(squeezed) >= MIN_HEADLINE
        and squeezed in "".join(block.text.split())
        and len(block.text) <= _MAX_HEADLINE * len(title)
    ]
    first_level = [block.element for block in blocks if _may_be_headline(block)]
    for element in shown:
        if element.tag == "h1" or not first_level:
            return element
    if shown and first_level[0] not in shown:
        return next((each for each in shown if each.tag in HEADINGS), shown[0])
    return next(iter([*first_level, *shown]), None)


def _may_be_headline(block: Block) -> bool:
    return block.element.tag == "h1" and len(block.text) >= MIN_HEADLINE


def _boilerplate_elements(
    root: HtmlElement,
    blocks: list[Block],
    headline: HtmlElement | None,
    description: str,
) -> set[HtmlElement]:
    """Return the elements to leave out: suspect by tag or name, and poor in prose."""
    total = prose_chars(blocks)
    prose = _prose_within(blocks)
    kept = set() if headline is None else {*headline.iterancestors()}
    captions = [*root.iter("figcaption")]
    if sum(prose[caption] for caption in captions) > total / 2:
        # a gallery: its captions are the story
        for caption in captions:
            kept |= {caption, *caption.iterancestors()}
    leads = _holders_of_leads(blocks, description)
    return {
        element
        for element in root.iter()
        if isinstance(element.tag, str)
        and _is_suspect(element)
        and (element not in kept or (element.tag == "header" and element not in leads))
        and prose[element] <= _KEPT_SHARE * total
    }


def _holders_of_leads(blocks: list[Block], description: str) -> set[HtmlElement]:
    """Return the elements around paragraphs that may be the first of a story.

    Of what stands with the headline in its `<header>` a strap or summary is none.
    """
    squeezed = "".join(description.split())
    holders: set[HtmlElement] = set()
    for block in blocks:
        named = f"{block.element.get('class') or ''} {block.element.get('id') or ''}"
        if (
            block.prose
            and len(block.text) >= _LEAD_CHARS
            and landmarks.ends_sentence(block.text)
            and not _STRAP.search(named)
            and "".join(block.text.split()) not in squeezed
        ):
            holders.update(block.element.iterancestors("header"))
    return holders


def _prose_within(blocks: list[Block]) -> defaultdict[HtmlElement, int]:
    """Return how many characters of prose each element holds; 0 for others."""
    prose: defaultdict[HtmlElement, int] = defaultdict(int)
    for block in blocks:
        if block.prose:
            size = len(block.text)
            for element in (block.element, *block.element.iterancestors()):
                prose[element] += size
    return prose


def _is_suspect(element: HtmlElement) -> bool:
    if element.get("hidden") is not None:
        return True
    if element.tag == "figure":  # of tables and pull quotes, too
        return (
            element.find(".//table") is None and element.find(".//blockquote") is None
        )
    if element.tag in _SUSPECT:
        return True
    named = f"{element.get('class') or ''} {element.get('id') or ''}"
    if named != " " and names_boilerplate(named):
        return True
    style = element.get("style")
    return bool(style) and _HIDDEN.search(style) is not None


def _without_teasers(blocks: list[Block], entries: set[HtmlElement]) -> list[Block]:
    """Leave out what summarises another story: alone in a card, below its link.

    Not in *entries*, which are parts of the story.
    """
    prose: dict[HtmlElement, int] = defaultdict(int)
    for block in blocks:
        if block.prose:
            for element in (block.element, *block.element.iterancestors()):
                prose[element] += 1
    kept: list[Block] = []
    for at, block in enumerate(blocks):
        above = blocks[at - 1] if at else None
        if (
            above is not None
            and above.link_share >= ALL_LINK
            and len(above.text) >= MIN_HEADLINE
            and prose[common_ancestor(block.element, above.element)] <= 1
            and not is_within(block.element, entries)
        ):
            continue
        kept.append(block)
    return kept


def _holder(blocks: list[Block]) -> HtmlElement | None:
    """Return the element whose blocks add up to most.

    Of an element and one inside it the inner is taken, unless the outer has a
    paragraph of prose more: footers and captions are less.
    """
    score: dict[HtmlElement, float] = defaultdict(float)
    prose: dict[HtmlElement, int] = defaultdict(int)
    for block in blocks:
        value, size = block.value, len(block.text) if block.prose else 0
        for element in (block.element, *block.element.iterancestors()):
            score[element] += value
            prose[element] += size
    if not score:
        return None
    held, highest = max(score.items(), key=lambda pair: pair[1])
    if highest <= 0:
        return None
    # An outer element scores higher for a caption or a footer that reads like prose,
    # so the way goes inward as long as an inner one holds nearly all of the prose.
    while True:
        inner = max(held, key=lambda child: prose.get(child, 0), default=None)
        more = min(_PARAGRAPH, _SHORT_STORYS_PART * prose[held])
        if inner is None or prose.get(inner, 0) < prose[held] - more:
            return held
        held = inner


def _has_paywall_below(blocks: list[Block], last: HtmlElement) -> bool:
    """Return whether a paywall stands right below the *last* element of a story."""
    end = max(
        (at for at, block in enumerate(blocks) if block.element is last), default=0
    )
    return any(
        boilerplate.is_paywall(block.text) for block in blocks[end : end + _BELOW_STORY]
    )


def _captions(holder: HtmlElement) -> frozenset[str]:
    """Return alternative texts of pictures, which some sites show as paragraphs."""
    return frozenset(
        normalise(picture.get("alt")).text
        for picture in holder.iter("img", "amp-img")
        if len(picture.get("alt") or "") >= MIN_HEADLINE
    )
