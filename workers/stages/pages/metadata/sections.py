"""Read the sections that an article is filed under, and its tags."""

from collections.abc import Iterator

from workers.stages.pages.metadata import linked_data
from workers.stages.pages.metadata.labels import (
    MAX_TAG,
    MOST_SECTIONS,
    MOST_TAGS,
    distinct,
    pieces,
)
from workers.stages.pages.metadata.linked_data import Item
from workers.stages.pages.metadata.page_metadata import PageMetadata, itemprop
from workers.stages.text.normalisation import normalise_line

_MAX_SECTION = 60
"""Characters; what is longer is a headline in a breadcrumb."""
_META_SECTION = ("article:section", "section", "parsely-section", "category")


def find_sections(page: PageMetadata, title: str) -> tuple[str, tuple[str, ...]]:
    """Return where the sections come from, and their names."""
    for source, stated in _stated_sections(page):
        lines = (normalise_line(name) for name in stated if len(name) <= MAX_TAG)
        names = distinct(
            (
                name
                for name in lines
                if name and name != title and len(name) <= _MAX_SECTION
            ),
            MOST_SECTIONS,
        )
        if names:
            return source, names
    return "", ()


def _stated_sections(page: PageMetadata) -> Iterator[tuple[str, list[str]]]:
    meta = page.meta
    yield "json-ld", linked_data.names_of(page.article.get("articleSection"))
    yield "opengraph", [meta[name] for name in _META_SECTION if name in meta][:1]
    crumbs = [
        name
        for item in linked_data.of_type(page.items, "BreadcrumbList")
        for name in _crumbs(item)
    ]
    yield "breadcrumb", crumbs[1:]  # the first is the home page
    yield "microdata", [itemprop(page.tree, "articleSection")]


def _crumbs(item: Item) -> Iterator[str]:
    listed = item.get("itemListElement")
    for step in listed if isinstance(listed, list) else []:
        if isinstance(step, dict):
            name = linked_data.text_of(step.get("name") or step.get("item"))
            if name and not name.startswith("http"):
                yield name


def find_tags(page: PageMetadata) -> tuple[str, ...]:
    """Return the keywords of an article, those of the first source that has any."""
    stated = linked_data.names_of(page.article.get("keywords"))
    stated = stated or [
        element.get("content") or ""
        for element in page.tree.iterfind(".//meta[@property='article:tag']")
    ]
    stated = stated or [
        page.meta.get("news_keywords") or page.meta.get("keywords") or ""
    ]
    names = (name for name in pieces(stated) if len(name) <= MAX_TAG)
    return distinct(names, MOST_TAGS)
