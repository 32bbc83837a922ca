"""Gather what a page says about its article, each field from the source trusted most.

Order of trust, first that is usable:

- title: the visible headline where another source confirms it, JSON-LD, OpenGraph,
  microdata, `<title>` without the site's name;
- dates, authors, section, image: JSON-LD, `article:*` and OpenGraph, microdata and
  other meta elements, the visible byline;
- canonical URL: `<link rel=canonical>`, OpenGraph, JSON-LD.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

from lxml.etree import XPath
from lxml.html import HtmlElement

from workers.stages.hindi import normalise_line
from workers.stages.legacy_fonts import in_unicode
from workers.stages.pages import linked_data
from workers.stages.pages.linked_data import Item
from workers.stages.pages.visible_dates import DATE, UPDATE_LABEL

_WORD = re.compile(r"[^\W_]+(?:[\u0900-\u0963\u0966-\u097f]*)")
_SEPARATOR = re.compile(r"\s+[|\-–—:»·•]\s+|\s*\|\s*|\s*::\s*|\s+[–—]\s*")
_SITE_WORDS = re.compile(
    r"news|hindi|samachar|live|today|khabar|times|\.(?:com|in)\b|न्यूज|न्यूज़|समाचार|ख़बर|खबर|"
    r"हिंदी|हिन्दी|ताज़ा|ताजा",
    re.IGNORECASE,
)
_ELLIPSIS = re.compile(r"(?:\.{2,}|…)\s*$")
_MIN_TITLE_WORDS = 2
_AGREEMENT = 0.5
_MAX_TITLE = 300
_SUFFIX_WORDS = 6

_AUTHOR_NOISE = re.compile(
    r"^(?:(?:written|edited|reported|posted|published|curated|authored|compiled)\s+by"
    r"|by|author|लेखक|द्वारा|रिपोर्टर|रिपोर्ट|संपादन|प्रस्तुति)(?![\w\u0900-\u0963])\s*[:：\-–]?\s*|"
    r"\s*[,|]\s*$",
    re.IGNORECASE,
)
_AUTHOR_SPLIT = re.compile(r"\s*(?:[|;/]|,|\band\b|\s&\s)\s*")
_NOT_A_NAME = re.compile(
    r"https?:|www\.|@|^\W*$|^(?:updated|published|first|last|अपडेट|प्रकाशित)\b|\d{3,}",
    re.IGNORECASE,
)
_MAX_NAME = 60
_NAME_PARTS = range(2, 5)
_PLACES = frozenset(("नई दिल्ली", "नयी दिल्ली", "New Delhi", "न्यूज डेस्क", "हिंदी न्यूज"))

_BYLINE_CHARS = 1_500
_NEXT_TEXTS = XPath("following::text()[position() < 120]")
_FIRST_TEXTS = XPath("(//body//text())[position() < 120]")
_AUTHOR_CLASS = re.compile(
    r"(?:^|[\s_-])(?:author|writer|reporter|byline[-_]?name)(?:$|[\s_-]|name)",
    re.IGNORECASE,
)
_BYLINE_CLASS = re.compile(r"(?:^|[\s_-])byline(?:$|[\s_-])", re.IGNORECASE)
_PLACE_CLASS = re.compile(
    r"place|city|location|dateline|date|time|pub|upd|sep|title|role", re.IGNORECASE
)

_META_PUBLISHED = (
    "article:published_time", "og:article:published_time", "datepublished",
    "publish-date", "publish_date", "publishdate", "pubdate", "published_time",
    "dc.date.issued", "dc.date", "date", "sailthru.date", "parsely-pub-date",
)  # fmt: skip
_META_MODIFIED = (
    "article:modified_time", "og:updated_time", "og:article:modified_time",
    "datemodified", "last-modified", "lastmod", "modified_time", "dc.date.modified",
)  # fmt: skip
_META_AUTHOR = (
    "author",
    "article:author",
    "dc.creator",
    "parsely-author",
    "twitter:creator",
)
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


Byline = list[tuple[HtmlElement, str]]
"""Texts below the headline, in order, with their elements."""


class _Sources(NamedTuple):
    """What a page says of itself, by who reads it."""

    tree: HtmlElement
    meta: Mapping[str, str]
    article: Item


def gather(tree: HtmlElement, url: str) -> Metadata:
    """Read the metadata of the page at *url*; the tree is left as it is."""
    meta = _meta(tree)
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

    headline = _headline_element(tree)
    page = _Sources(tree, meta, article)
    sources["title"], title = _title(page, headline, site_name)
    byline = list(_byline(tree, headline))
    published = first("published_at", _published(page, byline))
    modified = first("modified_at", _modified(page, byline))
    image = first(
        "lead_image",
        [
            ("json-ld", _image_url(article.get("image"))),
            ("opengraph", meta.get("og:image", "")),
            ("twitter", meta.get("twitter:image", "")),
        ],
    )
    sources["authors"], authors = _authors(page, site_name, byline)
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


def words(text: str) -> frozenset[str]:
    """Return the words of *text* in lower case, for comparing."""
    return frozenset(word.lower() for word in _WORD.findall(text))


def _meta(tree: HtmlElement) -> dict[str, str]:
    """Return meta elements by name or property in lower case, the first of each."""
    values: dict[str, str] = {}
    for element in tree.iter("meta"):
        name = element.get("property") or element.get("name") or ""
        content = (element.get("content") or "").strip()
        if name and content:
            values.setdefault(name.strip().lower(), content)
    return values


def _named(
    meta: Mapping[str, str], names: tuple[str, ...]
) -> Iterator[tuple[str, str]]:
    for name in names:
        if name in meta:
            yield "opengraph" if ":" in name else "meta", meta[name]


def _itemprop(tree: HtmlElement, name: str) -> str:
    for element in tree.iterfind(f".//*[@itemprop='{name}']"):
        value = element.get("content") or element.get("datetime")
        value = value or normalise_line(element.text_content())
        if value:
            return str(value).strip()
    return ""


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


# --- title ---------------------------------------------------------------------


def _headline_element(tree: HtmlElement) -> HtmlElement | None:
    """Return the heading of the article: by microdata, else the first long h1."""
    for path in (".//h1[@itemprop='headline']", ".//h1", ".//h2[@itemprop='headline']"):
        for element in tree.iterfind(path):
            if len(words(element.text_content())) > _MIN_TITLE_WORDS:
                return element
    return None


def _title(
    page: _Sources, headline: HtmlElement | None, site_name: str
) -> tuple[str, str]:
    """Return where the title comes from, and the title."""
    tree, meta, article = page
    titled = tree.find(".//head/title")
    titled = tree.find(".//title") if titled is None else titled
    said = [
        (
            "json-ld",
            linked_data.text_of(article.get("headline") or article.get("name")),
        ),
        ("opengraph", meta.get("og:title", "")),
        ("twitter", meta.get("twitter:title", "")),
        ("title", titled.text_content() if titled is not None else ""),
    ]
    visible = (
        normalise_line(in_unicode(headline.text_content()))
        if headline is not None
        else ""
    )
    candidates = [
        (source, without_site(normalise_line(in_unicode(text)), site_name, visible))
        for source, text in said
        if text.strip()
    ]
    chosen = _confirmed(visible, candidates)
    if chosen is None:
        whole = [pair for pair in candidates if not _ELLIPSIS.search(pair[1])]
        chosen = next(iter([*whole, *candidates]), ("headline", visible))
    source, title = chosen
    return source, title[:_MAX_TITLE].strip()


def _confirmed(
    visible: str, candidates: list[tuple[str, str]]
) -> tuple[str, str] | None:
    """Return the visible headline, if it shares most of its words with another source.

    Where the two differ in spacing alone, or the headline has a kicker or badge more
    in front, the other source's form is taken.
    """
    mine = words(visible)
    if not mine or len(visible) > _MAX_TITLE:
        return None
    squeezed = "".join(visible.split())
    for source, text in candidates:
        if "".join(text.split()) == squeezed:
            return source, text
    for source, text in candidates:
        its = words(text)
        if len(its) > _MIN_TITLE_WORDS and squeezed.endswith("".join(text.split())):
            return source, text
    for _, text in candidates:
        its = words(text)
        if its and len(mine & its) >= _AGREEMENT * min(len(mine), len(its)):
            return "headline", visible
    # a headline in Devanagari beside titles in Latin for search engines
    if len(mine) > _MIN_TITLE_WORDS * 2 and not any(
        re.search("[\u0900-\u097f]", text) for _, text in candidates
    ):
        return "headline", visible
    return None


def without_site(title: str, site_name: str, headline: str = "") -> str:
    """Return *title* without the site's name and section words after separators."""
    pieces = _SEPARATOR.split(title)
    if len(pieces) < 2:  # noqa: PLR2004 nothing to take off
        return title
    squeezed = "".join(headline.split())
    if squeezed and squeezed in "".join(title.split()):
        for start in range(len(title)):
            rest = title[start:]
            if "".join(rest.split()).startswith(squeezed):
                return _length_of(rest, squeezed)
    site = words(site_name)
    for last in (True, False):
        while len(pieces) > 1:
            piece = pieces[-1] if last else pieces[0]
            its = words(piece)
            named = bool(its) and bool(site) and (its <= site or site <= its)
            looks = (
                last and len(its) <= _SUFFIX_WORDS and bool(_SITE_WORDS.search(piece))
            )
            if not (named or looks):
                break
            pieces = pieces[:-1] if last else pieces[1:]
    start = title.find(pieces[0])
    end = title.rfind(pieces[-1]) + len(pieces[-1])
    return title[start:end].strip() or title


