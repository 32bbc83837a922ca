"""The verb with its auxiliaries: tense, mood, voice and negation by their forms."""

import re
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from workers.stages.events.tree import Tree, Word
from workers.stages.text import lexical

_NEGATIONS = lexical.keys("particles.negations", "particles.negations_misspelt")
_PRESENT = lexical.keys("copulas.present", "copulas.present_addressed")
_PAST = lexical.keys("copulas.past", "copulas.past_misspelt")
_WON = lexical.keys("verbs.perfective_in_ta")
_CAN = lexical.words("verbs.ability")
_GO_PASSIVE = lexical.words("verbs.passive_go")
_SUBJUNCTIVE_ENDINGS = lexical.words("verbs.subjunctive_endings")
_FARTHEST_NEGATION = 4


_FUTURE = re.compile("(?:[ेएो]ं?|[ूऊ]ं)ग[ाीे]$")  # करेगा, and neither मांगी nor लगा


class Form(StrEnum):
    """What the verb group is in its clause."""

    FINITE = "finite"
    INFINITIVE = "infinitive"
    PARTICIPLE = "participle"
    """Modifies a noun: करने वाले, मारे गए लोग."""
    CONVERB = "converb"
    """करके, करते हुए."""


@dataclass(frozen=True, slots=True)
class VerbGroup:
    """A main verb with what follows it."""

    verb: Word
    end: int
    """Index after the last word of the group."""
    form: Form
    passive: bool
    negative: bool
    future: bool
    subjunctive: bool
    able: bool
    """सकना: can, may."""
    obliged: bool
    """चाहिए, करना होगा, करने को कहा."""
    about_to: bool
    """करने वाला है, करने जा रहा है."""
    wanted: bool
    """करना चाहता है."""
    habitual: bool
    """करता है, and not करता था."""
    marker: str
    """Postposition after an infinitive: `का` of करने का."""


def verb_group(tree: Tree, verb: Word) -> VerbGroup:
    """Read the group that begins with the main verb *verb*."""
    words = [verb]
    at = verb.index + 1
    while at < len(tree):
        word = tree.words[at]
        auxiliary = (
            word.tag == "VAUX"
            or word.token.upos == "AUX"
            or word.relation.startswith("lwg__vaux")
            or (word.key in _PRESENT or word.key in _PAST)
        )
        if auxiliary:
            words.append(word)
        elif word.key not in ("नहीं", "भी", "ही", "तो", "न"):
            break
        at += 1
    end = words[-1].index + 1
    keys = [word.key for word in words]
    following = tree.words[end].key if end < len(tree) else ""
    infinitive = keys[-1].endswith(("ना", "ने", "नी")) and not keys[-1].startswith("जान")
    wala = following.startswith("वाल") or any(k.startswith("वाल") for k in keys)
    be = _PRESENT | _PAST
    after = tree.words[end + 1].key if end + 1 < len(tree) else ""
    finite_be = (
        following in be or after in _PRESENT or (len(keys) > 1 and keys[-1] in be)
    )
    last_main = keys[-1]
    going = len(keys) > 1 and keys[0].endswith(("ने", "ना")) and keys[1] == "जा"
    form = _form(
        tree, verb, keys, infinitive=infinitive, wala=wala, finite_be=finite_be
    )
    return VerbGroup(
        verb=verb,
        end=end,
        form=form,
        passive=_passive(keys),
        negative=_negative(tree, verb, end),
        future=any(_FUTURE.search(k) for k in keys)
        and not any(k.startswith("चुक") for k in keys),
        subjunctive=form is Form.FINITE
        and (
            last_main.endswith(_SUBJUNCTIVE_ENDINGS)
            or last_main in ("जाए", "करे", "हो", "दे", "ले", "सके")
        )
        and not any(k in _PRESENT or k in _PAST for k in keys[1:-1])
        and last_main not in _PAST,
        able=any(k.startswith(_CAN) and k not in ("पास", "पाक") for k in keys[1:]),
        obliged="चाहिए" in (*keys, following)
        or (
            keys[0].endswith(("ना", "नी", "ने"))
            and len(keys) > 1
            and keys[1].startswith(("हो", "पड"))
        ),
        about_to=(wala and finite_be) or going,
        wanted=any(k.startswith("चाह") and k != "चाहिए" for k in (*keys, following)),
        habitual=keys[-1] in _PRESENT
        and any(k.endswith(("ता", "ते", "ती")) and k not in _WON for k in keys),
        marker=tree.marker(words[-1]) if infinitive else "",
    )


def _form(  # noqa: PLR0911 a ladder of rules
    tree: Tree,
    verb: Word,
    keys: list[str],
    *,
    infinitive: bool,
    wala: bool,
    finite_be: bool,
) -> Form:
    if wala and not finite_be:
        return Form.PARTICIPLE
    if infinitive:
        return Form.INFINITIVE
    relation = verb.relation
    if relation.startswith(("nmod__k1inv", "nmod__k2inv", "nmod")) and not (
        relation.startswith("nmod__relc")
    ):
        return Form.PARTICIPLE
    if keys[-1] in ("कर", "के") and len(keys) > 1:
        return Form.CONVERB
    following = tree.after(verb.index + len(keys) - 1)
    if len(keys) == 1 and (
        (keys[0].endswith("कर") and keys[0] != "कर")
        or (
            (following is not None and following.key in ("कर", "के", "हुए", "ही"))
            and relation == "vmod"
        )
    ):
        return Form.CONVERB
    if relation == "vmod" and not any(
        k in _PRESENT or k in _PAST or _FUTURE.search(k) for k in keys
    ):
        return Form.CONVERB
    return Form.FINITE


def _passive(keys: list[str]) -> bool:
    """Tell किया गया, मारे गए, दी जाएगी: a participle and a form of जाना."""
    for first, second in pairwise(keys):
        if (
            second.startswith(_GO_PASSIVE)
            and first.endswith(("ा", "े", "ी", "ए", "या", "ई", "आ"))
            and not first.endswith(("ने", "ना", "ता", "ते", "ती"))
        ):
            # रह जाना, हो गया, आ गए are not passives: their first word is a bare root
            return first not in ("हो", "आ", "ला", "पा", "बना", "लगा", "बता", "दे", "ले")
    return False


def _negative(tree: Tree, verb: Word, end: int) -> bool:
    first = max(0, verb.index - _FARTHEST_NEGATION)
    for at in range(verb.index - 1, first - 1, -1):
        word = tree.words[at]
        if word.key in _NEGATIONS:
            before = tree.before(at)
            # न केवल … बल्कि affirms
            after = tree.after(at)
            if after is not None and after.key in ("केवल", "सिर्फ", "सिफ"):
                return False
            return before is None or before.key != "क्यों"
        if word.is_verb or word.form in ("।", ","):
            break
    inside = {tree.words[at].key for at in range(verb.index, min(end, len(tree)))}
    if inside & _NEGATIONS:
        return True
    following = tree.words[end].key if end < len(tree) else ""
    if following == "बिना" or tree.marker(tree.words[end - 1]) == "के बिना":
        return True
    before = tree.before(verb.index)
    return before is not None and before.key == "बिना"


RAISED = lexical.keys("modality.refusal")
"""Nouns of refusal: what stands before them with से did not happen."""
