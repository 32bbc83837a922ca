"""Lists of feed definitions as people keep them: TOML and OPML.

TOML: one `[[feeds]]` table per feed with `id`, `url` and `publisher`, optionally
`section`, `language`, `status` (active, paused, retired) and `source`, a remark.
OPML: version 2.0 (opml.org); outlines of type rss, folders standing for publishers.
"""

import hashlib
import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as ET

import msgspec

from workers.domain.records import Feed, FeedStatus
from workers.stages.feeds.decoding import decode
from workers.stages.feeds.formats.mending import mend_ampersands
from workers.stages.feeds.problems import FeedError
from workers.web.urls import host_of, split_url

_FIELDS = {
    "id": "feed_id",
    "url": "url",
    "publisher": "publisher",
    "section": "section",
    "language": "language",
    "status": "status",
}
_REMARKS = {"source"}
_FEED_HEADER = re.compile(r"^\s*\[\[\s*feeds\s*\]\]", re.MULTILINE)
_FORBIDDEN_MARKUP = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
_ID_LENGTH = 80


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one definition, for the person who wrote it."""

    line: int
    """Where the definition begins, counted from 1; 0 for the whole file."""
    text: str


@dataclass(frozen=True, slots=True)
class FeedList:
    """The good definitions of a list, and what is wrong with the others."""

    feeds: tuple[Feed, ...]
    problems: tuple[Problem, ...]


def read_toml(text: str) -> FeedList:
    """Read definitions from TOML; nothing is raised, everything wrong is named."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        return FeedList((), (Problem(int(found[1]) if found else 0, str(error)),))
    tables = document.pop("feeds", [])
    problems = [Problem(0, f"unknown table or key {key!r}") for key in document]
    if not isinstance(tables, list):
        return FeedList((), (*problems, Problem(0, "feeds are written [[feeds]]")))
    if not tables:
        problems.append(Problem(0, "there is no [[feeds]] table in it"))
    lines = [text.count("\n", 0, m.end()) + 1 for m in _FEED_HEADER.finditer(text)]
    lines += [0] * (len(tables) - len(lines))  # an inline array has no headers
    feeds = []
    for line, table in zip(lines, tables, strict=False):
        try:
            feeds.append(_feed(table))
        except ValueError as error:
            problems.append(Problem(line, str(error)))
    problems += _repeated(feeds)
    return FeedList(tuple(feeds), tuple(problems))


def _feed(table: dict[str, Any]) -> Feed:
    name = table.get("id", "without id")
    unknown = sorted(table.keys() - _FIELDS.keys() - _REMARKS)
    if unknown:
        message = f"feed {name}: unknown field {unknown[0]!r}"
        raise ValueError(message)
    values = {_FIELDS[key]: table[key] for key in table.keys() & _FIELDS.keys()}
    try:
        return msgspec.convert(values, Feed)
    except msgspec.ValidationError as error:
        reason = str(error).replace("feed_id", "id").replace(" - at `$.", ": field `")
        message = f"feed {name}: {reason}"
        raise ValueError(message) from error


def _repeated(feeds: Sequence[Feed]) -> Iterator[Problem]:
    for field in ("feed_id", "url"):
        counted = Counter(getattr(feed, field) for feed in feeds)
        for value, times in counted.items():
            if times > 1:
                name = field.removeprefix("feed_")
                yield Problem(0, f"{name} {value!r} stands {times} times")


