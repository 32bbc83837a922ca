"""Sentences, words and entities of an article."""

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from workers.domain.records.articles import Article
from workers.domain.records.primitives import Offset


class Token(Struct, frozen=True, array_like=True):
    """A word with its syntax; an array on the wire, in the order of the fields."""

    start: Offset
    end: Offset
    lemma: str
    """Dictionary form."""
    upos: str
    """Universal part of speech."""
    xpos: str
    """Tag of the Hindi Dependency Treebank."""
    features: str
    """`Name=Value|Name=Value` or empty."""
    head: Annotated[int, Meta(ge=0, description="1-based in the sentence; 0: root.")]
    relation: str
    """Relation of the Hindi Dependency Treebank: k1, k2, k7p, pof, …"""


class Sentence(Struct, frozen=True, kw_only=True):
    """A sentence of the text with its words."""

    start: Offset
    end: Offset
    tokens: tuple[Token, ...]
    """Its words, in order."""


class EntityType(StrEnum):
    """Kinds of names and expressions."""

    PER = "PER"
    LOC = "LOC"
    ORG = "ORG"
    TIME = "TIME"
    NUM = "NUM"
    MISC = "MISC"


class Entity(Struct, frozen=True, kw_only=True):
    """One mention of a name or expression."""

    id: str
    """Unique within the article: e1, e2, …"""
    type: EntityType
    """What kind of thing the name means."""
    text: str
    """The mention, letter by letter."""
    start: Offset
    end: Offset
    sentence: Annotated[int, Meta(ge=0)]
    """Index of the sentence it stands in."""
    canonical_name: str
    """The fullest form of the name in this article."""
    link: str | None = None
    """Wikidata id, where it is known."""


class Versions(Struct, frozen=True, kw_only=True):
    """What made a record."""

    khabar: str
    """Release of the code."""
    models: str = ""
    """Name and digest of the model package."""
    lexicon: str = ""
    """Digest of the event lexicon."""


class AnnotatedArticle(Article, frozen=True, kw_only=True):
    """An article with the syntax of its sentences and its entities; internal."""

    sentences: tuple[Sentence, ...]
    """In order, with every word."""
    entities: tuple[Entity, ...]
    """In order of their places."""
    versions: Versions
    """What made the record."""
