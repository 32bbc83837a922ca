"""Full names and Wikidata ids of entities."""

from collections.abc import Sequence

from msgspec import structs

from workers.domain.records import Entity, EntityType
from workers.stages.entities.gazetteer import Gazetteer, Known
from workers.stages.entities.names import NAMED
from workers.stages.text.spelling import key


def link(found: Sequence[Entity], names: Gazetteer) -> tuple[Entity, ...]:
    """Give each entity its fullest name in the text, and its id where known."""
    full = _full_names([e for e in found if e.type is EntityType.PER])
    out = []
    for entity in found:
        canonical = full.get(entity.id, entity.canonical_name)
        known: Known | None = None
        if entity.type in NAMED:
            known = names.find(_name_keys(canonical)) or names.find(
                _name_keys(entity.text)
            )
        same = known is not None and known.type is entity.type
        wikidata = known.link if known is not None and same else None
        out.append(structs.replace(entity, canonical_name=canonical, link=wikidata))
    return tuple(out)


def _name_keys(name: str) -> tuple[str, ...]:
    return tuple(key(word) for word in name.split())


def _full_names(people: Sequence[Entity]) -> dict[str, str]:
    """Return the fullest form of each person's name: पुतिन is व्लादिमीर पुतिन.

    A short name stands for the nearest longer one before it, or the first after it,
    that has all its words in the same order and begins or ends with it.
    """
    keyed = [(person, _name_keys(person.text)) for person in people]
    full: dict[str, str] = {}
    for person, short in keyed:
        fitting = [
            (other, longer)
            for other, longer in keyed
            if len(longer) > len(short)
            and (longer[-len(short) :] == short or longer[: len(short)] == short)
        ]
        if not fitting:
            continue
        before = [pair for pair in fitting if pair[0].start < person.start]
        chosen = (
            max(before, key=lambda pair: pair[0].start)[0] if before else fitting[0][0]
        )
        full[person.id] = chosen.text
    # a name may have grown twice: किम, किम जोंग, किम जोंग उन
    texts = {person.text: full[person.id] for person, _ in keyed if person.id in full}
    return {name: texts.get(text, text) for name, text in full.items()}
