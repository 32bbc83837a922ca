"""Field types that all records share: ids, addresses, times, offsets.

Offsets are Unicode code points into `Article.text`, end exclusive. Times are UTC.
"""

import datetime as dt
from typing import Annotated

from msgspec import Meta, Struct

ArticleId = Annotated[
    str,
    Meta(
        pattern="^[0-9a-f]{32}$",
        description=(
            "The id is the first 128 bits of SHA-256 over the canonical URL, in hex."
        ),
    ),
]
FeedId = Annotated[str, Meta(pattern="^[a-z0-9][a-z0-9._-]{0,99}$")]
Url = Annotated[str, Meta(pattern="^https?://", max_length=4096)]
UtcTime = Annotated[dt.datetime, Meta(tz=True, description="The time is in UTC.")]
Offset = Annotated[
    int,
    Meta(
        ge=0,
        description="The offset counts Unicode code points of the article's text.",
    ),
]
Fraction = Annotated[float, Meta(ge=0, le=1)]


class Record(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """The base of every record that stands on a topic by itself."""
