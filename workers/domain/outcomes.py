"""How handling one record can end, and the two errors that cross the loop."""

from enum import StrEnum


class Outcome(StrEnum):
    """What became of an input record; closed, so safe as a metric label."""

    PUBLISHED = "published"
    APPLIED = "applied"
    """A definition was taken over."""
    DELAYED = "delayed"
    """Put off to entries-delayed, to be tried again."""
    DEAD_LETTER = "dead-letter"

    DUPLICATE = "duplicate"
    """The article is known and nothing says that it changed."""
    REPLAYED = "replayed"
    """A delayed entry read again after a restart; it was handled before."""
    UNCHANGED = "unchanged"
    """Fetched again, and the same."""
    WITHDRAWN = "withdrawn"
    """A published page is gone for good, which is published."""

    NOT_HINDI = "not-hindi"
    EMPTY = "empty"
    """No article text on the page."""
    NOT_ARTICLE = "not-article"
    """A list of stories, a wall, or a page of the outlet about itself."""
    NOT_HTML = "not-html"
    GONE = "gone"
    FORBIDDEN = "forbidden"
    PAYWALL = "paywall"
    """For subscribers; the page shows only the beginning."""
    ROBOTS = "robots"
    """The publisher's robots.txt does not want it fetched."""
    TOO_LARGE = "too-large"
    BLOCKED_ADDRESS = "blocked-address"
    """The host's address is one that the settings do not allow."""
    UNREACHABLE = "unreachable"
    """Tried as often as the settings allow, never answered well."""


class PoisonRecordError(Exception):
    """A record that can never be handled; it goes to the dead-letter topic."""


class TransientError(Exception):
    """Everyone's trouble (broker, disk, model): retried, then the worker stops."""


class ConfigurationError(Exception):
    """Something that only an operator can repair; the worker ends and says what."""
