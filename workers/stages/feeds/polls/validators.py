"""Whether the validators of a feed can be trusted (RFC 9110, 8.8 and 13.1).

Some servers repeat an ETag or Last-Modified while the body changes, so that a
conditional request would be answered 304 for ever; others make a new one for each
response. The stored words `honest` and `restless` are older than the names here.
"""

from collections.abc import Mapping

from msgspec.structs import replace

from workers.domain.records import FeedState
from workers.web.validators import MAX_LENGTH

RECHECK_AFTER = 30
"""Responses 304 in a row after which the whole feed is asked for, to test them."""

NONE = "none"
"""The server sends no validators."""
VALID = "honest"
"""They change with the body, as far as was seen."""
STALE = "stale"
"""They stayed when the body brought new entries; they are never sent again."""
UNSTABLE = "restless"
"""They change while the body stays."""

Headers = Mapping[str, str]


def are_trusted(state: FeedState) -> bool:
    """Return whether the next request may be conditional."""
    return state.not_modified < RECHECK_AFTER and state.profile.validators != STALE


def not_modified(state: FeedState, headers: Headers) -> FeedState:
    """Return *state* after a 304, which may bring new validators (15.4.5)."""
    return replace(
        state,
        etag=_validator(headers, "etag") or state.etag,
        last_modified=_validator(headers, "last-modified") or state.last_modified,
        not_modified=state.not_modified + 1,
    )


def with_validators(state: FeedState, headers: Headers, quality: str) -> FeedState:
    """Return *state* after a response with a body: its validators replace the last."""
    return replace(
        state,
        etag=_validator(headers, "etag"),
        last_modified=_validator(headers, "last-modified"),
        not_modified=0,
        profile=replace(state.profile, validators=quality),
    )


def validator_quality(
    known: FeedState, headers: Headers, *, new_entries: bool | None = None
) -> str:
    """Return one of the words above for a response with a body.

    *new_entries* tells whether the body brought any; None for a body seen before.
    """
    if known.profile.validators == STALE:
        return STALE
    if not (_validator(headers, "etag") or _validator(headers, "last-modified")):
        return NONE
    differ = _differ(known, headers)
    had_any = known.etag is not None or known.last_modified is not None
    if new_entries and had_any and not differ:
        return STALE
    return UNSTABLE if new_entries is None and differ else VALID


def _differ(known: FeedState, headers: Headers) -> bool:
    # where both are there, the entity tag is the one that counts (13.2.2)
    etag = _validator(headers, "etag")
    if etag is not None or known.etag is not None:
        return etag != known.etag
    return _validator(headers, "last-modified") != known.last_modified


def _validator(headers: Headers, name: str) -> str | None:
    value = headers.get(name, "").strip()
    return value if value and len(value) <= MAX_LENGTH else None
