"""Records of sentences, words and entities, and the article that carries them."""

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from workers.domain.records.articles import Article
from workers.domain.records.primitives import Offset


class Token(Struct, frozen=True, array_like=True):
    """A word with its syntax; an array on the wire, in the order of the fields."""

    start: Offset
    """The word begins at this offset (code points)."""
    end: Offset
    """The word ends before this offset (code points)."""
    lemma: str
    """This is the dictionary form of the word."""
    upos: str
    """This is the part of speech by Universal Dependencies."""
    xpos: str
    """This is the part of speech by the Hindi Dependency Treebank."""
    features: str
    """Morphological features are written `Name=Value|Name=Value`, or are empty."""
    head: Annotated[int, Meta(ge=0)]
    """The word depends on the word with this number in its sentence, counted from 1;
    0 marks the root."""
    relation: str
    """The relation to the head is one of the Hindi Dependency Treebank: k1, k2, k7p,
    pof, …"""


class Sentence(Struct, frozen=True, kw_only=True):
    """A sentence of the text with its words."""

    start: Offset
    """The sentence begins at this offset (code points)."""
    end: Offset
    """The sentence ends before this offset (code points)."""
    tokens: tuple[Token, ...]
    """These are the words of the sentence, in order."""


class EntityType(StrEnum):
    """The kinds of names and expressions that are marked."""

    PER = "PER"
    """A person."""
    LOC = "LOC"
    """A place."""
    ORG = "ORG"
    """An organisation, party, team or authority."""
    TIME = "TIME"
    """A date, a time of day or a duration."""
    NUM = "NUM"
    """A number or quantity."""
    MISC = "MISC"
    """A name of anything else."""


class Entity(Struct, frozen=True, kw_only=True):
    """One mention of a name or expression."""

    id: str
    """The id is unique within the article: e1, e2, …"""
    type: EntityType
    """The type is the kind of thing that is named."""
    text: str
    """This is the mention, exactly as the text has it."""
    start: Offset
    """The mention begins at this offset (code points)."""
    end: Offset
    """The mention ends before this offset (code points)."""
    sentence: Annotated[int, Meta(ge=0)]
    """The mention stands in the sentence with this index, counted from 0."""
    canonical_name: str
    """This is the fullest form of the name in this article; mentions that share it are
    taken for the same entity."""
    link: str | None = None
    """The entity has this id in Wikidata; null where it is not known."""


class Versions(Struct, frozen=True, kw_only=True):
    """The versions of everything that made a record."""

    khabar: str
    """The record was made by this release of the code."""
    models: str = ""
    """These are name and digest of the model package."""
    lexicon: str = ""
    """This is the digest of the event lexicon."""


class AnnotatedArticle(Article, frozen=True, kw_only=True):
    """An article with the syntax of its sentences and its entities; internal."""

    sentences: tuple[Sentence, ...]
    """These are the sentences of the text, in order, with every word."""
    entities: tuple[Entity, ...]
    """These are the mentions of entities, in the order of the text."""
    versions: Versions
    """These versions of code, models and lexicon made the record."""
