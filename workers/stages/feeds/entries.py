"""Which entries of a feed are new: a document compared with what was seen before.

An entry is known by its guid and by its canonical URL; either is enough, so neither
a reordered feed, nor one whose guids change, nor one whose slugs change repeats
itself. A guid that several pages share in one document, or that meets another page
under another title later, is no identity, and only the URL counts.

Where dropping a parameter that may be a tracker would make one URL of several articles
of the feed, it stays, then and in later polls (see `article_keys`).
"""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise

from msgspec import Struct

from workers.domain.ids import article_id, digest64
from workers.domain.records import Entry, EntryReason, Feed, Timestamp
from workers.stages.feeds.article_keys import Item, count_folded, find_keys
from workers.stages.feeds.parsed_feed import ParsedFeed, RawEntry
from workers.stages.text.dates.reading import (
    FUTURE,
    IMPOSSIBLE,
    TOO_OLD,
    UNREAD,
    read_date,
)
from workers.web.urls import canonical_url

MOST_ENTRIES = 1000
"""Of one document; of more, the newest are read."""
MOST_SEEN = 3000
"""Digests that are remembered; an entry has two, so it covers MOST_ENTRIES."""
_CLAIMING_CHANGE = 0.8
"""Share of known entries that claim a change at once, which is then not believed:
such feeds stamp every entry with the time of the request."""
_FEWEST_FOR_CLAIM = 5


class FeedDiff(Struct, frozen=True, kw_only=True):
    """What one document of a feed adds to what was seen."""

    entries: tuple[Entry, ...]
    """To be emitted, oldest first as far as the document tells."""
    seen: bytes
    """To be remembered, as FeedState has it."""
    dates: tuple[dt.datetime, ...] = ()
    """When its entries were published, where that can be believed."""
    date_trouble: str | None = None
    """What is wrong with most of the dates."""
    notes: tuple[str, ...] = ()
    """Warnings about the document, for an operator."""
    key_parameters: tuple[str, ...] = ()
    """Of the query, which tell the feed's articles apart; to be remembered."""


class _Candidate(Struct, frozen=True, kw_only=True, gc=False):
    raw: RawEntry
    url: str
    canonical: str
    published: Timestamp | None
    updated: Timestamp | None


def diff_entries(
    parsed: ParsedFeed,
    feed: Feed,
    seen: bytes,
    now: dt.datetime,
    keys: Sequence[str] = (),
) -> FeedDiff:
    """Compare a document with what was *seen* of *feed* before.

    All entries of the first document of a feed are new. *keys* are the parameters that
    were found to tell its articles apart.
    """
    items = [
        Item(raw.link, raw.guid, raw.title)
        for raw in parsed.entries[:_MOST_COMPARED]
        if raw.link is not None
    ]
    keys = find_keys(items, keys)
    candidates = _candidates(parsed, now, keys)
    notes = _notes_on_addresses(items, keys)
    if unlinked := len(parsed.entries) - len(candidates):
        notes.append(f"{unlinked} of {len(parsed.entries)} entries have no link")
    if len(candidates) > MOST_ENTRIES:
        notes.append(f"{len(candidates)} entries; the {MOST_ENTRIES} newest are read")
        candidates = _newest(candidates)
    if shared := _shared_guids(candidates):
        notes.append(f"{len(shared)} guids stand for several pages each; not used")
    ledger = _Ledger(seen)
    reasons = [ledger.classify(each, shared) for each in candidates]
    changed = reasons.count(EntryReason.CHANGED)
    believed = {EntryReason.NEW, EntryReason.CHANGED}
    if (
        ledger.known_count >= _FEWEST_FOR_CLAIM
        and changed > ledger.known_count * _CLAIMING_CHANGE
    ):
        notes.append(
            f"{changed} of {ledger.known_count} known entries claim a change; ignored"
        )
        believed = {EntryReason.NEW}
    entries = [
        _entry(each, feed, now, reason)
        for each, reason in zip(candidates, reasons, strict=True)
        if reason in believed
    ]
    return FeedDiff(
        entries=tuple(entries if _ascends(candidates) else reversed(entries)),
        seen=ledger.remembered(),
        dates=tuple(_believable(candidates)),
        date_trouble=_date_trouble(candidates),
        notes=tuple(notes),
        key_parameters=keys,
    )


_MOST_COMPARED = 5 * MOST_ENTRIES
"""Entries of which links are compared with each other."""


def _notes_on_addresses(items: Sequence[Item], keys: Sequence[str]) -> list[str]:
    """Return which parameters are keys, and how many items are lost to another."""
    notes = []
    if keys:
        notes.append(f"the address tells articles apart by {', '.join(keys)}")
    if folded := count_folded(items, keys):
        notes.append(
            f"{folded} of {len(items)} entries have the address of another one, and "
            "are taken for it"
        )
    return notes


