"""The phrases round a predicate that may fill a role, each with its case marker."""

from collections.abc import Iterator
from dataclasses import dataclass

from workers.domain.records import Role
from workers.stages.events.adjuncts import Circumstances
from workers.stages.events.lexicon import MARKERS
from workers.stages.events.match import Match
from workers.stages.events.shared_subjects import SUBJECTS, shared_subject
from workers.stages.events.tree import NAMES, Tree, Word
from workers.stages.events.verbgroup import Form, verb_group
from workers.stages.text import lexical
from workers.stages.text.inflection import noun_forms, verb_forms, verb_keys

SUBJECT, OBJECT, GENITIVE, MODIFIER = "subject", "object", "genitive", "modifier"
UNDERGOER, COMPLEMENT, HOST = "undergoer", "complement", "host"
SECOND_OBJECT = "second object"

_OBJECTS = frozenset({"k2", "k2u", "obj"})
_GENITIVES = frozenset({"r6", "r6-k1", "r6-k2", "r6v"})
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
_NO_FILLER_TAGS = frozenset({"NEG", "RP", "RB", "INTF", "VAUX", "DEM", "CC"})
# Verbs and their nouns that only say in what phase an event is, or carry it.
_PHASES = noun_forms("event_nouns.aspect")
_CARRYING = verb_forms("light_verbs.frequent")
_HAPPENED = verb_forms("verbs.copular")
_REFLEXIVE = lexical.keys("pronouns.reflexive")
_GIVING = verb_keys("दे")
_COPULA = lexical.keys("copulas.third_person")
_BEING = _COPULA | verb_forms("verbs.being")
_REPORTED = noun_forms("modality.reported")
_HAPPENING = lexical.keys("verbs.occurred")
_NEAR = 8
_AFTER_PARTICIPLE = lexical.words("verbs.after_participle")


@dataclass(frozen=True, slots=True)
class Slot:
    """A phrase near a predicate before it has a role."""

    marker: str
    """Case marker, or what the parse says: subject, object, genitive, …"""
    head: Word
    path: str
    first: int | None = None
    """Where the phrase begins, if not where the tree says."""


