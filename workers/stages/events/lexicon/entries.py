"""What the lexicon holds: frames, and the entries that belong to them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from workers.domain.records import EventType, Role


class Kind(StrEnum):
    """How an entry is matched."""

    NOUN = "noun"
    CARRIED = "carried"
    COMPOUND = "compound"
    VERB = "verb"


@dataclass(frozen=True, slots=True)
class Frame:
    """A family of predicates with one case frame."""

    type: EventType
    name: str
    roles: Mapping[str, Role | None]
    weight: float
    agentless: bool
    fills: Role | None
    needs: frozenset[str]
    excludes: frozenset[str]
    not_before: frozenset[str]
    source: str
    """File and line."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One predicate; `words` are the dictionary forms, in order."""

    kind: Kind
    words: tuple[str, ...]
    keys: tuple[frozenset[str], ...]
    """All written forms of each word, folded."""
    frame: Frame

    @property
    def text(self) -> str:
        """The entry as a dictionary has it."""
        return " ".join(self.words)