def read_opml(content: bytes) -> FeedList:
    """Read definitions from OPML; an outline that is no feed is a folder.

    Markup declarations are refused, as in feeds. Ids are made from the address.
    """
    if _FORBIDDEN_MARKUP.search(content):
        return FeedList((), (Problem(0, "has a DOCTYPE or ENTITY declaration"),))
    try:
        root = _parsed(content)
    except ET.ParseError as error:
        return FeedList((), (Problem(error.position[0], f"not XML: {error}"),))
    body = root.find("body")
    if root.tag != "opml" or body is None:
        return FeedList((), (Problem(0, "not OPML: no <opml> with a <body>"),))
    feeds: dict[str, Feed] = {}
    problems = []
    for outline, folder in _outlines(body, ""):
        try:
            feed = _feed_of_outline(outline, folder)
        except msgspec.ValidationError as error:
            name = outline.get("text", "without text")
            problems.append(Problem(0, f"outline {name!r}: {error}"))
        else:
            feeds.setdefault(feed.url, feed)
    return FeedList(tuple(feeds.values()), tuple(problems))


def _parsed(content: bytes) -> ET.Element:
    """Parse OPML, also with ampersands that are not escaped; raises ParseError."""
    try:
        return ET.fromstring(content)  # noqa: S314 declarations were refused
    except ET.ParseError as error:
        try:
            text, _ = decode(content, "")
        except FeedError:
            raise error from None
        mended = mend_ampersands(text)
        if mended == text or _FORBIDDEN_MARKUP.search(mended.encode()):
            raise
        return ET.fromstring(mended)  # noqa: S314 declarations were refused


def _outlines(parent: ET.Element, folder: str) -> Iterator[tuple[ET.Element, str]]:
    for outline in parent.iterfind("outline"):
        if outline.get("xmlUrl") is not None:
            yield outline, folder
        else:
            yield from _outlines(outline, outline.get("text", folder))


def _feed_of_outline(outline: ET.Element, folder: str) -> Feed:
    url = outline.get("xmlUrl", "").strip()
    title = outline.get("title") or outline.get("text") or ""
    values = {
        "feed_id": outline.get("khabarId") or id_of(url),
        "url": url,
        "publisher": folder or title or host_of(url) or url,
        "section": outline.get("category", ""),
        "language": outline.get("language", "hi"),
    }
    return msgspec.convert(values, Feed)


def id_of(url: str) -> str:
    """Return a readable id that differs where the address differs."""
    parts = split_url(url)
    told = f"{parts.netloc}{parts.path}" if parts is not None else url
    words = re.findall(r"[a-z0-9]+", told.lower())
    readable = "-".join(words).removeprefix("www-")[:_ID_LENGTH]
    digest = hashlib.sha256(url.encode()).hexdigest()[:6]
    return f"{readable}-{digest}" if readable else digest


def write_opml(feeds: Sequence[Feed], title: str) -> bytes:
    """Write the feeds that are not retired as OPML, a folder per publisher."""
    root = ET.Element("opml", version="2.0")
    ET.SubElement(ET.SubElement(root, "head"), "title").text = title
    body = ET.SubElement(root, "body")
    folders: dict[str, ET.Element] = {}
    for feed in sorted(feeds, key=lambda feed: (feed.publisher, feed.feed_id)):
        if feed.status is FeedStatus.RETIRED:
            continue
        if feed.publisher not in folders:
            folders[feed.publisher] = ET.SubElement(
                body, "outline", text=feed.publisher
            )
        ET.SubElement(
            folders[feed.publisher],
            "outline",
            type="rss",
            text=feed.section or feed.publisher,
            xmlUrl=feed.url,
            category=feed.section,
            language=feed.language,
            khabarId=feed.feed_id,
        )
    ET.indent(root)
    content: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return content + b"\n"


def write_toml(feeds: Sequence[Feed]) -> str:
    """Write definitions as TOML, in the form that `read_toml` reads."""
    tables = []
    for feed in feeds:
        values = msgspec.to_builtins(feed)
        lines = [f"{key} = {_quoted(values[name])}" for key, name in _FIELDS.items()]
        tables.append("\n".join(["[[feeds]]", *lines]))
    return "\n\n".join(tables) + "\n"


def _quoted(text: str) -> str:
    """Return *text* as a basic string of TOML, which JSON's escapes suit."""
    return msgspec.json.encode(text).decode()
