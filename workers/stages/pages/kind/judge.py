"""Judge whether a page is an article: one story, and not a list, a wall or an apology.

A classifier over features of the page itself. Two questions are asked:

- Which part of what would be published are sentences that only walls, apologies and
  imprints have? Their headline lowers the share that is enough.
- Do the paragraphs belong to one story or to many? Each observation of `_WEIGHTS` that
  holds adds its weight; from `LISTING_SCORE` on the page is a list of stories.

The weights are set by hand, so that every verdict has its reason, and are tested on
articles and lists in many layouts (tests/quality/test_article_judge.py).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from workers.stages.pages.kind.wording import (
    ADDRESS,
    LIFE,
    READ_ON,
    SENTENCES,
    TITLES,
    PageKind,
    is_listing_url,
    is_story_url,
)
from workers.stages.pages.story import boilerplate
from workers.stages.pages.story.blocks import (
    ALL_LINK,
    HEADINGS,
    MIN_HEADLINE,
    PROSE_CHARS,
    Block,
)
from workers.stages.text.sentences import sentence_spans

LISTING_SCORE = 3.0
_MOSTLY = 0.5
"""Share of the text from which on its sentences decide."""
_PARTLY = 0.15
"""The same where the headline says so too."""
_TITLE_WORDS = 4
"""A headline of fewer words says nothing of whether the text is about it."""
_PREFIX = 4
"""Letters by which words are compared, for Hindi inflects at the end."""
_TWO = 2
_MANY = 5
_LONG_RUN = 600
_RUN = 250
_SHORT_RUN = 200
"""Characters."""
_COMPARED = 40
_OFFER = 40
_LIFE_CHARS = 600
_WORD = re.compile(r"[^\W\d_][\w\u0900-\u0963]{2,}")
_LONGEST_WALL = 1_500
"""Characters; longer texts are read for lists only."""

_ARTICLE_TYPES = frozenset(
    (
        "NewsArticle", "ReportageNewsArticle", "LiveBlogPosting", "AnalysisNewsArticle",
        "BackgroundNewsArticle", "OpinionNewsArticle", "ReviewNewsArticle", "Article",
        "BlogPosting", "Report", "article",
    )
)  # fmt: skip
_LISTING_TYPES = frozenset(
    (
        "CollectionPage", "ItemList", "SearchResultsPage", "ProfilePage", "WebSite",
        "website", "profile",
    )
)  # fmt: skip

_IS_ABOUT = "it is about its headline"
_WEIGHTS = {
    "the paragraphs stand below headlines that lead elsewhere": 3.0,
    "some paragraphs stand below headlines that lead elsewhere": 1.0,
    "no long passage belongs to one story": 1.0,
    "a long passage belongs to one story": -3.0,
    "a passage belongs to one story": -1.5,
    "its headline is that of a list": 2.0,
    "its address is that of a list": 2.0,
    "its address is that of a story": -1.5,
    "it states that it is a list": 1.5,
    "it states that it is an article": -2.0,
    "it does not say when it was published": 1.5,
    _IS_ABOUT: -2.0,
    "it is not about its headline": 1.0,
    "many headlines lead elsewhere": 0.5,
    "the text is an author's life": 2.0,
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of a page and of the story found on it."""

    url: str
    title: str
    """Headline, without the site's name."""
    page_title: str
    """Content of `<title>`."""
    text: str
    """The story that would be published, paragraphs one a line."""
    blocks: Sequence[Block]
    """Everything that a reader sees, in document order."""
    stated: frozenset[str] = frozenset()
    """schema.org types that the page itself has, and its og:type."""
    dated: bool = False
    """Whether metadata or the byline says when it was published."""


class Verdict(NamedTuple):
    """What a page is."""

    kind: PageKind
    reason: str
    """In words, for the outcome of the article; empty for an article."""


def judge(page: Evidence) -> Verdict:
    """Return what kind of page it is, with the reason."""
    headings = [page.title, page.page_title, *_top_headings(page.blocks)]
    passages = list(_passages(page))
    about = list(_of_headline(page))
    wall = _by_wording(page, headings, passages, is_about=_IS_ABOUT in about)
    if wall is not None:
        return wall
    held = [*_of_structure(page, passages), *_of_statements(page, headings), *about]
    if LIFE.search(page.text[:_LIFE_CHARS]) and not page.dated:
        held.append("the text is an author's life")
    score = sum(_WEIGHTS[each] for each in held)
    if score < LISTING_SCORE:
        return Verdict(PageKind.ARTICLE, "")
    told = max(held, key=lambda each: _WEIGHTS[each])
    return Verdict(PageKind.LISTING, f"a list of stories, not an article: {told}")


def _top_headings(blocks: Sequence[Block]) -> Iterator[str]:
    for block in blocks:
        if block.element.tag in {"h1", "h2"} and block.link_share < ALL_LINK:
            yield block.text


_REASONS = {
    PageKind.MISSING: "the page says that the story is gone (a soft 404)",
    PageKind.CONSENT: "a wall that asks for consent, not an article",
    PageKind.LOGIN: "a wall that asks readers to log in, not an article",
    PageKind.CHECK: "a robot check or a notice of maintenance, not an article",
    PageKind.ABOUT: "what the outlet says of itself, not an article",
}


