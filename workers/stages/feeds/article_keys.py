"""Which query parameters a feed shows to be the keys of its articles.

`src=sonipat` may say where a reader came from, or which article is meant. Where items
that are not the same differ in nothing but such a parameter, it is their key: without
it all but one of them would be lost.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from workers.web.urls import absolute_url, ambiguous_parameters, canonical_url

MOST_KEYS = 8
"""Parameters that are remembered of a feed."""
_LONGEST_KEY = 40


class Item(NamedTuple):
    """What tells one item of a feed from another."""

    link: str
    guid: str | None
    title: str


def find_keys(items: Iterable[Item], known: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the *known* keys, and those by which *items* with one address differ.

    Names in lower case, at most MOST_KEYS.
    """
    keys = dict.fromkeys(known)
    for same in _by_address(items, known).values():
        for one, other in pairwise(same):
            if _are_different(one, other):
                keys.update(dict.fromkeys(_differing(one.link, other.link)))
    return tuple(keys)[:MOST_KEYS]


def count_folded(items: Iterable[Item], keys: Sequence[str]) -> int:
    """Return how many of *items* have the address of another that is not the same."""
    return sum(
        _are_different(same[0], each)
        for same in _by_address(items, keys).values()
        for each in same[1:]
    )


def _by_address(
    items: Iterable[Item], keys: Sequence[str]
) -> Mapping[str | None, Sequence[Item]]:
    groups: dict[str | None, list[Item]] = {}
    for item in items:
        groups.setdefault(canonical_url(item.link, keys=keys), []).append(item)
    return {address: same for address, same in groups.items() if len(same) > 1}


def _are_different(one: Item, other: Item) -> bool:
    """Tell articles from repetitions: sections of a site show one under two links.

    A guid that is an address differs with the link, so it tells nothing.
    """
    if one.title != other.title:
        return True
    guids = {one.guid, other.guid}
    return len(guids) > 1 and not any(not each or absolute_url(each) for each in guids)


def _differing(one: str, other: str) -> Sequence[str]:
    """Return the ambiguous parameters in which two addresses differ."""
    first, second = ambiguous_parameters(one), ambiguous_parameters(other)
    names = sorted(first.keys() | second.keys())
    return [
        name
        for name in names
        if first.get(name) != second.get(name) and len(name) <= _LONGEST_KEY
    ]
