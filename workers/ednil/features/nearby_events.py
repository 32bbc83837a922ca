"""More features for the tagger of arguments: the events found in the sentence."""

from collections.abc import Sequence

from workers.domain.records import Token
from workers.ednil.features.words import Rows
from workers.ednil.inference.spans import WordSpan

_FAR = 6
_MANY = 3
_STEPS = 6


def nearby_events(
    tokens: Sequence[Token], lemmas: Sequence[str], events: Sequence[WordSpan]
) -> Rows:
    """Return more features of each word, from the events of its sentence."""
    inside: dict[int, str] = {}
    for label, first, end in events:
        for place in range(first, end):
            inside[place] = ("B" if place == first else "I") + label[0]
    count = f"events={min(len(events), _MANY)}"
    rows = []
    for place, token in enumerate(tokens):
        before = max((e[2] for e in events if e[2] <= place), default=None)
        after = min((e[1] for e in events if e[1] > place), default=None)
        has_before, has_after = before is not None, after is not None
        to_last = _capped(place - before + 1) if before is not None else "-"
        to_next = _capped(after - place) if after is not None else "-"
        next_lemma = lemmas[after] if after is not None else "-"
        lemma = token.lemma
        rows.append(
            [
                count,
                f"event={inside.get(place, '-')}",
                f"near={to_last}{to_next}",
                f"before={has_before}|{has_after}",
                f"l|event={lemma}|{has_before}{has_after}",
                f"l|after={lemma}|{next_lemma}",
                f"path={_path(tokens, place, inside)}",
                f"{count}|{token.xpos}",
            ]
        )
    return rows


def _capped(words: int) -> str:
    return str(min(words, _FAR))


def _path(tokens: Sequence[Token], place: int, inside: dict[int, str]) -> str:
    """Return the relations from a word up to an event, if there is one above it."""
    steps: list[str] = []
    for _ in range(_STEPS):
        if place in inside:
            return "/".join(steps)
        steps.append(tokens[place].relation)
        if not tokens[place].head:
            break
        place = tokens[place].head - 1
    return "-"