class Slots:
    """Finds the phrases of the predicates of one sentence."""

    def __init__(
        self, tree: Tree, circumstances: Circumstances, triggers: frozenset[int]
    ) -> None:
        self._tree = tree
        self._circumstances = circumstances
        self._triggers = triggers

    def of(self, match: Match) -> list[Slot]:
        """Return the phrases of one predicate."""
        own = frozenset(word.index for word in match.words) | {match.head.index}
        verb = match.verb or self._carrier(match)
        slots: list[Slot] = []
        if match.host is not None:
            slots.append(Slot(HOST, match.host, f"{match.entry.text}: the entry's own"))
        if verb is not None:
            slots += self._of_verb(verb, own, nominal=match.head is not verb)
            if not any(slot.marker in (SUBJECT, UNDERGOER) for slot in slots):
                slots += self._shared(verb, own)
        if match.head is not verb:
            slots += self._of_noun(match.head, own)
            slots += self._before_noun(match)
        if match.verb is None:
            slots += self._of_copula(match.head)
        elif match.verb.parent is not None and match.verb.parent.key in _REPORTED:
            slots += self._of_report(match.verb.parent)
        return slots

    def _carrier(self, match: Match) -> Word | None:
        """Return the verb that a bare event noun shares its arguments with.

        जांच शुरू की, बैठक में हिस्सा लिया, मैच खेला: the noun is the event, the verb
        says who takes part in it.
        """
        noun = match.head
        verb = noun.parent
        if verb is None or not verb.is_verb or verb.index < noun.index:
            return None
        if verb.key in _COPULA and verb.index == noun.index + 1:
            # वे संक्रमित हैं: a state, so the verb to be has whom it befell
            befalls = match.entry.frame.roles.get(UNDERGOER) is Role.TARGET
            return verb if befalls else None
        hosts = [c for c in verb.children if c.relation == "pof" and c is not noun]
        if noun.relation == "k7":
            return verb if any(c.key in _PHASES for c in hosts) else None
        if noun.relation not in ("k1", "k2", "r6-k2", "r6-k1", "pof"):
            return None
        carries = verb.key in _CARRYING and all(c.key in _PHASES for c in hosts)
        return verb if carries else None

    # --- verbs -------------------------------------------------------------

    def _of_verb(
        self, verb: Word, own: frozenset[int], *, nominal: bool
    ) -> Iterator[Slot]:
        group = verb_group(self._tree, verb)
        being = group.passive or (nominal and verb.key in _BEING)
        given = any(
            child.relation in _OBJECTS and self._tree.marker(child) == "को"
            for child in verb.children
        )
        for child, member, marker in self._phrases(verb, own):
            slot = _slot_of(child, marker, being=being, passive=group.passive)
            if slot == OBJECT and given and not marker:
                slot = SECOND_OBJECT  # उन्हें राज्यपाल नियुक्त किया
            if slot == OBJECT and nominal and marker and verb.key in _GIVING:
                slot = "को"  # उन्हें जमानत दी: to them
            yield Slot(slot, member, f"{verb.form} -{child.relation}-> {member.form}")
        if group.form is Form.PARTICIPLE:
            yield from self._modified(verb, passive=group.passive)

    def _phrases(
        self, verb: Word, own: frozenset[int]
    ) -> Iterator[tuple[Word, Word, str]]:
        """Yield a verb's child, the phrase's head in it, and its marker."""
        for child in verb.children:
            if child.tag == "NST":  # के सामने, parsed as a noun of place
                for below in child.children:
                    if below.is_nominal:
                        yield child, below, self._tree.marker(below)
            if child.index in own or self._is_no_filler(child):
                continue
            for member, marker in self._unfolded(child):
                if member.index in own:
                    continue
                for stray in self._tree.outside(member):
                    if stray.is_nominal:
                        yield stray, stray, self._tree.marker(stray)
                yield child, member, marker

    def _modified(self, verb: Word, *, passive: bool) -> Iterator[Slot]:
        """Yield the noun that a participle modifies: its subject or its object."""
        noun = verb.parent
        if noun is None or not noun.is_nominal or noun.index < verb.index:
            return
        end = verb_group(self._tree, verb).end
        while end < len(self._tree) and self._tree.words[end].key.startswith(
            _AFTER_PARTICIPLE
        ):
            end += 1
        yield Slot(
            OBJECT if passive or verb.relation == "nmod__k2inv" else SUBJECT,
            noun,
            f"{verb.form} <-{verb.relation}- {noun.form}",
            first=end,
        )

    def _shared(self, verb: Word, own: frozenset[int]) -> Iterator[Slot]:
        name = self._bare_name_before(verb)
        found = (
            (name, f"{verb.form} … {name.form}")
            if name is not None
            else shared_subject(self._tree, verb, own | self._triggers)
        )
        if found is not None:
            head, path = found
            for member, _ in self._members(head):
                yield Slot(SUBJECT, member, path)

    def _bare_name_before(self, verb: Word) -> Word | None:
        """Return a name without a marker before a finite verb that lacks its subject.

        Parsers take भारत इंग्लैंड को for one name; two entities are two.
        """
        group = verb_group(self._tree, verb)
        if group.passive or group.form is not Form.FINITE:
            return None
        for at in range(verb.index - 1, -1, -1):
            word = self._tree.words[at]
            if word.is_mark or word.is_conjunction or word.is_verb or word.key == "कि":
                return None
            entity = self._circumstances.entity(at)
            if entity is None or entity.type not in NAMES or at in self._triggers:
                continue
            ends = self._circumstances.entity(at + 1) is not entity
            follower = self._tree.after(at)
            if (
                ends
                and not self._tree.marker(word)
                and follower is not None
                and follower.index < verb.index
                and (
                    self._circumstances.entity(at + 1) or follower.tag in ("QC", "DEM")
                )
            ):
                return word
        return None

    # --- nouns -------------------------------------------------------------

    def _of_noun(self, noun: Word, own: frozenset[int]) -> Iterator[Slot]:
        for child in noun.children:
            if child.index in own or child.index > noun.index:
                continue
            if child.is_verb:
                yield from self._of_clause(noun, child)
            elif not self._is_no_filler(child):
                for member, marker in self._members(child):
                    genitive = marker == "का" or (
                        not marker and child.relation in _GENITIVES
                    )
                    if genitive or marker:
                        yield Slot(
                            GENITIVE if genitive else marker,
                            member,
                            f"{noun.form} -{child.relation}-> {member.form}",
                        )
        described = noun.parent
        if (
            noun.tag.startswith("JJ")
            and described is not None
            and described.is_noun
            and described.index > noun.index
        ):
            yield Slot(
                UNDERGOER,
                described,
                f"{noun.form} <-{noun.relation}- {described.form}",
                first=noun.index + 1,
            )

    def _of_clause(self, noun: Word, verb: Word) -> Iterator[Slot]:
        """Yield what a clause before an event noun holds, or the clause itself."""
        if verb_group(self._tree, verb).form is Form.INFINITIVE:
            path = f"{noun.form} -{verb.relation}-> {verb.form}"
            yield Slot(GENITIVE, verb, path, first=self._clause_start(verb))
            for child in verb.children:  # उनसे हटने की मांग: asked of them
                if child.is_nominal and self._tree.marker(child) == "से":
                    yield Slot("से", child, f"{path} -> {child.form}")
        elif verb.key in _HAPPENED:
            yield from self._of_happening(noun, verb)

    def _clause_start(self, verb: Word) -> int:
        """Return where an infinitive's clause begins, without who it is said to."""
        apart = [
            child
            for child in verb.children
            if child.index < verb.index
            and (
                self._tree.marker(child) in ("ने", "से")
                or child.relation in SUBJECTS
                or self._circumstances.is_time(child)
            )
        ]
        first, _ = self._tree.phrase(verb)
        return max([first, *(self._tree.marker_end(child) for child in apart)])

    def _of_happening(self, noun: Word, participle: Word) -> Iterator[Slot]:
        """Yield what stands by the participle before an event: शुक्रवार को हुए हमले."""
        for child in participle.children:
            if not self._is_no_filler(child):
                for member, marker in self._members(child):
                    yield Slot(
                        _slot_of(child, marker, being=True, passive=False),
                        member,
                        f"{noun.form} <- {participle.form} -{child.relation}-> "
                        f"{member.form}",
                    )

    def _before_noun(self, match: Match) -> Iterator[Slot]:
        """Yield what stands right before an event noun: यूक्रेन युद्ध, रूस से सहायता."""
        tree = self._tree
        at = match.first - 1
        while at >= 0 and self._describes(tree.words[at], match):
            at -= 1
        if at < 0:
            return
        word = tree.words[at]
        entity = self._circumstances.entity(at)
        if (word.is_noun or entity is not None) and at not in self._triggers:
            yield Slot(MODIFIER, word, f"{match.head.form} after {word.form}")
        yield from self._before_participle(match)
        while at > 0 and tree.words[at].is_postposition:
            at -= 1
        marked = tree.words[at]
        marker = tree.marker(marked)
        if marked is not word and marked.is_nominal and marker not in ("", "ने"):
            yield Slot(
                GENITIVE if marker == "का" else marker,
                marked,
                f"{match.head.form} after {marked.form} {marker}",
            )

    def _describes(self, word: Word, match: Match) -> bool:
        """Tell an adjective of the event noun, or what the parse took for one."""
        if self._circumstances.entity(word.index) is not None:
            return False
        if word.tag.startswith(("JJ", "Q")):
            return True
        return match.verb is not None and (
            word.relation == "pof" and word.parent is match.verb
        )

    def _before_participle(self, match: Match) -> Iterator[Slot]:
        """Yield time and place before हुए or आए, wherever the parse put them."""
        tree = self._tree
        for at in range(match.first - 1, max(-1, match.first - _NEAR), -1):
            word = tree.words[at]
            if word.key in _HAPPENING and at >= 2:  # noqa: PLR2004 a name and its marker
                marked = tree.words[at - 2]
                entity = self._circumstances.entity(at - 2)
                if entity is not None and tree.marker_end(marked) == at:
                    yield Slot(
                        tree.marker(marked), marked, f"{match.head.form} … {word.form}"
                    )
                return
            if word.is_mark or word.is_conjunction:
                return

    def _of_report(self, noun: Word) -> Iterator[Slot]:
        """Yield time and place of तट पर तूफान आने की आशंका है."""
        verb = noun.parent
        for child in verb.children if verb is not None and verb.is_verb else ():
            if child is not noun and (
                self._circumstances.is_time(child)
                or self._circumstances.is_place(child)
            ):
                yield Slot(
                    self._tree.marker(child), child, f"{noun.form} | {child.form}"
                )

    def _of_copula(self, noun: Word) -> Iterator[Slot]:
        """Yield time and place of a sentence that says what an event was."""
        verb = noun.parent
        if (
            verb is None
            or verb.key not in _COPULA
            or noun.relation not in ("k1", "k1s")
        ):
            return
        for child in verb.children:
            if child is not noun and self._circumstances.is_time(child):
                yield Slot(
                    self._tree.marker(child),
                    child,
                    f"{verb.form} -{child.relation}-> {child.form}",
                )

    # --- both --------------------------------------------------------------

    def _unfolded(self, child: Word) -> Iterator[tuple[Word, str]]:
        """Yield the members of a phrase; of ठगी के आरोप में, what stands before."""
        if child.key == "लेकर":
            yield from (
                (below, "को लेकर") for below in child.children if below.is_nominal
            )
            return
        for member, marker in self._members(child):
            whole = f"के {member.key} {marker}"
            inner = [
                below
                for below in member.children
                if whole in MARKERS and self._tree.marker(below).startswith(whole)
            ]
            if inner:
                yield inner[-1], whole
            else:
                yield member, marker

    def _members(self, child: Word) -> Iterator[tuple[Word, str]]:
        """Yield the members of a coordination, each with the marker of the whole."""
        marker = self._tree.marker(child)
        joined = sorted(
            (c for c in child.children if c.relation in ("ccof", "conj")),
            key=lambda word: word.index,
        )
        if not child.is_conjunction:
            yield from ((each, marker) for each in joined if each.index < child.index)
            yield child, marker
            return
        if joined:
            marker = self._tree.marker(joined[-1])
        for member in joined:
            if member.is_conjunction:
                yield from self._members(member)
            elif not member.tag.startswith("JJ"):
                own = self._tree.marker(member)
                yield member, own if own not in ("", "का") else marker

    def _is_no_filler(self, word: Word) -> bool:
        if word.is_mark or word.is_postposition:
            return True
        if word.relation.startswith(_NO_FILLER) and not (
            self._circumstances.is_time(word)
        ):
            return True
        if word.is_main_verb and word.key != "लेकर":
            return verb_group(self._tree, word).form is not Form.INFINITIVE
        if word.key in _REFLEXIVE:
            return True
        return word.tag in _NO_FILLER_TAGS and not word.is_conjunction


def _slot_of(  # noqa: PLR0911 a ladder of rules
    child: Word, marker: str, *, being: bool, passive: bool
) -> str:
    """Return the marker of a verb's child, or its part where case does not tell."""
    relation = child.relation
    if marker in ("ने", "द्वारा"):
        return SUBJECT if marker == "ने" else marker
    if relation in _GENITIVES and marker in ("", "का"):
        return GENITIVE
    if relation in SUBJECTS and marker in ("", "को", "से"):
        if passive:
            return "द्वारा" if marker == "से" else OBJECT
        return UNDERGOER if being else SUBJECT
    if relation in _OBJECTS and marker in ("", "को"):
        return OBJECT
    if relation in ("k4", "k4v") and not marker:
        return "को"
    if relation in ("k1s", "k2s") and not marker:
        return COMPLEMENT
    return marker