def _length_of(text: str, squeezed: str) -> str:
    """Return the beginning of *text* that is *squeezed* once spaces are left out."""
    wanted = len(squeezed)
    for at, char in enumerate(text):
        if not wanted:
            return text[:at].strip()
        wanted -= not char.isspace()
    return text.strip()


# --- byline, dates, authors ----------------------------------------------------


def _byline(
    tree: HtmlElement, headline: HtmlElement | None
) -> Iterator[tuple[HtmlElement, str]]:
    """Yield the texts after the headline with their elements, 1,500 characters."""
    texts = _FIRST_TEXTS(tree) if headline is None else _NEXT_TEXTS(headline)
    budget = _BYLINE_CHARS
    for text in texts:
        element = text.getparent()
        if text.is_tail:
            element = element.getparent()
        if element is None or element.tag in {"script", "style", "noscript"}:
            continue
        if text.strip():
            yield element, str(text)
            budget -= len(text)
        if budget < 0:
            return


def _published(page: _Sources, byline: Byline) -> Iterator[tuple[str, str]]:
    """Yield dates of publication, those trusted most first, none before it is asked."""
    tree, meta, article = page
    yield "json-ld", linked_data.text_of(article.get("datePublished"))
    yield "json-ld", linked_data.text_of(article.get("uploadDate"))
    yield from _named(meta, _META_PUBLISHED)
    yield "microdata", _itemprop(tree, "datePublished")
    yield "visible", _visible_dates(byline).get("published", "")
    yield "time", _time_element(tree)