class _Ledger:
    """What is known of a feed's entries, before and after this document."""

    def __init__(self, seen: bytes) -> None:
        self._known = _unpacked(seen)
        self._current: dict[bytes, bytes] = {}
        self.known_count = 0
        """Entries of the document that had been seen before."""

    def classify(
        self, each: _Candidate, shared: frozenset[str | None]
    ) -> EntryReason | None:
        """Return why the entry is to be emitted, None if it is not, and remember it."""
        content = _content_digest(each)
        by_url = _digest("url", each.canonical)
        guid = None if each.raw.guid in shared else each.raw.guid
        by_guid = _digest("guid", guid) if guid else by_url
        repeated = by_url in self._current or by_guid in self._current
        for identity in (by_url, by_guid):
            self._current.setdefault(identity, content)
        if repeated:
            return None
        before = self._known.get(by_url)
        if before is None and self._known.get(by_guid) == content:
            before = content  # the page moved; under another title it is another
        if before is None:
            return EntryReason.NEW
        self.known_count += 1
        return None if before == content else EntryReason.CHANGED

    def remembered(self) -> bytes:
        """Return what the feed shows now, then what it showed before; bounded."""
        old = {k: v for k, v in self._known.items() if k not in self._current}
        pairs = [*self._current.items(), *old.items()][:MOST_SEEN]
        return b"".join([part for pair in pairs for part in pair])


_DIGEST = 8
_PAIR = 2 * _DIGEST


def _digest(*parts: str) -> bytes:
    return bytes.fromhex(digest64(*parts))


def _unpacked(seen: bytes) -> Mapping[bytes, bytes]:
    """Return contents by identity; a rest that is no pair is left out."""
    return {
        seen[at : at + _DIGEST]: seen[at + _DIGEST : at + _PAIR]
        for at in range(0, len(seen) - _PAIR + 1, _PAIR)
    }


def _candidates(
    parsed: ParsedFeed, now: dt.datetime, keys: Collection[str]
) -> list[_Candidate]:
    """Take the entries that name a page, with their dates read."""
    found = []
    for raw in parsed.entries:
        canonical = canonical_url(raw.link, keys=keys) if raw.link else None
        if raw.link is not None and canonical is not None:
            found.append(
                _Candidate(
                    raw=raw,
                    url=raw.link,
                    canonical=canonical,
                    published=read_date(raw.published, now) if raw.published else None,
                    updated=read_date(raw.updated, now) if raw.updated else None,
                )
            )
    return found


def _newest(candidates: Sequence[_Candidate]) -> list[_Candidate]:
    """Keep the newest by date; those without one in the order of the document."""
    epoch = dt.datetime.fromtimestamp(0, dt.UTC)
    ranked = sorted(candidates, key=lambda each: _date(each) or epoch, reverse=True)
    kept = {id(each) for each in ranked[:MOST_ENTRIES]}
    return [each for each in candidates if id(each) in kept]


def _shared_guids(candidates: Sequence[_Candidate]) -> frozenset[str | None]:
    pages = {(each.raw.guid, each.canonical) for each in candidates if each.raw.guid}
    counts = Counter(guid for guid, _ in pages)
    return frozenset(guid for guid, count in counts.items() if count > 1)


def _content_digest(each: _Candidate) -> bytes:
    stamp = each.updated or each.published
    moment = ""
    if stamp is not None:
        moment = stamp.value.isoformat() if stamp.value else stamp.raw
    return _digest(each.raw.title, moment)


def _entry(
    each: _Candidate, feed: Feed, now: dt.datetime, reason: EntryReason
) -> Entry:
    return Entry(
        article_id=article_id(each.canonical),
        feed_id=feed.feed_id,
        publisher=feed.publisher,
        url=each.url,
        canonical_url=each.canonical,
        title=each.raw.title,
        discovered_at=now,
        guid=each.raw.guid,
        summary=each.raw.summary,
        content_html=each.raw.content_html,
        authors=each.raw.authors,
        sections=each.raw.sections or ((feed.section,) if feed.section else ()),
        published_at=each.published,
        updated_at=each.updated,
        reason=reason,
    )


# --- dates --------------------------------------------------------------------


def _date(each: _Candidate) -> dt.datetime | None:
    stamp = each.published or each.updated
    return stamp.value if stamp is not None and stamp.doubt is None else None


def _ascends(candidates: Sequence[_Candidate]) -> bool:
    """Return whether the dates rise along the document; in most they fall."""
    dates = _believable(candidates)
    rising = sum(earlier < later for earlier, later in pairwise(dates))
    falling = sum(earlier > later for earlier, later in pairwise(dates))
    return rising > falling


def _believable(candidates: Sequence[_Candidate]) -> list[dt.datetime]:
    return [date for each in candidates if (date := _date(each)) is not None]


def _date_trouble(candidates: Sequence[_Candidate]) -> str | None:
    """Return what is wrong with more than half of the dates."""
    troubles = Counter(_trouble(each.published or each.updated) for each in candidates)
    for trouble, count in troubles.most_common(1):
        if count * 2 > len(candidates):
            return trouble
    return None


def _trouble(stamp: Timestamp | None) -> str | None:
    if stamp is None:
        return "undated"
    if stamp.doubt in (FUTURE, IMPOSSIBLE, TOO_OLD):
        return stamp.doubt
    return UNREAD if stamp.value is None else None
