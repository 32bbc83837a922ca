"""Decode scores to the best tags, names and trees: numpy alone, no model is run."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def viterbi(scores: Array, lengths: Sequence[int], transitions: Array) -> Array:
    """Return the best path of tags through each sequence, flat as the scores are.

    `scores` [items, tag], the longest sequence first; `transitions` [from, to]. Of
    equal paths the one through the lower tag wins (Stanza's `viterbi_decode`).
    """
    sizes = np.asarray(lengths)
    starts = np.cumsum(sizes) - sizes
    # Sequences still running at each step: as the longest come first, they are the
    # first rows, so slices take the place of a mask and of padding.
    going = [int((sizes > step).sum()) for step in range(int(sizes[0]))]
    into = np.ascontiguousarray(transitions.T)
    best = scores[starts]
    came_from: list[Array] = []
    for step, count in enumerate(going[1:], start=1):
        through = best[:count, None, :] + into
        chosen = through.argmax(2)
        came_from.append(chosen)
        best[:count] = (
            scores[starts[:count] + step]
            + np.take_along_axis(through, chosen[:, :, None], 2)[:, :, 0]
        )
    path = np.empty(len(scores), np.int64)
    tag = best.argmax(1)
    for step in range(len(going) - 1, -1, -1):
        count = going[step]
        path[starts[:count] + step] = tag[:count]
        if step:
            tag[:count] = came_from[step - 1][np.arange(count), tag[:count]]
    return path


def spans(tags: Sequence[str]) -> list[tuple[int, int, str]]:
    """Return first word, last word and type of each name in BIOES tags."""
    found: list[tuple[int, int, str]] = []
    start = -1
    for place, tag in enumerate((*tags, "O")):
        if tag != "O":
            if start < 0:
                start = place
        elif start >= 0:
            found += _names(repair_tags(tags[start:place]), start)
            start = -1
    return found


def _names(tags: Sequence[str], start: int) -> Iterator[tuple[int, int, str]]:
    """Yield the names in tags without O, the first of which is at *start*."""
    first = start
    for place, tag in enumerate(tags, start):
        part, kind = tag[0], tag[2:]
        if part in "BS" and place > first:
            yield first, place - 1, tags[place - 1 - start][2:]
            first = place
        if part in "ES":
            yield first, place, kind
            first = place + 1
    if first < start + len(tags):
        yield first, start + len(tags) - 1, tags[-1][2:]


def repair_tags(tags: Sequence[str]) -> list[str]:
    """Return tags where names begin and end, as Stanza's `fix_singleton_tags` does."""
    tags = list(tags)
    for place in range(len(tags)):
        if tags[place].startswith("I-") and not _goes_on(tags, place):
            tags[place] = f"E-{tags[place][2:]}"
        if tags[place].startswith("I-") and not _went_on(tags, place):
            tags[place] = f"B-{tags[place][2:]}"
    # a second pass, for it asks what the first one made of the neighbours
    for place in range(len(tags)):
        if tags[place].startswith("B-") and not _goes_on(tags, place):
            tags[place] = f"S-{tags[place][2:]}"
        if tags[place].startswith("E-") and not _went_on(tags, place):
            tags[place] = f"S-{tags[place][2:]}"
    return tags


def _goes_on(tags: Sequence[str], place: int) -> bool:
    """Return whether the name at *place* has another word after it."""
    kind = tags[place][2:]
    return place + 1 < len(tags) and tags[place + 1] in (f"I-{kind}", f"E-{kind}")


def _went_on(tags: Sequence[str], place: int) -> bool:
    """Return whether the name at *place* has another word before it."""
    kind = tags[place][2:]
    return place > 0 and tags[place - 1] in (f"B-{kind}", f"I-{kind}")


def trees(arcs: Array, lengths: Array) -> Array:
    """Return the best tree of each sentence: [sentence, word] → head.

    `arcs` [sentence, dependent, head] with the root at 0 and -inf for a word as its
    own head. Every word's best head is taken where that gives a tree with one root,
    which it nearly always does; only elsewhere is one searched for. `arcs` is changed.
    """
    count = arcs.shape[1]
    inside = np.arange(count) < lengths[:, None]
    arcs.swapaxes(1, 2)[~inside] = -np.inf
    heads: Array = arcs.argmax(2)
    heads[~inside] = 0
    heads[:, 0] = 0
    # Pointer doubling: after k rounds `above` is the ancestor 2^k arcs up, so that
    # words which have not come to the root by the last round are in a cycle.
    above = heads
    for _ in range(max(count - 1, 1).bit_length()):
        above = np.take_along_axis(above, above, 1)
    rooted = (above == 0).all(1)
    roots = ((heads == 0) & inside)[:, 1:].sum(1)
    for sentence in np.flatnonzero(~rooted | (roots != 1)):
        length = int(lengths[sentence])
        heads[sentence, :length] = spanning_tree(arcs[sentence, :length, :length])
    return heads


def spanning_tree(arcs: Array) -> Array:
    """Return the heads of the highest-scoring tree with one word under the root.

    A penalty on every arc from the root ranks all trees with one such arc as before.
    So a tree that is best under the penalty, and has one, is the best of those with
    one. The first penalty lies between the gains of the two words that gain most from
    being the root; if two roots remain, one follows that no second root can outweigh
    (Stanojević and Cohen, EMNLP 2021).
    """
    # Doubles, since a penalty in single precision would round small differences away.
    scores = arcs.astype(np.float64)
    # what each word gains by being the root instead of having its best other head
    gains = scores[1:, 0] - scores[1:, 1:].max(1)
    first, *second = np.sort(gains)[:-3:-1]
    finite = scores[np.isfinite(scores)]
    highest = (finite.max() - finite.min() + 1) * len(scores)
    heads: Array = np.zeros(len(scores), np.int64)
    for penalty in (sum(second, first) / (1 + len(second)), highest):
        penalised = scores.copy()
        penalised[1:, 0] -= penalty if np.isfinite(penalty) else highest
        heads = _best_tree(penalised)
        if (heads[1:] == 0).sum() == 1:
            break
    return heads


def _best_tree(scores: Array) -> Array:
    """Contract cycles until none is left (Chu and Liu 1965, Edmonds 1967)."""
    contracted: list[tuple[Array, Array, Array, Array, Array]] = []
    while True:
        np.fill_diagonal(scores, -np.inf)
        scores[0] = -np.inf
        scores[0, 0] = 0
        heads: Array = scores.argmax(1)
        inside = _cycle(heads)
        if inside is None:
            break
        others = np.ones(len(heads), bool)
        others[inside] = False
        outside = np.flatnonzero(others)
        # what the sum changes by when the cycle is entered at one of its words
        gain = scores[inside] - scores[inside, heads[inside]][:, None]
        entry = gain[:, outside].argmax(0)
        rest = scores[outside]
        exit_ = rest[:, inside].argmax(1)
        contracted.append((heads, inside, outside, entry, exit_))
        # The cycle becomes one word, the last. Arcs into it weigh what they gain over
        # the cycle's own arcs, arcs out of it what its best word gives.
        size = len(outside)
        smaller = np.full((size + 1, size + 1), -np.inf)
        smaller[:size, :size] = rest[:, outside]
        smaller[size, :size] = gain[entry, outside]
        smaller[:size, size] = scores[outside, inside[exit_]]
        scores = smaller
    for cyclic, inside, outside, entry, exit_ in reversed(contracted):
        size = len(outside)
        inner = heads[:size]
        whole = cyclic.copy()
        whole[outside] = np.where(
            inner < size, outside[np.minimum(inner, size - 1)], inside[exit_]
        )
        above = heads[size]
        whole[inside[entry[above]]] = outside[above]
        heads = whole
    return heads


def _cycle(heads: Array) -> Array | None:
    """Return the words of a cycle, or None where there is none."""
    above = heads.tolist()
    seen = [0] * len(above)  # 0 not yet, else the number of the walk that came by
    seen[0] = -1
    for start in range(1, len(above)):
        place = start
        while not seen[place]:
            seen[place] = start
            place = above[place]
        if seen[place] == start:
            members = [place]
            while above[members[-1]] != place:
                members.append(above[members[-1]])
            return np.array(sorted(members))
    return None
