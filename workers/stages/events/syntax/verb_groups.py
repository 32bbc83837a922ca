"""The verb group: a main verb with its auxiliaries, read for form, voice and mood.

Hindi puts tense, aspect, mood and voice into endings and auxiliaries after the main
verb: किया जा सकता है is passive, abilitative and present. All is told from written
forms, since the parser's features are less sure than the endings. Grammar after
McGregor, Outline of Hindi Grammar (1995).

What a mood means for the modality of an event is not here.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from workers.stages.events.syntax.postpositions import case_marker
from workers.stages.events.syntax.word import Word
from workers.stages.text import lexical

_NEGATIONS = lexical.keys("particles.negations", "particles.negations_misspelt")
_PRESENT = lexical.keys("copulas.present", "copulas.present_addressed")
_PAST = lexical.keys("copulas.past", "copulas.past_misspelt")
_ONLY = lexical.keys("particles.only")
_COPULAS = _PRESENT | _PAST
_INTERPOSED = lexical.keys("particles.negations_of_statements", "particles.emphatic")
_FARTHEST_NEGATION = 4
"""Words from a verb to the negation before it."""

_INFINITIVE_ENDINGS = lexical.words("verbs.infinitive_endings")
_IMPERFECTIVE_ENDINGS = lexical.words("verbs.imperfective_endings")
_PERFECTIVE_IN_TA = lexical.keys("verbs.perfective_in_ta")
_PERFECTIVE_ENDINGS = lexical.words("verbs.perfective_endings")
_FUTURE = re.compile("(?:[ेएो]ं?|[ूऊ]ं)ग[ाीे]$")  # करेगा, and neither मांगी nor लगा
_SUBJUNCTIVE_ENDINGS = lexical.words("verbs.subjunctive_endings")
_SUBJUNCTIVES = lexical.keys("verbs.subjunctives")
_ABILITY = lexical.words("verbs.ability")
_NOT_ABILITY = lexical.keys("verbs.not_ability")
_PASSIVE_GO = lexical.words("verbs.passive_go")
# हो जाना, आ गए, दे गया: vector verbs, which add completion and no passive.
_BARE_ROOTS = lexical.keys("verbs.bare_roots")
_CONJUNCTIVE = lexical.keys("verbs.conjunctive")
_AFTER_CONVERB = lexical.keys("verbs.after_converb")


class Form(StrEnum):
    """What the verb group is in its clause."""

    FINITE = "finite"
    INFINITIVE = "infinitive"
    PARTICIPLE = "participle"
    """Modifies a noun: करने वाले, मारे गए लोग."""
    CONVERB = "converb"
    """Subordinate to another verb: करके, करते हुए."""


class Mood(StrEnum):
    """What auxiliaries and endings say of the event, besides that it takes place."""

    FUTURE = "future"
    """करेगा."""
    SUBJUNCTIVE = "subjunctive"
    """करे, किया जाए; told by the ending, so only of finite forms to be trusted."""
    ABILITATIVE = "abilitative"
    """कर सकता है, कर पाया."""
    OBLIGATIVE = "obligative"
    """करना चाहिए, करना होगा, करना पड़ा."""
    PROSPECTIVE = "prospective"
    """करने वाला है, करने जा रहा है."""
    DESIDERATIVE = "desiderative"
    """करना चाहता है."""
    HABITUAL = "habitual"
    """करता है, and not करता था."""


@dataclass(frozen=True, slots=True)
class VerbGroup:
    """A main verb with the auxiliaries after it."""

    verb: Word
    end: int
    """Index after the last word of the group."""
    form: Form
    passive: bool
    negative: bool
    moods: frozenset[Mood]
    marker: str
    """Case marker of an infinitive: `का` of करने का; '' of every other form."""


@dataclass(frozen=True, slots=True)
class _Chain:
    """The verb and its auxiliaries as they are written, particles left out."""

    verb: Word
    end: int
    keys: tuple[str, ...]
    following: str
    """Key of the word after the group, '' at the end of the sentence."""
    second: str
    """Key of the word after that."""

    @property
    def has_wala(self) -> bool:
        """वाला: the one who does it, or, with the copula, about to do it."""
        return any(key.startswith("वाल") for key in (*self.keys, self.following))

    @property
    def has_copula(self) -> bool:
        """Return whether है or था closes the group or follows it."""
        return (
            self.following in _COPULAS
            or self.second in _PRESENT
            or (len(self.keys) > 1 and self.keys[-1] in _COPULAS)
        )

    @property
    def auxiliaries(self) -> tuple[str, ...]:
        """All but the main verb."""
        return self.keys[1:]


def read_verb_group(words: Sequence[Word], verb: Word) -> VerbGroup:
    """Read the group that begins with the main verb *verb*."""
    chain = _chain(words, verb)
    form = next((form for form, holds in _FORMS if holds(chain)), Form.FINITE)
    marker = case_marker(words, words[chain.end - 1]).form
    return VerbGroup(
        verb=verb,
        end=chain.end,
        form=form,
        passive=_is_passive(chain.keys),
        negative=_is_negative(words, chain, marker),
        moods=frozenset(mood for mood, holds in _MOODS.items() if holds(chain)),
        marker=marker if form is Form.INFINITIVE else "",
    )


def _chain(words: Sequence[Word], verb: Word) -> _Chain:
    members = [verb]
    for word in words[verb.index + 1 :]:
        if _is_auxiliary(word):
            members.append(word)
        elif word.key not in _INTERPOSED:
            break
    end = members[-1].index + 1
    following, second, *_ = (*(word.key for word in words[end : end + 2]), "", "")
    return _Chain(verb, end, tuple(word.key for word in members), following, second)


def _is_auxiliary(word: Word) -> bool:
    return (
        word.tag == "VAUX"
        or word.token.upos == "AUX"
        or word.relation.startswith("lwg__vaux")
        or word.key in _COPULAS
    )


# --- form ------------------------------------------------------------------


def _is_agentive_participle(chain: _Chain) -> bool:
    """Return whether it is करने वाले before a noun; करने वाला है is finite."""
    return chain.has_wala and not chain.has_copula


def _is_infinitive(chain: _Chain) -> bool:
    last = chain.keys[-1]
    return last.endswith(_INFINITIVE_ENDINGS) and not last.startswith("जान")


def _is_adnominal(chain: _Chain) -> bool:
    """Return whether the parse has it modify a noun, relative clauses left out."""
    relation = chain.verb.relation
    return relation.startswith("nmod") and not relation.startswith("nmod__relc")


def _is_converb(chain: _Chain) -> bool:
    main, last = chain.keys[0], chain.keys[-1]
    adverbial = chain.verb.relation == "vmod"
    if len(chain.keys) > 1:
        joined = last in _CONJUNCTIVE  # कर के
    else:
        joined = (main.endswith("कर") and main != "कर") or (
            adverbial and chain.following in _AFTER_CONVERB
        )
    return joined or (adverbial and not any(map(_is_tensed, chain.keys)))


def _is_tensed(key: str) -> bool:
    return key in _COPULAS or _FUTURE.search(key) is not None


# The first that holds; what is none of them is finite.
_FORMS: tuple[tuple[Form, Callable[[_Chain], bool]], ...] = (
    (Form.PARTICIPLE, _is_agentive_participle),
    (Form.INFINITIVE, _is_infinitive),
    (Form.PARTICIPLE, _is_adnominal),
    (Form.CONVERB, _is_converb),
)


# --- mood ------------------------------------------------------------------


def _is_future(chain: _Chain) -> bool:
    # कर चुकेगा is a guess about the past
    return any(_FUTURE.search(key) for key in chain.keys) and not any(
        key.startswith("चुक") for key in chain.keys
    )


def _is_subjunctive(chain: _Chain) -> bool:
    last = chain.keys[-1]
    return (
        (last.endswith(_SUBJUNCTIVE_ENDINGS) or last in _SUBJUNCTIVES)
        and last not in _PAST
        and _COPULAS.isdisjoint(chain.keys[1:-1])
    )


def _is_abilitative(chain: _Chain) -> bool:
    return any(
        key.startswith(_ABILITY) and key not in _NOT_ABILITY
        for key in chain.auxiliaries
    )


def _is_obligative(chain: _Chain) -> bool:
    main, *auxiliaries = chain.keys
    return "चाहिए" in (*chain.keys, chain.following) or (
        main.endswith(_INFINITIVE_ENDINGS)
        and bool(auxiliaries)
        and auxiliaries[0].startswith(("हो", "पड"))
    )


def _is_prospective(chain: _Chain) -> bool:
    main, *auxiliaries = chain.keys
    going = main.endswith(("ने", "ना")) and auxiliaries[:1] == ["जा"]
    return going or (chain.has_wala and chain.has_copula)


def _is_desiderative(chain: _Chain) -> bool:
    return any(
        key.startswith("चाह") and key != "चाहिए"
        for key in (*chain.keys, chain.following)
    )


def _is_habitual(chain: _Chain) -> bool:
    return chain.keys[-1] in _PRESENT and any(
        key.endswith(_IMPERFECTIVE_ENDINGS) and key not in _PERFECTIVE_IN_TA
        for key in chain.keys
    )


_MOODS: Mapping[Mood, Callable[[_Chain], bool]] = {
    Mood.FUTURE: _is_future,
    Mood.SUBJUNCTIVE: _is_subjunctive,
    Mood.ABILITATIVE: _is_abilitative,
    Mood.OBLIGATIVE: _is_obligative,
    Mood.PROSPECTIVE: _is_prospective,
    Mood.DESIDERATIVE: _is_desiderative,
    Mood.HABITUAL: _is_habitual,
}


# --- voice and negation ----------------------------------------------------


def _is_passive(keys: Sequence[str]) -> bool:
    """Return whether a perfective participle stands before जाना: किया गया, मारे गए."""
    participle = next(
        (
            first
            for first, second in pairwise(keys)
            if second.startswith(_PASSIVE_GO)
            and first.endswith(_PERFECTIVE_ENDINGS)
            and not first.endswith((*_IMPERFECTIVE_ENDINGS, "ना", "ने"))
        ),
        None,
    )
    return participle is not None and participle not in _BARE_ROOTS


def _is_negative(words: Sequence[Word], chain: _Chain, marker: str) -> bool:
    verb = chain.verb
    preposed = _preposed_negation(words, verb)
    if preposed is not None:
        return not _affirms(words, preposed)
    if any(word.key in _NEGATIONS for word in words[verb.index : chain.end]):
        return True
    return (
        marker == "के बिना"
        or chain.following == "बिना"
        or (verb.index > 0 and words[verb.index - 1].key == "बिना")
    )


def _preposed_negation(words: Sequence[Word], verb: Word) -> Word | None:
    first = max(0, verb.index - _FARTHEST_NEGATION)
    for word in reversed(words[first : verb.index]):
        if word.key in _NEGATIONS:
            return word
        if word.is_verb or word.form in ("।", ","):
            break
    return None


def _affirms(words: Sequence[Word], negation: Word) -> bool:
    """Return whether it is a negation by form only: न केवल … बल्कि, क्यों न."""
    at = negation.index
    return words[at + 1].key in _ONLY or (at > 0 and words[at - 1].key == "क्यों")
