"""Read a news page: bytes in, the fields of an article out, each with its source."""

import copy
import dataclasses
import re
from collections import Counter
from collections.abc import Sequence

import trafilatura
from lxml.html import HtmlElement

from workers.stages.pages import markup
from workers.stages.pages.blocks import Block
from workers.stages.pages.cleaning import Story, tidy
from workers.stages.pages.metadata import Metadata, gather
from workers.stages.pages.page import Access, Page, PageProblem
from workers.stages.pages.pagination import next_page
from workers.stages.pages.script_data import story_html
from workers.stages.pages.story import find_story
from workers.stages.text.charset import decode
from workers.stages.text.legacy_fonts import in_unicode
from workers.stages.text.normalisation import normalise, normalise_line

_SHORT_STORY = 250
"""Characters below which JSON-LD is asked for more."""
_NO_STORY = 120
"""Characters below which trafilatura is asked."""
_MUCH_MORE = 1.5
_CONTAINED = 0.8
_TEASER = 800
"""Characters up to which a story that asks for a subscription was cut off."""
_MIN_STORY = 80
_STRAY_REPLACEMENT = re.compile("(?:(?<=\\s)|^)\ufffd+(?:\\s|$)")
_CUT = re.compile(r"(?:\.{2,}|…)\s*$")
_PAYWALL_NAME = re.compile(
    r"paywall|premium-?(?:content|block)|subscriber", re.IGNORECASE
)
_BREAK = re.compile(r"\s*\n\s*")
_AGENCIES = (
    r"भाषा|वार्ता|यूनीवार्ता|एएनआई|आईएएनएस|पीटीआई|यूएनआई|एपी|एएफपी|रॉयटर्स|एजेंसी|एजेंसियां|"
    r"PTI|ANI|IANS|UNI|AP|AFP|Reuters|Agency"
)
_DATELINE = re.compile(
    r"^(?P<place>[^\W\d_][^\d:(),।.–—-]{1,40}?)"
    r"(?:\s*[/,]\s*[^\d:(),।]{2,30})?"
    r"(?:,?\s*\d{1,2}\s+[^\W\d_][^\d\s:(),।]*(?:\s+\d{4})?)?"
    rf"(?:\s*\(\s*(?P<agency>(?:{_AGENCIES})(?:\s*[/,]\s*(?:{_AGENCIES}))*)\s*\)"
    r"|\s*(?::\s|।\s|[–—]\s*|\s-\s|\.\s(?=[\u0900-\u097f])))"
)
_MAX_PLACE_WORDS = 3
_INLINE_AGENCY = re.compile(
    rf"\s*[(\[]\s*(?:इनपुट\S*\s*[-:–]?\s*)?(?P<agency>(?:{_AGENCIES})"
    rf"(?:[\s/,–-]+(?:{_AGENCIES}))*)\s*[)\]]\s*[।.]?\s*$"
)


