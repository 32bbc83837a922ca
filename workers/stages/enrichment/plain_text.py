"""Texts without Kafka: the same records as the workers', made of a text alone.

An item is an object with a string `text`; what else it has in common with the record
of an article (`url`, `title`, `publisher`, …) goes into the record. Offsets are code
points into `text` as given, end exclusive.
"""

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from msgspec import structs, to_builtins

from workers import __version__
from workers.domain.outcomes import Outcome
from workers.domain.records import (
    AnnotatedArticle,
    Article,
    EnrichedArticle,
    EventRecord,
    Sentence,
    Versions,
)
from workers.stages.enrichment.annotation import annotated
from workers.stages.enrichment.records import enriched, event_records
from workers.stages.enrichment.text_article import article_of
from workers.stages.entities import entities
from workers.stages.events.explain import explain as explain_events
from workers.stages.events.lexicon import Lexicon, shipped
from workers.stages.nlp.document import Document, Engine, Name
from workers.stages.nlp.segments import MAX_SEGMENT, pieces
from workers.stages.text.language import HINDI, UNKNOWN

Item = Mapping[str, Any]

BATCH = 64
"""So many texts go to the engine at once."""
PIECE = 200 * MAX_SEGMENT
"""Code points of a longer text that go to the engine at once."""
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_SHORT = 40
"""Letters up to which a classifier that is in doubt is not believed."""
_DOUBT = 0.5
_IN_DEVANAGARI = range(0x0900, 0x0980)


class Judgement(NamedTuple):
    """Whether a text would be published, as the articles worker judges it."""

    outcome: Outcome = Outcome.PUBLISHED
    reason: str = ""


class Reading(NamedTuple):
    """An item with the records that were made of it."""

    item: Item
    annotation: AnnotatedArticle
    article: EnrichedArticle
    judgement: Judgement

    def as_object(self) -> dict[str, Any]:
        """Return the enriched record with what the item has besides.

        Each event has the words of its sentence too.
        """
        record = to_builtins(self.article)
        sentences, text = self.annotation.sentences, self.article.text
        for event in record["events"]:
            # tuples of the records are lists in JSON, and to who compares them
            event["arguments"] = [*event["arguments"]]
            at = sentences[event["sentence"]]
            event["sentence_text"] = text[at.start : at.end]
        record["entities"], record["events"] = (
            [*record["entities"]],
            [*record["events"]],
        )
        ending = {
            "outcome": self.judgement.outcome.value,
            "reason": self.judgement.reason,
        }
        return {**self.item, **record, **ending}

    def event_records(self) -> Iterator[EventRecord]:
        """Yield the flat records of its events."""
        yield from event_records(self.article, self.annotation)


def annotate(
    engine: Engine, items: Sequence[Item], published: dt.datetime | None = None
) -> list[dict[str, Any]]:
    """Return the objects as enriched records, whatever language they are in."""
    articles = [article_of(item, EPOCH, published) for item in items]
    return [
        reading.as_object()
        for reading in read(engine, list(zip(items, articles, strict=True)))
    ]


def read(
    engine: Engine,
    items: Sequence[tuple[Item, Article]],
    *,
    judge: Callable[[Article], Judgement] | None = None,
    on_piece: Callable[[int], None] = lambda _: None,
    piece: int = PIECE,
    lexicon: Lexicon | None = None,
) -> Iterator[Reading]:
    """Yield what is found in items and the articles made of them, in order.

    Nothing is looked for in those that *judge* does not let pass. *on_piece* is told
    how many code points have been read since it was told before; texts of more than
    *piece* are read in several.
    """
    versions = Versions(khabar=__version__, models=engine.version)
    for start in range(0, len(items), BATCH):
        batch = items[start : start + BATCH]
        judged = [judge(article) if judge else Judgement() for _, article in batch]
        texts = [
            article.text if found.outcome is Outcome.PUBLISHED else ""
            for (_, article), found in zip(batch, judged, strict=True)
        ]
        documents = _documents(engine, texts, on_piece, piece)
        for (item, article), found, document in zip(
            batch, judged, documents, strict=True
        ):
            annotation = annotated(article, document, versions)
            with_events = enriched(annotation, lexicon or shipped())
            yield Reading(item, annotation, with_events, found)


def judge_language(article: Article) -> Judgement:
    """Return whether a text is in Hindi, as `stages.articles.extraction` does.

    Of a few words in Devanagari a classifier in doubt is not believed: a headline may
    have no word that only Hindi has.
    """
    language = article.language
    if not article.text.strip():
        return Judgement(Outcome.EMPTY, "there is no text")
    if language.code == UNKNOWN:
        return Judgement(Outcome.NOT_HINDI, "the text has no letters")
    letters = [ord(letter) for letter in article.text[:_SHORT] if letter.isalpha()]
    doubtful = (
        len(article.text) <= _SHORT
        and language.confidence < _DOUBT
        and all(letter in _IN_DEVANAGARI for letter in letters)
    )
    if language.code == HINDI or doubtful:
        return Judgement()
    reason = f"the text is in {language.code}, confidence {language.confidence}"
    return Judgement(Outcome.NOT_HINDI, reason)


def explain(
    engine: Engine,
    text: str,
    published: dt.datetime | None = None,
    lexicon: Lexicon | None = None,
) -> list[str]:
    """Return lines: the parse, the matched entries, each argument's path."""
    (document,) = engine.annotate([text])
    found = entities(document)
    own = lexicon or shipped()
    return explain_events(text, document.sentences, found, own, published)


def _documents(
    engine: Engine, texts: Sequence[str], on_piece: Callable[[int], None], piece: int
) -> Iterator[Document]:
    """Yield a document for each text; long ones go to the engine piece by piece."""
    if all(len(text) <= piece for text in texts):
        yield from engine.annotate(texts)
        on_piece(sum(map(len, texts)))
        return
    for text in texts:
        parts = []
        for start, end in pieces(text, piece):
            (part,) = engine.annotate([text[start:end]])
            parts.append((start, part))
            on_piece(end - start)
        yield _joined(text, parts)


def _joined(text: str, parts: Iterable[tuple[int, Document]]) -> Document:
    """Return the document of a text from those of its pieces and their offsets."""
    sentences: list[Sentence] = []
    names: list[Name] = []
    for offset, part in parts:
        names += [
            dataclasses.replace(
                name,
                start=name.start + offset,
                end=name.end + offset,
                sentence=name.sentence + len(sentences),
            )
            for name in part.names
        ]
        for sentence in part.sentences:
            tokens = (
                structs.replace(
                    token, start=token.start + offset, end=token.end + offset
                )
                for token in sentence.tokens
            )
            start, end = sentence.start + offset, sentence.end + offset
            sentences.append(
                structs.replace(sentence, start=start, end=end, tokens=tuple(tokens))
            )
    return Document(text, tuple(sentences), tuple(names))
