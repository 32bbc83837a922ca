"""Swap the names in training sentences, so that context teaches what a name is.

Half the places come from the gazetteers: the corpora know few places abroad. Of people
the gazetteers list only some heads of state, so one in ten comes from there.
"""

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence

from models.training.corpora.entities import Tagged

Name = tuple[str, ...]
SWAPPED = ("PER", "LOC", "ORG")


def spans(rows: Tagged) -> Iterator[tuple[str, int, int]]:
    """Yield (type, first, end) of each entity of a sentence with BIO tags."""
    start = 0
    for i in range(1, len(rows) + 1):
        tag = rows[i][1] if i < len(rows) else "O"
        if tag.startswith("I-"):
            continue
        before = rows[start][1]
        if before != "O":
            yield before[2:], start, i
        start = i


def mentions(sentences: Iterable[Tagged]) -> dict[str, list[Name]]:
    """Return the names of the corpora by type, each as often as it occurs."""
    pools: dict[str, list[Name]] = {label: [] for label in SWAPPED}
    for rows in sentences:
        for label, start, end in spans(rows):
            if label in pools:
                pools[label].append(tuple(token for token, _ in rows[start:end]))
    return pools


def swapped(
    rows: Tagged, pools: Mapping[str, Sequence[Sequence[Name]]], draw: random.Random
) -> Tagged:
    """Return the sentence with other names: a pool is drawn, then a name of it."""
    out: Tagged = []
    after = 0
    for label, start, end in spans(rows):
        out += rows[after:start]
        after = end
        filled = [pool for pool in pools.get(label, ()) if pool]
        if not filled:
            out += rows[start:end]
            continue
        name = draw.choice(draw.choice(filled))
        out += [(word, f"{'I' if i else 'B'}-{label}") for i, word in enumerate(name)]
    return out + rows[after:]


def augmented(
    sentences: Sequence[Tagged],
    listed: Mapping[str, Sequence[Name]],
    share: float,
    seed: int,
) -> list[Tagged]:
    """Return swapped copies of a share of the sentences that have names to swap."""
    draw = random.Random(seed)  # noqa: S311  reproducible, not secret
    own = mentions(sentences)
    pools: dict[str, list[Sequence[Name]]] = {
        "PER": [own["PER"]] * 9 + [listed.get("PER", [])],
        "LOC": [own["LOC"], listed.get("LOC", [])],
        "ORG": [own["ORG"]],
    }
    return [
        swapped(rows, pools, draw)
        for rows in sentences
        if any(label in SWAPPED for label, _, _ in spans(rows))
        and draw.random() < share
    ]
