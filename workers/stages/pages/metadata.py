"""Gather what a page says about its article, each field from the source trusted most.

Order of trust, first that is usable:

- title: the visible headline where another source confirms it, JSON-LD, OpenGraph,
  microdata, `<title>` without the site's name;
- dates, authors, section, image: JSON-LD, `article:*` and OpenGraph, microdata and
  other meta elements, the visible byline;
- canonical URL: `<link rel=canonical>`, OpenGraph, JSON-LD.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from workers.stages.pages import bylines, linked_data
from workers.stages.pages.linked_data import Item
from workers.stages.pages.page_metadata import Said, itemprop, meta_elements
from workers.stages.pages.titles import find_title, headline_element
from workers.stages.text.normalisation import normalise_line

_MAX_SECTION = 60
_META_SECTION = ("article:section", "section", "parsely-section", "category")


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a page says about its article; raw where a later stage must judge it."""

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
    """What JSON-LD says of `isAccessibleForFree`."""
    kind: str = ""
    """The most telling schema.org type: `NewsArticle`, `VideoObject`, …"""
    body: str = ""
    """`articleBody` of JSON-LD."""
    sources: Mapping[str, str] = field(default_factory=dict)
    """For each field where it came from: `json-ld`, `opengraph`, `meta`, …"""


def gather(tree: HtmlElement, url: str) -> Metadata:
    """Read the metadata of the page at *url*; the tree is left as it is."""
    meta = meta_elements(tree)
    found = linked_data.items(tree)
    canonical, canonical_source = _canonical(tree, meta, url)
    here = frozenset(address.rstrip("/") for address in (url, canonical) if address)
    article = linked_data.main_article(found, here) or {}
    site_name = _site_name(meta, article)
    sources: dict[str, str] = {}

    def first(name: str, candidates: Iterable[tuple[str, str]]) -> str:
        for source, value in candidates:
            if value:
                sources[name] = source
                return value
        return ""

    headline = headline_element(tree)
    page = Said(tree, meta, article)
    sources["title"], title = find_title(page, headline, site_name)
    byline = list(bylines.byline_of(tree, headline))
    published = first("published_at", bylines.published(page, byline))
    modified = first("modified_at", bylines.modified(page, byline))
    image = first(
        "lead_image",
        [
            ("json-ld", _image_url(article.get("image"))),
            ("opengraph", meta.get("og:image", "")),
            ("twitter", meta.get("twitter:image", "")),
        ],
    )
    sources["authors"], authors = bylines.authors(page, site_name, byline)
    sources["sections"], sections = _sections(page, found, title)
    sources["canonical_url"] = canonical_source
    return Metadata(
        title=title,
        description=normalise_line(
            first(
                "description",
                [
                    ("opengraph", meta.get("og:description", "")),
                    ("meta", meta.get("description", "")),
                    ("json-ld", linked_data.text_of(article.get("description"))),
                ],
            )
        ),
        authors=authors,
        published=published or None,
        modified=modified or None,
        sections=sections,
        tags=_tags(meta, article, tree),
        image_url=urljoin(url, image) if image else None,
        image_caption=_caption(tree, article, image) or None,
        canonical_url=canonical,
        language=_language(tree, meta, article),
        site_name=site_name or None,
        free=_free(article),
        kind=next(iter(linked_data.types(article)), meta.get("og:type", "")),
        body=linked_data.text_of(article.get("articleBody")),
        sources={name: source for name, source in sources.items() if source},
    )


def _canonical(
    tree: HtmlElement, meta: Mapping[str, str], url: str
) -> tuple[str | None, str]:
    links = [
        link.get("href") or ""
        for link in tree.iter("link")
        if "canonical" in (link.get("rel") or "").lower().split()
    ]
    for source, values in (("link", links), ("opengraph", [meta.get("og:url", "")])):
        for value in values:
            if not value.strip():
                continue
            address = urljoin(url, value.strip())
            if urlsplit(address).scheme in {"http", "https"}:
                return address, source
    return None, ""


def _site_name(meta: Mapping[str, str], article: Item) -> str:
    publisher = article.get("publisher")
    named = linked_data.text_of(publisher) if publisher else ""
    if named.startswith("http"):
        named = ""
    return normalise_line(
        meta.get("og:site_name") or named or meta.get("application-name", "")
    )


def _sections(page: Said, found: list[Item], title: str) -> tuple[str, tuple[str, ...]]:
    """Return where the sections come from, and their names."""
    tree, meta, article = page
    crumbs = [
        name
        for item in linked_data.of_type(found, "BreadcrumbList")
        for name in _crumbs(item)
    ]
    candidates = (
        ("json-ld", linked_data.names_of(article.get("articleSection"))),
        ("opengraph", [meta[name] for name in _META_SECTION if name in meta][:1]),
        ("breadcrumb", crumbs[1:]),
        ("microdata", [itemprop(tree, "articleSection")]),
    )
    for source, named in candidates:
        names = [normalise_line(name) for name in named]
        names = [
            name
            for name in names
            if name and name != title and len(name) <= _MAX_SECTION
        ]
        if names:
            return source, tuple(dict.fromkeys(names))
    return "", ()


def _crumbs(item: Item) -> Iterator[str]:
    listed = item.get("itemListElement")
    for step in listed if isinstance(listed, list) else []:
        if isinstance(step, dict):
            name = linked_data.text_of(step.get("name") or step.get("item"))
            if name and not name.startswith("http"):
                yield name


def _tags(meta: Mapping[str, str], article: Item, tree: HtmlElement) -> tuple[str, ...]:
    named = linked_data.names_of(article.get("keywords"))
    named = named or [
        element.get("content") or ""
        for element in tree.iterfind(".//meta[@property='article:tag']")
    ]
    named = named or [meta.get("news_keywords") or meta.get("keywords") or ""]
    names = [normalise_line(name) for text in named for name in text.split(",")]
    return tuple(dict.fromkeys(name for name in names if name))


def _image_url(value: object) -> str:
    if isinstance(value, list):
        return next((url for url in map(_image_url, value) if url), "")
    if isinstance(value, dict):
        return _image_url(value.get("url") or value.get("contentUrl"))
    return value.strip() if isinstance(value, str) else ""


def _caption(tree: HtmlElement, article: Item, image: str) -> str:
    described = article.get("image")
    first = described[0] if isinstance(described, list) and described else described
    if isinstance(first, dict):
        caption = linked_data.text_of(first.get("caption") or first.get("description"))
        if caption:
            return normalise_line(caption)
    if not image:
        return ""
    name = urlsplit(image).path.rpartition("/")[2]
    for picture in tree.iter("img", "amp-img"):
        shown = (picture.get("src") or "") + (picture.get("data-src") or "")
        if not name or name not in shown:
            continue
        figure = next(picture.iterancestors("figure"), None)
        below = figure.find(".//figcaption") if figure is not None else None
        text = picture.get("alt") if below is None else below.text_content()
        if text and text.strip():
            return normalise_line(text)
    return ""


def _language(tree: HtmlElement, meta: Mapping[str, str], article: Item) -> str | None:
    declared = (
        linked_data.text_of(article.get("inLanguage"))
        or (tree.getroottree().getroot().get("lang") or "")
        or meta.get("og:locale", "")
        or meta.get("language", "")
    )
    return declared.strip().replace("_", "-") or None


def _free(article: Item) -> bool | None:
    value = article.get("isAccessibleForFree")
    if value is None:
        return None
    return str(value).strip().lower() not in {"false", "no", "0"}
