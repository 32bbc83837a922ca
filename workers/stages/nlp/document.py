"""What an engine makes of a text, and what an engine is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from workers.domain.records import Sentence


@dataclass(frozen=True, slots=True)
class Name:
    """A name or expression as the model found it, before any rule."""

    type: str
    start: int
    end: int
    sentence: int


@dataclass(frozen=True, slots=True)
class Document:
    """A text with its sentences, words, syntax and names.

    Offsets are code points into `text`, exactly as it was given, end exclusive.
    """

    text: str
    sentences: tuple[Sentence, ...] = ()
    names: tuple[Name, ...] = ()


class Engine(Protocol):
    """Whatever analyses texts; the same texts always give the same documents."""

    @property
    def version(self) -> str:
        """Name and digest of the models."""

    def annotate(self, texts: Sequence[str]) -> list[Document]:
        """Return one document per text, in order; any string is survived."""

    def annotate_words(self, sentences: Sequence[Sequence[str]]) -> list[Document]:
        """Return one document per sentence, its words given and not found.

        A document's text is its words with one space between them. Its names are what
        the recogniser alone says, to be scored on corpora that have habits of their
        own; names of a text also take the tags into account (`tag_priors`).
        """
