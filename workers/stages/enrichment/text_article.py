"""The record of an article for a text that no feed and no page has brought.

What nobody says of it is said so that records stay readable: an address under
`.invalid` (RFC 2606), the feed `text`, the present time as the time of fetching.
"""

import datetime as dt
import hashlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import msgspec
from msgspec import structs

from workers.domain.ids import article_id, content_hash
from workers.domain.records import Article, Confidence, Timestamp
from workers.stages.text.dates.reading import confidence, read_date
from workers.stages.text.language import identify
from workers.web.urls import canonical_url

_NOWHERE = "https://text.invalid/"
_FEED = "text"
_LONGEST_ID = 200
_DATES = ("published", "date")
"""Keys that give the date of publication as a string, as `published_at` may do too."""
_OWN = frozenset(("text", "language", "content_hash", "published_at", "canonical_url"))
"""Fields that are worked out here, or read in a way of their own."""


def article_of(
    item: Mapping[str, Any], now: dt.datetime, published: dt.datetime | None = None
) -> Article:
    """Return the article that *item* is; raises ValueError where a field is no good.

    *published* is the date of those that have none.
    """
    text = item["text"]
    title = item.get("title") or ""
    url = item.get("url") or _address(item)
    canonical = canonical_url(url) if isinstance(url, str) else None
    if canonical is None:
        msg = f"url: {url!r} is no web address"
        raise ValueError(msg)
    fields: dict[str, Any] = {
        "article_id": article_id(canonical),
        "revision": 1,
        "feed_id": _FEED,
        "publisher": "",
        "title": title,
        "discovered_at": now,
        "fetched_at": now,
    }
    fields |= {
        name: item[name]
        for name in Article.__struct_fields__
        if item.get(name) is not None and name not in _OWN
    }
    fields |= {
        "url": url,
        "canonical_url": item.get("canonical_url") or canonical,
        "text": text,
        "language": identify(text),
        "content_hash": content_hash(str(title), text),
        "published_at": _published(item, now, published),
    }
    try:
        return msgspec.convert(fields, Article)
    except msgspec.ValidationError as error:
        raise ValueError(str(error)) from error


def read_day(raw: str, now: dt.datetime) -> dt.datetime:
    """Return the time that a person means by *raw*; raises ValueError.

    Old dates and dates ahead are taken at their word, unlike a publisher's.
    """
    stamp = read_date(raw, now)
    if stamp.value is None:
        msg = f"{raw!r} is no date: write 2026-11-24, or a date as feeds have it"
        raise ValueError(msg)
    return stamp.value


def _published(
    item: Mapping[str, Any], now: dt.datetime, published: dt.datetime | None
) -> Timestamp | Mapping[str, Any] | None:
    given = item.get("published_at")
    if isinstance(given, Mapping):
        return given
    raw = given or next((item[name] for name in _DATES if item.get(name)), None)
    if raw is None:
        return _given(published) if published else None
    if not isinstance(raw, str):
        msg = f"the date of publication, {raw!r}, is no string"
        raise ValueError(msg)  # noqa: TRY004 one error for whatever is given
    stamp = read_date(raw, now)
    if stamp.value is None:
        read_day(raw, now)
    # whoever gives the text means the date, of archives too; a publisher's is doubted
    return structs.replace(stamp, doubt=None, confidence=confidence(stamp.rule))


def _given(published: dt.datetime) -> Timestamp:
    raw = published.isoformat()
    return Timestamp(value=published, raw=raw, rule="given", confidence=Confidence.HIGH)


def _address(item: Mapping[str, Any]) -> str:
    """Return an address that only this text has, by its id or its words."""
    name = str(item.get("id") or "")
    if not name or len(name) > _LONGEST_ID:
        name = hashlib.sha256(
            f"{name}\n{item['text']}".encode(errors="replace")
        ).hexdigest()
    return _NOWHERE + quote(name.strip("/"), safe="", errors="replace")
