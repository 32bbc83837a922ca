"""What a page says of itself, before anything is made of it."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from lxml.html import HtmlElement

from workers.stages.pages.linked_data import Item
from workers.stages.text.normalisation import normalise_line


class Said(NamedTuple):
    """The page, its meta elements, and the JSON-LD item of its article."""

    tree: HtmlElement
    meta: Mapping[str, str]
    """By name or property in lower case, the first of each."""
    article: Item


def meta_elements(tree: HtmlElement) -> dict[str, str]:
    """Return meta elements by name or property in lower case, the first of each."""
    values: dict[str, str] = {}
    for element in tree.iter("meta"):
        name = element.get("property") or element.get("name") or ""
        content = (element.get("content") or "").strip()
        if name and content:
            values.setdefault(name.strip().lower(), content)
    return values


def named(meta: Mapping[str, str], names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Yield source and content of those of the meta elements *names* that are there."""
    for name in names:
        if name in meta:
            yield "opengraph" if ":" in name else "meta", meta[name]


def itemprop(tree: HtmlElement, name: str) -> str:
    """Return the first microdata property *name* that is not empty."""
    for element in tree.iterfind(f".//*[@itemprop='{name}']"):
        value = element.get("content") or element.get("datetime")
        value = value or normalise_line(element.text_content())
        if value:
            return str(value).strip()
    return ""
