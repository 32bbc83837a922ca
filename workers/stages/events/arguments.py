"""Who did what to whom: fillers of an event from relations and case markers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from workers.domain.records import Entity, EntityType, Role
from workers.stages.events.inflection import noun_keys, verb_keys
from workers.stages.events.match import Match
from workers.stages.events.spelling import key
from workers.stages.events.tree import Tree, Word
from workers.stages.events.verbgroup import Form, verb_group

SUBJECT, OBJECT, GENITIVE, MODIFIER = "subject", "object", "genitive", "modifier"
UNDERGOER = "undergoer"

DEFAULT_ROLES: dict[str, Role | None] = {
    SUBJECT: Role.ACTOR,
    OBJECT: Role.THEME,
    "को": Role.TARGET,
    GENITIVE: Role.THEME,
    "द्वारा": Role.ACTOR,
    "के साथ": Role.TARGET,
    "के खिलाफ": Role.TARGET,
    "के बीच": Role.ACTOR,
    "को लेकर": Role.THEME,
    "के बारे में": Role.THEME,
    "के मामले में": Role.THEME,
    "के आरोप में": Role.THEME,
    "के यहां": Role.PLACE,
}

_SUBJECTS = frozenset({"k1", "pk1", "k4a", "mk1", "jk1", "nsubj"})
_OBJECTS = frozenset({"k2", "k2u", "obj"})
_GENITIVES = frozenset({"r6", "r6-k1", "r6-k2", "r6v"})
_TIMES = frozenset({"k7t", "k7tu", "rsp"})
_PLACES = frozenset({"k7p", "k7pu"})
_NO_FILLER = (
    "lwg",
    "rsym",
    "pof",
    "nmod__neg",
    "jjmod",
    "psp",
    "sent-adv",
    "adv",
    "undef",
)
_PLACE_MARKERS = frozenset({
    "में", "पर", "के पास", "के सामने", "के बाहर", "के अंदर", "के भीतर", "के निकट",
    "के समीप", "के करीब", "के आसपास", "के यहां", "के ऊपर",
})  # fmt: skip
_TIME_WORDS = frozenset().union(*(noun_keys(w) for w in (
    "आज", "कल", "परसों", "सुबह", "शाम", "रात", "दोपहर", "दिन", "सप्ताह", "हफ्ता", "माह",
    "महीना", "साल", "वर्ष", "घंटा", "मिनट", "सोमवार", "मंगलवार", "बुधवार", "गुरुवार",
    "गुरूवार", "बृहस्पतिवार", "शुक्रवार", "शनिवार", "रविवार", "जनवरी", "फरवरी", "मार्च",
    "अप्रैल", "मई", "जून", "जुलाई", "अगस्त", "सितंबर", "अक्टूबर", "अक्तूबर", "नवंबर",
    "दिसंबर", "तड़के", "देर", "वक्त", "समय", "दौर", "तारीख", "हाल", "दशक", "शताब्दी",
)))  # fmt: skip
_VAGUE_TIMES = frozenset(
    key(w) for w in ("समय", "वक्त", "दौर", "देर", "बार", "अब", "तब", "बाद")
)
_PLACE_WORDS = frozenset().union(*(noun_keys(w) for w in (
    "जगह", "स्थान", "इलाका", "क्षेत्र", "जिला", "राज्य", "शहर", "गांव", "कस्बा", "देश",
    "प्रदेश", "प्रांत", "अस्पताल", "थाना", "सड़क", "मार्ग", "हाईवे", "राजमार्ग", "चौक",
    "स्टेशन", "बाजार", "घर", "मकान", "स्कूल", "कॉलेज", "विश्वविद्यालय", "मंदिर", "मस्जिद",
    "नदी", "जंगल", "सीमा", "मैदान", "स्टेडियम", "होटल", "फैक्ट्री", "कार्यालय", "दफ्तर",
    "राजधानी", "यहां", "वहां", "जहां", "घाटी", "पहाड़", "पार्क", "पुल", "हवाईअड्डा", "केंद्र",
    "जेल", "संसद", "विधानसभा", "दुनिया", "मुहल्ला", "मोहल्ला", "कॉलोनी", "बस्ती", "तट",
)))  # fmt: skip
# Verbs and their nouns that only say in what phase an event is, or carry it.
_PHASE_HOSTS = frozenset().union(*(noun_keys(w) for w in (
    "शुरू", "शुरु", "जारी", "बंद", "समाप्त", "पूरा", "तेज", "आरंभ", "प्रारंभ", "सामना",
    "आयोजित", "आयोजन", "संपन्न", "खत्म", "शुरुआत", "शामिल", "हिस्सा", "भाग",
)))  # fmt: skip
_CARRYING = frozenset().union(*(verb_keys(w) for w in (
    "कर", "हो", "दे", "ले", "करा", "करवा", "रख", "चला", "चल", "मिल", "बना", "उठा", "लगा", "डाल",
    "आ", "पहुंचा", "छेड़", "मना",
)))  # fmt: skip
_HAPPENED = frozenset().union(
    *(verb_keys(w) for w in ("हो", "आ", "कर", "जा", "चल", "रह", "लग"))
)
_FARTHEST_AGENT = 14


@dataclass(frozen=True, slots=True)
class Filler:
    """One argument: its role, its words, and how it was found."""

    role: Role
    first: int
    end: int
    head: Word
    path: str


@dataclass(frozen=True, slots=True)
class _Slot:
    """A phrase near the predicate before it has a role."""

    marker: str
    head: Word
    path: str
    first: int | None = None
    """Where the phrase begins, if not where the tree says."""


class Arguments:
    """Finds the arguments of the events of one sentence."""

    def __init__(
        self, tree: Tree, entities: Sequence[Entity], matches: Sequence[Match]
    ) -> None:
        self.tree = tree
        self.triggers = frozenset(w.index for m in matches for w in m.words)
        self.entity_at: dict[int, Entity] = {}
        for entity in entities:
            for word in tree.words:
                if entity.start <= word.token.start and word.token.end <= entity.end:
                    self.entity_at[word.index] = entity

    def of(self, match: Match) -> tuple[Filler, ...]:
        """Return the fillers of one event, in text order, no two the same."""
        found: list[Filler] = []
        for slot in self._slots(match):
            role = self._role(match, slot)
            if role is not None:
                filler = self._filler(match, role, slot)
                if filler is not None:
                    found.append(filler)
        return _without_doubles(found)

    # --- slots -------------------------------------------------------------

    def _slots(self, match: Match) -> Iterator[_Slot]:
        own = {word.index for word in match.words}
        verb = match.verb or self._carrier(match)
        slots: list[_Slot] = []
        if verb is not None:
            slots += self._of_verb(verb, own | {match.head.index}, match)
        if match.head is not verb:
            slots += self._of_noun(match, own)
        subject = verb is not None and any(
            slot.marker in (SUBJECT, UNDERGOER) for slot in slots
        )
        if verb is not None and not subject:
            slots += self._shared_subject(verb, own)
        yield from slots

    def _carrier(self, match: Match) -> Word | None:
        """Return the verb that a bare event noun shares its arguments with.

        जांच शुरू की, बैठक में हिस्सा लिया, मैच खेला: the noun is the event, the verb
        says who takes part in it.
        """
        noun = match.head
        verb = noun.parent
        if verb is None or not verb.is_verb or verb.index < noun.index:
            return None
        if noun.relation not in ("k1", "k2", "r6-k2", "r6-k1", "pof", "k7", "k1s"):
            return None
        hosts = [c for c in verb.children if c.relation == "pof" and c is not noun]
        if noun.relation == "k7":
            taking_part = any(c.key in _PHASE_HOSTS for c in hosts)
            return verb if taking_part else None
        if verb.key in _CARRYING and all(c.key in _PHASE_HOSTS for c in hosts):
            return verb
        return None

    def _of_verb(self, verb: Word, own: set[int], match: Match) -> Iterator[_Slot]:
        group = verb_group(self.tree, verb)
        being = group.passive or (match.head is not verb and verb.key in _BEING)
        for child in verb.children:
            if child.index in own or self._is_no_filler(child):
                continue
            for member, marker in self._members(child):
                if member.index in own:
                    continue
                slot = self._slot_of(child, marker, being=being, passive=group.passive)
                yield _Slot(
                    slot, member, f"{verb.form} -{child.relation}-> {member.form}"
                )
        if group.form is Form.PARTICIPLE and verb.parent is not None:
            yield from self._modified(verb, passive=group.passive)

    def _modified(self, verb: Word, *, passive: bool) -> Iterator[_Slot]:
        """Yield the noun that a participle modifies: it is its subject or object."""
        noun = verb.parent
        if noun is None or not noun.is_nominal or noun.index < verb.index:
            return
        inverse_object = verb.relation == "nmod__k2inv" or passive
        yield _Slot(
            OBJECT if inverse_object else SUBJECT,
            noun,
            f"{verb.form} <-{verb.relation}- {noun.form}",
            first=self._after_participle(verb),
        )

    def _after_participle(self, verb: Word) -> int:
        end = verb_group(self.tree, verb).end
        while end < len(self.tree) and self.tree.words[end].key.startswith(
            ("वाल", "हुए", "हुई", "हुआ")
        ):
            end += 1
        return end

    def _of_noun(self, match: Match, own: set[int]) -> Iterator[_Slot]:
        noun = match.head
        for child in noun.children:
            if child.index in own:
                continue
            if child.is_verb and child.index < noun.index and child.key in _HAPPENED:
                for grandchild in child.children:
                    if not self._is_no_filler(grandchild):
                        for member, marker in self._members(grandchild):
                            slot = self._slot_of(
                                grandchild, marker, being=True, passive=False
                            )
                            yield _Slot(
                                slot,
                                member,
                                f"{noun.form} <- {child.form} -{grandchild.relation}-> "
                                f"{member.form}",
                            )
                continue
            if self._is_no_filler(child) or child.index > noun.index:
                continue
            for member, marker in self._members(child):
                if marker == "का" or child.relation in _GENITIVES:
                    slot = GENITIVE
                elif marker:
                    slot = marker
                elif child.is_noun and self._stands_alone(member):
                    slot = MODIFIER
                else:
                    continue
                yield _Slot(
                    slot, member, f"{noun.form} -{child.relation}-> {member.form}"
                )
        yield from self._compounded(match)

    def _stands_alone(self, word: Word) -> bool:
        return word.index in self.entity_at or word.token.xpos.startswith("NNP")

    def _compounded(self, match: Match) -> Iterator[_Slot]:
        """Yield what is set before an event noun without a marker: यूक्रेन युद्ध."""
        first = match.first
        before = self.tree.before(first)
        while before is not None and before.tag.startswith("JJ"):
            before = self.tree.before(before.index)
        if before is None or not before.is_noun or before.index in self.triggers:
            return
        if before in match.head.children and self._stands_alone(before):
            return  # found by the tree
        yield _Slot(
            MODIFIER, before, f"{match.head.form} after {before.form}", first=None
        )

    # --- subjects from elsewhere -------------------------------------------

    def _shared_subject(self, verb: Word, own: set[int]) -> Iterator[_Slot]:
        """Yield the subject that the verb shares with the clause above or beside it."""
        group = verb_group(self.tree, verb)
        if group.passive or group.form is Form.PARTICIPLE:
            return
        seen = verb
        for ancestor in verb.ancestors():
            if ancestor.is_conjunction:
                for sibling in ancestor.children:
                    if sibling.is_verb and sibling.index < seen.index:
                        found = self._subject(sibling, own)
                        if found is not None:
                            yield _Slot(
                                SUBJECT,
                                found,
                                f"{verb.form} shares {sibling.form} -> {found.form}",
                            )
                            return
            elif ancestor.is_verb:
                controls = (
                    seen.relation
                    in (
                        "vmod",
                        "rt",
                        "rh",
                        "k2",
                        "r6",
                        "r6-k2",
                        "k7t",
                        "k7",
                        "k5",
                        "vmod__adv",
                        "rd",
                    )
                    or seen is not verb
                )
                found = self._subject(ancestor, own) if controls else None
                if found is not None:
                    yield _Slot(
                        SUBJECT,
                        found,
                        f"{verb.form} shares {ancestor.form} -> {found.form}",
                    )
                    return
                if not controls:
                    return
            seen = ancestor
        nearest = self._agent_before(verb)
        if nearest is not None and nearest.index not in own:
            yield _Slot(SUBJECT, nearest, f"{verb.form} … {nearest.form} ने")

    def _subject(self, verb: Word, own: set[int]) -> Word | None:
        passive = verb_group(self.tree, verb).passive
        for child in verb.children:
            marker = self.tree.marker(child)
            if child.index in own or child.index in self.triggers:
                continue
            if (
                child.relation in _SUBJECTS
                and not passive
                and marker in ("", "ने", "को")
            ) or (marker == "ने"):
                if child.is_nominal or child.is_conjunction:
                    return child
        return None

    def _agent_before(self, verb: Word) -> Word | None:
        """Return the nearest noun with ने on the left, in the same clause."""
        for at in range(verb.index - 1, max(-1, verb.index - _FARTHEST_AGENT), -1):
            word = self.tree.words[at]
            if word.form in ("।", ";") or word.key in ("कि", "जो", "लेकिन"):
                return None
            if word.is_nominal and self.tree.marker(word) == "ने":
                return word
        return None

    # --- from slot to role -------------------------------------------------

    def _members(self, child: Word) -> Iterator[tuple[Word, str]]:
        """Yield the members of a coordination, each with the marker of the whole."""
        if not child.is_conjunction:
            conjoined = [
                c
                for c in child.children
                if c.relation in ("ccof", "conj") and c.index < child.index
            ]
            for one in conjoined:
                yield one, self.tree.marker(child)
            yield child, self.tree.marker(child)
            return
        members = sorted(
            (c for c in child.children if c.relation == "ccof"), key=lambda w: w.index
        )
        if not members:
            return
        marker = self.tree.marker(members[-1])
        for member in members:
            if member.is_conjunction:
                yield from self._members(member)
            else:
                own = self.tree.marker(member)
                yield member, own if own not in ("", "का") else marker

    def _is_no_filler(self, word: Word) -> bool:
        if word.is_mark or word.is_postposition:
            return True
        if word.relation.startswith(_NO_FILLER) and not self._is_time(word):
            return True
        if word.is_main_verb:
            group = verb_group(self.tree, word)
            return group.form is not Form.INFINITIVE
        return word.tag in ("NEG", "RP", "RB", "INTF", "VAUX", "DEM")

    def _slot_of(self, child: Word, marker: str, *, being: bool, passive: bool) -> str:
        relation = child.relation
        if marker == "ने":
            return SUBJECT
        if marker == "द्वारा":
            return "द्वारा"
        if relation in _GENITIVES:
            return GENITIVE
        if relation in _SUBJECTS and marker in ("", "को", "से"):
            if passive:
                return "द्वारा" if marker == "से" else OBJECT
            return UNDERGOER if being else SUBJECT
        if relation in _OBJECTS and marker in ("", "को"):
            return OBJECT
        if relation in ("k4", "k4v") and marker in ("", "को"):
            return "को"
        if not marker and relation in ("k1s", "k2s"):
            return "complement"
        return marker

    def _role(self, match: Match, slot: _Slot) -> Role | None:
        head = slot.head
        roles = match.entry.frame.roles
        if self._is_time(head) and slot.marker in (
            "", "को", "में", "से", "तक", "के बीच", "के दौरान", "का", GENITIVE, MODIFIER, OBJECT,
            SUBJECT, UNDERGOER, "पर", "के दिन",
        ):  # fmt: skip
            return None if head.key in _VAGUE_TIMES else Role.TIME
        place = self._is_place(head)
        if slot.marker == GENITIVE and place and "genitive place" in roles:
            return roles["genitive place"]
        if slot.marker == MODIFIER:
            if MODIFIER in roles and not (place and roles[MODIFIER] is Role.THEME):
                return roles[MODIFIER]
            return Role.PLACE if place else None
        if head.relation in _PLACES and slot.marker not in roles:
            return Role.PLACE
        if slot.marker == UNDERGOER:
            for each in (UNDERGOER, SUBJECT):
                if each in roles:
                    return roles[each]
            return DEFAULT_ROLES[SUBJECT]
        if slot.marker in roles:
            return roles[slot.marker]
        if slot.marker in _PLACE_MARKERS and (place or head.key in _PLACE_WORDS):
            return Role.PLACE
        return DEFAULT_ROLES.get(slot.marker)

    def _is_time(self, word: Word) -> bool:
        entity = self.entity_at.get(word.index)
        if entity is not None and entity.type is not EntityType.NUM:
            return entity.type is EntityType.TIME
        return word.key in _TIME_WORDS and (
            word.relation in _TIMES or word.key not in _VAGUE_TIMES
        )

    def _is_place(self, word: Word) -> bool:
        entity = self.entity_at.get(word.index)
        return entity is not None and entity.type is EntityType.LOC

    def _filler(self, match: Match, role: Role, slot: _Slot) -> Filler | None:
        head = slot.head
        if head.index in {word.index for word in match.words}:
            return None
        first, end = self.tree.phrase(head)
        if slot.first is not None:
            first = max(first, slot.first)
        elif slot.marker == MODIFIER:
            first = self._name_start(head)
        if first < match.last < end and slot.first is None:
            # the phrase holds the trigger: what stands after it, or before it
            first = max(first, match.last + 1)
        if first >= end:
            return None
        entity = self.entity_at.get(head.index)
        if entity is not None and role in (Role.TIME, Role.PLACE):
            while end < len(self.tree) and self.entity_at.get(end) is entity:
                end += 1
        return Filler(role, first, end, head, f"{slot.path} [{slot.marker or '–'}]")

    def _name_start(self, head: Word) -> int:
        entity = self.entity_at.get(head.index)
        first = head.index
        while (
            first > 0 and entity is not None and self.entity_at.get(first - 1) is entity
        ):
            first -= 1
        return first


_BEING = frozenset().union(*(verb_keys(w) for w in ("हो", "है", "रह", "पड़", "बन", "मिल", "लग"))) | {
    "है", "हैं", "था", "थे", "थी", "थीं"
}  # fmt: skip


def _without_doubles(found: Sequence[Filler]) -> tuple[Filler, ...]:
    kept: list[Filler] = []
    for filler in found:
        if any(
            (other.role is filler.role
            and other.first < filler.end
            and filler.first < other.end)
            or (other.first, other.end) == (filler.first, filler.end)
            for other in kept
        ):
            continue
        kept.append(filler)
    return tuple(sorted(kept, key=lambda filler: (filler.first, filler.role)))
