"""Articles with syntax and entities to the public records: enriched, and per event.

The record with syntax is made in `annotation`, which knows no events.
"""

import datetime as dt
from collections.abc import Iterator

from msgspec import structs

from workers.domain.ids import event_id
from workers.domain.records import (
    AnnotatedArticle,
    Article,
    EnrichedArticle,
    Event,
    EventRecord,
    Role,
)
from workers.stages.events import find_events
from workers.stages.events.lexicon import Lexicon
from workers.stages.events.plover import CODES
from workers.stages.text.dates.zones import INDIA
from workers.stages.text.sentences import sentence_at


def enriched(article: AnnotatedArticle, lexicon: Lexicon) -> EnrichedArticle:
    """Return the article with its events; the syntax stays behind."""
    events = find_events(
        article.text, article.sentences, article.entities, lexicon, published(article)
    )
    return EnrichedArticle(
        **{name: getattr(article, name) for name in Article.__struct_fields__},
        entities=article.entities,
        events=events,
        versions=structs.replace(article.versions, lexicon=lexicon.version),
    )


def published(article: Article) -> dt.datetime | None:
    """Return when the article came out, as far as its date can be believed."""
    stamp = article.published_at
    if stamp is None or stamp.doubt is not None:
        return None
    return stamp.value


def event_records(
    article: EnrichedArticle, annotation: AnnotatedArticle
) -> Iterator[EventRecord]:
    """Yield one flat record per event of the article."""
    for event in article.events:
        sentence = annotation.sentences[event.sentence]
        yield _flat(article, event, article.text[sentence.start : sentence.end])


def event_records_alone(article: EnrichedArticle) -> Iterator[EventRecord]:
    """Yield the flat records of an article whose syntax is gone.

    Their sentences are cut by full stops alone, not by the models.
    """
    for event in article.events:
        trigger = event.trigger
        yield _flat(
            article, event, sentence_at(article.text, trigger.start, trigger.end)
        )


def _flat(article: EnrichedArticle, event: Event, sentence: str) -> EventRecord:
    names = {entity.id: entity.canonical_name for entity in article.entities}
    codes = CODES.get(event.type)
    return EventRecord(
        event_id=event_id(article.article_id, article.revision, event.id),
        article_id=article.article_id,
        revision=article.revision,
        event_type=event.type,
        event_subtype=event.subtype,
        polarity=event.polarity,
        modality=event.modality,
        trigger=event.trigger.text,
        trigger_lemma=event.trigger.lemma,
        actors=_fillers(event, Role.ACTOR, names),
        targets=_fillers(event, Role.TARGET, names),
        themes=_fillers(event, Role.THEME, names),
        places=_fillers(event, Role.PLACE, names),
        times=_fillers(event, Role.TIME, names),
        event_date=event.time.value if event.time else None,
        attribution=event.attribution.text if event.attribution else None,
        confidence=event.confidence,
        method=event.method,
        sentence_text=sentence,
        url=article.url,
        publisher=article.publisher,
        title=article.title,
        published_at=published(article),
        versions=article.versions,
        counts=event.counts,
        quad_category=codes.quad if codes else None,
        cameo_root=codes.cameo_root if codes else None,
        duplicate_of=article.duplicate_of,
        article_date=_day(article),
        withdrawn=article.withdrawn,
    )


def _day(article: Article) -> str:
    moment = published(article) or article.discovered_at
    return moment.astimezone(INDIA).date().isoformat()


def _fillers(event: Event, role: Role, names: dict[str, str]) -> tuple[str, ...]:
    """Return the fillers of a role, a person or place by the fullest name."""
    return tuple(
        names.get(argument.entity_id or "", argument.text)
        if role in (Role.ACTOR, Role.TARGET, Role.PLACE)
        else argument.text
        for argument in event.arguments
        if argument.role is role
    )
