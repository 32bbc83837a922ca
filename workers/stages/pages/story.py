"""Find the story on a page and give it back paragraph by paragraph.

The page is cut into blocks of text. Each block counts for its length where it reads
like prose and against where it is links or scraps; the element with the highest sum
over its blocks holds the story (the maximum-subsequence idea of Pasternack and Roth,
WWW 2009, on the tree). What names or words give away as furniture is left out first,
unless it holds a good part of all prose: class names lie.
"""

import re
from collections import defaultdict
from dataclasses import replace

from lxml.html import HtmlElement

from workers.stages.pages import boilerplate
from workers.stages.pages.blocks import ALL_LINK, HEADINGS, Block, cut
from workers.stages.pages.class_names import named_furniture
from workers.stages.pages.cleaning import Story, tidy
from workers.stages.pages.repeated_blocks import repeated
from workers.stages.text.normalisation import normalise

_AROUND_STORIES = "nav aside footer header form figure figcaption address"
_SUSPECT = frozenset(_AROUND_STORIES.split())
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_KEPT_SHARE = 0.35
"""Part of all prose from which on an element is kept whatever it is called."""
_PARAGRAPH = 100
"""Characters of prose for which an outer element is taken rather than an inner one."""
_ENOUGH = 0.2
"""Part of the prose that an article before another has at least."""
_FAR = 3
"""Levels of the tree."""
_CARDS = 3
"""Blocks of cards or comments."""
_NEAR = 6
"""Blocks."""
_MIN_HEADLINE = 15
"""Characters."""
_MAX_HEADLINE = 1.5
"""A block so many times as long as the title holds more than the title."""


def find_story(tree: HtmlElement, title: str, description: str) -> Story:
    """Return the story of the page whose headline is *title*."""
    body = tree.find("body")
    root = tree if body is None else body
    whole = cut(root).blocks
    headline = _headline(whole, title)
    beside, entries = repeated(whole, headline, title)
    rest = [block for block in whole if not _within(block.element, beside)]
    dropped = _furniture_elements(root, rest, headline) | beside
    cutter = cut(root, dropped)
    blocks = _without_teasers(cutter.blocks, entries)
    blocks = _of_the_first_article(blocks, headline, title)
    held = _holder(blocks)
    if held is None:
        return Story()
    inside = [block for block in blocks if _within(block.element, {held})]
    inside = _unbroken(inside, whole, beside)
    story = tidy(inside, title, description, _captions(held))
    return replace(
        story,
        walled=bool(inside) and _walled(whole, inside[-1].element),
        fonts=frozenset(cutter.fonts),
    )


def _headline(blocks: list[Block], title: str) -> HtmlElement | None:
    """Return the element that shows the headline: the title, else the first h1."""
    squeezed = "".join(title.split())
    shown = [
        block.element
        for block in blocks
        if len(squeezed) >= _MIN_HEADLINE
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
    return block.element.tag == "h1" and len(block.text) >= _MIN_HEADLINE


def _furniture_elements(
    root: HtmlElement, blocks: list[Block], headline: HtmlElement | None
) -> set[HtmlElement]:
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
    if named != " " and named_furniture(named):
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
            and len(above.text) >= _MIN_HEADLINE
            and prose[_common(block.element, above.element)] <= 1
            and not _within(block.element, entries)
        ):
            continue
        kept.append(block)
    return kept


def _common(one: HtmlElement, other: HtmlElement) -> HtmlElement:
    """Return the innermost element that holds both."""
    around = {one, *one.iterancestors()}
    return next(
        element for element in (other, *other.iterancestors()) if element in around
    )


def _of_the_first_article(
    blocks: list[Block], headline: HtmlElement | None, title: str
) -> list[Block]:
    """Leave out what stands before the headline and from another headline on."""
    first = next((at for at, b in enumerate(blocks) if b.element is headline), None)
    if headline is None or first is None:
        return blocks
    squeezed = "".join(title.split())
    levels = {"h1", headline.tag} & HEADINGS
    second = next(
        (
            at
            for at, block in enumerate(blocks)
            if at > first
            and block.element.tag in levels
            and len(block.text) >= _MIN_HEADLINE
            and squeezed not in "".join(block.text.split())
            and not _subheading(blocks, at)
        ),
        None,
    )
    after = blocks[first + 1 : second]
    prose = sum(len(block.text) for block in blocks if block.prose)
    if sum(len(block.text) for block in after if block.prose) < prose / 5:
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
        value, size = block.value, len(block.text) if block.prose else 0
        for element in (block.element, *block.element.iterancestors()):
            score[element] += value
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


def _unbroken(
    inside: list[Block], whole: list[Block], beside: set[HtmlElement]
) -> list[Block]:
    """Return the blocks up to where cards part one article from the next.

    Within an article cards stand between paragraphs that are close in the tree, or
    no headline follows them.
    """
    places = {(block.element, block.text): at for at, block in enumerate(whole)}
    apart = [_within(block.element, beside) for block in whole]
    total = sum(len(block.text) for block in inside if block.prose)
    before, last = 0, -1
    for at, block in enumerate(inside):
        if not block.prose:
            continue
        if last >= 0 and before >= _ENOUGH * total:
            begin = places.get((inside[last].element, inside[last].text), 0)
            end = places.get((block.element, block.text), 0)
            far = _distance(inside[last].element, block.element) >= _FAR
            parted = far and sum(apart[begin:end]) >= _CARDS
            between = zip(whole[begin + 1 : end], apart[begin + 1 : end], strict=True)
            if parted and any(_headed(each) for each, beside in between if not beside):
                return inside[: last + 1]
        before += len(block.text)
        last = at
    return inside


def _headed(block: Block) -> bool:
    """Say whether a block may be the headline of another article."""
    return len(block.text) >= _MIN_HEADLINE and (
        block.element.tag in HEADINGS or block.link_share >= ALL_LINK
    )


def _distance(one: HtmlElement, other: HtmlElement) -> int:
    """Return how many levels the innermost element that holds both is above one."""
    common = _common(one, other)
    steps = [0, 0]
    for side, element in enumerate((one, other)):
        while element is not common:
            element = element.getparent()  # noqa: PLW2901 climbing is the point
            steps[side] += 1
    return max(steps)


def _walled(blocks: list[Block], last: HtmlElement) -> bool:
    """Say whether a wall stands right below the *last* element of a story."""
    end = max(
        (at for at, block in enumerate(blocks) if block.element is last), default=0
    )
    return any(boilerplate.wall(block.text) for block in blocks[end : end + _NEAR])


def _captions(held: HtmlElement) -> frozenset[str]:
    return frozenset(
        normalise(picture.get("alt")).text
        for picture in held.iter("img", "amp-img")
        if len(picture.get("alt") or "") >= _MIN_HEADLINE
    )


def _within(element: HtmlElement, roots: set[HtmlElement]) -> bool:
    return element in roots or any(above in roots for above in element.iterancestors())
