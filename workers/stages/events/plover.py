"""PLOVER's types among ours: quad category and nearest CAMEO root code.

Facts from the PLOVER codebook (Open Event Data Alliance, draft 0.7): its sections by
category, and its table of equivalents to CAMEO's two-digit codes. REQUEST is its
DEMAND; ACCUSE is CAMEO's 11, and 09 where the text speaks of an inquiry. SANCTION is
material conflict by its section and by CAMEO, though the codebook's last table has it
verbal. Our ten types beyond the sixteen have no code in either.
"""

from dataclasses import dataclass

from workers.domain.records import EventType, QuadCategory

CODEBOOK = "plover-0.7"


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
