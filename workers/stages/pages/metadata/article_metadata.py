"""Choose each field of an article among the statements of its page.

Order of trust, first that is usable:

- title: the visible headline where another source confirms it, JSON-LD, OpenGraph,
  microdata, `<title>` without the site's name;
- dates, authors, section, image: JSON-LD, `article:*` and OpenGraph, microdata and
  other meta elements, the visible byline;
- canonical URL: `<link rel=canonical>`, OpenGraph, JSON-LD.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml.html import HtmlElement

from workers.stages.pages.metadata import linked_data
from workers.stages.pages.metadata.authors import find_authors
from workers.stages.pages.metadata.byline import read_byline
from workers.stages.pages.metadata.dates import modified, published
from workers.stages.pages.metadata.images import caption, image_urls
from workers.stages.pages.metadata.linked_data import Item
from workers.stages.pages.metadata.page_metadata import (
    PageMetadata,
    Statement,
    collect,
    first,
)
from workers.stages.pages.metadata.sections import find_sections, find_tags
from workers.stages.pages.metadata.titles import find_title, headline_element
from workers.stages.text.normalisation import normalise_line
from workers.web.urls import join_url

_NOT_FREE = frozenset(("false", "no", "0"))


@dataclass(frozen=True, slots=True)
class ArticleMetadata:
    """What was chosen; raw where a later stage must judge it."""

    title: str = ""
    description: str = ""
    authors: tuple[str, ...] = ()
    published: str | None = None
    """As written."""
    modified: str | None = None
    sections: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    image_url: str | None = None
    image_caption: str | None = None
    canonical_url: str | None = None
    language: str | None = None
    """As the page declares it."""
    site_name: str | None = None
    free: bool | None = None
    """What JSON-LD says of `isAccessibleForFree`; None if nothing."""
    locked: tuple[str, ...] | None = None
    """CSS selectors of the parts that JSON-LD calls not free; None: it names none."""
    notes: tuple[str, ...] = ()
    """What of the statements had to be repaired, or could not be read."""
    kind: str = ""
    """The most specific schema.org type: `NewsArticle`, `VideoObject`, …"""
    stated_types: frozenset[str] = frozenset()
    """Every schema.org type that the page itself has, and its og:type."""
    page_title: str = ""
    """`<title>`, with whatever the site adds to it."""
    body: str = ""
    """`articleBody` of JSON-LD."""
    sources: Mapping[str, str] = field(default_factory=dict)
    """By field, where it came from: `json-ld`, `opengraph`, `meta`, …"""


def read_metadata(tree: HtmlElement, url: str, base: str = "") -> ArticleMetadata:
    """Read the metadata of the page at *url*; the tree is left as it is.

    Relative addresses are resolved against *base*, by default *url*.
    """
    return _choose(collect(tree, url, base or url))


def _choose(page: PageMetadata) -> ArticleMetadata:
    tree, article = page.tree, page.article
    site_name = _site_name(page)
    headline = headline_element(tree)
    byline = read_byline(tree, headline)
    title = find_title(page, headline, site_name)
    published_at = first(published(page, byline))
    modified_at = first(modified(page, byline))
    image = first(image_urls(page))
    authors_source, authors = find_authors(page, site_name, byline)
    sections_source, sections = find_sections(page, title.value)
    description = first(_descriptions(page))
    sources = {
        "title": title.source,
        "published_at": published_at.source,
        "modified_at": modified_at.source,
        "lead_image": image.source,
        "authors": authors_source,
        "sections": sections_source,
        "canonical_url": page.canonical.source,
        "description": description.source,
    }
    return ArticleMetadata(
        title=title.value,
        description=normalise_line(description.value),
        authors=authors,
        published=published_at.value or None,
        modified=modified_at.value or None,
        sections=sections,
        tags=find_tags(page),
        image_url=join_url(page.base, image.value) if image.value else None,
        image_caption=caption(page, image.value) or None,
        canonical_url=page.canonical.value or None,
        language=_language(page),
        site_name=site_name or None,
        free=_is_free(article),
        locked=_locked_parts(article),
        notes=page.notes,
        kind=next(iter(linked_data.types(article)), page.meta.get("og:type", "")),
        stated_types=linked_data.own_types(page.items)
        | {page.meta.get("og:type", "").lower()},
        page_title=normalise_line(tree.findtext(".//title") or ""),
        body=linked_data.text_of(article.get("articleBody")),
        sources={name: source for name, source in sources.items() if source},
    )


def _site_name(page: PageMetadata) -> str:
    publisher = page.article.get("publisher")
    name = linked_data.text_of(publisher) if publisher else ""
    if name.startswith("http"):  # a reference to an item elsewhere
        name = ""
    return normalise_line(
        page.meta.get("og:site_name") or name or page.meta.get("application-name", "")
    )


def _descriptions(page: PageMetadata) -> Iterator[Statement]:
    yield Statement("opengraph", page.meta.get("og:description", ""))
    yield Statement("meta", page.meta.get("description", ""))
    yield Statement("json-ld", linked_data.text_of(page.article.get("description")))


def _language(page: PageMetadata) -> str | None:
    declared = (
        linked_data.text_of(page.article.get("inLanguage"))
        or (page.tree.getroottree().getroot().get("lang") or "")
        or page.meta.get("og:locale", "")
        or page.meta.get("language", "")
    )
    # OpenGraph writes hi_IN, BCP 47 wants hi-IN
    return declared.strip().replace("_", "-") or None


def _locked_parts(article: Item) -> tuple[str, ...] | None:
    """Return the selectors of `hasPart` that are not free; None where there are none.

    Source: Google's structured data for subscription and paywalled content.
    """
    parts = article.get("hasPart")
    listed = parts if isinstance(parts, list) else [parts]
    locked = [
        part for part in listed if isinstance(part, dict) and _is_free(part) is False
    ]
    if not locked:
        return None
    return tuple(linked_data.text_of(part.get("cssSelector")) for part in locked)


def _is_free(article: Item) -> bool | None:
    value = article.get("isAccessibleForFree")
    if value is None:
        return None
    return str(value).strip().lower() not in _NOT_FREE
