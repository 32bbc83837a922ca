"""Collect what a page states about itself: meta elements, JSON-LD, microdata.

Nothing is judged here; `article_metadata` chooses among the statements.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from lxml.html import HtmlElement

from workers.stages.pages.metadata import linked_data
from workers.stages.pages.metadata.linked_data import Item
from workers.stages.text.normalisation import normalise_line
from workers.web.urls import split_url


class Statement(NamedTuple):
    """A value that a page states, and where it does."""

    source: str
    """`json-ld`, `opengraph`, `meta`, `microdata`, `visible`, …; empty for none."""
    value: str


NO_STATEMENT = Statement("", "")


@dataclass(frozen=True, slots=True)
class PageMetadata:
    """The statements of one page, as they are written."""

    url: str
    base: str
    """Address that relative ones are resolved against."""
    tree: HtmlElement
    """For microdata and what a reader sees."""
    meta: Mapping[str, str]
    """Content of `<meta>` by name or property in lower case, the first of each."""
    items: Sequence[Item]
    """Every JSON-LD item of the page."""
    article: Item
    """The JSON-LD item of the page's article; empty where there is none."""
    canonical: Statement
    """The page's canonical URL, absolute."""
    notes: tuple[str, ...] = ()
    """What of it had to be repaired, or could not be read."""


def collect(tree: HtmlElement, url: str, base: str) -> PageMetadata:
    """Return what the page at *url* states; the tree is left as it is."""
    meta = _meta_elements(tree)
    items, notes = linked_data.read_items(tree)
    canonical = _canonical_url(tree, meta, base)
    own_urls = frozenset(u.rstrip("/") for u in (url, canonical.value) if u)
    article = linked_data.main_article(items, own_urls) or {}
    return PageMetadata(url, base, tree, meta, items, article, canonical, notes)


def first(statements: Iterable[Statement]) -> Statement:
    """Return the first statement that has a value; later ones are not evaluated."""
    return next((each for each in statements if each.value), NO_STATEMENT)


def meta_statements(
    meta: Mapping[str, str], names: tuple[str, ...]
) -> Iterator[Statement]:
    """Yield the contents of those of the meta elements *names* that are there."""
    for name in names:
        if name in meta:
            yield Statement("opengraph" if ":" in name else "meta", meta[name])


def itemprop(tree: HtmlElement, name: str) -> str:
    """Return the first microdata property *name* that is not empty."""
    for element in tree.iterfind(f".//*[@itemprop='{name}']"):
        value = element.get("content") or element.get("datetime")
        value = value or normalise_line(element.text_content())
        if value:
            return str(value).strip()
    return ""


def _meta_elements(tree: HtmlElement) -> dict[str, str]:
    values: dict[str, str] = {}
    for element in tree.iter("meta"):
        # OpenGraph has `property`, HTML `name`; pages mix up the two
        name = element.get("property") or element.get("name") or ""
        content = (element.get("content") or "").strip()
        if name and content:
            values.setdefault(name.strip().lower(), content)
    return values


def _canonical_url(tree: HtmlElement, meta: Mapping[str, str], url: str) -> Statement:
    links = [
        Statement("link", link.get("href") or "")
        for link in tree.iter("link")
        if "canonical" in (link.get("rel") or "").lower().split()
    ]
    for source, value in (*links, Statement("opengraph", meta.get("og:url", ""))):
        if value.strip():
            parts = split_url(value.strip(), url)
            if parts is not None and parts.scheme in {"http", "https"}:
                return Statement(source, parts.geturl())
    return NO_STATEMENT
