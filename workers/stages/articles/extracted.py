"""What the process that reads pages is asked, and what it answers.

Apart from `extraction`, which loads the extractor and its models, so that a worker can
name these without loading them.
"""

import datetime as dt
from dataclasses import dataclass

from msgspec import Struct

from workers.domain.outcomes import Outcome
from workers.domain.records import Language, Timestamp
from workers.stages.articles.near_duplicates.signatures import Signature
from workers.stages.pages.page import Page

UNKNOWN_LANGUAGE = Language(code="und", confidence=0.0)
"""Of a text that nobody has classified (ISO 639-2: undetermined)."""


class Part(Struct, frozen=True, array_like=True):
    """A further page of a story."""

    body: bytes
    url: str
    content_type: str


class Request(Struct, frozen=True, array_like=True):
    """Something to extract, on its way to a process of its own."""

    body: bytes
    url: str
    content_type: str
    now: dt.datetime
    title: str | None = None
    """Of the feed's entry whose HTML *body* is; None: *body* is a page."""
    parts: tuple[Part, ...] = ()
    """The pages on which the story goes on, in order."""


@dataclass(frozen=True, slots=True)
class Extraction:
    """What would be published of a page, or why nothing would be."""

    page: Page | None
    outcome: Outcome
    reason: str = ""
    language: Language = UNKNOWN_LANGUAGE
    published_at: Timestamp | None = None
    modified_at: Timestamp | None = None
    signature: Signature | None = None
    """Of what would be published, to find others like it."""
    refresh_url: str | None = None
    """Where a page without an article leads its reader by itself."""
