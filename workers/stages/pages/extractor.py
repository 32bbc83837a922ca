"""Read a news page: bytes in, the fields of an article out, each with its source."""

import dataclasses
import re
from collections import Counter
from collections.abc import Sequence
from html import unescape

from lxml.html import HtmlElement

from workers.stages.pages import markup
from workers.stages.pages.access import find_access
from workers.stages.pages.kind.judge import Evidence, Verdict, judge
from workers.stages.pages.kind.wording import PageKind
from workers.stages.pages.metadata.article_metadata import (
    ArticleMetadata,
    read_metadata,
)
from workers.stages.pages.page import Access, Page, PageProblem
from workers.stages.pages.pagination import next_page
from workers.stages.pages.story import alternatives
from workers.stages.pages.story.blocks import ALL_LINK, Block
from workers.stages.pages.story.cleaning import Story
from workers.stages.pages.story.credits import read_dateline, without_agency
from workers.stages.pages.story.finder import find_story
from workers.stages.text.charset import decode
from workers.stages.text.normalisation import normalise
from workers.web.urls import absolute_url

_SHORT_STORY = 250
"""Characters below which JSON-LD is asked for more."""
_NO_STORY = 120
"""Characters below which trafilatura is asked."""
_MUCH_MORE = 1.5
_CONTAINED = 0.8
_MIN_STORY = 80
_STRAY_REPLACEMENT = re.compile("(?:(?<=\\s)|^)\ufffd+(?:\\s|$)")


def read_page(body: bytes, url: str, content_type: str = "") -> Page | PageProblem:
    """Read the page that *url* answered with.

    The story is looked for by its blocks (`story/finder.py`). Where little is found,
    the `articleBody` of JSON-LD and trafilatura are asked as well, and the longest
    that reads like a story wins. JSON-LD wins too where only a part of it was found.
    The data of the page's scripts is the last resort.
    """
    decoded = decode(body, content_type)
    if not decoded.text.strip():
        return PageProblem.EMPTY
    if not markup.looks_like_html(body, decoded.text, content_type):
        return PageProblem.NOT_HTML
    tree = markup.parse(decoded.text)
    if tree is None:
        return PageProblem.EMPTY
    base = _base_url(tree, url)
    metadata = read_metadata(tree, url, base)
    by_blocks = find_story(tree, metadata.title, metadata.description)
    story, source = _find_story(tree, metadata, by_blocks)
    verdict = _judge(url, metadata, story.text, by_blocks.page_blocks)
    if not story.paragraphs or len(story.text) < _MIN_STORY:
        missing = verdict.kind is PageKind.MISSING
        return PageProblem.GONE if missing else PageProblem.EMPTY
    access = (
        Access.REGISTERED
        if verdict.kind is PageKind.LOGIN
        else find_access(tree, metadata, story)
    )
    paragraphs, agency = without_agency(story)
    dateline, agency_at_start = read_dateline(paragraphs[0])
    return Page(
        title=metadata.title,
        text=_without_stray_marks("\n".join(paragraphs)),
        authors=metadata.authors,
        published=metadata.published,
        modified=metadata.modified,
        sections=metadata.sections,
        tags=metadata.tags,
        lead_image=metadata.image_url,
        lead_image_caption=metadata.image_caption,
        canonical_url=metadata.canonical_url,
        language_hint=metadata.language,
        site_name=metadata.site_name,
        agency=agency or agency_at_start,
        dateline=dateline,
        access=access,
        page_kind=verdict.kind,
        kind_reason=verdict.reason,
        kind=metadata.kind,
        encoding=decoded.encoding,
        notes=_notes(decoded.note, metadata, story, access),
        next_page=next_page(tree, url, base),
        sources={**metadata.sources, "text": source},
    )


def _base_url(tree: HtmlElement, url: str) -> str:
    """Return the address that relative ones are resolved against (HTML, 4.2.3)."""
    element = tree.find(".//base[@href]")
    stated = element.get("href") if element is not None else None
    return (absolute_url(stated, url) if stated else None) or url


def read_fragment(html: str, title: str) -> Page | PageProblem:
    """Read the HTML that a feed carries of an article (`content:encoded`)."""
    if "<" not in html and "&lt;" in html:  # a feed that escapes twice
        html = unescape(html)
    story = alternatives.from_html(html, title)
    if not story.paragraphs:
        return PageProblem.EMPTY
    paragraphs, agency = without_agency(story)
    return Page(
        title=title,
        text=_without_stray_marks("\n".join(paragraphs)),
        agency=agency,
        sources={"title": "feed", "text": "feed"},
    )


def join_pages(first: Page, following: Sequence[Page | PageProblem]) -> Page:
    """Return a story of several pages as one, each of its paragraphs once."""
    paragraphs = first.text.split("\n")
    for page in following:
        if isinstance(page, Page):
            seen = set(paragraphs)
            paragraphs += [each for each in page.text.split("\n") if each not in seen]
    agency = next(
        (p.agency for p in (first, *following) if isinstance(p, Page) and p.agency),
        None,
    )
    return dataclasses.replace(first, text="\n".join(paragraphs), agency=agency)


def _judge(
    url: str, metadata: ArticleMetadata, text: str, blocks: Sequence[Block]
) -> Verdict:
    """Return what kind of page it is; without a story, by all that it shows."""
    shown = text or "\n".join(b.text for b in blocks if b.link_share < ALL_LINK)
    return judge(
        Evidence(
            url=url,
            title=metadata.title,
            page_title=metadata.page_title,
            text=shown,
            blocks=blocks,
            stated=metadata.stated_types,
            dated=bool(metadata.published),
        )
    )


def _find_story(
    tree: HtmlElement, metadata: ArticleMetadata, by_blocks: Story
) -> tuple[Story, str]:
    """Return the story and the source that it was read from."""
    best, source = by_blocks, "blocks"
    stated = alternatives.from_linked_data(tree, metadata)
    if _is_far_longer(stated, best) and (
        len(best.text) < _SHORT_STORY or _is_part_of(best, stated)
    ):
        best, source = stated, "json-ld"
    if len(best.text) < _NO_STORY:
        extracted = alternatives.from_trafilatura(tree, metadata)
        if _is_far_longer(extracted, best):
            best, source = extracted, "trafilatura"
    if len(best.text) < _NO_STORY and metadata.free is not False:
        scripted = alternatives.from_scripts(tree, metadata)
        if _is_far_longer(scripted, best):
            best, source = scripted, "script"
    return best, source


def _is_far_longer(one: Story, other: Story) -> bool:
    return len(one.text) > max(_MIN_STORY, _MUCH_MORE * len(other.text))


def _is_part_of(found: Story, stated: Story) -> bool:
    """Return whether most of what was found is in what the publisher states."""
    ours, theirs = Counter(found.text.split()), Counter(stated.text.split())
    return (ours & theirs).total() > _CONTAINED * ours.total()


def _notes(
    decoding: str | None, metadata: ArticleMetadata, story: Story, access: Access
) -> tuple[str, ...]:
    notes = [decoding] if decoding else []
    notes += metadata.notes
    notes += [f"legacy-font-{font}" for font in sorted(story.fonts)]
    if access is Access.OPEN and (metadata.free is False or metadata.locked):
        notes.append("stated-not-free")
    return tuple(notes)


def _without_stray_marks(text: str) -> str:
    """Drop replacement characters that stand alone; inside words they warn."""
    if "\ufffd" not in text:
        return text
    return normalise(_STRAY_REPLACEMENT.sub("", text)).text
