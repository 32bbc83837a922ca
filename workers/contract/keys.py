"""In words, what records of a topic are keyed and partitioned by."""

from collections.abc import Callable, Mapping
from typing import Any

from workers.domain import topics

_MEANINGS: Mapping[Callable[[Any], str], str] = {
    topics.FEEDS.key: "feed's id",
    topics.ARTICLES.key: "article's id",
    topics.ENTRIES.partition_by: "article's host",
}
"""By the function that a topic names."""


def meaning(function: Callable[[Any], str]) -> str:
    """Return what a topic's key or partition function takes of a record."""
    return _MEANINGS[function]
