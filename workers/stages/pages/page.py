"""What a news page says, and why it may be none."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from workers.stages.pages.kind.wording import PageKind


class PageProblem(StrEnum):
    """Why a response is no article."""

    NOT_HTML = "not-html"
    EMPTY = "empty"
    """A page without a story on it."""
    GONE = "gone"
    """An apology for a missing story, answered with status 200 (soft 404)."""


class Access(StrEnum):
    """How much of the story the page gives."""

    OPEN = "open"
    PAYWALL = "paywall"
    """The page says that it is for subscribers, and the text is cut short."""
    REGISTERED = "registered"
    """The page asks readers to log in before it shows anything."""


@dataclass(frozen=True, slots=True)
class Page:
    """What a page says; dates and addresses are raw, text is normalised."""

    title: str
    text: str
    """Paragraphs, one a line."""
    truncated: bool = False
    """The page has more text than is published of one article."""
    authors: tuple[str, ...] = ()
    published: str | None = None
    modified: str | None = None
    sections: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    lead_image: str | None = None
    lead_image_caption: str | None = None
    canonical_url: str | None = None
    language_hint: str | None = None
    """As the page declares it."""
    site_name: str | None = None
    agency: str | None = None
    """News agency credited for the story."""
    dateline: str | None = None
    """Place that the story is reported from."""
    access: Access = Access.OPEN
    page_kind: PageKind = PageKind.ARTICLE
    """What the page is; only articles are published."""
    kind_reason: str = ""
    """Why it is no article, in words."""
    kind: str = ""
    """schema.org type, where the page names one."""
    encoding: str = "utf-8"
    notes: tuple[str, ...] = ()
    """What had to be repaired, for example `invalid-utf-8`."""
    next_page: str | None = None
    """Where the story goes on, if it has several pages."""
    sources: Mapping[str, str] = field(default_factory=dict)
    """By field, where it came from: `json-ld`, `opengraph`, `headline`, …"""
