"""Find the title of an article among all that a page says its title is."""

import re

from lxml.html import HtmlElement

from workers.stages.pages import linked_data
from workers.stages.pages.page_metadata import Said
from workers.stages.text.legacy_fonts import in_unicode
from workers.stages.text.normalisation import normalise_line

_WORD = re.compile(r"(?:[^\W_]|[\u0900-\u0963])+")
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


def find_title(
    page: Said, headline: HtmlElement | None, site_name: str
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
