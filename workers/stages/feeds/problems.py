"""Why an answer is no feed.

Apart from the parser, so that a poller can name a problem without loading the parser,
which runs in a process of its own.
"""

from enum import StrEnum


class FeedProblem(StrEnum):
    """Why an answer is no feed; closed, so safe as a metric label."""

    EMPTY = "empty"
    HTML = "html"
    DECLARATION = "declaration"
    NOT_A_FEED = "not-a-feed"
    UNREADABLE = "unreadable"
    COSTLY = "costly"


DESCRIPTIONS = {
    FeedProblem.EMPTY: "the answer is empty",
    FeedProblem.HTML: "a web page came instead of a feed; the address has changed",
    FeedProblem.DECLARATION: (
        "the feed declares a DOCTYPE or entities, which is refused as unsafe"
    ),
    FeedProblem.NOT_A_FEED: "the answer is XML, but neither RSS nor Atom nor news",
    FeedProblem.UNREADABLE: "the answer is not a feed that can be read",
    FeedProblem.COSTLY: "reading the feed takes too much time or memory",
}
"""Each problem as an operator is told it."""


class FeedError(Exception):
    """An answer that cannot be taken as a feed."""

    def __init__(self, problem: FeedProblem) -> None:
        super().__init__(DESCRIPTIONS[problem])
        self.problem = problem
