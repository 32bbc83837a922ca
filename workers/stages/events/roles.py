"""Who did what to whom: the roles that phrases fill in an event."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from workers.domain.records import EntityType, Role
from workers.stages.events.adjuncts import PLACE_RELATIONS, VAGUE_TIMES, Circumstances
from workers.stages.events.match import Match
from workers.stages.events.phrases import (
    COMPLEMENT,
    GENITIVE,
    HOST,
    MODIFIER,
    OBJECT,
    SECOND_OBJECT,
    SUBJECT,
    UNDERGOER,
    Slot,
    Slots,
)
from workers.stages.events.tree import NAMES, Tree, Word
from workers.stages.text import lexical
from workers.stages.text.inflection import noun_forms, verb_keys

DEFAULT_ROLES: dict[str, Role] = {
    SUBJECT: Role.ACTOR,
    UNDERGOER: Role.ACTOR,
    OBJECT: Role.THEME,
    SECOND_OBJECT: Role.THEME,
    GENITIVE: Role.THEME,
    **{
        marker: Role(role)
        for marker, role in lexical.headings("case_markers.roles").items()
    },
}
_TIME_MARKERS = frozenset(lexical.words("case_markers.time")) | {
    "", GENITIVE, MODIFIER, OBJECT, SUBJECT, UNDERGOER,
}  # fmt: skip
_PLACE_MARKERS = frozenset(lexical.words("case_markers.place"))
_FARTHEST_CIRCUMSTANCE = 12
"""Words between a time or place and the event that it may belong to."""
_LOCAL_MARKERS = frozenset(lexical.words("case_markers.locative_only"))
# What things stand on, and what nobody attacks or bans.
_WAYS = noun_forms("places.locations")
_DOING = verb_keys("कर")
_MONEY = lexical.keys("units.sums")
_MATTER_MARKERS = frozenset(lexical.words("case_markers.matter"))
_MATTERS = noun_forms("event_nouns.matters")


@dataclass(frozen=True, slots=True)
class Filler:
    """One argument: its role, its words [first, end), and how it was found."""

    role: Role
    first: int
    end: int
    head: Word
    path: str


class Arguments:
    """Finds the arguments of the events of one sentence."""

    def __init__(self, tree: Tree, matches: Sequence[Match]) -> None:
        self._tree = tree
        self._circumstances = Circumstances(tree)
        triggers = frozenset(word.index for match in matches for word in match.words)
        self._slots = Slots(tree, self._circumstances, triggers)

    def of_all(self, matches: Sequence[Match]) -> list[tuple[Filler, ...]]:
        """Return the fillers of each event, unclaimed times and places given out."""
        found = [self.of(match) for match in matches]
        claimed = {
            at
            for fillers in found
            for filler in fillers
            for at in range(filler.first, filler.end)
        }
        for filler in self._circumstantial():
            if not claimed.isdisjoint(range(filler.first, filler.end)):
                continue
            taker = self._taker(filler, matches, found)
            if taker is not None:
                found[taker] = tuple(
                    sorted((*found[taker], filler), key=lambda each: each.first)
                )
        return found

    def _circumstantial(self) -> Iterator[Filler]:
        """Yield the times and places whose case says that something happened there."""
        for word in self._tree.words:
            first, end = self._circumstances.name_bounds(word)
            if end != word.index + 1:
                continue
            marker = self._tree.marker(word)
            if self._circumstances.is_time_name(word) and marker in ("को", "में"):
                yield Filler(Role.TIME, first, end, word, "near by")
            elif self._circumstances.is_place_name(word) and marker == "में":
                yield Filler(Role.PLACE, first, end, word, "near by")

    def _taker(
        self,
        filler: Filler,
        matches: Sequence[Match],
        found: Sequence[tuple[Filler, ...]],
    ) -> int | None:
        """Return which event a circumstance before it belongs to, None if to none."""
        for number, match in enumerate(matches):
            if match.first <= filler.end:
                continue
            between = self._tree.words[filler.end : match.first]
            if len(between) > _FARTHEST_CIRCUMSTANCE or any(
                word.key == "कि" or word.form in ("।", ";") or word.is_main_verb
                for word in between
            ):
                return None
            if any(each.role is filler.role for each in found[number]):
                return None
            return number
        return None

    def of(self, match: Match) -> tuple[Filler, ...]:
        """Return the fillers of one event, in text order, no two the same."""
        kept: list[Filler] = []
        for slot in self._slots.of(match):
            role = self._role(match, slot)
            filler = self._filler(match, role, slot) if role is not None else None
            for each in self._listed(filler) if filler is not None else ():
                if not any(_same(each, other) for other in kept):
                    kept.append(each)
        kept.sort(key=lambda filler: (filler.first, filler.role))
        return tuple(self._merged(kept))

    def _listed(self, filler: Filler) -> Iterator[Filler]:
        """Yield a filler and the names that a list joins to it: A, B और C."""
        yield filler
        at = filler.first - 1
        joined = at > 0 and self._tree.words[at].is_conjunction
        while joined and at > 0:
            name = self._tree.words[at - 1]
            entity = self._circumstances.entity(name.index)
            if entity is None or entity.type not in NAMES:
                return
            first, end = self._circumstances.name_bounds(name)
            yield Filler(filler.role, first, end, name, f"{filler.path}, listed")
            at = first - 1
            joined = at > 0 and self._tree.words[at].form == ","

    def _merged(self, fillers: Sequence[Filler]) -> list[Filler]:
        """Join what the parse has parted: बैंक, कर्मचारी as two subjects."""
        out: list[Filler] = []
        for filler in fillers:
            last = out[-1] if out else None
            if (
                last is not None
                and last.role is filler.role
                and last.end == filler.first
                and not self._circumstances.entity(last.head.index)
            ):
                out[-1] = replace(filler, first=last.first)
            else:
                out.append(filler)
        return out

    def _role(self, match: Match, slot: Slot) -> Role | None:
        head, marker = slot.head, slot.marker
        if marker in _TIME_MARKERS and self._circumstances.is_time(head):
            return None if head.key in VAGUE_TIMES else Role.TIME
        if marker == HOST:
            return match.entry.frame.fills
        if self._fills_nothing(head, marker):
            return None
        return self._place_role(match, slot) or self._case_role(match, slot)

    def _fills_nothing(self, head: Word, marker: str) -> bool:
        """Tell phrases that only look like arguments."""
        following = self._tree.after(head.index)
        if following is not None and following.form == ":":
            return True  # पटना: the place that the report is dated from
        return (
            (head.is_pronoun and marker in ("में", "पर", "में से"))
            or (head.is_verb and marker == "के लिए")  # a purpose
        )

    def _case_role(self, match: Match, slot: Slot) -> Role | None:
        """Return the role that the frame gives to the case of a phrase."""
        head, marker = slot.head, slot.marker
        roles = match.entry.frame.roles
        if marker == MODIFIER:
            return roles.get(MODIFIER) if self._names_itself(head, roles) else None
        if f"{marker} person" in roles and self._circumstances.is_person(head):
            marker = f"{marker} person"
        if marker == UNDERGOER and marker not in roles:
            marker = SUBJECT
        if marker == SECOND_OBJECT and COMPLEMENT in roles:
            marker = COMPLEMENT
        role = roles[marker] if marker in roles else DEFAULT_ROLES.get(marker)
        if marker == GENITIVE:
            if role is Role.TARGET and head.key in _MONEY:
                return Role.THEME  # दो लाख रुपये की मदद
            if role is Role.THEME and self._is_quantity(head):
                return None  # पांच प्रतिशत की गिरावट
            if (
                role is Role.ACTOR
                and match.verb is not None
                and match.verb.key in _DOING
            ):
                return Role.THEME  # मिसाइल का परीक्षण किया: not who does it
        if role is Role.TARGET and marker in _MATTER_MARKERS and self._is_matter(head):
            return Role.THEME
        return role

    def _names_itself(self, head: Word, roles: Mapping[str, Role | None]) -> bool:
        """Tell what may stand before an event noun without a marker."""
        return (
            roles.get(MODIFIER) is Role.THEME
            or self._circumstances.entity(head.index) is not None
        )

    def _is_matter(self, head: Word) -> bool:
        """Tell a score, or a matter that something is about, from who it is done to."""
        return head.key in _MATTERS or self._is_quantity(head)

    def _is_quantity(self, head: Word) -> bool:
        entity = self._circumstances.entity(head.index)
        return entity is not None and entity.type is EntityType.NUM

    def _place_role(self, match: Match, slot: Slot) -> Role | None:  # noqa: PLR0911 a ladder of rules
        """Return the role of a phrase because it is a place, None if it is not."""
        head, marker = slot.head, slot.marker
        roles = match.entry.frame.roles
        named = self._circumstances.is_place_name(head)
        if marker == GENITIVE:
            return roles.get("genitive place") if named else None
        if marker == MODIFIER:
            explicit = roles.get(MODIFIER)
            return Role.PLACE if named and explicit in (None, Role.THEME) else None
        if head.relation in PLACE_RELATIONS and marker in ("में", ""):
            return Role.PLACE
        if marker == "में" and named:
            return Role.PLACE
        located = self._circumstances.is_place(head)
        if marker == "से" and roles.get(marker) is Role.TARGET and located:
            return Role.PLACE
        if marker == "पर" and head.key in _WAYS:
            return Role.PLACE
        if marker in roles:
            return None
        if head.relation in PLACE_RELATIONS or marker in _LOCAL_MARKERS:
            return Role.PLACE
        return Role.PLACE if marker in _PLACE_MARKERS and located else None

    def _filler(self, match: Match, role: Role, slot: Slot) -> Filler | None:
        head = self._tree.words[self._circumstances.name_bounds(slot.head)[1] - 1]
        if any(head is word for word in match.words):
            return None
        first, end = self._tree.phrase(head)
        first = min(first, self._circumstances.name_bounds(head)[0])
        if slot.first is not None:
            first = max(first, slot.first)
        elif slot.marker == MODIFIER:
            first, _ = self._circumstances.name_bounds(head)
        first = self._without_time(first, head, role)
        first = self._without_person(first, head)
        if any(first <= word.index < end for word in match.words):
            # a phrase that holds its own event: only what comes after it
            first = match.last + 1
        if first < end and self._tree.words[first].is_postposition:
            return None
        first = self._with_quantity(first)
        if role is Role.TIME:
            if self._circumstances.is_time_name(head):
                first, end = self._circumstances.name_bounds(head)
            first = self._with_beginning(first)
        if first >= end or head.index < first:
            return None
        if role in (Role.TIME, Role.PLACE):
            _, name_end = self._circumstances.name_bounds(head)
            end = max(end, name_end)
        return Filler(role, first, end, head, f"{slot.path} [{slot.marker or '–'}]")

    def _without_time(self, first: int, head: Word, role: Role) -> int:
        """Leave out a time before a phrase that it does not belong to."""
        entity = self._circumstances.entity(first)
        if role is Role.TIME or entity is None or entity.type is not EntityType.TIME:
            return first
        _, end = self._circumstances.name_bounds(self._tree.words[first])
        if end > head.index or self._tree.words[end].key in ("का", "के", "की"):
            return first
        return end

    def _without_person(self, first: int, head: Word) -> int:
        """Leave out a person before a common noun: ट्रंप राष्ट्रपति बने."""
        entity = self._circumstances.entity(first)
        if entity is None or entity.type is not EntityType.PER:
            return first
        _, end = self._circumstances.name_bounds(self._tree.words[first])
        if end > head.index or not self._tree.words[end].is_noun:
            return first
        return end

    def _with_quantity(self, first: int) -> int:
        """Take in a number that stands right before a phrase: 66 प्रतिशत मतदाता."""
        entity = self._circumstances.entity(first - 1)
        if entity is None or entity.type is not EntityType.NUM:
            return first
        return self._circumstances.name_bounds(self._tree.words[first - 1])[0]

    def _with_beginning(self, first: int) -> int:
        """Take in where a span of time begins: सात मई से 14 मई."""
        start = self._circumstances.entity(first - 2)
        if (
            start is not None
            and start.type is EntityType.TIME
            and self._tree.words[first - 1].key == "से"
        ):
            return self._circumstances.name_bounds(self._tree.words[first - 2])[0]
        return first


def _same(one: Filler, other: Filler) -> bool:
    """Tell fillers of one phrase, or of two that overlap in the same role."""
    if (one.first, one.end) == (other.first, other.end):
        return True
    return one.role is other.role and one.first < other.end and other.first < one.end
