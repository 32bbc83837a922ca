"""Identifiers, all derived from content so that a replay makes the same ones.

All are SHA-256 (FIPS 180-4), some cut short; their length is part of the contract.
"""

import hashlib

_ARTICLE_ID_HEX = 32
_DIGEST64_HEX = 16


def article_id(canonical_url: str) -> str:
    """Return the first 128 bits of SHA-256 over *canonical_url*, in hex."""
    return hashlib.sha256(canonical_url.encode()).hexdigest()[:_ARTICLE_ID_HEX]


def content_hash(title: str, text: str) -> str:
    """Return the SHA-256 of *title* and *text*, in hex."""
    return hashlib.sha256(f"{title}\n\n{text}".encode()).hexdigest()


def digest64(*parts: str) -> str:
    """Return 64 bits of SHA-256 over *parts*, in hex, for sets of what was seen.

    Short enough to keep by the thousand; not for identity across feeds.
    """
    # a separator that no text contains keeps ("a", "bc") and ("ab", "c") apart
    joined = "\x1f".join(parts).encode()
    return hashlib.sha256(joined).hexdigest()[:_DIGEST64_HEX]


def event_id(article: str, revision: int, event: str) -> str:
    """Return the id of an event in the flat events topic."""
    return f"{article}-{revision}-{event}"
