"""Where elements stand in the tree to one another."""

from collections.abc import Container

from lxml.html import HtmlElement


def is_within(element: HtmlElement, roots: Container[HtmlElement]) -> bool:
    """Return whether *element* is one of *roots* or inside one."""
    return element in roots or any(above in roots for above in element.iterancestors())


def common_ancestor(one: HtmlElement, other: HtmlElement) -> HtmlElement:
    """Return the innermost element that holds both."""
    around = {one, *one.iterancestors()}
    return next(
        element for element in (other, *other.iterancestors()) if element in around
    )


def distance(one: HtmlElement, other: HtmlElement) -> int:
    """Return how many levels the innermost element that holds both is above one."""
    common = common_ancestor(one, other)
    return max(_levels_below(common, one), _levels_below(common, other))


def _levels_below(above: HtmlElement, element: HtmlElement) -> int:
    if element is above:
        return 0
    around = enumerate(element.iterancestors(), 1)
    return next(level for level, each in around if each is above)
