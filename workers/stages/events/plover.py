"""Events as PLOVER writes them, with its quad category and the nearest CAMEO root code.

Facts from the PLOVER codebook (Open Event Data Alliance, draft 0.7): its sections by
category, and its table of equivalents to CAMEO's two-digit codes. REQUEST is its
DEMAND; ACCUSE is CAMEO's 11, and 09 where the text speaks of an inquiry. SANCTION is
material conflict by its section and by CAMEO, though the codebook's last table has it
verbal. Our ten types beyond the sixteen have no code in either.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from workers.domain.records import (
    Count,
    EventRecord,
    EventType,
    Modality,
    Polarity,
    QuadCategory,
)
from workers.stages.text.dates.zones import INDIA

CODEBOOK = "plover-0.7"
_DATE_LETTERS = len("2026-11-24")
_CONTEXTS = {Modality.PLANNED: "future", Modality.POSSIBLE: "hypothetical"}


@dataclass(frozen=True, slots=True)
class Codes:
    """What PLOVER and CAMEO call a type."""

    quad: QuadCategory
    cameo_root: str

    @property
    def quad_code(self) -> int:
        """PLOVER's number of the category, 1 to 4."""
        return [*QuadCategory].index(self.quad) + 1


_VERBAL_COOPERATION = QuadCategory.VERBAL_COOPERATION
_MATERIAL_COOPERATION = QuadCategory.MATERIAL_COOPERATION
_VERBAL_CONFLICT = QuadCategory.VERBAL_CONFLICT
_MATERIAL_CONFLICT = QuadCategory.MATERIAL_CONFLICT

CODES = {
    EventType.AGREE: Codes(_VERBAL_COOPERATION, "03"),
    EventType.CONSULT: Codes(_VERBAL_COOPERATION, "04"),
    EventType.SUPPORT: Codes(_VERBAL_COOPERATION, "05"),
    EventType.CONCEDE: Codes(_VERBAL_COOPERATION, "08"),
    EventType.COOPERATE: Codes(_MATERIAL_COOPERATION, "06"),
    EventType.AID: Codes(_MATERIAL_COOPERATION, "07"),
    EventType.RETREAT: Codes(_MATERIAL_COOPERATION, "08"),
    EventType.REQUEST: Codes(_VERBAL_CONFLICT, "10"),
    EventType.ACCUSE: Codes(_VERBAL_CONFLICT, "11"),
    EventType.REJECT: Codes(_VERBAL_CONFLICT, "12"),
    EventType.THREATEN: Codes(_VERBAL_CONFLICT, "13"),
    EventType.PROTEST: Codes(_MATERIAL_CONFLICT, "14"),
    EventType.MOBILIZE: Codes(_MATERIAL_CONFLICT, "15"),
    EventType.SANCTION: Codes(_MATERIAL_CONFLICT, "16"),
    EventType.COERCE: Codes(_MATERIAL_CONFLICT, "17"),
    EventType.ASSAULT: Codes(_MATERIAL_CONFLICT, "18"),
}


def plover_record(record: EventRecord) -> dict[str, Any]:
    """Return an event with the names that PLOVER's codebook has for its fields.

    `date` is the event's where the text tells the day, else the publication's, as is
    the custom of event data. `theme`, `size_info`, `cameo_root`, `confidence` and
    `attribution` are ours: the codebook asks for further fields under other names.
    """
    codes = CODES.get(record.event_type)
    contexts = [_CONTEXTS[record.modality]] if record.modality in _CONTEXTS else []
    if record.polarity is Polarity.NEGATIVE:
        contexts.append("negation")
    return {
        "id": record.event_id,
        "has_event": True,
        "date": _date(record),
        "source": [{"actor_text": name} for name in record.actors],
        "recipient": [{"actor_text": name} for name in record.targets],
        "event": [record.event_type.value],
        "event_loc": {"name": record.places[0]} if record.places else None,
        "event_text": [record.trigger],
        "quad_code": codes.quad_code if codes else None,
        "context": contexts,
        "text": record.sentence_text,
        "cite_info": {
            "url": record.url,
            "title": record.title,
            "language": "hi",
            "publication": record.publisher,
            "coder": f"khabar {record.versions.khabar}",
            "codebook": CODEBOOK,
        },
        "cameo_root": codes.cameo_root if codes else None,
        "theme": list(record.themes),
        "size_info": {
            kind: dict(zip(("low", "high"), bounds, strict=True))
            for kind, bounds in totals(record.counts).items()
        },
        "confidence": record.confidence,
        "attribution": record.attribution,
    }


def totals(counts: Sequence[Count]) -> dict[str, tuple[int, int | None]]:
    """Return the sums of counts by kind: at least, and at most where that is said."""
    sums: dict[str, tuple[int, int | None]] = {}
    for count in counts:
        low, high = sums.get(count.kind, (0, 0))
        top = None if high is None or count.high is None else high + count.high
        sums[count.kind.value] = (low + count.low, top)
    return sums


def _date(record: EventRecord) -> str | None:
    if record.event_date is not None and len(record.event_date) == _DATE_LETTERS:
        return record.event_date
    if record.published_at is None:
        return None
    return record.published_at.astimezone(INDIA).date().isoformat()
