"""The features by which an event's subtype is chosen."""

from collections.abc import Collection, Sequence

from workers.ednil.inference.spans import WordSpan


def subtype_features(
    lemmas: Sequence[str],
    event: WordSpan,
    topics: Sequence[str],
    topic_words: Collection[str],
) -> list[str]:
    """Return the features of an event in the sentence of *lemmas*.

    *topic_words* are the lemmas of the whole text that name events.
    """
    label, first, end = event
    inside = lemmas[first:end]
    around = [*lemmas[max(0, first - 3) : first], *lemmas[end : end + 3]]
    topic = topics[0] if topics else "-"
    return [
        "bias",
        f"kind={label}",
        f"span={' '.join(inside)}",
        f"topic|kind={topic}|{label}",
        *(f"topic{n}={each}" for n, each in enumerate(topics)),
        *(f"in={lemma}" for lemma in inside),
        *(f"in|topic={lemma}|{topic}" for lemma in inside),
        *(f"near={lemma}" for lemma in around),
        *(f"sentence={lemma}" for lemma in sorted(set(lemmas))),
        *(f"told={lemma}" for lemma in sorted(topic_words)),
    ]
