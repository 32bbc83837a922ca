"""What arguments look at besides words: the events found in their sentence."""

from collections.abc import Sequence

from workers.domain.records import Token
from workers.ednil.features import Rows
from workers.ednil.spans import WordSpan

_FAR = 6
_MANY = 3
_STEPS = 6


def nearby(
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
        passed = [event for event in events if event[2] <= place]
        coming = [event for event in events if event[1] > place]
        before = max(passed, default=None, key=_end)
        after = min(coming, default=None, key=_first)
        near = (
            f"{_near(place - before[2] + 1) if before else '-'}"
            f"{_near(after[1] - place) if after else '-'}"
        )
        lemma = token.lemma
        rows.append(
            [
                count,
                f"event={inside.get(place, '-')}",
                f"near={near}",
                f"before={bool(before)}|{bool(after)}",
                f"l|event={lemma}|{bool(before)}{bool(after)}",
                f"l|after={lemma}|{lemmas[after[1]] if after else '-'}",
                f"path={_path(tokens, place, inside)}",
                f"{count}|{token.xpos}",
            ]
        )
    return rows


def _near(words: int) -> str:
    return str(min(words, _FAR))


def _end(span: WordSpan) -> int:
    return span[2]


def _first(span: WordSpan) -> int:
    return span[1]


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
