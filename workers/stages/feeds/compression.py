"""Feeds and sitemaps kept as gzip files, sent as they lie there: `news.xml.gz`.

Such an answer has no Content-Encoding, so the HTTP client leaves it as it is.
"""

import zlib

from workers.stages.feeds.problems import FeedError, FeedProblem

MAGIC = b"\x1f\x8b\x08"
"""First bytes of a gzip member (RFC 1952, 2.3.1): its ids, and deflate."""
MOST_BYTES = 16 * 1024 * 1024
"""Of a document without its compression."""
_MOST_MEMBERS = 100
_WITH_GZIP_HEADER = zlib.MAX_WBITS | 16


def is_compressed(body: bytes) -> bool:
    """Return whether *body* is a gzip file."""
    return body.startswith(MAGIC)


def uncompressed(body: bytes) -> bytes:
    """Return what a gzip file holds, other bodies as they are; raises FeedError.

    Of a file that is cut off or damaged, what could be read.
    """
    if not is_compressed(body):
        return body
    whole = bytearray()
    for _ in range(_MOST_MEMBERS):
        member = zlib.decompressobj(_WITH_GZIP_HEADER)
        try:
            whole += member.decompress(body, MOST_BYTES + 1 - len(whole))
        except zlib.error:
            break  # what follows the last member is ignored
        if len(whole) > MOST_BYTES:
            raise FeedError(FeedProblem.COSTLY)
        body = member.unused_data
        if not body:
            break
    if not whole:
        raise FeedError(FeedProblem.UNREADABLE)
    return bytes(whole)
