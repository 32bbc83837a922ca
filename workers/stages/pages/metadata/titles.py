"""Find the title of an article among all that a page says its title is."""

import re
from collections.abc import Iterator, Sequence

from lxml.html import HtmlElement

from workers.stages.pages.metadata import linked_data
from workers.stages.pages.metadata.page_metadata import PageMetadata, Statement
from workers.stages.text.legacy_fonts import in_unicode
from workers.stages.text.normalisation import normalise_line

_WORD = re.compile(r"(?:[^\W_]|[\u0900-\u0963])+")
_SEPARATOR = re.compile(r"\s+[|\-–—:»·•]\s+|\s*\|\s*|\s*::\s*|\s+[–—]\s*")
_SITE_WORDS = re.compile(
    r"news|hindi|samachar|live|today|khabar|times|\.(?:com|in)\b|न्यूज|न्यूज़|समाचार|ख़बर|खबर|"
    r"हिंदी|हिन्दी|ताज़ा|ताजा",
    re.IGNORECASE,
)
_DEVANAGARI = re.compile("[\u0900-\u097f]")
_ELLIPSIS = re.compile(r"(?:\.{2,}|…)\s*$")
_MIN_TITLE_WORDS = 2
_AGREEMENT = 0.5
_MAX_TITLE = 300
_SUFFIX_WORDS = 6


def words(text: str) -> frozenset[str]:
    """Return the words of *text* in lower case, for comparing."""
    return frozenset(word.lower() for word in _WORD.findall(text))


def headline_element(tree: HtmlElement) -> HtmlElement | None:
    """Return the heading of the article: by microdata, else the first long h1."""
    for path in (".//h1[@itemprop='headline']", ".//h1", ".//h2[@itemprop='headline']"):
        for element in tree.iterfind(path):
            if len(words(element.text_content())) > _MIN_TITLE_WORDS:
                return element
    return None


def is_site_name(name: str, site_name: str) -> bool:
    """Return whether *name* is the site's, or one is the beginning or end of the other.

    Order of words does not matter: all words of the shorter are in the longer.
    """
    own, site = words(name), words(site_name)
    return bool(own) and bool(site) and (own <= site or site <= own)


def find_title(
    page: PageMetadata, headline: HtmlElement | None, site_name: str
) -> Statement:
    """Return the title and where it comes from; *headline* is the visible one."""
    visible = _text_of(headline)
    candidates = [
        Statement(source, without_site(_in_one_line(text), site_name, visible))
        for source, text in _stated_titles(page)
        if text.strip()
    ]
    chosen = _confirmed(visible, candidates)
    if chosen is None:
        whole = [each for each in candidates if not _ELLIPSIS.search(each.value)]
        chosen = next(iter([*whole, *candidates]), Statement("headline", visible))
    return chosen._replace(value=chosen.value[:_MAX_TITLE].strip())


def _stated_titles(page: PageMetadata) -> Iterator[Statement]:
    article, meta, tree = page.article, page.meta, page.tree
    stated = linked_data.text_of(article.get("headline") or article.get("name"))
    yield Statement("json-ld", stated)
    yield Statement("opengraph", meta.get("og:title", ""))
    yield Statement("twitter", meta.get("twitter:title", ""))
    element = tree.find(".//head/title")
    element = tree.find(".//title") if element is None else element
    yield Statement("title", element.text_content() if element is not None else "")


def _text_of(headline: HtmlElement | None) -> str:
    return "" if headline is None else _in_one_line(headline.text_content())


def _in_one_line(text: str) -> str:
    return normalise_line(in_unicode(text))


def _confirmed(visible: str, candidates: Sequence[Statement]) -> Statement | None:
    """Return the visible headline, if it shares most of its words with another source.

    Where the two differ in spacing alone, or the headline has a kicker or badge more
    in front, the other source's form is taken.
    """
    own = words(visible)
    if not own or len(visible) > _MAX_TITLE:
        return None
    stated = _in_other_form(visible, candidates)
    if stated is not None:
        return stated
    agreed = _agree(own, candidates) or _are_transliterated(own, candidates)
    return Statement("headline", visible) if agreed else None


def _in_other_form(visible: str, candidates: Sequence[Statement]) -> Statement | None:
    """Return the statement that is the visible headline but for spaces or a kicker."""
    squeezed = _squeezed(visible)
    forms = [(each, _squeezed(each.value)) for each in candidates]
    for each, form in forms:
        if form == squeezed:
            return each
    for each, form in forms:
        if squeezed.endswith(form) and len(words(each.value)) > _MIN_TITLE_WORDS:
            return each
    return None


def _agree(own: frozenset[str], candidates: Sequence[Statement]) -> bool:
    """Return whether a statement shares enough words with the headline's *own*."""
    others = [words(each.value) for each in candidates]
    return any(
        other and len(own & other) >= _AGREEMENT * min(len(own), len(other))
        for other in others
    )


def _are_transliterated(own: frozenset[str], candidates: Sequence[Statement]) -> bool:
    """Return whether all statements are in Latin, for search engines."""
    return len(own) > _MIN_TITLE_WORDS * 2 and not any(
        _DEVANAGARI.search(each.value) for each in candidates
    )


def without_site(title: str, site_name: str, headline: str = "") -> str:
    """Return *title* without the site's name and section words after separators.

    Where the title holds the *headline*, that part of it is returned.
    """
    pieces = _SEPARATOR.split(title)
    if len(pieces) == 1:
        return title
    shown = _part_of(title, headline)
    if shown:
        return shown
    while len(pieces) > 1 and _is_suffix(pieces[-1], site_name):
        del pieces[-1]
    while len(pieces) > 1 and is_site_name(pieces[0], site_name):
        del pieces[0]
    start = title.find(pieces[0])
    end = title.rfind(pieces[-1]) + len(pieces[-1])
    return title[start:end].strip() or title


def _is_suffix(piece: str, site_name: str) -> bool:
    """Return whether a last piece is the site's name or words about it."""
    return is_site_name(piece, site_name) or (
        len(words(piece)) <= _SUFFIX_WORDS and bool(_SITE_WORDS.search(piece))
    )


def _part_of(title: str, headline: str) -> str:
    """Return the part of *title* that is *headline* but for spaces, or nothing."""
    wanted = _squeezed(headline)
    places = [at for at, char in enumerate(title) if not char.isspace()]
    found = "".join(title[at] for at in places).find(wanted)
    if not wanted or found < 0:
        return ""
    return title[places[found] : places[found + len(wanted) - 1] + 1]


def _squeezed(text: str) -> str:
    """Return *text* without spaces, for sources put them differently."""
    return "".join(text.split())
