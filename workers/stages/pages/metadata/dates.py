"""Read the dates of publication and of the last change, as they are written."""

import re
from collections.abc import Iterator, Sequence

from lxml.html import HtmlElement

from workers.stages.pages.metadata import linked_data
from workers.stages.pages.metadata.byline import BylineText
from workers.stages.pages.metadata.page_metadata import (
    PageMetadata,
    Statement,
    itemprop,
    meta_statements,
)
from workers.stages.text.dates.visible import DATE, UPDATE_LABEL
from workers.stages.text.normalisation import normalise_line

_LINE_CHARS = 120
"""A longer text below the headline is a paragraph of the story."""
_SENTENCE = re.compile(r"[।॥?!]['\"”’)\s]*$")
_SENTENCE_CHARS = 40
"""So long a sentence is a paragraph, and the byline is above it."""
_META_PUBLISHED = (
    "article:published_time", "og:article:published_time", "datepublished",
    "publish-date", "publish_date", "publishdate", "pubdate", "published_time",
    "dc.date.issued", "dc.date", "date", "sailthru.date", "parsely-pub-date",
)  # fmt: skip
_META_MODIFIED = (
    "article:modified_time", "og:updated_time", "og:article:modified_time",
    "datemodified", "last-modified", "lastmod", "modified_time", "dc.date.modified",
)  # fmt: skip


def published(page: PageMetadata, byline: Sequence[BylineText]) -> Iterator[Statement]:
    """Yield dates of publication, the most trusted first, none before it is asked."""
    article = page.article
    yield Statement("json-ld", linked_data.text_of(article.get("datePublished")))
    yield Statement("json-ld", linked_data.text_of(article.get("uploadDate")))
    yield from meta_statements(page.meta, _META_PUBLISHED)
    yield Statement("microdata", itemprop(page.tree, "datePublished"))
    yield Statement("visible", _visible_dates(byline).get("published", ""))
    yield Statement("time", _time_element(page.tree))


def modified(page: PageMetadata, byline: Sequence[BylineText]) -> Iterator[Statement]:
    """Yield dates of the last change, as `published` does."""
    yield Statement("json-ld", linked_data.text_of(page.article.get("dateModified")))
    yield from meta_statements(page.meta, _META_MODIFIED)
    yield Statement("microdata", itemprop(page.tree, "dateModified"))
    yield Statement("visible", _visible_dates(byline).get("modified", ""))


def _visible_dates(byline: Sequence[BylineText]) -> dict[str, str]:
    """Return the first raw date of each kind, `published` and `modified`.

    Not from sentences: the dates in them are the story's.
    """
    lines = list(_stamps(byline))
    found: dict[str, str] = {}
    for match in DATE.finditer(normalise_line(" ".join(lines))):
        before = match.string[: match.start()]
        kind = "modified" if UPDATE_LABEL.search(before) else "published"
        found.setdefault(kind, match.group().strip())
    return found


def _stamps(byline: Sequence[BylineText]) -> Iterator[str]:
    """Yield the texts that may be a stamp: up to the first sentence of the story."""
    for _, text in byline:
        line = text.strip()
        if _SENTENCE.search(line) or len(line) > _LINE_CHARS:
            if len(line) >= _SENTENCE_CHARS:
                return
            continue
        yield line


def _time_element(tree: HtmlElement) -> str:
    for element in tree.iter("time"):
        stamp = element.get("datetime")
        if stamp and any(char.isdigit() for char in stamp):
            return str(stamp).strip()
    return ""