def _by_wording(
    page: Evidence,
    headings: Sequence[str],
    passages: Sequence["_Passage"],
    *,
    is_about: bool,
) -> Verdict | None:
    """Return the verdict of the words alone, if they decide."""
    titled = {
        kind
        for kind, pattern in TITLES.items()
        if any(pattern.search(heading) for heading in headings)
    }
    is_dated = page.dated and not page.stated.isdisjoint(_ARTICLE_TYPES)
    if PageKind.ABOUT in titled and not is_dated:
        return Verdict(PageKind.ABOUT, _REASONS[PageKind.ABOUT])
    own = _own_text(page, passages)
    if len(own) > _LONGEST_WALL:
        return None
    of_its_own = is_dated or is_about
    for kind, pattern in SENTENCES.items():
        if of_its_own and kind not in titled:
            continue
        enough = _PARTLY if kind in titled and not is_dated else _MOSTLY
        share = _share(own, pattern)
        if kind in titled and share < enough:  # the story found may be a teaser
            share = _share(_shown_text(page), pattern)
        if share >= enough:
            return Verdict(kind, _REASONS[kind])
    return None


def _share(text: str, pattern: re.Pattern[str]) -> float:
    """Return which part of *text* is sentences in which *pattern* is found."""
    spans = sentence_spans(text)
    total = sum(end - start for start, end in spans)
    found = sum(
        end - start
        for start, end in spans
        if pattern.search(text[start:end]) and ADDRESS.search(text[start:end])
    )
    return found / total if total else 0.0


def _own_text(page: Evidence, passages: Sequence["_Passage"]) -> str:
    """Return what would be published without the teasers of other stories."""
    others = tuple(_squeezed(each.block.text) for each in passages if each.teaser)
    lines = page.text.split("\n")
    own = [line for line in lines if not _squeezed(line).startswith(others)]
    return "\n".join(own) or page.text


def _shown_text(page: Evidence) -> str:
    """Return the passages of the whole page that are no teasers."""
    return "\n".join(
        each.block.text for each in _passages(page, of_story=False) if not each.teaser
    )


class _Passage(NamedTuple):
    """A block of the story, and whether it is the teaser of another one."""

    block: Block
    teaser: bool


def _passages(page: Evidence, *, of_story: bool = True) -> Iterator[_Passage]:
    """Yield the blocks that would be published, or all that are as long.

    A teaser is a link itself, ends with an offer to read on, or stands right below a
    headline that is a link.
    """
    story = _squeezed(page.text)
    title = _squeezed(page.title)
    led = False
    for block in page.blocks:
        leads = _leads_elsewhere(block, title)
        led = led or leads
        if block.element.tag in HEADINGS or len(block.text) < PROSE_CHARS:
            led = led and not _is_own_heading(block, title)
            continue
        if of_story and _squeezed(block.text)[:_COMPARED] not in story:
            continue
        offers = block.link_chars > 0 and READ_ON.search(block.text[-_OFFER:])
        yield _Passage(block, led or bool(offers))
        led = leads


def _is_own_heading(block: Block, title: str) -> bool:
    """Return whether a block is a heading of the page itself: no link, or its title."""
    return block.element.tag in HEADINGS and (
        block.link_share < ALL_LINK or _squeezed(block.text) == title
    )


def _leads_elsewhere(block: Block, title: str) -> bool:
    """Return whether a block is the linked headline of another story.

    The links of a menu are shorter.
    """
    return (
        len(block.text) >= MIN_HEADLINE
        and block.link_share >= ALL_LINK
        and _squeezed(block.text) != title
        and not boilerplate.is_link_label(block.text)
        and len(block.text) >= MIN_HEADLINE * sum(1 for _ in block.element.iter("a"))
    )


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _of_structure(page: Evidence, passages: Sequence[_Passage]) -> Iterator[str]:
    chars = sum(len(each.block.text) for each in passages)
    teased = [len(each.block.text) for each in passages if each.teaser]
    if len(teased) >= _TWO and sum(teased) >= _MOSTLY * chars:
        yield "the paragraphs stand below headlines that lead elsewhere"
    elif len(teased) >= _TWO and sum(teased) >= chars / 4:
        yield "some paragraphs stand below headlines that lead elsewhere"
    longest = _longest_run(passages) if passages else len(page.text)
    if longest >= _LONG_RUN:
        yield "a long passage belongs to one story"
    elif longest >= _RUN:
        yield "a passage belongs to one story"
    elif longest < _SHORT_RUN:
        yield "no long passage belongs to one story"
    title = _squeezed(page.title)
    if sum(_leads_elsewhere(block, title) for block in page.blocks) >= _MANY:
        yield "many headlines lead elsewhere"


def _longest_run(passages: Sequence[_Passage]) -> int:
    """Return the characters of the longest run of paragraphs that are no teasers."""
    longest = run = 0
    for block, teaser in passages:
        run = 0 if teaser else run + len(block.text)
        longest = max(longest, run)
    return longest


def _of_statements(page: Evidence, headings: Sequence[str]) -> Iterator[str]:
    if any(TITLES[PageKind.LISTING].search(heading) for heading in headings):
        yield "its headline is that of a list"
    if is_listing_url(page.url):
        yield "its address is that of a list"
    elif is_story_url(page.url):
        yield "its address is that of a story"
    if not page.stated.isdisjoint(_ARTICLE_TYPES):
        yield "it states that it is an article"
    elif not page.stated.isdisjoint(_LISTING_TYPES):
        yield "it states that it is a list"
    if not page.dated:
        yield "it does not say when it was published"


def _of_headline(page: Evidence) -> Iterator[str]:
    words = {word[:_PREFIX] for word in _WORD.findall(page.title)}
    if len(words) < _TITLE_WORDS:
        return
    said = {word[:_PREFIX] for word in _WORD.findall(page.text)}
    share = len(words & said) / len(words)
    if share >= _MOSTLY:
        yield _IS_ABOUT
    elif share <= 1 / 4:
        yield "it is not about its headline"
