"""Words of a sentence, and spans of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from workers.domain.records import EntityType, Token
from workers.stages.text.spelling import key


@dataclass(frozen=True, slots=True)
class Found:
    """A span of words [first, end) of one sentence."""

    type: EntityType
    first: int
    end: int

    def covers(self, other: "Found") -> bool:
        """Return whether all words of *other* are in this span."""
        return self.first <= other.first and other.end <= self.end


class Words:
    """The words of a sentence, with their folded keys."""

    def __init__(self, text: str, tokens: Sequence[Token]) -> None:
        self.text = text
        self.tokens = tokens
        self.forms = [text[t.start : t.end] for t in tokens]
        self.keys = [key(form) for form in self.forms]

    def __len__(self) -> int:
        return len(self.tokens)

    def key_at(self, at: int) -> str:
        """Return the key of word *at*; empty outside the sentence."""
        return self.keys[at] if 0 <= at < len(self.keys) else ""

    def form_at(self, at: int) -> str:
        """Return word *at* as it is written; empty outside the sentence."""
        return self.forms[at] if 0 <= at < len(self.forms) else ""

    def span(self, first: int, end: int) -> tuple[int, int]:
        """Return words [first, end) as a span of the text, in code points."""
        return self.tokens[first].start, self.tokens[end - 1].end

    def inside(self, start: int, end: int) -> tuple[int, int]:
        """Return the words [first, end) that a span of the text touches."""
        covered = [
            i for i, t in enumerate(self.tokens) if t.start < end and start < t.end
        ]
        return (covered[0], covered[-1] + 1) if covered else (0, 0)
