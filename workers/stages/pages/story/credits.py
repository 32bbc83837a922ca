"""Read the dateline of a story and the news agency that its last paragraph credits."""

import re

from workers.stages.pages.story.cleaning import Story
from workers.stages.text.lexical import alternatives, words
from workers.stages.text.normalisation import normalise_line

_AGENCIES = alternatives(
    "agencies.hindi",
    "agencies.pti",
    "agencies.latin",
    "agencies.unnamed",
    "agencies.unnamed_latin",
)
_DATELINE = re.compile(
    r"^(?P<place>[^\W\d_][^\d:(),।.–—-]{1,40}?)"
    r"(?:\s*[/,]\s*[^\d:(),।]{2,30})?"
    r"(?:,?\s*\d{1,2}\s+[^\W\d_][^\d\s:(),।]*(?:\s+\d{4})?)?"
    rf"(?:\s*\(\s*(?P<agency>(?:{_AGENCIES})(?:\s*[/,]\s*(?:{_AGENCIES}))*)\s*\)"
    r"|\s*(?::\s|।\s|[–—]\s*|\s-\s|\.\s(?=[\u0900-\u097f])))"
)
_MAX_PLACE_WORDS = 3
_NO_PLACES = frozenset(words("text_labels.labels"))
_INLINE_AGENCY = re.compile(
    rf"\s*[(\[]\s*(?:इनपुट\S*\s*[-:–]?\s*)?(?P<agency>(?:{_AGENCIES})"
    rf"(?:[\s/,–-]+(?:{_AGENCIES}))*)\s*[)\]]\s*[।.]?\s*$"
)


def read_dateline(first: str) -> tuple[str | None, str | None]:
    """Return place and agency with which the first paragraph opens, if it does."""
    match = _DATELINE.match(first)
    if match is None:
        return None, None
    place = normalise_line(match["place"]).strip()
    if len(place.split()) > _MAX_PLACE_WORDS or not _NO_PLACES.isdisjoint(
        place.split()
    ):
        return None, match["agency"]
    return place, match["agency"]


def without_agency(story: Story) -> tuple[list[str], str | None]:
    """Return the paragraphs without a credit at their end, and the agency."""
    paragraphs = list(story.paragraphs)
    match = _INLINE_AGENCY.search(paragraphs[-1])
    if match is None:
        return paragraphs, story.agency
    rest = paragraphs[-1][: match.start()].rstrip()
    if rest:
        paragraphs[-1] = rest
    return paragraphs, match["agency"]