def read_page(body: bytes, url: str, content_type: str = "") -> Page | PageProblem:
    """Read the page that *url* answered with.

    The story is looked for by its blocks (`story.py`). Where little is found, the
    `articleBody` of JSON-LD and trafilatura are asked as well, and the longest answer
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
    said = gather(tree, url)
    story, source = _story(tree, said)
    if not story.paragraphs or len(story.text) < _MIN_STORY:
        return PageProblem.EMPTY
    paragraphs, agency = _without_agency(story)
    text = _mended("\n".join(paragraphs))
    dateline, at_start = _dateline(paragraphs[0])
    return Page(
        title=said.title,
        text=text,
        authors=said.authors,
        published=said.published,
        modified=said.modified,
        sections=said.sections,
        tags=said.tags,
        lead_image=said.image_url,
        lead_image_caption=said.image_caption,
        canonical_url=said.canonical_url,
        language_hint=said.language,
        site_name=said.site_name,
        agency=agency or at_start,
        dateline=dateline,
        access=_access(tree, said, story),
        kind=said.kind,
        encoding=decoded.encoding,
        notes=_notes(decoded.note, story),
        next_page=next_page(tree, url),
        sources={**said.sources, "text": source},
    )


def joined(first: Page, following: Sequence[Page | PageProblem]) -> Page:
    """Return a story of several pages as one; a paragraph is not said twice."""
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


def _notes(decoding: str | None, story: Story) -> tuple[str, ...]:
    fonts = tuple(f"legacy-font-{font}" for font in sorted(story.fonts))
    return (decoding, *fonts) if decoding else fonts


def read_fragment(html: str, title: str) -> Page | PageProblem:
    """Read the HTML that a feed carries of an article (`content:encoded`)."""
    tree = markup.parse(f"<html><body><div>{html}</div></body></html>")
    story = find_story(tree, title, "") if tree is not None else Story()
    if not story.paragraphs:
        return PageProblem.EMPTY
    paragraphs, agency = _without_agency(story)
    return Page(
        title=title,
        text=_mended("\n".join(paragraphs)),
        agency=agency,
        sources={"title": "feed", "text": "feed"},
    )


def _story(tree: HtmlElement, said: Metadata) -> tuple[Story, str]:
    best, source = find_story(tree, said.title, said.description), "blocks"
    stated = _by_linked_data(tree, said)
    if _far_longer(stated, best) and (
        len(best.text) < _SHORT_STORY or _part_of(best, stated)
    ):
        best, source = stated, "json-ld"
    if len(best.text) < _NO_STORY:
        found = _by_trafilatura(tree, said)
        if _far_longer(found, best):
            best, source = found, "trafilatura"
    if len(best.text) < _NO_STORY and said.free is not False:
        held = _by_script(tree, said)
        if _far_longer(held, best):
            best, source = held, "script"
    return best, source


def _by_script(tree: HtmlElement, said: Metadata) -> Story:
    html = story_html(tree, said.title)
    element = markup.parse(f"<html><body><div>{html}</div></body></html>")
    return (
        find_story(element, said.title, "") if html and element is not None else Story()
    )


def _far_longer(one: Story, other: Story) -> bool:
    return len(one.text) > max(_MIN_STORY, _MUCH_MORE * len(other.text))


def _part_of(found: Story, stated: Story) -> bool:
    """Say whether most of what was found is in what the publisher states."""
    mine, theirs = Counter(found.text.split()), Counter(stated.text.split())
    return (mine & theirs).total() > _CONTAINED * mine.total()


def _by_trafilatura(tree: HtmlElement, said: Metadata) -> Story:
    bare = copy.deepcopy(tree)
    for script in [*bare.iter("script")]:
        script.getparent().remove(script)  # it would read JSON-LD, paid text too
    found = trafilatura.bare_extraction(
        bare, include_comments=False, with_metadata=False
    )
    body = getattr(found, "body", None)
    if body is None:
        return Story()
    headlines = {_squeezed(link.text_content()) for link in tree.iter("a")}
    blocks = [
        Block(element, in_unicode(line))
        for element in body
        for line in _BREAK.split(" ".join(element.itertext()))
        if _squeezed(line) not in headlines
    ]
    prose = [block for block in blocks if block.prose]
    return tidy(blocks, said.title, said.description) if prose else Story()


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _by_linked_data(tree: HtmlElement, said: Metadata) -> Story:
    if said.free is False or not said.body:
        return Story()  # of what is not free the publisher says who may read the rest
    element = markup.parse(f"<html><body><div>{said.body}</div></body></html>")
    if element is None or "<" in said.body:
        return find_story(element, said.title, "") if element is not None else Story()
    blocks = [Block(tree, line) for line in _BREAK.split(said.body)]
    return tidy(blocks, said.title)


def _mended(text: str) -> str:
    """Drop replacement characters that stand alone; inside words they warn."""
    if "\ufffd" not in text:
        return text
    return normalise(_STRAY_REPLACEMENT.sub("", text)).text


def _without_agency(story: Story) -> tuple[list[str], str | None]:
    """Take an agency's credit off the end of the last paragraph."""
    paragraphs = list(story.paragraphs)
    match = _INLINE_AGENCY.search(paragraphs[-1])
    if match is None:
        return paragraphs, story.agency
    rest = paragraphs[-1][: match.start()].rstrip()
    if rest:
        paragraphs[-1] = rest
    return paragraphs, match["agency"]


def _dateline(first: str) -> tuple[str | None, str | None]:
    """Return place and agency with which the first paragraph opens, if it does."""
    match = _DATELINE.match(first)
    if match is None:
        return None, None
    place = normalise_line(match["place"]).strip()
    if len(place.split()) > _MAX_PLACE_WORDS:
        return None, match["agency"]
    return place, match["agency"]


def _access(tree: HtmlElement, said: Metadata, story: Story) -> Access:
    if story.walled and len(story.text) < _TEASER:
        return Access.PAYWALL
    if said.free is not False:
        return Access.OPEN
    last = story.paragraphs[-1]
    walled = any(
        _PAYWALL_NAME.search(element.get("class") or "")
        for element in tree.iterfind(".//*[@class]")
    )
    cut = _CUT.search(last) is not None or last[-1:] not in "।.?!\"'”’)"
    return Access.PAYWALL if walled or cut else Access.OPEN
