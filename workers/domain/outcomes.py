"""How the handling of one record can end, and the errors that cross the loop."""

from enum import StrEnum


class Outcome(StrEnum):
    """What became of an input record; a closed set, so safe as a metric label."""

    PUBLISHED = "published"
    """A record was written to the next topic."""
    APPLIED = "applied"
    """A definition or message was taken into the worker's state."""
    DELAYED = "delayed"
    """The entry was put off to entries-delayed, to be tried again."""
    DEAD_LETTER = "dead-letter"
    """The record can never be handled, and was written to the dead-letter topic."""

    DUPLICATE = "duplicate"
    """The article is known and nothing says that it changed."""
    REPLAYED = "replayed"
    """A delayed entry was read again after a restart, and had been handled before."""
    UNCHANGED = "unchanged"
    """The page was fetched again and is the same."""
    WITHDRAWN = "withdrawn"
    """A published page was taken down, which is published as a revision."""

    NOT_HINDI = "not-hindi"
    """The text is in another language."""
    EMPTY = "empty"
    """The page has no article text."""
    NOT_ARTICLE = "not-article"
    """The page is a list of stories, a wall, or is about the outlet itself."""
    NOT_HTML = "not-html"
    """The answer is not an HTML page."""
    GONE = "gone"
    """The page does not exist (404 or 410)."""
    FORBIDDEN = "forbidden"
    """The site refuses the request (401 or 403, for example)."""
    PAYWALL = "paywall"
    """The article is for subscribers; the page shows only its beginning."""
    ROBOTS = "robots"
    """The site's robots.txt (RFC 9309) disallows the page."""
    TOO_LARGE = "too-large"
    """The answer is larger than the settings allow."""
    BLOCKED_ADDRESS = "blocked-address"
    """The host has an address that the settings do not allow."""
    UNREACHABLE = "unreachable"
    """The page could not be had in as many attempts as the settings allow."""


class PoisonRecordError(Exception):
    """A record can never be handled, so it goes to the dead-letter topic."""


class TransientError(Exception):
    """What all records need fails (broker, disk, model).

    The batch is retried, then the worker stops with its offsets uncommitted.
    """


class ConfigurationError(Exception):
    """Only an operator can repair it, so the worker ends and says what is wrong."""
