"""Read Universal Dependencies as the relations of the Hindi Dependency Treebank.

Stanza's official Hindi models parse in Universal Dependencies; the rules for events
know the treebank's own relations. The mapping follows the treebank's notes on its
conversion, backwards; what it cannot tell (k7p from k7) the case markers tell.
"""

from collections.abc import Sequence

from msgspec import structs

from workers.domain.records import Token
from workers.stages.text import lexical

_RELATIONS = {
    "nsubj": "k1",
    "csubj": "k1",
    "nsubj:pass": "k2",
    "nsubjpass": "k2",
    "obj": "k2",
    "dobj": "k2",
    "ccomp": "k2",
    "xcomp": "k2",
    "iobj": "k4",
    "obl": "k7",
    "obl:agent": "k1",
    "advcl": "vmod",
    "acl": "nmod__k1inv",
    "acl:relcl": "nmod__relc",
    "amod": "nmod__adj",
    "det": "nmod__adj",
    "nummod": "nmod__adj",
    "flat": "pof__cn",
    "flat:name": "pof__cn",
    "name": "pof__cn",
    "case": "lwg__psp",
    "aux": "lwg__vaux",
    "aux:pass": "lwg__vaux",
    "auxpass": "lwg__vaux",
    "neg": "lwg__neg",
    "advmod": "adv",
    "mark": "rsym",
    "punct": "rsym",
    "conj": "ccof",
    "appos": "nmod",
}
_ONLY_UNIVERSAL = frozenset({"nsubj", "case", "obl", "punct", "obj", "dobj"})
_GENITIVE = lexical.keys("postpositions.genitive")


def is_universal(tokens: Sequence[Token]) -> bool:
    """Return whether a parse is in Universal Dependencies."""
    return any(token.relation in _ONLY_UNIVERSAL for token in tokens)


def paninian(tokens: Sequence[Token], forms: Sequence[str]) -> tuple[Token, ...]:
    """Return the words with the treebank's relations and coordination."""
    out = [
        structs.replace(token, relation=_relation(number, tokens, forms))
        for number, token in enumerate(tokens)
    ]
    for number, token in enumerate(tokens):
        if token.relation == "cc":
            _raise_conjunction(number, tokens, out)
    return tuple(out)


def _relation(number: int, tokens: Sequence[Token], forms: Sequence[str]) -> str:
    token = tokens[number]
    head = tokens[token.head - 1] if 0 < token.head <= len(tokens) else None
    if token.relation.startswith("compound"):
        verbal = head is not None and head.upos in ("VERB", "AUX")
        return "pof" if verbal else "pof__cn"
    if token.relation.startswith("nmod"):
        genitive = any(
            other.head == number + 1 and forms[at] in _GENITIVE
            for at, other in enumerate(tokens)
        )
        return "r6" if genitive else "nmod"
    return _RELATIONS.get(token.relation, token.relation)


def _raise_conjunction(number: int, tokens: Sequence[Token], out: list[Token]) -> None:
    """Make a conjunction the head of what it joins, as the treebank has it."""
    joined = tokens[number].head - 1
    if not 0 <= joined < len(tokens):
        return
    # in version 1 of the scheme it hangs on the first conjunct, in 2 on the last
    first = tokens[joined].head - 1 if tokens[joined].relation == "conj" else joined
    if not 0 <= first < len(tokens) or tokens[first].relation == "conj":
        return
    place = out[first]
    if place.relation == "ccof":
        return
    out[number] = structs.replace(out[number], head=place.head, relation=place.relation)
    out[first] = structs.replace(place, head=number + 1, relation="ccof")
    for at, token in enumerate(tokens):
        if token.relation == "conj" and token.head == first + 1:
            out[at] = structs.replace(out[at], head=number + 1, relation="ccof")
