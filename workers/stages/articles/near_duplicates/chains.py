"""A hash table in two flat arrays, of 32 bits a number."""

from array import array
from collections.abc import Iterator

NO_ENTRY = 0xFFFFFFFF
"""Ends a chain."""
_FIRST_HEADS = 1024  # a power of two, so that a mask finds the head of a key


class HashChains:
    """A hash table with chaining: heads of chains, and the next of each entry.

    Entries are numbered in the order in which they are appended; their keys are not
    kept, so whoever looks them up compares what they stand for.
    """

    def __init__(self) -> None:
        self.heads = array("I", [NO_ENTRY]) * _FIRST_HEADS
        self.next = array("I")

    def walk(self, key: int) -> Iterator[int]:
        """Yield the entries that may have *key*."""
        entry = self.heads[key & (len(self.heads) - 1)]
        while entry != NO_ENTRY:
            yield entry
            entry = self.next[entry]

    def append(self, key: int) -> None:
        """Add the next entry under *key*."""
        at = key & (len(self.heads) - 1)
        self.next.append(self.heads[at])
        self.heads[at] = len(self.next) - 1

    @property
    def full(self) -> bool:
        """Whether there are as many entries as heads, so that chains get long."""
        return len(self.next) >= len(self.heads)

    def grow(self) -> None:
        """Make room for twice as many entries, which are to be added again."""
        self.heads = array("I", [NO_ENTRY]) * (2 * len(self.heads))
        self.next = array("I")
