"""From the bytes of a page to what would be published of it, and why not."""

import dataclasses
import datetime as dt
from collections.abc import Sequence

from workers.domain.outcomes import Outcome
from workers.domain.records import Timestamp
from workers.stages.articles.extracted import Extraction, Part, Request
from workers.stages.articles.near_duplicates.signatures import signature
from workers.stages.articles.text_limit import limited
from workers.stages.pages.extractor import join_pages, read_fragment, read_page
from workers.stages.pages.kind.wording import PageKind
from workers.stages.pages.page import Access, Page, PageProblem
from workers.stages.pages.refresh import page_refresh
from workers.stages.text.dates.reading import read_date
from workers.stages.text.language import HINDI, identify

_PROBLEMS = {
    PageProblem.NOT_HTML: "the answer is not an HTML page",
    PageProblem.EMPTY: "no article text on the page",
    PageProblem.GONE: "the page says that the story is gone (a soft 404)",
}

_LEADING_ON = frozenset((Outcome.EMPTY, Outcome.NOT_ARTICLE, Outcome.NOT_HINDI))
"""What a page that only leads to the article comes out as."""


def extract_page(
    body: bytes,
    url: str,
    content_type: str,
    now: dt.datetime,
    parts: Sequence[Part] = (),
) -> Extraction:
    """Read a page and judge whether it is a Hindi article to be published.

    *parts* are the pages on which its story goes on.
    """
    page = read_page(body, url, content_type)
    if isinstance(page, PageProblem):
        return Extraction(None, Outcome(page.value), _PROBLEMS[page])
    following = [read_page(part.body, part.url, part.content_type) for part in parts]
    if following:
        last = following[-1]
        ends = last.next_page if isinstance(last, Page) else None
        page = dataclasses.replace(join_pages(page, following), next_page=ends)
    return _judged(page, now)


def extract_feed_text(html: str, title: str, now: dt.datetime) -> Extraction:
    """Read the HTML that a feed carries of an article, and judge it as a page."""
    page = read_fragment(html, title)
    if isinstance(page, PageProblem):
        return Extraction(None, Outcome(page.value), _PROBLEMS[page])
    return _judged(page, now)


def extract(request: Request) -> Extraction:
    """Do what *request* asks for; what a process of its own runs."""
    if request.title is None:
        extraction = extract_page(
            request.body,
            request.url,
            request.content_type,
            request.now,
            request.parts,
        )
        if extraction.outcome not in _LEADING_ON:
            return extraction
        target = page_refresh(request.body, request.url, request.content_type)
        return dataclasses.replace(extraction, refresh_url=target)
    return extract_feed_text(request.body.decode(), request.title, request.now)


def _judged(page: Page, now: dt.datetime) -> Extraction:
    text = limited(page.text)
    if text != page.text:
        page = dataclasses.replace(page, text=text, truncated=True)
    language = identify(page.text)
    published, modified = _dates(page, now)
    outcome, reason = Outcome.PUBLISHED, ""
    if page.page_kind is not PageKind.ARTICLE:
        missing = page.page_kind is PageKind.MISSING
        outcome = Outcome.GONE if missing else Outcome.NOT_ARTICLE
        reason = page.kind_reason
    elif language.code != HINDI:
        outcome = Outcome.NOT_HINDI
        reason = f"the text is in {language.code}, confidence {language.confidence}"
    elif page.access is Access.PAYWALL:
        outcome = Outcome.PAYWALL
        reason = "the page is for subscribers and shows only the beginning"
    made = signature(page.text) if outcome is Outcome.PUBLISHED else None
    return Extraction(page, outcome, reason, language, published, modified, made)


def _dates(page: Page, now: dt.datetime) -> tuple[Timestamp | None, Timestamp | None]:
    published = read_date(page.published, now) if page.published else None
    modified = read_date(page.modified, now) if page.modified else None
    if published and modified and modified.value == published.value:
        modified = None  # most systems repeat the one in the other
    return published, modified
