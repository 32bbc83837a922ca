"""Permanent redirects of feeds: when the new address is asked directly.

RFC 9110 (15.4.2, 15.4.9) lets a client remember 301 and 308. One alone is not
believed: servers under maintenance redirect every address to their home page.
"""

from collections.abc import Sequence

from msgspec.structs import replace

from workers.domain.records import FeedState

REDIRECTS_BELIEVED = 3
"""Permanent redirects in a row after which the new address is asked directly."""
_PERMANENT = frozenset({301, 308})


def is_believed(state: FeedState) -> bool:
    """Return whether `moved_to` is the address to ask."""
    return state.moved_to is not None and state.redirect_count >= REDIRECTS_BELIEVED


def count_redirects(
    state: FeedState, redirects: Sequence[tuple[int, str]], url: str
) -> FeedState:
    """Return *state* after a response of *url* that *redirects* led to.

    Each redirect is a status and its target. Only those count that lead to one place
    in every poll, and are permanent all the way.
    """
    if not redirects and is_believed(state):
        return state
    if not redirects or any(status not in _PERMANENT for status, _ in redirects):
        return replace(state, moved_to=None, redirect_count=0)
    again = url == state.moved_to
    count = state.redirect_count + 1 if again else 1
    return replace(state, moved_to=url, redirect_count=count)