def _modified(page: _Sources, byline: Byline) -> Iterator[tuple[str, str]]:
    tree, meta, article = page
    yield "json-ld", linked_data.text_of(article.get("dateModified"))
    yield from _named(meta, _META_MODIFIED)
    yield "microdata", _itemprop(tree, "dateModified")
    yield "visible", _visible_dates(byline).get("modified", "")


def _visible_dates(byline: Byline) -> dict[str, str]:
    """Return the first raw date of each kind, `published` and `modified`."""
    text = " ".join(piece.strip() for _, piece in byline)
    found: dict[str, str] = {}
    for match in DATE.finditer(normalise_line(text)):
        before = match.string[: match.start()]
        kind = "modified" if UPDATE_LABEL.search(before) else "published"
        found.setdefault(kind, match.group().strip())
    return found


def _time_element(tree: HtmlElement) -> str:
    for element in tree.iter("time"):
        stamp = element.get("datetime")
        if stamp and any(char.isdigit() for char in stamp):
            return str(stamp).strip()
    return ""


def _authors(
    page: _Sources, site_name: str, byline: Byline
) -> tuple[str, tuple[str, ...]]:
    """Return where the authors come from, and their names."""
    fallback: tuple[str, tuple[str, ...]] | None = None
    for source, named in _named_authors(page, byline):
        names = tuple(dict.fromkeys(_names_in(named)))
        own = tuple(name for name in names if not _is_site(name, site_name))
        if own:
            return source, own
        if names and fallback is None:
            fallback = source, names
    return fallback or ("", ())


