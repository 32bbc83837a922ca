"""Validators of HTTP: entity tags and modification dates, as they are sent back.

RFC 9110: 8.8 defines them, 13.1 the conditional requests made with them. What a
validator says of a resource is judged by whoever asks.
"""

MAX_LENGTH = 500
"""Characters of a validator that is kept; servers send a hundred at the most."""


def conditional_headers(etag: str | None, last_modified: str | None) -> dict[str, str]:
    """Return the header fields by which an unchanged resource is answered with 304."""
    fields = {"if-none-match": etag, "if-modified-since": last_modified}
    return {name: value for name, value in fields.items() if value}
