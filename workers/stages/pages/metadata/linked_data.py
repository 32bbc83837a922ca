"""Read what a page says of itself in JSON-LD (schema.org)."""

from collections.abc import Iterator, Mapping, Sequence
from html import unescape
from typing import Any, NamedTuple

from lxml.html import HtmlElement

from workers.stages.pages.metadata.faulty_json import load_json

Item = Mapping[str, Any]

_ARTICLE_TYPES = (
    "NewsArticle",
    "ReportageNewsArticle",
    "LiveBlogPosting",
    "AnalysisNewsArticle",
    "BackgroundNewsArticle",
    "OpinionNewsArticle",
    "ReviewNewsArticle",
    "Article",
    "BlogPosting",
    "Report",
    "VideoObject",
    "WebPage",
)
_MAX_DEPTH = 6


class Statements(NamedTuple):
    """What the JSON-LD scripts of a page hold."""

    items: list[Item]
    """Every object that has a type."""
    notes: tuple[str, ...] = ()
    """`json-ld-repaired` and `json-ld-unreadable`, where a script was so."""


def read_items(tree: HtmlElement) -> Statements:
    """Return every object of every JSON-LD script, with notes on faulty scripts."""
    found: list[Item] = []
    notes: set[str] = set()
    for script in tree.iter("script"):
        if "ld+json" in (script.get("type") or "").lower() and script.text:
            values, note = load_json(script.text)
            found.extend(_objects(values, 0))
            if note:
                notes.add(note)
    return Statements(found, tuple(sorted(notes)))


def _objects(node: object, depth: int) -> Iterator[Item]:
    if depth > _MAX_DEPTH:
        return
    if isinstance(node, list):
        for child in node:
            yield from _objects(child, depth + 1)
    elif isinstance(node, dict):
        if "@type" in node:
            yield node
        for key in ("@graph", "mainEntity", "mainEntityOfPage", "itemListElement"):
            yield from _objects(node.get(key), depth + 1)


def types(item: Item) -> tuple[str, ...]:
    """Return the types of *item*, without their namespace."""
    named = item.get("@type")
    listed = named if isinstance(named, list) else [named]
    return tuple(str(name).rsplit("/", 1)[-1] for name in listed if name)


def own_types(found: Sequence[Item]) -> frozenset[str]:
    """Return the types of the page's own items, not of those that its lists hold."""
    listed = {
        id(inner)
        for item in found
        for inner in _objects(item.get("itemListElement"), 0)
    }
    return frozenset(
        name for item in found if id(item) not in listed for name in types(item)
    )


def main_article(found: Sequence[Item], urls: frozenset[str]) -> Item | None:
    """Return the item that describes the page's article.

    Where there are several (pages that load the next story below the first), the one
    whose address is among *urls*, else the first of the most telling type.
    """
    best: tuple[int, int, Item] | None = None
    for item in found:
        rank = min(
            (
                _ARTICLE_TYPES.index(name)
                for name in types(item)
                if name in _ARTICLE_TYPES
            ),
            default=None,
        )
        if rank is None or not ("headline" in item or "name" in item):
            continue
        here = 0 if _addresses(item) & urls else 1
        is_article = 0 if "headline" in item else 1
        key = (is_article * 2 + here, rank)
        if best is None or key < best[:2]:
            best = (*key, item)
    return best[2] if best else None


def _addresses(item: Item) -> set[str]:
    found = set()
    for key in ("url", "@id", "mainEntityOfPage"):
        value = item.get(key)
        if isinstance(value, dict):
            value = value.get("@id") or value.get("url")
        if isinstance(value, str):
            found.add(value.partition("#")[0].rstrip("/"))
    return found


def text_of(value: object) -> str:
    """Return the text of a property that may be a string, a list or an object."""
    if isinstance(value, str):
        return unescape(unescape(value)).strip()
    if isinstance(value, list):
        return next((text for text in map(text_of, value) if text), "")
    if isinstance(value, dict):
        return text_of(value.get("name") or value.get("@value") or value.get("url"))
    return ""


def names_of(value: object) -> list[str]:
    """Return the names in an author or section property, in order."""
    if isinstance(value, list):
        return [name for child in value for name in names_of(child)]
    name = text_of(value)
    return [name] if name else []


def of_type(found: Sequence[Item], *names: str) -> Iterator[Item]:
    """Yield the items that are of one of the types *names*."""
    for item in found:
        if not set(names).isdisjoint(types(item)):
            yield item