def _named_authors(page: _Sources, byline: Byline) -> Iterator[tuple[str, list[str]]]:
    tree, meta, article = page
    yield "json-ld", linked_data.names_of(article.get("author"))
    yield "meta", [meta[name] for name in _META_AUTHOR if name in meta][:1]
    marked = tree.iterfind(".//*[@itemprop='author']")
    yield "microdata", [each.get("content") or each.text_content() for each in marked]
    yield "visible", [text for each, text in byline if _names_author(each)][:2]
    yield "beside-date", list(_beside_date(byline))


def _names_author(element: HtmlElement) -> bool:
    """Say whether a byline's element holds a name, by its class or those above it."""
    own = f"{element.get('class') or ''} {element.get('id') or ''}".strip()
    if element.get("rel") == "author" or _AUTHOR_CLASS.search(own):
        return True
    if _PLACE_CLASS.search(own):
        return False
    above = [node.get("class") or "" for node in element.iterancestors()][:2]
    if any(map(_AUTHOR_CLASS.search, above)):
        return True
    return _BYLINE_CLASS.search(own or " ".join(above[:1])) is not None


def _beside_date(byline: Byline) -> Iterator[str]:
    """Yield what stands right before the first date, where it is like names."""
    before = ""
    for _, text in byline:
        line = normalise_line(text)
        match = DATE.search(line)
        if match is None:
            before = line
            continue
        lead = line[: match.start()].strip(" |,:-–—")
        for piece in re.split(r"\s*\|\s*", lead or before):
            names = piece.split(",")
            if all(_like_a_name(name) for name in names):
                yield piece
                return
        return


def _like_a_name(text: str) -> bool:
    parts = text.split()
    return (
        len(parts) in _NAME_PARTS
        and text.strip() not in _PLACES
        and text[-1:] not in "।.?!"
    )


def _names_in(named: Iterable[str]) -> Iterator[str]:
    for text in named:
        for piece in _AUTHOR_SPLIT.split(normalise_line(text)):
            name = piece
            while name != (name := _AUTHOR_NOISE.sub("", name).strip()):
                pass
            if name and len(name) <= _MAX_NAME and not _NOT_A_NAME.search(name):
                yield name


def _is_site(name: str, site_name: str) -> bool:
    mine, site = words(name), words(site_name)
    return bool(mine) and bool(site) and (mine <= site or site <= mine)


# --- the rest ------------------------------------------------------------------


def _sections(
    page: _Sources, found: list[Item], title: str
) -> tuple[str, tuple[str, ...]]:
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
        ("microdata", [_itemprop(tree, "articleSection")]),
    )
    for source, named in candidates:
        names = [normalise_line(name) for name in named]
        names = [
            name for name in names if name and name != title and len(name) <= _MAX_NAME
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
